"""Evaluation of a circuit on input words, to find and to confirm counterexamples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.netlist import Port
from bespoke.proof.circuit import Circuit

IntArray = NDArray[np.int64]
EXHAUSTIVE_BITS = 13
_RANDOM_VECTORS = 3000
_SEED = 20240229


def stimuli(ports: Sequence[Port]) -> IntArray:
    """Input words, shape (n_vectors, n_ports): all of them for few bits, else corners and random ones."""
    widths = [port.width for port in ports]
    if sum(widths) <= EXHAUSTIVE_BITS:
        return _from_states(np.arange(1 << sum(widths), dtype=np.int64), widths)
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
    row, first = [], 0
    for port in ports:
        row.append(sum(bits.get(first + bit, 0) << bit for bit in range(port.width)))
        first += port.width
    return np.array([row], dtype=np.int64).reshape(1, len(ports))


def output_words(circuit: Circuit, literals: Sequence[int], words: IntArray, *, signed: bool) -> IntArray:
    """Output words, shape (n_vectors,), that the literals carry on input words (n_vectors, n_ports)."""
    count = len(words)
    mask = (1 << count) - 1
    values = dict(enumerate([0, *input_vectors(circuit.netlist.inputs, words)]))
    circuit.run(circuit.cone(literals, set(circuit.primary)), values, mask)
    result = np.zeros(count, dtype=np.int64)
    for bit, literal in enumerate(literals):
        weight = -(1 << bit) if signed and bit == len(literals) - 1 else 1 << bit
        result += weight * _unpack(values[literal >> 1] ^ (mask if literal & 1 else 0), count)
    return result


def input_vectors(ports: Sequence[Port], words: IntArray) -> list[int]:
    """Bit vectors of the primary input bits on input words (n_vectors, n_ports)."""
    return [_pack(words[:, column] >> bit & 1) for column, port in enumerate(ports) for bit in range(port.width)]


def _from_states(states: IntArray, widths: Sequence[int]) -> IntArray:
    shifts = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    columns = [states >> shift & ((1 << width) - 1) for shift, width in zip(shifts[:-1].tolist(), widths, strict=True)]
    return np.array(columns, dtype=np.int64).reshape(len(widths), len(states)).T


def _pack(bits: IntArray) -> int:
    return int.from_bytes(np.packbits(bits.astype(np.uint8), bitorder="little").tobytes(), "little")


def _unpack(vector: int, count: int) -> IntArray:
    raw = np.frombuffer(vector.to_bytes((count + 7) // 8, "little"), dtype=np.uint8)
    return np.unpackbits(raw, bitorder="little", count=count).astype(np.int64)
