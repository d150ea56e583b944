"""Stages as sums over words that they build."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bespoke.arith import Word, from_table
from bespoke.lowering.affine import Sums
from bespoke.lowering.comparisons import Comparisons
from bespoke.lowering.draft import Draft, Words
from bespoke.lowering.inputs import Inputs, binary_words
from bespoke.lowering.tables import table_literals
from bespoke.lowering.trees import leaf_words
from bespoke.model import Affine, Compare, Gates, InexactSums, IntArray, Lookup, LowBit, Masks, Stage, Table, Trees
from bespoke.netlist import FALSE, copy_gates

# From a stage, its number and its input words to sums over words that it builds.
StageLowering = Callable[[Draft, Any, int, Inputs], Sums]


def _affine(draft: Draft, stage: Affine, number: int, inputs: Inputs) -> Sums:
    return Sums(stage, tuple(binary_words(draft, inputs).values()), number)


def _inexact(draft: Draft, stage: InexactSums, number: int, inputs: Inputs) -> Sums:
    read = tuple(binary_words(draft, inputs).values())

    def literal(low: LowBit) -> int:
        return read[low.source].bit(low.bit) ^ low.is_complemented

    def built(table: str, bits: Sequence[int]) -> int:
        return from_table(draft.builder, np.array(list(map(int, table))), bits[::-1], 1)[0]

    words = [word for part in stage.low_parts() for word in part.words(literal, built, FALSE)]
    low = tuple(Word(tuple(word), own) for word, own in zip(words, stage.word_intervals(), strict=True))
    draft.note("inner", number, low)
    return Sums(stage.exact_part(), (*read, *low), number)


def _trees(draft: Draft, stage: Trees, number: int, inputs: Inputs) -> Sums:
    words = leaf_words(draft, stage, inputs, reads_ports=number == 0)
    return _inner(draft, number, words, len(stage.roots))


def _compare(draft: Draft, stage: Compare, number: int, inputs: Inputs) -> Sums:
    comparisons = Comparisons(inputs)
    tests = [
        comparisons.at_least(source, level + comparisons.offsets[source], comparisons.words[source].interval)
        for source, level in zip(stage.sources.tolist(), stage.levels.tolist(), strict=True)
    ]
    literals = comparisons.build(comparisons.gates(tests, draft), draft)
    outputs = zip(literals, stage.output_intervals([word.interval for word in inputs]), strict=True)
    return _inner(draft, number, tuple(Word((literal,)[: interval.width], interval) for literal, interval in outputs))


def _lookup(draft: Draft, stage: Lookup, number: int, inputs: Inputs) -> Sums:
    intervals = [word.interval for word in inputs]
    outputs = stage.output_intervals(intervals)
    read = binary_words(draft, inputs, {s for table in stage.tables if len(table.sources) > 1 for s in table.sources})
    words = []
    for table, interval in zip(stage.tables, outputs, strict=True):
        values = _filled(table, table.possible(intervals))
        if len(table.sources) == 1:
            (source,), positions = table.sources, [bit for _, bit in table.bits]
            words.append(inputs[source].looked_up(draft.builder, positions, values, interval))
            continue
        address = [read[source].bit(bit) for source, bit in table.bits]
        literals = table_literals(draft, values, table.possible(intervals), address, interval.width)
        words.append(Word(literals, interval))
    return _inner(draft, number, tuple(words))


def _filled(table: Table, possible: IntArray) -> IntArray:
    """Values of a table; addresses that do not occur have that of the next lower one that does."""
    below = np.searchsorted(possible, np.arange(len(table.values)), side="right") - 1
    return table.values[possible[np.maximum(below, 0)]]


def _gates(draft: Draft, stage: Gates, number: int, inputs: Inputs) -> Sums:
    bits = (FALSE, *(bit for word in binary_words(draft, inputs).values() for bit in word.bits))
    literals = dict(enumerate(literal for bit in bits for literal in (bit, bit ^ 1)))
    copy_gates(draft.builder, stage.netlist.gates(), literals)
    words = [
        Word(tuple(literals[bit] for bit in port.bits[: interval.width]), interval)
        for port, interval in zip(
            stage.netlist.outputs, stage.output_intervals([word.interval for word in inputs]), strict=True
        )
    ]
    return _inner(draft, number, tuple(words))


def _masks(draft: Draft, stage: Masks, number: int, inputs: Inputs) -> Sums:
    intervals = [word.interval for word in inputs]
    read = binary_words(draft, inputs, {stage.mode, *stage.sources.tolist()})
    mode, words = read[stage.mode].bits, []
    rows = stage.row_of_state(len(mode))

    def chosen(masks: IntArray, bit: int) -> int:
        return from_table(draft.builder, masks[rows] >> bit & 1, mode, 1)[0]

    for output, interval in enumerate(stage.output_intervals(intervals)):
        word = read[int(stage.sources[output])]
        if not stage.passes(output):
            kept, held = stage.kept[:, output], stage.held[:, output]
            both = (draft.builder.and_(word.bit(bit), chosen(kept, bit)) for bit in range(interval.width))
            literals = (draft.builder.or_(literal, chosen(held, bit)) for bit, literal in enumerate(both))
            word = Word(tuple(literals), interval)
        words.append(word)
    return _inner(draft, number, tuple(words))


def _inner(draft: Draft, number: int, words: Words, groups: int = 1) -> Sums:
    """Words inside a stage, whose outputs they are, or which are added over several groups of words."""
    draft.note("inner", number, words)
    return Sums(Affine.adding(len(words) // groups, groups), words, number)


PLAIN_LOWERINGS: dict[type[Stage], StageLowering] = {
    Affine: _affine,
    Trees: _trees,
    Compare: _compare,
    Lookup: _lookup,
    Gates: _gates,
    InexactSums: _inexact,
    Masks: _masks,
}
