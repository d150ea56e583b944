"""Samples of a Boolean function in three parts, as arrays of packed bits in an archive of numpy.

The arrays are those in which the functions of the IWLS 2020 contest are at hand: ``inputs``, the number of input bits;
``train_X``, ``validation_X`` and ``test_X``, a row for each sample, its bits packed by ``numpy.packbits(...,
axis=-1)``; and ``train_y``, ``validation_y`` and ``test_y``, an output bit for each sample, packed as well.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bespoke.data.dataset import TEST, TRAINING, VALIDATION
from bespoke.data.samples import MOST_BITS, Bits, Samples, check_size, row_keys
from bespoke.errors import DataFileError

MOST_INPUTS = 1 << 16
_PARTS = {"train": TRAINING, "validation": VALIDATION, "test": TEST}
_LARGEST_HEADER = 10_000  # bytes of the text that describes an array, as numpy itself allows
_LARGEST_ARRAY = MOST_BITS // 8 + 2 * _LARGEST_HEADER
_MOST_AXES = 2
_MAGIC = b"\x93NUMPY"
_LENGTHS = {b"\x01\x00": 2, b"\x02\x00": 4}  # bytes of the length of the header, by version
_HEADER = re.compile(
    r"\s*\{\s*'descr': *'([<>|=]?[a-zA-Z]\d{0,6})', *'fortran_order': *(True|False),"
    r" *'shape': *\(((?:\d{1,18}, *)*(?:\d{1,18})?)\),?\s*\}\s*"
)
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
        _check_unused(bits[-1:], len(rows), f"{source}, {name}_y")
        inputs.append(rows)
        outputs.append(np.unpackbits(bits.view(np.uint8), count=len(rows)))
        parts.append(np.full(len(rows), part, dtype=np.int8))
    check_size(sum(map(len, inputs)), width, source)
    unpacked = np.unpackbits(np.concatenate(inputs), axis=-1, count=width)
    names = tuple(f"x{number}" for number in range(width))
    notes = tuple(_notes(inputs))
    return Samples(source, names, "y", unpacked, np.concatenate(outputs), np.concatenate(parts), notes)


def _notes(inputs: list[Bits]) -> Iterator[str]:
    """How many test samples were seen."""
    *seen, test = (row_keys(rows) for rows in inputs)
    known = int(np.isin(test, np.concatenate(seen)).sum())
    if known:
        yield f"the inputs of {known} of {len(test)} test samples stand among those of training and validation, too"


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
    _check_unused(rows[:, -1], width, f"{source}, {name}")
    return rows.view(np.uint8)


def _check_unused(last: npt.NDArray[np.generic], width: int, where: str) -> None:
    """Refuse bits of last bytes beyond those that are stated: their number or their order is another one then."""
    unused = (1 << -width % 8) - 1
    wrong = int(np.count_nonzero(last.view(np.uint8) & unused))
    if wrong:
        what, got = "bits are set beyond the stated ones", f"{wrong} of {len(last)} last bytes, of {width} bits"
        raise DataFileError(what, where=where, got=got, allowed="0 there, as numpy.packbits leaves them")


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
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        got, allowed = f"compression {info.compress_type}", "stored or deflated"
        raise DataFileError("the array is packed in another way", where=where, got=got, allowed=allowed)
    content = archive.read(info)
    try:
        shape, is_by_column, kind, start = _header(content)
    except (ValueError, TypeError) as error:
        raise DataFileError("not an array", where=where, got=error, allowed=".npy of version 1 or 2") from None
    if kind.hasobject or is_by_column or kind.itemsize < 1:
        got = "objects" if kind.hasobject else f"{kind}{', column by column' * is_by_column}"
        raise DataFileError("not an array of whole numbers row by row", where=where, got=got)
    count = 1
    for length in shape:
        count *= length
    too_long = max(shape, default=0) > _LARGEST_ARRAY or len(shape) > _MOST_AXES
    if too_long or count * kind.itemsize != len(content) - start:
        got = f"{len(content) - start} bytes for shape {shape} of {kind}"
        raise DataFileError("the array does not have the size that it states", where=where, got=got)
    return np.frombuffer(content, dtype=kind, offset=start).reshape(shape)


def _header(content: bytes) -> tuple[tuple[int, ...], bool, np.dtype[np.generic], int]:
    """Shape, order, type and start of the values of an array; raises ValueError or TypeError if the header is none.

    It is matched, not evaluated as numpy does.
    """
    version = content[6:8]
    if content[:6] != _MAGIC or version not in _LENGTHS:
        raise ValueError(f"the start {content[:8]!r}")
    begin = 8 + _LENGTHS[version]
    end = begin + int.from_bytes(content[8:begin], "little")
    found = _HEADER.fullmatch(content[begin:end].decode("latin1")) if end - begin <= _LARGEST_HEADER else None
    if found is None:
        raise ValueError(f"the header {content[begin:end][:80]!r}")
    kind, order, shape = found.groups()
    return tuple(map(int, re.findall(r"\d+", shape))), order == "True", np.dtype(kind), end
