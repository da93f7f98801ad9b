"""The LiteRT twin of a Keras model, with the Keras file's hash inside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from digitcam.cascade import SCREEN
from digitcam.classifier import check_keras_shapes, with_last_hidden
from digitcam.errors import UserError
from digitcam.judge import JUDGE, OUTPUTS, OWN_JUDGE, check_judge_shapes
from digitcam.keras_door import import_keras, load_keras_model, save_as_litert
from digitcam.models import WHOLE_FRAME, describe
from digitcam.sign_network import SIGN_NETWORK, check_sign_shapes
from digitcam.twin import file_sha256, seal, twin_path

# What the seal of a twin with such weights says besides.
EIGHT_BITS = {"weights": "eight bits"}


def export_twin(model_path: Path, *, eight_bits: bool = False) -> Path:
    """Convert a saved Keras model and put the twin beside it, in one step.

    Needs the TensorFlow backend: on PyTorch Keras' LiteRT export fixes the batch at one crop, on JAX
    there is none.

    Args:
        model_path: a ``.keras`` file.
        eight_bits: round the weights to eight bits for each channel, so that LiteRT multiplies whole
            numbers, each crop's values scaled anew (Jacob et al., "Quantization and Training of Neural
            Networks for Efficient Integer-Arithmetic-Only Inference", 2018). Probabilities then differ
            by some hundredths where the network is in doubt.

    Raises:
        UserError: the model is missing, none, or none for digits; another backend runs; the disk refuses.
    """
    model = load_keras_model(model_path)
    frames = describe(model_path).input == WHOLE_FRAME
    if not frames:
        _check_shapes(model_path, model)
    backend = import_keras().backend.backend()
    if backend != "tensorflow":
        raise UserError(f"the LiteRT export does not run on {backend}: set KERAS_BACKEND=tensorflow")
    settings = _eight_bits() if eight_bits else {}
    # With a digit network's last hidden layer beside the answer, what was corrected is known again.
    small = frames or _is_judge(model_path) or model_path.name in (SIGN_NETWORK, SCREEN)
    exported = model if small else with_last_hidden(model) or model
    twin = twin_path(model_path)
    origin = {"keras_sha256": file_sha256(model_path)} | (EIGHT_BITS if eight_bits else {})
    refusal = f"{model_path} cannot be exported"
    save_as_litert(exported, twin, lambda part: seal(part, origin), refusal, **settings)
    return twin


def _check_shapes(path: Path, model: Any) -> None:
    """A judge and a sign network have their own shapes; all else takes crops and answers with digits."""
    taken, given = ([tuple(t.shape) for t in side] for side in (model.inputs, model.outputs))
    if _is_judge(path):
        # The judge of other names than digits has an output for each of those.
        outputs = OUTPUTS if path.name == JUDGE else given[0][-1]
        check_judge_shapes(path, taken, given, outputs)
    elif path.name == SIGN_NETWORK:
        check_sign_shapes(path, taken, given)
    else:
        check_keras_shapes(path, model)


def _is_judge(path: Path) -> bool:
    return path.name == JUDGE or path.name.endswith(OWN_JUDGE)


def _eight_bits() -> dict[str, Any]:
    """What the converter is told: without examples to calibrate by, this quantises weights alone."""
    import tensorflow

    return {"optimizations": [tensorflow.lite.Optimize.DEFAULT]}
