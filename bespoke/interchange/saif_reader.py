"""SAIF of another simulator, in.

Format: IEEE Std 1801-2018, annex I, "Switching Activity Interchange Format", backward SAIF, version 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bespoke.cells import Cell
from bespoke.errors import ActivityError
from bespoke.interchange.activity import (
    ImportedActivity,
    ImportOptions,
    NetFigures,
    activity_of_figures,
    choose_scope,
    match_names,
)
from bespoke.interchange.circuit import Circuit

_TOKEN = re.compile(r'"[^"]*"|/\*.*?\*/|//[^\n]*|[()]|(?:\\.|[^\s()"\\])+|\S', re.DOTALL)
_OURS = re.compile(r'"bespoke, (\d+) ns a vector"')
_STATE = re.compile(r"\s*(!?)\s*((?:\\.|[\w$.\[\]])+)\s*")
MAX_BYTES = 1 << 30
_LONGEST = 1 << 62  # time units; numbers from there on do not fit the arithmetic of numpy
_MAX_DEPTH = 1000

# A parenthesised group: its words and groups.
Group = list[Any]


@dataclass(slots=True)
class _Scope:
    """An INSTANCE: figures by name, and time by condition."""

    figures: dict[str, NetFigures] = field(default_factory=dict)
    states: list[tuple[str, float]] = field(default_factory=list)


def read_saif(path: Path, circuit: Circuit, options: ImportOptions) -> ImportedActivity:
    """Activity of a netlist from a backward SAIF.

    Raises
    ------
    ActivityError
        If the file cannot be read, is no SAIF, or does not fit the netlist.
    """
    where = str(path)
    header, top = _file_groups(_groups(_text(path), where), where)
    scopes = _scopes(top, where)
    duration = _number((header.get("DURATION") or ["no DURATION"])[0], f"{where}, DURATION")
    if duration <= 0:
        raise ActivityError("must be positive", where=f"{where}, DURATION", got=f"{duration:g}")
    scope = choose_scope(circuit, {name: found.figures for name, found in scopes.items()}, options.scope, where)
    figures = scopes[scope].figures
    matched = match_names(circuit, figures, where, partial=options.partial)
    by_net = {net: figures[name] for net, name in matched.names.items()}
    for net, known in by_net.items():
        if not 0 < known.zero + known.one <= duration * (1 + 1e-9):
            got = f"{matched.names[net]}: T0 {known.zero:g}, T1 {known.one:g}"
            raise ActivityError("times do not fit the duration", where=where, got=got, allowed=f"{duration:g} in all")
    step = options.vector_time or _vector_time(header, where)
    vectors = max(1, -int(-duration // step))
    activity = activity_of_figures(circuit, by_net, _states(circuit, scopes, scope, where), vectors)
    return ImportedActivity(activity, scope, step, matched.missing, matched.unknown)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ActivityError("too large for a SAIF", where=str(path), got=f"{path.stat().st_size:,} bytes")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ActivityError("not a SAIF file", where=str(path), got="binary data", allowed="text") from None
    except OSError as error:
        raise ActivityError("cannot be read", where=str(path), got=error.strerror or error) from None


def _groups(text: str, where: str) -> Group:
    """The file's one group, by an explicit stack."""
    stack: list[Group] = [[]]
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word == "(":
            stack.append([])
            if len(stack) > _MAX_DEPTH:
                raise ActivityError("nested too deeply", where=where, allowed=f"{_MAX_DEPTH} levels")
        elif word == ")":
            if len(stack) == 1:
                raise ActivityError("not a SAIF file", where=where, got="a parenthesis that closes nothing")
            stack[-2].append(stack.pop())
        elif not word.startswith(("/*", "//")):
            stack[-1].append(word)
        if len(stack) == 1 and [part[:1] for part in stack[0]] not in ([], [["SAIFILE"]]):
            got = repr(str(stack[0][0])[:30])
            raise ActivityError("not a SAIF file", where=where, got=got, allowed="(SAIFILE ...)")
    if len(stack) > 1:
        raise ActivityError("truncated: a parenthesis is not closed", where=where)
    if not stack[0]:
        raise ActivityError("not a SAIF file", where=where, got="nothing", allowed="(SAIFILE ...)")
    return list(stack[0][0])


def _file_groups(file: Group, where: str) -> tuple[dict[str, list[str]], list[Group]]:
    """Header by keyword, and the instances on top."""
    header: dict[str, list[str]] = {}
    instances = []
    for group in _entries(file, where, "(KEYWORD ...)"):
        if group[0] == "INSTANCE":
            instances.append(group)
        else:
            header[group[0]] = _words(group)
    if not any("backward" in word for word in header.get("DIRECTION", ())):
        got = " ".join(header.get("DIRECTION", ("no DIRECTION",)))
        raise ActivityError("not a SAIF of activities", where=where, got=got, allowed='(DIRECTION "backward")')
    return header, instances


