"""The proof of each type of stage: the words inside it, and an affine over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from bespoke.model import LEAF, Affine, Compare, Gates, InexactSums, Lookup, LowBit, LowPart, Masks, Stage, Table, Trees
from bespoke.netlist import FALSE, Netlist, NetlistBuilder
from bespoke.numeric import Interval
from bespoke.proof.circuit import Circuit, Reader
from bespoke.proof.walk import Walk
from bespoke.proof.word import Word, constant_bits, extended, greater_than, looked_up

Words = tuple[Word, ...]


class InnerWords(NamedTuple):
    """What consecutive words inside a stage must be.

    Attributes
    ----------
    intervals : sequence of Interval
        Range of each of them.
    reads : sequence of Word
        Proven words that they depend on.
    logic : callable
        Builds their literals from those of ``reads``; word ``i`` is signed where ``intervals[i]`` is.
    """

    intervals: Sequence[Interval]
    reads: Sequence[Word]
    logic: Callable[[NetlistBuilder, Sequence[Word]], Sequence[Sequence[int]]]


def claim_inner(walk: Walk, number: int, first: int, inner: InnerWords) -> Words:
    """Claim the words from ``first`` on inside stage ``number`` and return them."""
    claimed = [walk.inner(number, first + i, interval) for i, interval in enumerate(inner.intervals)]
    # One bit more than either side needs: equal literals are then equal numbers.
    widths = [1 + max(len(word.literals), word.interval.width) for word in claimed]

    def logic(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        literals = inner.logic(builder, words)
        return _joined([Word.of(*pair) for pair in zip(literals, inner.intervals, strict=True)], widths)

    key = ("inner", number, first)
    is_output = len(claimed) == 1 and walk.ends(claimed[0].literals)
    walk.claim(key, _joined(claimed, widths), inner.reads, logic, is_output=is_output)
    walk.ledger.entries["words"].counts["words"] += len(claimed)
    return tuple(claimed)


def prove_inputs(walk: Walk, inputs: Words) -> Words:
    """The words of the features, as the certificate says where they are made of other codes.

    A bit that it holds for 0, since nothing reads it, is that of the feature itself.
    """
    words = list(inputs)
    for feature, word in enumerate(inputs):
        key = ("input", 0, feature)
        if key in walk.certificate.words:
            hint = walk.hint(key).result
            pairs = zip(extended(hint, len(word.literals), signed=False), word.literals, strict=True)
            words[feature] = replace(word, literals=tuple(own if bit == FALSE else bit for bit, own in pairs))
            walk.claim(key, words[feature].literals, [word], lambda _, read: read[0].literals)
    return tuple(words)


def _joined(words: Sequence[Word], widths: Sequence[int]) -> list[int]:
    pairs = zip(words, widths, strict=True)
    return [bit for word, width in pairs for bit in extended(word.literals, width, signed=word.signed)[:width]]


def _affine(_walk: Walk, stage: Affine, _number: int, inputs: Words) -> tuple[Words, Affine]:
    return inputs, stage


def _inexact(walk: Walk, stage: InexactSums, number: int, inputs: Words) -> tuple[Words, Affine]:
    words: Words = ()
    for part in stage.low_parts():
        sources = sorted({low.source for column in part.columns for low in column})
        inner = InnerWords(part.intervals(), [inputs[source] for source in sources], partial(_added, part, sources))
        words += claim_inner(walk, number, len(words), inner)
    return (*inputs, *words), stage.exact_part()


def _added(
    part: LowPart, sources: Sequence[int], builder: NetlistBuilder, words: Sequence[Word]
) -> Sequence[Sequence[int]]:
    """Literals of the words of a low part, from the words of the ``sources`` that it reads."""
    word_of = dict(zip(sources, words, strict=True))

    def literal(low: LowBit) -> int:
        return extended(word_of[low.source].literals, low.bit + 1, signed=False)[low.bit] ^ low.is_complemented

    def built(table: str, bits: Sequence[int]) -> int:
        return looked_up(builder, list(map(int, table)), bits[::-1], 1)[0]

    return part.words(literal, built, FALSE)


def claim_trees(walk: Walk, stage: Trees, number: int, inputs: Words) -> tuple[Words, Affine]:
    """Claim the words of all trees."""
    words: Words = ()
    for tree in stage.single():
        features = sorted({feature for feature, _ in tree.tests()})
        reads = [inputs[feature] for feature in features]
        inner = InnerWords(tree.leaf_intervals(), reads, partial(_reached, tree, features))
        words += claim_inner(walk, number, len(words), inner)
    return words, Affine.adding(stage.output_count, len(stage.roots))


def _reached(tree: Trees, features: Sequence[int], builder: NetlistBuilder, words: Sequence[Word]) -> list[list[int]]:
    """Literals of each number in the leaf that a single tree reaches, from the words of the ``features`` it tests."""
    word_of = dict(zip(features, words, strict=True))
    goes_left = {(f, bound): greater_than(builder, word_of[f], bound) ^ 1 for f, bound in tree.tests()}
    widths = [interval.width for interval in tree.leaf_intervals()]
    vectors: dict[int, list[int]] = {}
    for node in reversed(range(tree.node_count)):
        test = (int(tree.feature[node]), int(tree.threshold[node]))
        if test[0] == LEAF:
            numbers = zip(tree.values[node].tolist(), widths, strict=True)
            vectors[node] = [bit for number, width in numbers for bit in constant_bits(number, width)]
        else:
            sides = vectors.pop(int(tree.left[node])), vectors.pop(int(tree.right[node]))
            vectors[node] = [builder.mux(goes_left[test], a, b) for a, b in zip(*sides, strict=True)]
    bits = iter(vectors[0])
    return [[next(bits) for _ in range(width)] for width in widths]


def _compare(walk: Walk, stage: Compare, number: int, inputs: Words) -> tuple[Words, Affine]:
    outputs = zip(stage.sources.tolist(), stage.levels.tolist(), _ranges(stage, inputs), strict=True)
    inner = [InnerWords([interval], [inputs[s]], partial(_reaches, level)) for s, level, interval in outputs]
    return _one_by_one(walk, number, inner)


def _reaches(level: int, builder: NetlistBuilder, words: Sequence[Word]) -> list[list[int]]:
    return [[greater_than(builder, words[0], level - 1)]]


def _lookup(walk: Walk, stage: Lookup, number: int, inputs: Words) -> tuple[Words, Affine]:
    inner = []
    for table, interval in zip(stage.tables, _ranges(stage, inputs), strict=True):
        bits = [extended(inputs[s].literals, bit + 1, signed=inputs[s].signed)[bit] for s, bit in table.bits]
        address = Word.of(bits, Interval.unsigned(len(bits)))
        # Of a word that can be anything only the bits in the address matter.
        sources = [inputs[s] for s in sorted({s for s, _ in table.bits}) if inputs[s].is_restricted]
        inner.append(InnerWords([interval], [address, *sources], partial(_value_at, table, interval.width)))
    return _one_by_one(walk, number, inner)


def _value_at(table: Table, width: int, builder: NetlistBuilder, words: Sequence[Word]) -> list[list[int]]:
    return [looked_up(builder, table.values.tolist(), words[0].literals, width)]


def _gates(walk: Walk, stage: Gates, number: int, inputs: Words) -> tuple[Words, Affine]:
    inner = InnerWords(_ranges(stage, inputs), inputs, partial(_copied, stage.netlist))
    return claim_inner(walk, number, 0, inner), Affine.adding(stage.output_count)


def _copied(netlist: Netlist, builder: NetlistBuilder, words: Sequence[Word]) -> list[list[int]]:
    bits = _joined(words, [port.width for port in netlist.inputs])
    circuit = Circuit(netlist)
    reader = Reader(circuit, builder, dict(zip(circuit.primary, bits, strict=True)))
    return [reader.word(port.bits) for port in netlist.outputs]


def _masks(walk: Walk, stage: Masks, number: int, inputs: Words) -> tuple[Words, Affine]:
    words: list[Word] = []
    mode = inputs[stage.mode]
    for output, interval in enumerate(_ranges(stage, inputs)):
        read = inputs[int(stage.sources[output])]
        if stage.passes(output):
            words.append(read)
            continue
        inner = InnerWords([interval], [read, mode], partial(_held, stage, output, interval.width))
        words += claim_inner(walk, number, output, inner)
    return tuple(words), Affine.adding(len(words))


def _held(stage: Masks, output: int, width: int, builder: NetlistBuilder, words: Sequence[Word]) -> list[list[int]]:
    """The bits of the first mode, then, from mode to mode, those of the next one where the mode is at least that."""
    word, mode = words
    bits = extended(word.literals, width, signed=word.signed)[:width]
    found: list[int] = []
    for row in range(stage.mode_count):
        kept, held = (constant_bits(int(masks[row, output]), width) for masks in (stage.kept, stage.held))
        own = [builder.or_(builder.and_(bit, keep), one) for bit, keep, one in zip(bits, kept, held, strict=True)]
        reached = greater_than(builder, mode, row - 1)
        found = [builder.mux(reached, new, old) for new, old in zip(own, found or own, strict=True)]
    return [found]


def _one_by_one(walk: Walk, number: int, inner: Sequence[InnerWords]) -> tuple[Words, Affine]:
    words = tuple(word for first, one in enumerate(inner) for word in claim_inner(walk, number, first, one))
    return words, Affine.adding(len(words))


def _ranges(stage: Stage, inputs: Words) -> tuple[Interval, ...]:
    return stage.output_intervals([word.interval for word in inputs])


# From the walk, a stage, its number and its proven inputs to proven words and an affine over them that is the stage.
PLAIN_PROOFS: dict[type[Stage], Callable[..., tuple[Words, Affine]]] = {
    Affine: _affine,
    Trees: claim_trees,
    Compare: _compare,
    Lookup: _lookup,
    Gates: _gates,
    InexactSums: _inexact,
    Masks: _masks,
}
