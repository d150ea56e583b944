"""Evaluation of circuits on input words, to find and to confirm counterexamples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.netlist import Port
from bespoke.proof.circuit import Circuit
from bespoke.proof.verdict import Counterexample

IntArray = NDArray[np.int64]
EXHAUSTIVE_BITS = 13
_RANDOM_VECTORS = 3000
_SEED = 20240229


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two functions of input words that should be the same.

    Attributes
    ----------
    ports : sequence of Port
        The inputs.
    expected, actual : callable
        Output words, shape (n_vectors, n_outputs), of input words (n_vectors, n_ports).
    """

    ports: Sequence[Port]
    expected: Callable[[IntArray], IntArray]
    actual: Callable[[IntArray], IntArray]

    def difference(self, sources: Iterable[IntArray]) -> Counterexample | None:
        """The first of the input words on which they differ."""
        for words in sources:
            expected, actual = self.expected(words), self.actual(words)
            for row, column in np.argwhere(expected != actual)[:1]:
                features = dict(zip([port.name for port in self.ports], words[row].tolist(), strict=True))
                return Counterexample(features, int(expected[row, column]), int(actual[row, column]))
        return None


def stimuli(ports: Sequence[Port]) -> IntArray:
    """Input words, shape (n_vectors, n_ports): all of them for few bits, else corners and random ones."""
    widths = [port.width for port in ports]
    if sum(widths) <= EXHAUSTIVE_BITS:
        return _split(np.arange(1 << sum(widths)), ports)
    random = np.random.default_rng(_SEED)
    top = np.array([(1 << width) - 1 for width in widths], dtype=np.int64)
    corners = np.where(random.integers(0, 2, (_RANDOM_VECTORS // 4, len(ports))), top, 0)
    uniform = random.integers(0, top + 1, (_RANDOM_VECTORS, len(ports)))
    sparse = np.where(random.random(uniform.shape) < 0.2, uniform, np.outer(random.integers(0, 2, len(uniform)), top))
    alone = np.diag(top)
    return np.concatenate(
        [np.zeros((1, len(ports)), dtype=np.int64), top[None], alone, top - alone, corners, uniform, sparse]
    )


def word_row(ports: Sequence[Port], bits: Mapping[int, int]) -> IntArray:
    """One row of input words from primary input bits by number; absent bits are 0."""
    return _split(np.array([sum(value << bit for bit, value in bits.items())], dtype=object), ports)


def _split(states: NDArray[Any], ports: Sequence[Port]) -> IntArray:
    """Input words, shape (n_states, n_ports), from the bits of all ports one after the other."""
    words = np.zeros((len(states), len(ports)), dtype=np.int64)
    for number, port in enumerate(ports):
        words[:, number] = states & (1 << port.width) - 1
        states = states >> port.width
    return words


def output_words(circuit: Circuit, words: IntArray) -> IntArray:
    """Output words, shape (n_vectors, n_outputs), on input words (n_vectors, n_ports)."""
    netlist, count = circuit.netlist, len(words)
    free = dict(zip(circuit.primary, input_vectors(netlist.inputs, words), strict=True))
    values = iter(circuit.evaluate(netlist.output_literals(), free, (1 << count) - 1))
    result = np.zeros((count, len(netlist.outputs)), dtype=np.int64)
    for column, port in enumerate(netlist.outputs):
        for bit in range(port.width):
            weight = -(1 << bit) if port.signed and bit == port.width - 1 else 1 << bit
            result[:, column] += weight * _unpack(next(values), count)
    return result


def input_vectors(ports: Sequence[Port], words: IntArray) -> list[int]:
    """Bit vectors of the primary input bits in port order on input words (n_vectors, n_ports)."""
    return [_pack(words[:, number] >> bit & 1) for number, port in enumerate(ports) for bit in range(port.width)]


def _pack(bits: IntArray) -> int:
    return int.from_bytes(np.packbits(bits.astype(np.uint8), bitorder="little").tobytes(), "little")


def _unpack(vector: int, count: int) -> IntArray:
    raw = np.frombuffer(vector.to_bytes((count + 7) // 8, "little"), dtype=np.uint8)
    return np.unpackbits(raw, bitorder="little", count=count).astype(np.int64)