def _scopes(instances: Sequence[Group], where: str) -> dict[str, _Scope]:
    found: dict[str, _Scope] = {}
    waiting = [("", instance) for instance in reversed(instances)]
    while waiting:
        path, group = waiting.pop()
        words = _words(group)
        if not words:
            raise ActivityError("an INSTANCE without a name", where=where)
        path = f"{path}/{_plain(words[-1])}".removeprefix("/")
        scope = found.setdefault(path, _Scope())
        inner = [part for part in group if isinstance(part, list) and part]
        for part in inner:
            if part[0] in ("NET", "PORT"):
                scope.figures |= dict(_figures(part, f"{where}, {path}"))
            elif part[0] == "LEAKAGE":
                scope.states += _conditions(part, f"{where}, {path}")
        waiting += [(path, part) for part in reversed(inner) if part[0] == "INSTANCE"]
    return found


def _figures(group: Group, where: str) -> Iterator[tuple[str, NetFigures]]:
    for entry in _entries(group, where, "(net (T0 n) (T1 n) (TC n))"):
        name, values = _plain(entry[0]), _pairs(entry)
        lacks = [keyword for keyword in ("T0", "T1", "TC") if keyword not in values]
        if lacks:
            raise ActivityError("a net without figures", where=f"{where}, {name}", got=f"no {', '.join(lacks)}")
        yield name, NetFigures(*(_number(values[keyword], f"{where}, {name}") for keyword in ("T0", "T1", "TC")))


def _conditions(group: Group, where: str) -> Iterator[tuple[str, float]]:
    for entry in group[1:]:
        if isinstance(entry, list) and entry[:1] == ["COND"] and len(entry) > 2:
            yield _flat(entry[1]), _number(_pairs(entry).get("T1", "no T1"), where)


def _entries(group: Group, where: str, allowed: str) -> Iterator[Group]:
    """Groups in a group, all of which must begin with a word."""
    for entry in group[1:]:
        if not isinstance(entry, list) or not entry or not isinstance(entry[0], str):
            raise ActivityError("malformed", where=where, got=str(entry)[:40], allowed=allowed)
        yield entry


def _words(group: Group) -> list[str]:
    return [word for word in group[1:] if isinstance(word, str)]


def _pairs(group: Group) -> dict[str, object]:
    """Second parts of the pairs in a group, by the first."""
    pairs = [part for part in group[1:] if isinstance(part, list) and len(part) == 2]
    return {keyword: value for keyword, value in pairs if isinstance(keyword, str)}


def _flat(group: object) -> str:
    """Words of a condition; parentheses within one are of no use here."""
    waiting, words = [group], []
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += reversed(part)
        else:
            words.append(str(part))
    return " ".join(words)


def _states(circuit: Circuit, scopes: dict[str, _Scope], scope: str, where: str) -> dict[int, list[float]]:
    """Time in each joint state of the pins of the instances that have all of them."""
    found = {}
    for place, instance in enumerate(circuit.mapped.instances):
        name = f"{scope}/{circuit.names.instances[place]}"
        conditions = scopes[name].states if name in scopes else []
        if conditions:
            cell = circuit.library[instance.cell]
            times = [0.0] * (1 << len(cell.inputs))
            for condition, time in conditions:
                times[_state(condition, cell, f"{where}, {name}")] += time
            if not sum(times) > 0:
                raise ActivityError("no time in any state", where=f"{where}, {name}")
            found[place] = times
    return found


def _state(condition: str, cell: Cell, where: str) -> int:
    """Number of the one state in which a conjunction of all pins holds."""
    terms = map(_STATE.fullmatch, re.split(r"[*&]", condition))
    values = {term[2].replace("\\", ""): not term[1] for term in terms if term}
    pins = [pin.name for pin in cell.inputs]
    if sorted(values) != sorted(pins):
        what = "a state that is no product of all pins"
        raise ActivityError(what, where=where, got=condition, allowed=" * ".join(pins))
    return sum(values[pin] << place for place, pin in enumerate(pins))


def _vector_time(header: dict[str, list[str]], where: str) -> int:
    ours = _OURS.fullmatch(" ".join(header.get("PROGRAM_NAME", ())))
    if ours is None or int(ours[1]) < 1:
        what = "a SAIF does not say how long one vector lasts"
        raise ActivityError(what, where=where, allowed="--vector-time in the file's time unit")
    return int(ours[1])


def _number(text: object, where: str) -> float:
    """A number that is not negative; whole ones stay whole."""
    for kind in _NUMBERS:
        try:
            value = kind(str(text))
        except ValueError:
            continue
        if 0 <= value < _LONGEST:
            return value
    raise ActivityError("not a number of time units", where=where, got=str(text)[:40])


_NUMBERS: tuple[Callable[[str], float], ...] = (int, float)


def _plain(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word, flags=re.DOTALL)
