"""Numbers as people note them: mostly whole ones, some with decimals or a sign, some times of day."""

from __future__ import annotations

import numpy as np

# What a page has of each.
SHARES = {"whole": 0.55, "decimal": 0.22, "negative": 0.13, "time": 0.10}


def any_number(rng: np.random.Generator, mark: str, longest: int = 7) -> str:
    """A number of up to ``longest`` digits; ``mark`` is the writer's decimal sign, ``.`` or ``,``."""
    kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    if kind == "time" and longest >= 4:
        return _time(rng, longest)
    if kind == "decimal" and longest >= 2:
        return _decimal(rng, mark, longest)
    if kind == "negative":
        decimals = longest >= 2 and rng.random() < 0.4
        return "-" + (_decimal(rng, mark, longest) if decimals else _whole(rng, longest))
    return _whole(rng, longest)


def _digits(rng: np.random.Generator, count: int) -> str:
    return "".join(str(d) for d in rng.integers(0, 10, count))


def _whole(rng: np.random.Generator, longest: int) -> str:
    return _digits(rng, int(np.clip(rng.geometric(0.34), 1, longest)))


def _decimal(rng: np.random.Generator, mark: str, longest: int) -> str:
    before = int(np.clip(rng.geometric(0.45), 1, longest - 1))
    after = int(np.clip(rng.geometric(0.45), 1, min(3, longest - before)))
    if mark == "." and before >= 4 and rng.random() < 0.5:
        return f"{_digits(rng, before - 3)},{_digits(rng, 3)}{mark}{_digits(rng, after)}"
    return f"{_digits(rng, before)}{mark}{_digits(rng, after)}"


def _time(rng: np.random.Generator, longest: int) -> str:
    hour, minute, second = rng.integers(0, 24), rng.integers(0, 60), rng.integers(0, 60)
    seconds = f":{second:02d}" if longest >= 6 and rng.random() < 0.12 else ""
    return f"{hour}:{minute:02d}{seconds}" if rng.random() < 0.6 else f"{hour:02d}:{minute:02d}{seconds}"
