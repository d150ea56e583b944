"""The stages of a model as behavioural Verilog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from bespoke.model import Affine, Compare, Gates, InexactSums, Lookup, LowBit, Masks, Stage, Table, Trees
from bespoke.netlist import AND, XOR
from bespoke.numeric import Interval
from bespoke.verilog.rtl_text import Operand, Scope, aligned, joined, range_text, unsigned_literal
from bespoke.verilog.rtl_trees import trees_lines

# From a stage, its inputs and its scope to lines, the words that they declare, and the sums over those words.
StageRtl = Callable[[Any, Sequence[Operand], Scope], tuple[list[str], Sequence[Operand], Affine]]
_OPERATORS = {AND: "&", XOR: "^"}


def _affine(affine: Affine, operands: Sequence[Operand], scope: Scope) -> tuple[list[str], Sequence[Operand], Affine]:
    head = f"  // Stage {scope.number}: each sum stands for sum / 2**{affine.frac_bits}."
    return [head], operands, affine


def _inexact(stage: InexactSums, operands: Sequence[Operand], scope: Scope) -> tuple[list[str], list[Operand], Affine]:
    head = f"  // Stage {scope.number}: each sum stands for sum / 2**{stage.affine.frac_bits}; low columns are inexact."
    lines, words = [head], scope.words("low", stage.word_intervals())

    def name(low: LowBit) -> str:
        return ("~" if low.is_complemented else "") + operands[low.source].part(low.bit, 1)

    def built(table: str, bits: Sequence[str]) -> str:
        wire = scope.names.fresh(f"cell{scope.number}_{len(lines)}")
        lines.append(f"  wire {wire} = {_function_of(table, bits)};")
        return wire

    found = [word for part in stage.low_parts() for word in part.words(name, built, "1'b0")]
    for word, bits in zip(words, found, strict=True):
        if not word.fixed:
            lines.append(word.declared(joined(reversed(bits))))
    return lines, [*operands, *words], stage.exact_part()


def _function_of(table: str, bits: Sequence[str]) -> str:
    """Expression of a truth table over named bits, the first one the most significant of the state."""
    for place, step in enumerate(1 << place for place in reversed(range(len(bits)))):
        sides = ["".join(e for state, e in enumerate(table) if bool(state & step) == side) for side in (False, True)]
        if sides[0] == sides[1]:
            return _function_of(sides[0], [*bits[:place], *bits[place + 1 :]])
    if not bits:
        return f"1'b{table}"
    # The fewer of products, of states with 1, and sums, of those with 0.
    kind = min("10", key=table.count)
    inner, outer = (" & ", " | ") if kind == "1" else (" | ", " & ")
    terms = []
    for state in (state for state, entry in enumerate(table) if entry == kind):
        places = zip(bits, f"{state:0{len(bits)}b}", strict=True)
        terms.append(inner.join(bit if value == kind else f"~{bit}".removeprefix("~~") for bit, value in places))
    return outer.join(f"({term})" for term in terms) if len(terms) > 1 else terms[0]


def _compare(compare: Compare, operands: Sequence[Operand], scope: Scope) -> tuple[list[str], list[Operand], Affine]:
    tests = [(operands[source], level) for source, level in zip(compare.sources, compare.levels.tolist(), strict=True)]
    words = [
        scope.word(f"ge_{operand.name}_{level}".replace("-", "m"), interval)
        for (operand, level), interval in zip(tests, compare.output_intervals(_ranges(operands)), strict=True)
    ]
    rows = [
        (
            word.declared(f"{operand.name} >= {operand.literal(level)}"),
            f"{operand.note} >= {operand.real(level)}",
        )
        for word, (operand, level) in zip(words, tests, strict=True)
        if not word.fixed
    ]
    return [f"  // Stage {scope.number}: comparisons.", *aligned(rows)], words, Affine.adding(len(words))


def _lookup(lookup: Lookup, operands: Sequence[Operand], scope: Scope) -> tuple[list[str], list[Operand], Affine]:
    lines = [f"  // Stage {scope.number}: tables."]
    words = scope.words("lookup", lookup.output_intervals(_ranges(operands)))
    for output, (word, table) in enumerate(zip(words, lookup.tables, strict=True)):
        if not word.fixed:
            name = scope.names.fresh(f"table{scope.number}_{output}")
            lines += _function(name, word, table, table.possible(_ranges(operands)).tolist(), scope)
            lines.append(word.declared(f"{name}({_address(table, operands)})"))
    return lines, words, Affine.adding(len(words))


def _function(name: str, word: Operand, table: Table, addresses: Sequence[int], scope: Scope) -> list[str]:
    """A function with the values at the addresses that occur; the most frequent one is the default."""
    width = len(table.bits)
    usual = Counter(table.values[addresses].tolist()).most_common(1)[0][0]
    cases = [(unsigned_literal(address, width), int(table.values[address])) for address in addresses]
    rows = [(case, value) for case, value in cases if value != usual]
    return [
        f"  function{range_text(word.width, signed=word.signed)} {name}(input{range_text(width)} address);",
        "    case (address)",
        *aligned(
            [
                (f"      {case}: {name} = {word.literal(value)};", scope.note(value))
                for case, value in [*rows, ("default", usual)]
            ]
        ),
        "    endcase",
        "  endfunction",
    ]


def _address(table: Table, operands: Sequence[Operand]) -> str:
    """The bits of an address, the most significant first; adjacent bits of a word stand as one part of it."""
    parts = []
    for (source, _), bits in groupby(enumerate(table.bits), key=lambda item: (item[1][0], item[1][1] - item[0])):
        run = [bit for _, (_, bit) in bits]
        parts.append(operands[source].part(run[0], len(run)))
    return joined(reversed(parts))


def _gates(gates: Gates, operands: Sequence[Operand], scope: Scope) -> tuple[list[str], list[Operand], Affine]:
    netlist = gates.netlist
    nets = ["1'b0"]
    for operand, port in zip(operands, netlist.inputs, strict=True):
        nets += [operand.part(bit, 1) for bit in range(port.width)]
    lines = [f"  // Stage {scope.number}: gates."]
    for net, kind, a, b in netlist.gates():
        nets.append(scope.names.fresh(f"n{scope.number}_{net}"))
        lines.append(f"  wire {nets[net]} = {_literal(nets, a)} {_OPERATORS[kind]} {_literal(nets, b)};")
    words = scope.words("gates", gates.output_intervals(_ranges(operands)))
    for word, port in zip(words, netlist.outputs, strict=True):
        if not word.fixed:
            bits = ", ".join(_literal(nets, literal) for literal in reversed(port.bits))
            lines.append(word.declared(f"{{{bits}}}"))
    return lines, words, Affine.adding(len(words))


def _masks(masks: Masks, operands: Sequence[Operand], scope: Scope) -> tuple[list[str], list[Operand], Affine]:
    mode, words, lines = operands[masks.mode], [], []
    for output, interval in enumerate(masks.output_intervals(_ranges(operands))):
        word = operands[int(masks.sources[output])]
        if not masks.passes(output):
            read, word = word, scope.word(f"masked{scope.number}_{output}", interval, word.scale)
            if not word.fixed:
                lines.append(word.declared(_masked(masks, output, mode, read, word.width)))
        words.append(word)
    return [f"  // Stage {scope.number}: bits held constant by mode.", *lines], words, Affine.adding(len(words))


def _masked(masks: Masks, output: int, mode: Operand, read: Operand, width: int) -> str:
    """A choice among the modes that can be named."""
    value, above, whole = "", "", (1 << width) - 1
    for row in masks.modes_of(mode.interval):
        kept, held = int(masks.kept[row, output]) & whole, int(masks.held[row, output])
        own = read.part(0, width) if kept == whole else f"{read.part(0, width)} & {unsigned_literal(kept, width)}"
        own = own if kept else unsigned_literal(held, width)
        own = f"({own}) | {unsigned_literal(held, width)}" if kept and held else own
        if own != above:
            value = f"{mode.name} >= {mode.literal(row)} ? {own} : {value}" if value else own
        above = own
    return value


def _literal(nets: Sequence[str], literal: int) -> str:
    return f"{'~' if literal & 1 else ''}{nets[literal >> 1]}"


def _ranges(operands: Sequence[Operand]) -> list[Interval]:
    return [operand.interval for operand in operands]


PLAIN_RTL: dict[type[Stage], StageRtl] = {
    Affine: _affine,
    Trees: trees_lines,
    Compare: _compare,
    Lookup: _lookup,
    Gates: _gates,
    InexactSums: _inexact,
    Masks: _masks,
}
