"""Input and output words as bit vectors: one Python integer per net, one bit per input vector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import StimuliError
from bespoke.netlist import Port

IntArray = NDArray[np.int64]


def pack_words(words: IntArray, ports: Sequence[Port]) -> list[int]:
    """Bit vectors of all port bits, in port order.

    Parameters
    ----------
    words : ndarray of int64, shape (n_vectors, n_ports)
    ports : sequence of Port

    Returns
    -------
    list of int
        Bit ``v`` of each integer belongs to vector ``v``.

    Raises
    ------
    StimuliError
        If the number of columns is wrong or a word does not fit its port.
    """
    words = np.asarray(words, dtype=np.int64)
    if words.ndim != 2 or words.shape[1] != len(ports):
        raise StimuliError("wrong shape of input words", got=words.shape, allowed=f"(n_vectors, {len(ports)})")
    vectors = []
    for column, port in enumerate(ports):
        values = words[:, column]
        low, high = (-(1 << port.width) >> 1, (1 << port.width) >> 1) if port.signed else (0, 1 << port.width)
        if len(values) and (values.min() < low or values.max() >= max(high, 1)):
            raise StimuliError("an input word does not fit its port", where=port.name, allowed=f"{port.width} bits")
        vectors += [_pack(values >> bit & 1) for bit in range(port.width)]
    return vectors


def unpack_words(vectors: Iterable[int], ports: Sequence[Port], count: int) -> IntArray:
    """Inverse of `pack_words` for ``count`` vectors: an array of shape (count, n_ports)."""
    words = np.zeros((count, len(ports)), dtype=np.int64)
    source = iter(vectors)
    for column, port in enumerate(ports):
        for bit in range(port.width):
            weight = -(1 << bit) if port.signed and bit == port.width - 1 else 1 << bit
            words[:, column] += weight * _unpack(next(source), count)
    return words


def _pack(bits: IntArray) -> int:
    return int.from_bytes(np.packbits(bits.astype(np.uint8), bitorder="little").tobytes(), "little")


def _unpack(vector: int, count: int) -> IntArray:
    raw = np.frombuffer(vector.to_bytes((count + 7) // 8, "little"), dtype=np.uint8)
    return np.unpackbits(raw, bitorder="little", count=count).astype(np.int64)
