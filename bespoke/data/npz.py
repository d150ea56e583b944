"""Samples of a Boolean function in three parts, as arrays of packed bits in an archive of numpy.

The arrays are those in which the functions of the IWLS 2020 contest are at hand: ``inputs``, the number of input bits;
``train_X``, ``validation_X`` and ``test_X``, a row for each sample, its bits packed by ``numpy.packbits(...,
axis=-1)``; and ``train_y``, ``validation_y`` and ``test_y``, an output bit for each sample, packed as well.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bespoke.data.dataset import TEST, TRAINING, VALIDATION
from bespoke.data.samples import MOST_BITS, Bits, Samples, check_size
from bespoke.errors import DataFileError

MOST_INPUTS = 1 << 16
_PARTS = {"train": TRAINING, "validation": VALIDATION, "test": TEST}
_LARGEST_HEADER = 10_000  # bytes of the text that describes an array, as numpy itself allows
_LARGEST_ARRAY = MOST_BITS // 8 + 2 * _LARGEST_HEADER
_ALLOWED = "inputs, and train_X, train_y, validation_X, validation_y, test_X, test_y of packed bits"


def read_npz(path: Path) -> Samples:
    """The samples of an archive; nothing in it is run or believed.

    Raises
    ------
    DataFileError
        Not such an archive, an array is missing or of another kind, or there is too much in it.
    """
    source = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _samples(archive, source)
    except OSError as error:
        raise DataFileError("the file cannot be read", where=source, got=error.strerror or error) from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise DataFileError("not an archive of arrays", where=source, got=error, allowed=".npz") from None


def _samples(archive: zipfile.ZipFile, source: str) -> Samples:
    width = _width(archive, source)
    inputs, outputs, parts = [], [], []
    for name, part in _PARTS.items():
        rows = _part(archive, f"{name}_X", width, source)
        bits = _array(archive, f"{name}_y", source)
        if bits.dtype != np.uint8 or bits.shape != (-(-len(rows) // 8),):
            got = f"{bits.dtype} of shape {bits.shape}"
            allowed = f"{len(rows)} bits packed into uint8 of shape ({-(-len(rows) // 8)},)"
            raise DataFileError(
                "not an output bit for each sample", where=f"{source}, {name}_y", got=got, allowed=allowed
            )
        inputs.append(rows)
        outputs.append(np.unpackbits(bits.view(np.uint8), count=len(rows)))
        parts.append(np.full(len(rows), part, dtype=np.int8))
    check_size(sum(map(len, inputs)), width, source)
    unpacked = np.unpackbits(np.concatenate(inputs), axis=-1, count=width)
    names = tuple(f"x{number}" for number in range(width))
    return Samples(source, names, "y", unpacked, np.concatenate(outputs), np.concatenate(parts))


def _width(archive: zipfile.ZipFile, source: str) -> int:
    """The number of input bits."""
    found = _array(archive, "inputs", source)
    if found.dtype.kind not in "iu" or found.size != 1 or not 0 < int(found.reshape(())) <= MOST_INPUTS:
        got = f"{found.dtype} of shape {found.shape}" if found.size != 1 else found.reshape(()).item()
        allowed = f"a whole number from 1 to {MOST_INPUTS}"
        raise DataFileError("not a number of inputs", where=f"{source}, inputs", got=got, allowed=allowed)
    return int(found.reshape(()))


def _part(archive: zipfile.ZipFile, name: str, width: int, source: str) -> Bits:
    """Packed rows of a part, of which each has the bytes that its bits need."""
    rows = _array(archive, name, source)
    if rows.dtype != np.uint8 or rows.ndim != 2 or not len(rows) or rows.shape[1] != -(-width // 8):
        got, allowed = f"{rows.dtype} of shape {rows.shape}", f"uint8 of shape (samples, {-(-width // 8)})"
        raise DataFileError(f"not {width} packed bits a row", where=f"{source}, {name}", got=got, allowed=allowed)
    return rows.view(np.uint8)


def _array(archive: zipfile.ZipFile, name: str, source: str) -> npt.NDArray[np.generic]:
    """An array of the archive, whose header must say how many bytes there are; objects are refused."""
    where = f"{source}, {name}"
    try:
        info = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise DataFileError("an array is missing", where=source, got=f"no {name}", allowed=_ALLOWED) from None
    if info.file_size > _LARGEST_ARRAY:
        got, allowed = f"{info.file_size} bytes", f"up to {_LARGEST_ARRAY}"
        raise DataFileError("the array is too large", where=where, got=got, allowed=allowed)
    content = archive.read(info)
    try:
        shape, is_by_column, kind, start = _header(content)
    except ValueError as error:
        raise DataFileError("not an array", where=where, got=error, allowed=".npy of version 1 or 2") from None
    if kind.hasobject or is_by_column or kind.itemsize < 1:
        got = "objects" if kind.hasobject else f"{kind}{', column by column' * is_by_column}"
        raise DataFileError("not an array of whole numbers row by row", where=where, got=got)
    count = 1
    for length in shape:
        count *= length
    if any(length < 0 for length in shape) or count * kind.itemsize != len(content) - start:
        got = f"{len(content) - start} bytes for shape {shape} of {kind}"
        raise DataFileError("the array does not have the size that it states", where=where, got=got)
    return np.frombuffer(content, dtype=kind, offset=start).reshape(shape)


def _header(content: bytes) -> tuple[tuple[int, ...], bool, np.dtype[np.generic], int]:
    """Shape, order, type and start of the values of an array; raises ValueError if the header is none."""
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"version {version[0]}.{version[1]}")
    shape, is_by_column, kind = readers[version](stream, max_header_size=_LARGEST_HEADER)
    return shape, is_by_column, kind, stream.tell()
