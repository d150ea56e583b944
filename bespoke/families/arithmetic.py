"""Bits of arithmetic of whole numbers, recognised in samples whose inputs are the bits of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

from bespoke.families.bits import constant_model, gates_model, has_bits
from bespoke.families.family import Family, Parameters
from bespoke.families.learning import Learning
from bespoke.families.operations import OPERATIONS, Operation
from bespoke.model import IntArray, IntegerModel, model_digest
from bespoke.netlist import NetlistBuilder

_KEPT = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 32, 48, 64, 128, 256, 1024)
_FEW_ROWS = 256
# Shares of the rows that must agree: of the first few, then of all.
_FEW_AGREE, _ALL_AGREE = 0.93, 0.97
_MOST_GATES = 10_000  # of circuits that are built at all
# As many as that share of the rarer class may disagree, and what agrees is less likely by chance; the latter is far
# below one by the number of bits of all results, which are compared.
_OF_RARER, _CHANCE = 0.1, 1e-8
_LEAST_ROWS, _LEAST_RARER = 32, 8
_Words = tuple[tuple[int, ...], ...]
_Bytes = NDArray[np.uint8]


class Recognised(NamedTuple):
    """A bit of an operation of some inputs.

    Attributes
    ----------
    operation : Operation
    words : tuple of tuple of int
        Inputs of each word, least significant first.
    bit : int
        Of the result.
    is_inverted : bool
    """

    operation: Operation
    words: _Words
    bit: int
    is_inverted: bool


class Arithmetic(Family):
    """One bit of a sum, difference, comparison, product, quotient, remainder or square root.

    The inputs are two words one after the other or in turn, or one word, from the least or the most significant bit on.
    Low bits of the words may be left out, which is a smaller circuit that is sometimes wrong.
    """

    name = "arithmetic"
    source = "Rai et al., Logic Synthesis Meets Machine Learning, DATE 2021 (matching of arithmetic, team 1)"
    is_first = True

    def suits(self, learning: Learning) -> bool:
        """Whether the features are bits, and something is recognised."""
        return has_bits(learning) and recognised(learning.words, learning.targets) is not None

    def candidates(self) -> Iterator[Parameters]:
        """How many bits of each word matter."""
        for kept in _KEPT:
            yield {"kept": kept}

    def candidates_for(self, learning: Learning) -> Iterator[Parameters]:
        """Those of different circuits, the whole one first, which few candidates have to be enough for.

        Not all results depend on how many bits matter, and none on more than there are.
        """
        found = recognised(learning.words, learning.targets)
        different: dict[str, Parameters] = {}
        for parameters in self.candidates():
            different.setdefault(model_digest(self._model(learning, found, parameters)), parameters)
        yield from reversed(different.values())

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """The circuit of what is recognised; of nothing, or if it is huge, the most frequent class."""
        del random
        return self._model(learning, recognised(learning.words, learning.targets), parameters)

    def _model(self, learning: Learning, found: Recognised | None, parameters: Parameters) -> IntegerModel:
        kept = parameters["kept"]
        if found is None or found.operation.gates(len(found.words[0]), kept) > _MOST_GATES:
            return constant_model(learning, self.name)

        def literal(builder: NetlistBuilder, inputs: Sequence[int]) -> int:
            words = tuple(tuple(inputs[place] for place in word) for word in found.words)
            made = found.operation.circuit(builder, words, found.bit, kept)
            return made ^ found.is_inverted

        return gates_model(learning, literal, self.name)


def recognised(bits: IntArray, targets: IntArray) -> Recognised | None:
    """What agrees best with the targets, if it agrees with nearly all, better than chance and constants do.

    Parameters
    ----------
    bits : ndarray of int64, shape (n_rows, n_inputs)
        0 and 1.
    targets : ndarray of int64, shape (n_rows,)
        0 and 1.
    """
    frequent = max(float(targets.mean()), 1 - float(targets.mean()))
    if len(targets) < _LEAST_ROWS or (1 - frequent) * len(targets) < _LEAST_RARER:
        return None
    best, most = None, max(_ALL_AGREE, 1 - _OF_RARER * (1 - frequent))
    few = slice(0, _FEW_ROWS)
    for operation in OPERATIONS:
        for words in _readings(bits.shape[1], operation.words):
            shares = _agreement(_results(operation, words, bits[few]), targets[few])
            if max(shares.max(), 1 - shares.min()) < _FEW_AGREE:
                continue
            results = _results(operation, words, bits)
            shares = _agreement(results, targets)
            sides = np.maximum(shares, 1 - shares)
            bit = int(sides.argmax())
            is_inverted = bool(shares[bit] < 1 / 2)
            if sides[bit] > most and _is_more_than_chance(results[:, bit] ^ is_inverted, targets):
                best, most = Recognised(operation, words, bit, is_inverted), float(sides[bit])
    return best


def _is_more_than_chance(guess: _Bytes, targets: IntArray) -> bool:
    """Whether guesses of so many ones hardly agree so well with targets in random order (Fisher's exact test)."""
    both, ones = int((guess & targets).sum()), int(targets.sum())
    return bool(hypergeom.sf(both - 1, len(targets), ones, int(guess.sum())) < _CHANCE)


def _readings(inputs: int, count: int) -> Iterator[_Words]:
    """How inputs may be the bits of so many words."""
    if inputs % 2 or inputs < 2:
        return
    places, half = tuple(range(inputs)), inputs // 2
    if count == 1:
        yield from ((places,), (places[::-1],))
        return
    for first, second in ((places[:half], places[half:]), (places[::2], places[1::2])):
        for a, b in ((first, second), (second, first)):
            yield from ((a, b), (a[::-1], b[::-1]))


def _agreement(results: _Bytes, targets: IntArray) -> NDArray[np.float64]:
    """Share of the rows in which each bit of the result is the target."""
    return np.asarray((results == targets[:, None]).mean(axis=0), dtype=np.float64)


def _results(operation: Operation, words: _Words, bits: IntArray) -> _Bytes:
    """All bits of the result in all rows."""
    width = len(words[0])
    numbers = [_numbers(bits[:, list(word)]) for word in words]
    values = [operation.value(*row, width) for row in zip(*numbers, strict=True)]
    return _bits(values, operation.result_width(width))


def _numbers(bits: IntArray) -> list[int]:
    """Numbers of any size from their bits, least significant first."""
    packed = np.packbits(bits.astype(np.uint8), axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def _bits(numbers: Sequence[int], width: int) -> _Bytes:
    """Bits of numbers, least significant first."""
    size = (width + 7) // 8
    content = b"".join(number.to_bytes(size, "little") for number in numbers)
    rows = np.frombuffer(content, dtype=np.uint8).reshape(len(numbers), size)
    return np.unpackbits(rows, axis=1, count=width, bitorder="little")
