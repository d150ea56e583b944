"""The pages of the user guide as text: fenced blocks, and consoles that can be run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from bespoke.cli import bespoke

ROOT = Path(__file__).resolve().parents[2]
PAGES = (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md")
_FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>[^\n]*)\n(?P<text>.*?)^(?P=fence)`*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block; ``start`` and ``end`` are places of its content in the page."""

    language: str
    text: str
    start: int
    end: int


def blocks(page: str) -> Iterator[Block]:
    """All fenced blocks of a page."""
    for match in _FENCE.finditer(page):
        yield Block(match["language"].strip(), match["text"], match.start("text"), match.end("text"))


def named_files(page: str) -> dict[str, str]:
    """Files that a page shows: code blocks with a caption."""
    texts = (block.text for block in blocks(page) if block.language.startswith("{code-block}"))
    named = (text.removeprefix(":caption: ").split("\n", 1) for text in texts if text.startswith(":caption: "))
    return {name.strip(): text for name, text in named}


@dataclass(frozen=True)
class Call:
    """A command of a console block and what the page says that it prints."""

    command: str
    output: str


def calls(console: str) -> list[Call]:
    """Commands of a console block with their outputs."""
    parts = re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]
    return [Call(*(part if "\n" in part else part + "\n").split("\n", 1)) for part in parts]


class Console:
    """A shell in a folder of its own, in which ``cd`` lasts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        own = {name: value for name, value in os.environ.items() if not name.startswith("BESPOKE_")}
        self._environment = {**own, "BESPOKE_TECHNOLOGIES": str(folder / "technologies")}

    def run(self, command: str) -> str:
        """Everything that a command prints."""
        program, *arguments = shlex.split(command)
        if program == "cd":
            self._folder = self._folder / arguments[0]
            return ""
        printed = self._bespoke(arguments) if program == "bespoke" else self._other(program, arguments)
        return "".join(line.rstrip() + "\n" for line in printed.splitlines())

    def _bespoke(self, arguments: list[str]) -> str:
        """Run in this process, which has imported what the commands need."""
        before = dict(os.environ)
        with chdir(self._folder):
            os.environ.clear()
            os.environ.update(self._environment)
            try:
                return CliRunner().invoke(bespoke, arguments, prog_name="bespoke").output
            finally:
                os.environ.clear()
                os.environ.update(before)

    def _other(self, program: str, arguments: list[str]) -> str:
        done = subprocess.run(
            [sys.executable if program == "python" else program, *arguments],
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout
