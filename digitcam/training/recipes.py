"""How each architecture is trained by default: everything that decides the result, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from digitcam.training.augment import Strength


@dataclass(frozen=True)
class Recipe:
    """
    Attributes:
        architecture: a name in ``architectures.ARCHITECTURES``.
        epochs: passes; each is followed by a look at the validation split.
        samples: drawn from the mixture in one epoch; 0 takes every MNIST training image once.
        batch_size: images per step.
        learning_rate: the highest; it falls to zero along a cosine (Loshchilov and Hutter, 2017)
            after a short warm-up, where ``cosine`` is set, else it stays.
        weight_decay: decoupled (Loshchilov and Hutter, 2019).
        average: momentum of the moving average of the weights that is kept in their place at the
            end (Polyak and Juditsky, 1992); 0 for none.
        strength: of the augmentation; None for none.
        shares: of the mixture, where they are others than ``material.SHARES``.
        everything: all collections at hand and the class "not a digit"; else MNIST's ten digits alone.
        emnist: whether EMNIST's digits are among them; the first time they are compared with MNIST's test
            set, which takes half a minute.
        dataset: what is told apart: ``digits``, ``characters``, or ``glyphs`` of one's own.
    """

    architecture: str
    epochs: int
    samples: int
    batch_size: int
    learning_rate: float
    weight_decay: float = 0.0
    average: float = 0.0
    cosine: bool = False
    strength: Strength | None = None
    shares: dict[str, float] = field(default_factory=dict)
    everything: bool = False
    emnist: bool = True
    dataset: str = "digits"


TUTORIAL = Recipe("classic", epochs=15, samples=0, batch_size=128, learning_rate=1e-3, cosine=True)

DIGITS = Recipe(
    "cnn",
    epochs=60,
    samples=100_000,
    batch_size=128,
    learning_rate=2e-3,
    weight_decay=0.01,
    average=0.999,
    cosine=True,
    strength=Strength(),
    everything=True,
)

# Of the judge, which learns from cases (``training.cases``).
JUDGE = Recipe(
    "judge",
    epochs=12,
    samples=0,
    batch_size=256,
    learning_rate=3e-3,
    weight_decay=0.01,
    average=0.998,
    cosine=True,
)

SIGNS = replace(JUDGE, architecture="signs", epochs=24, average=0.997)

RECIPES: dict[str, Recipe] = {
    "cnn": DIGITS,
    "screen": replace(
        DIGITS,
        architecture="screen",
        epochs=30,
        samples=250_000,
        batch_size=512,
        learning_rate=6e-3,
        # It learns what the pipe cuts out, as it is and as often as it is: for more it is too small.
        strength=None,
        shares={"page digits": 0.5, "page negatives": 1.6},
    ),
    "classic": TUTORIAL,
    "deep": replace(TUTORIAL, architecture="deep", epochs=20),
    "mlp": replace(TUTORIAL, architecture="mlp", epochs=20),
}

# Of a network of characters: more is to be told apart.
CHARACTER_EPOCHS, CHARACTER_SAMPLES = 40, 120_000

GLYPHS = "glyphs"
# Of glyphs of one's own: each is seen so often in an epoch, or as often as makes so many samples.
GLYPH_SAMPLES, GLYPH_VIEWS, GLYPH_EPOCHS = 4_000, 20, 14

# 99 % within two minutes on two cores.
FAST_EPOCHS = 4
FAST_SAMPLES = 30_000


def recipe_for(architecture: str, dataset: str) -> Recipe:
    """How an architecture learns a data set: ``digits`` or ``characters``."""
    recipe = RECIPES[architecture]
    if dataset == DIGITS.dataset:
        return recipe
    recipe = replace(recipe, epochs=CHARACTER_EPOCHS, samples=CHARACTER_SAMPLES, shares={})
    return replace(recipe, dataset=dataset, everything=True)


def for_glyphs(recipe: Recipe, pictures: int) -> Recipe:
    """How an architecture learns so many pictures of glyphs: few are seen often enough in less time."""
    if not recipe.samples:  # each once an epoch, and no class for what is none of them
        return replace(recipe, dataset=GLYPHS)
    samples = min(recipe.samples, max(GLYPH_SAMPLES, GLYPH_VIEWS * pictures))
    epochs = recipe.epochs if samples == recipe.samples else GLYPH_EPOCHS
    return replace(recipe, samples=samples, epochs=epochs, dataset=GLYPHS, everything=True, shares={})


def for_pictures(architecture: str | None) -> Recipe:
    """How a network of whole frames learns a folder of pictures; without a name what can be had decides."""
    return Recipe(
        architecture or "",
        epochs=16,
        samples=0,
        batch_size=32,
        learning_rate=2e-3,
        weight_decay=0.01,
        cosine=True,
    )


def fast(recipe: Recipe) -> Recipe:
    """The same recipe in a few minutes' form."""
    samples = min(FAST_SAMPLES, recipe.samples)
    return replace(recipe, epochs=FAST_EPOCHS, samples=samples, emnist=False)
