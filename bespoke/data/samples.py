"""Samples of a Boolean function: rows of bits, each with the bit that the function gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bespoke.data.columns import TableOptions, constant_notes
from bespoke.data.dataset import CLASSIFICATION, Dataset
from bespoke.errors import DataFileError, OptionError, SingleClassError, TargetError

# Bits of all samples together: as numbers of 8 bytes they take 0.5 GB.
MOST_BITS = 1 << 26

Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Samples as a file holds them.

    Attributes
    ----------
    source : str
        The file, for messages.
    names : tuple of str
        Of the inputs.
    output : str
        Name of the output.
    inputs : ndarray of uint8, shape (n_samples, n_inputs)
    outputs : ndarray of uint8, shape (n_samples,)
    parts : ndarray of int8, shape (n_samples,), optional
        See `bespoke.data.Dataset`.
    notes : tuple of str
        What a user should know.
    """

    source: str
    names: tuple[str, ...]
    output: str
    inputs: Bits
    outputs: Bits
    parts: npt.NDArray[np.int8] | None = None
    notes: tuple[str, ...] = ()


def check_size(rows: int, inputs: int, source: str) -> None:
    """Refuse more bits than fit into memory as a table of numbers.

    Raises
    ------
    DataFileError
    """
    if rows * inputs > MOST_BITS:
        got = f"{rows} samples of {inputs} inputs"
        raise DataFileError("too many samples", where=source, got=got, allowed=f"{MOST_BITS} bits in all")


def row_keys(rows: Bits) -> npt.NDArray[np.bytes_]:
    """Rows of one number of bytes as texts, shape (n_rows,), which are equal where the rows are."""
    return np.ascontiguousarray(rows).view(f"S{rows.shape[1]}")[:, 0]


def samples_dataset(samples: Samples, name: str, options: TableOptions) -> Dataset:
    """A data set of two classes, 0 and 1.

    Raises
    ------
    TargetError
        Another target or task is asked for.
    OptionError
        Missing values are to be handled.
    SingleClassError
        All outputs are the same.
    """
    if options.missing is not None:
        what, allowed = "samples of bits have no missing values", "no --missing"
        raise OptionError(what, where=samples.source, got=repr(options.missing), allowed=allowed)
    if options.target not in (None, samples.output):
        raise TargetError(
            "no such target", where=samples.source, got=repr(options.target), allowed=repr(samples.output)
        )
    if options.task not in (None, CLASSIFICATION):
        raise TargetError("the outputs are bits", where=samples.source, got=options.task, allowed=CLASSIFICATION)
    first = int(samples.outputs[0])
    if (samples.outputs == first).all():
        raise SingleClassError("all outputs are the same", where=samples.source, got=first)
    features = samples.inputs.astype(np.float64)
    notes = (*samples.notes, *constant_notes(samples.names, features))
    targets = samples.outputs.astype(np.int64)
    return Dataset(
        name,
        samples.names,
        features,
        targets,
        CLASSIFICATION,
        source=samples.source,
        notes=notes,
        parts=samples.parts,
    )
