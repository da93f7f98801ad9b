"""Words as people note them, numbers between them, and how large each letter stands on its line."""

from __future__ import annotations

import numpy as np

# Of the texts on a page of words so many are numbers.
NUMBERS = 0.25
# The rest: all in capitals, with a first capital, all in small letters.
CASES = (0.55, 0.2, 0.25)
LONGEST = 9

# Common English words, first names and what stands on labels; every letter several times.
_LISTED = """
about above after again along also always animal apple apples april arm august autumn away baby back bag
baker ball band bank basket bath bay bean bed bell best bike bird black blue board boat bone book books
bottle box boy bread brick bridge brown buy cake call camera candle cap car card carol cat chair cheese
city class clock close cloud club code coffee cold colour cook copy corn count cup dance dark date david
day deep desk doctor dog door down dream dry duck dust early earth east egg eight emma end energy
evening exact exit eye face fall farm fast father field final finger fire fish five fix flag floor flour
flower food foot four fox frank free fresh friday frog fruit full game garden gift girl give glass gold
good grand grass green ground group guest half hand happy hat heart heavy help high hill home honey hope
horse hotel hour house ice idea inch ink iron island jack jacket jam jane january jar jazz job john join
joy juice july jump june jury karl keep kettle key king kitchen kiwi knife lake lamp large last late
leaf learn lemon letter light lime line lion list little long lucky lunch magic main map march mark
market maria mary max meal measure milk mind mix monday money month moon morning mother mouse music nail
name near new next night nine north nose note number oak ocean off office old olive one onion open
orange order oven over page paint pan paper park part peach pear pen pencil pepper phone piano pilot
pizza plan plant plate play plum poem point pool post power queen quick quiet quiz radio rain read ready
red rice ring river road robin rock room rope rose round salt sand sarah saturday school sea seven sharp
ship shoe shop silver six sky slow small snow soap song soup south space spoon spring square star stone
storm street study sugar summer sun sunday table tax tea ten thomas three thursday time today tomato
town train tree truck tuesday turn two uncle under van vase victor village violet visit vote walk wall
warm wash water wax wednesday week west wheel white wind window wine winter wood word work world write
year yellow yes young zebra zero zoe zone zoo
"""
WORDS = tuple(_LISTED.split())
# Small letters by what of them stands above and below the line: the height of a capital is 1.
ABOVE = frozenset("bdfhkl")
BELOW = frozenset("gpqy")
X_HEIGHT, TALL, SHORTER_TALL, DEPTH = 0.62, 1.0, 0.85, 0.36


def any_number(rng: np.random.Generator, longest: int) -> str:
    """A number of up to ``longest`` digits."""
    length = int(np.clip(rng.geometric(0.34), 1, longest))
    return "".join(str(d) for d in rng.integers(0, 10, length))


def any_text(rng: np.random.Generator, longest: int) -> str:
    """A word or a number of up to ``longest`` signs."""
    if rng.random() < NUMBERS:
        return any_number(rng, longest)
    fitting = [word for word in WORDS if len(word) <= longest]
    if not fitting:
        return chr(ord("A") + int(rng.integers(26)))
    word = fitting[int(rng.integers(len(fitting)))]
    return (word.upper(), word.capitalize(), word)[int(rng.choice(3, p=CASES))]


def proportions(letter: str) -> tuple[float, float]:
    """How high a sign is and how far it reaches below the line, in heights of a capital."""
    if not letter.islower():
        return 1.0, 0.0
    if letter in BELOW:
        return X_HEIGHT + DEPTH, DEPTH
    if letter == "j":
        return SHORTER_TALL + DEPTH, DEPTH
    return (TALL if letter in ABOVE else SHORTER_TALL if letter in "it" else X_HEIGHT), 0.0
