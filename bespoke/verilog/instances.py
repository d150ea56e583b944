"""Instances in the plainest form, read without the parser, whose time grows with the square of their number."""

from __future__ import annotations

import re
from typing import NamedTuple

from bespoke.verilog.keywords import VERILOG

_WORD = r"[A-Za-z_][A-Za-z0-9_$]*"
_PIN = rf"\s*\.({_WORD})\s*\(\s*({_WORD})(?:\[(\d+)\])?\s*\)\s*"
_ONE_PIN = re.compile(_PIN)
_PINS = rf"(?:{_PIN},)*{_PIN}".replace("(" + _WORD, "(?:" + _WORD).replace(r"(\d+)", r"\d+")
# Behind a semicolon: nothing that an instance could be part of has begun.
_INSTANCE = re.compile(rf"(?<=;)\s*({_WORD})\s+({_WORD})\s*\(({_PINS})\)\s*;")
_NAME = re.compile(_WORD)


# Nodes as pyverilog has them, as far as they are read; it tells them apart by the names of their classes.
class Identifier(NamedTuple):
    """A name."""

    name: str
    lineno: int
    scope: None = None


class IntConst(NamedTuple):
    """A number, as its text."""

    value: str
    lineno: int


class Pointer(NamedTuple):
    """A bit of a vector."""

    var: Identifier
    ptr: IntConst
    lineno: int


class PortArg(NamedTuple):
    """A named connection."""

    portname: str
    argname: Identifier | Pointer


class Instance(NamedTuple):
    """An instance of a cell or a module; ``before`` is how many items of the module that stay stand before it."""

    module: str
    name: str
    portlist: tuple[PortArg, ...]
    lineno: int
    before: int
    array: None = None
    parameterlist: tuple[()] = ()


def take_instances(text: str) -> tuple[str, list[Instance]]:
    """The text of a module without the instances whose connections are named nets or single bits, and these.

    Line breaks stay, so that lines keep their numbers.
    """
    left, found, done, line, items = [], list[Instance](), 0, 1, -1  # the head ends with a semicolon, too
    for match in _INSTANCE.finditer(text):
        if not VERILOG.isdisjoint(_NAME.findall(match[0])):
            continue
        left.append(text[done : match.start()])
        line += text.count("\n", done, match.start(1))
        items += text.count(";", done, match.start())
        pins = tuple(_pin(pin[1], pin[2], pin[3], line) for pin in _ONE_PIN.finditer(match[3]))
        found.append(Instance(match[1], match[2], pins, line, items))
        left.append("\n" * match[0].count("\n"))
        line += text.count("\n", match.start(1), match.end())
        done = match.end()
    return "".join((*left, text[done:])), found


def _pin(name: str, net: str, bit: str | None, line: int) -> PortArg:
    word = Identifier(net, line)
    return PortArg(name, word if bit is None else Pointer(word, IntConst(bit, line), line))
