"""The script that makes README's pictures."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from tests.browser import need_browser
from tests.needs import need

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pictures", ROOT / "docs" / "make_pictures.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_film_is_made(script: ModuleType, tmp_path: Path) -> None:
    """The film has the frames that were asked for, at its width, and the same ones when it is made again."""
    need(hasattr(cv2, "imwriteanimation"), "this OpenCV cannot write animations")
    films = []
    for name in ("one.webp", "two.webp"):
        script.make_film(tmp_path / name, range(0, 6, 3), (480, 270))
        done, film = cv2.imreadanimation(str(tmp_path / name))
        assert done
        films.append([frame[..., :3] for frame in film.frames])
    assert [frame.shape for frame in films[0]] == [(432, 768, 3)] * 2
    assert not np.array_equal(*films[0]), "it moves"
    assert np.array_equal(films[0], films[1])


def test_views_are_made(script: ModuleType, tmp_path: Path) -> None:
    """The views of one frame stand side by side."""
    script.make_views(tmp_path / "views.jpg", 2, (480, 270))
    assert cv2.imread(str(tmp_path / "views.jpg")).shape == (540, 1920, 3)


def test_readme_shows_what_the_script_makes() -> None:
    """Every picture that README shows is there, small enough to load at once, and named by the script."""
    text = (ROOT / "docs" / "make_pictures.py").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]*\]\((docs/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).stat().st_size < 1_000_000 and Path(picture).name in text


def test_the_page_is_made(script: ModuleType, tmp_path: Path) -> None:
    """The page on two screens side by side, or none where no browser is."""
    need_browser()
    assert script.make_page(tmp_path / "web.jpg")
    assert cv2.imread(str(tmp_path / "web.jpg")).shape == (680, 1120 + 4 + 360, 3)
