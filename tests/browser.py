"""Chromium without a window, driven by Playwright: pages of ``cam.py web``, and what they must never do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from digitcam.bench.browsing import ARGUMENTS, find_browser
from tests.needs import need


def need_browser() -> str:
    """The full path of a Chromium; the test is skipped, or fails under CI, where there is none."""
    path = find_browser()
    need(path, "no Chromium is installed (Debian: apt install chromium)")
    try:
        import playwright.sync_api  # noqa: F401
    except ModuleNotFoundError:
        need(False, "playwright is not installed: pip install '.[dev]'")
    return path or ""


@contextmanager
def chromium(driver: Any, *arguments: str) -> Iterator[Any]:
    """A running Chromium; ``driver`` is Playwright's, of which there can be one at a time."""
    browser = driver.chromium.launch(executable_path=need_browser(), args=[*ARGUMENTS, *arguments])
    try:
        yield browser
    finally:
        browser.close()


class Visit:
    """A page that is being visited, and what went wrong on it.

    Attributes:
        page: Playwright's.
        hosts: that the page has asked; wrong: errors of its console and scripts.
    """

    def __init__(self, browser: Any, url: str, **options: Any) -> None:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        self.url = url
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.hosts: set[str] = set()
        self.wrong: list[str] = []
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.wrong.append(said.text))
        self.page.goto(url)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("blob", "data"):
            self.hosts.add(parts.netloc)

    def numbers(self, tab: str) -> str:
        """The numbers beside a tab's picture, with a space between them."""
        return " ".join(self.page.locator(f"#{tab}-results .numbers li").all_inner_texts())

    def wait_for_numbers(self, tab: str, text: str) -> None:
        """Wait until the numbers are these."""
        try:
            self.page.wait_for_function(
                "([tab, text]) => [...document.querySelectorAll(`#${tab}-results .numbers li`)]"
                ".map((item) => item.textContent).join(' ') === text",
                arg=[tab, text],
            )
        except Exception:
            pytest.fail(f"read {self.numbers(tab)!r} where {text!r} stands")

    def problem(self, tab: str) -> str:
        """Wait for a sentence about what is wrong."""
        place = self.page.locator(f"#{tab}-problem:not(:empty)")
        place.wait_for()
        return str(place.inner_text())

    def close(self, wrong: Sequence[str] = ()) -> None:
        """Leave; an assertion fails where the page did what it must not. ``wrong`` was expected."""
        self.context.close()
        unexpected = [words for words in self.wrong if not any(part in words for part in wrong)]
        assert unexpected == []
        assert self.hosts == {urlsplit(self.url).netloc}
