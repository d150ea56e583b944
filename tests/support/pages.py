"""What every page must be: well formed, whole by itself, in light and dark, and readable when printed."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Nesting(HTMLParser):
    """Checks that every element is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  signature of the class
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def text_of(page: str) -> str:
    """What a reader sees: scripts, styles and tags left out, units as in tables for terminals."""
    plain = re.sub(r"<(script|style|title)\b[^>]*>.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(plain).split()).replace("²", "2")


def check_page(page: str) -> None:
    nesting = Nesting()
    nesting.feed(page)
    assert nesting.open == []
    assert not re.search(r'\ssrc=|url\(|@import|https?:|href="(?:/|\.\.)|[$]\w+', page.replace("$$", ""))
    assert len(re.findall(r"<script(?! type=.application/json)", page)) == 1
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
