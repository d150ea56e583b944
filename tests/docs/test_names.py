"""What the guide names exists: commands, options, files, goals of make, links, names to import."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from guide_pages import PAGES, ROOT, blocks

from bespoke.cli import bespoke

# Benchmarks and tests have options of their own.
BENCHMARKS = "".join(
    path.read_text(encoding="utf-8")
    for path in (*sorted((ROOT / "benchmarks").glob("*.py")), ROOT / "tests" / "conftest.py")
)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
INDENTED = re.compile(r"^ {4}(\S.*)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
FILE = re.compile(r"(?<![\w./<>*-])((?:[a-z_]\w*/|\.ci/)+[\w.-]+\.(?:py|toml|md|txt|css|json))\b")
MADE = ("out/", "front/", "cells/", "DIR/")  # what bespoke writes


def texts(page: Path) -> Iterator[str]:
    """Code of a page: lines of blocks, and spans."""
    text = page.read_text(encoding="utf-8")
    for block in blocks(text):
        if block.language.startswith("{"):
            continue
        yield from (line.removeprefix("$ ") for line in block.text.splitlines())
    prose = re.sub(r"^(`{3,}).*?^\1`*$", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (match[1] for match in INDENTED.finditer(prose))
    yield from (match[1] for match in SPAN.finditer(prose))


def options_of(command: click.Command) -> set[str]:
    found = {"--help", "-h"}
    for parameter in command.params:
        found |= {*parameter.opts, *parameter.secondary_opts}
    return found


def all_options(command: click.Command) -> set[str]:
    found = options_of(command)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            found |= all_options(child)
    return found


def unknown(call: str) -> list[str]:
    """What a call of bespoke names that does not exist; ``|`` joins commands of one group."""
    first, *others = call.partition(" #")[0].partition(" && ")[0].split(" | ")
    words = shlex.split(first)[1:]
    return [
        problem for part in (words, *([words[0], *shlex.split(other)] for other in others)) for problem in _walk(part)
    ]


def _walk(words: list[str]) -> Iterator[str]:
    command: click.Command = bespoke
    for word in words:
        if word.startswith("-"):
            if word.partition("=")[0] not in options_of(command):
                yield word
        elif isinstance(command, click.Group) and not placeholder(word):
            child = command.get_command(click.Context(command), word)
            if child is None:
                yield word
                return
            command = child


def placeholder(word: str) -> bool:
    return word.isupper() or word == "..."


def test_unknown_names_are_noticed() -> None:
    assert unknown("bespoke compile m.skops --data iris --input-bits 3 -o out") == []
    assert unknown("bespoke compile m.skops --inputbits 3") == ["--inputbits"]
    assert unknown("bespoke complie m.skops") == ["complie"]
    assert unknown("bespoke tech list | show NAME | import FILE.lib --name NAME") == []
    assert unknown("bespoke tech list | forget NAME") == ["forget"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_calls_parse(page: Path) -> None:
    calls = [text for text in texts(page) if text.startswith("bespoke ") and not text.startswith("bespoke: ")]
    assert [(call, found) for call in calls if (found := unknown(call))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_exist(page: Path) -> None:
    known = all_options(bespoke)
    named = {text.split()[0].partition("=")[0] for text in texts(page) if re.match(r"--[a-z]", text)}
    assert [option for option in sorted(named - known) if f'"{option}"' not in BENCHMARKS] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_exist(page: Path) -> None:
    named = {match[1] for text in texts(page) for match in FILE.finditer(text) if not match[1].startswith(MADE)}
    places = (ROOT, ROOT / "bespoke", ROOT / "docs")
    assert [name for name in sorted(named) if not any((place / name).exists() for place in places)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_goals_of_make_exist(page: Path) -> None:
    goals = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {match[1] for text in texts(page) if (match := re.match(r"make ([a-z-]+)", text))}
    assert sorted(named - goals) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^(`{3,}).*?^\1`*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = {match[1] for match in LINK.finditer(SPAN.sub("", prose))}
    assert [link for link in sorted(links) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_imports_work(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language not in {"python", "{code-cell} ipython3"}:
            continue
        code = re.sub(r"^[:%].*$", "", block.text, flags=re.MULTILINE)
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "bespoke":
                module = import_module(node.module or "")
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == [], page.name
