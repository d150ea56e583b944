"""Input and output words as bit vectors: one Python integer per net, one bit per input vector."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
    _check_range(words, ports)
    layers = list(_bit_layers(words, max((port.width for port in ports), default=0)))
    return [
        int.from_bytes(layers[bit][column].tobytes(), "little")
        for column, port in enumerate(ports)
        for bit in range(port.width)
    ]


def port_bits(words: IntArray, ports: Sequence[Port]) -> NDArray[np.uint8]:
    """Bits of all ports, in port order, shape (n_vectors, n_bits), of words, shape (n_vectors, n_ports)."""
    columns = [words[:, [place]] >> np.arange(port.width) & 1 for place, port in enumerate(ports)]
    return np.concatenate([np.zeros((len(words), 0), np.int64), *columns], axis=1).astype(np.uint8)


def unpack_words(vectors: Iterable[int], ports: Sequence[Port], count: int) -> IntArray:
    """Inverse of `pack_words` for ``count`` vectors: an array of shape (count, n_ports)."""
    words = np.zeros((count, len(ports)), dtype=np.int64)
    source = iter(vectors)
    for column, port in enumerate(ports):
        bits = [next(source) for _ in range(port.width)]
        words[:, column] = _unpack_column(bits, count, signed=port.signed)
    return words


def _check_range(words: IntArray, ports: Sequence[Port]) -> None:
    if not words.size:
        return
    spans = [_span(port) for port in ports]
    # All at once first: looking column by column takes several times as long.
    if words.min() >= max(low for low, _ in spans) and words.max() <= min(high for _, high in spans):
        return
    for port, (low, high), values in zip(ports, spans, words.T, strict=True):
        if values.min() < low or values.max() > high:
            raise StimuliError("an input word does not fit its port", where=port.name, allowed=f"{port.width} bits")


def _span(port: Port) -> tuple[int, int]:
    """Least and greatest number that a port takes."""
    half = 1 << port.width >> 1
    return (-half, max(half - 1, 0)) if port.signed else (0, (1 << port.width) - 1)


def _bit_layers(words: IntArray, width: int) -> Iterator[NDArray[np.uint8]]:
    """For each bit of a word the packed bits of all columns, shape (n_ports, n_bytes)."""
    for start in range(0, width, 8):
        plane = np.ascontiguousarray((words >> start if start else words).astype(np.uint8).T)
        for bit in range(min(8, width - start)):
            yield np.packbits(plane & np.uint8(1 << bit), axis=1, bitorder="little")


def _unpack_column(vectors: Sequence[int], count: int, *, signed: bool) -> IntArray:
    """Words of one column from the bit vectors of its bits; the last vector is the sign where ``signed``."""
    column = np.zeros(count, dtype=np.int64)
    for start in range(0, len(vectors), 8):
        plane = np.zeros(count, dtype=np.uint8)
        for bit, vector in enumerate(vectors[start : start + 8]):
            raw = np.frombuffer(vector.to_bytes((count + 7) // 8, "little"), dtype=np.uint8)
            plane |= np.unpackbits(raw, bitorder="little", count=count) << np.uint8(bit)
        column |= plane.astype(np.int64) << start
    if signed and vectors:
        half = np.int64(1 << len(vectors) - 1)
        column = (column ^ half) - half
    return column
