"""Input ports as the words that the first stage of behavioural Verilog reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, NamedTuple

from bespoke.model import BinaryCode, Boundary, InputCode, InputCoding, ThermometerCode
from bespoke.verilog.identifiers import comment_text, legal_identifier
from bespoke.verilog.ports import Ports, Word
from bespoke.verilog.rtl_text import Names, Operand, range_text, unsigned_literal


def feature_operands(
    coding: InputCoding, boundary: Boundary, ports: Ports, names: Names
) -> tuple[list[str], list[Operand]]:
    """Lines that declare words of the first stage that are no ports, and operands for all of its words."""
    lines, operands, words = [], [], iter(ports.inputs)
    for index, (name, code, interval) in enumerate(
        zip(boundary.names, boundary.codes, coding.intervals(), strict=True)
    ):
        width, span, scale = max(1, interval.width), coding.span[index], 2.0**-interval.width
        own = list(islice(words, len(code.ports(name))))
        declared, identifier = CODE_RTL[type(code)].word(code, own, width, (name, names))
        lines += declared
        low, note = coding.at_level(index, 0), comment_text(name)
        operands.append(Operand(identifier, interval, width, signed=False, note=note, scale=scale, low=low, span=span))
    return lines, operands


def port_comments(coding: InputCoding, boundary: Boundary) -> list[str]:
    """A comment per input port."""
    pairs = enumerate(boundary.codes)
    return [comment for index, code in pairs for comment in CODE_RTL[type(code)].comments(code, coding, index)]


def _range_comment(_: BinaryCode, coding: InputCoding, index: int) -> list[str]:
    low, span = coding.low[index], coding.span[index]
    if index >= coding.measured_count:
        return [f"control {comment_text(coding.names[index])}, not measured"]
    text = f"feature {index} {comment_text(coding.names[index])}"
    return [f"{text}, {low:.6g} to {low + span:.6g}" if coding.bits[index] else f"{text}, constant: not read"]


def _level_comments(code: ThermometerCode, coding: InputCoding, index: int) -> list[str]:
    name = comment_text(coding.names[index])
    return [f"feature {index} {name} >= {coding.at_level(index, level):.6g}" for level in code.levels]


def _level_word(
    code: ThermometerCode, ports: Sequence[Word], width: int, known: tuple[str, Names]
) -> tuple[list[str], str]:
    """A word with the highest level that is reached."""
    name, names = known
    identifier, value = names.fresh(legal_identifier(name, empty="feature")), unsigned_literal(0, width)
    for port, level in zip(ports, code.levels, strict=True):
        value = f"{port.identifier} ? {unsigned_literal(level, width)} : {value}"
    return [f"  wire{range_text(width)} {identifier} = {value};"], identifier


class CodeRtl(NamedTuple):
    """How a code is written.

    Attributes
    ----------
    word : callable
        From a code, its ports, the width of the feature's word, and its name with the names in use: lines that declare
        the word, and its identifier.
    comments : callable
        From a code, the coding and the number of a feature to a comment per port.
    """

    word: Callable[[Any, Sequence[Word], int, tuple[str, Names]], tuple[list[str], str]]
    comments: Callable[[Any, InputCoding, int], list[str]]


CODE_RTL: dict[type[InputCode], CodeRtl] = {
    BinaryCode: CodeRtl(lambda _code, ports, _width, _known: ([], ports[0].identifier), _range_comment),
    ThermometerCode: CodeRtl(_level_word, _level_comments),
}
