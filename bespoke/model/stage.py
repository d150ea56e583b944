"""What every stage of an integer model promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError, RangeError
from bespoke.numeric import Interval, whole_number

IntArray = NDArray[np.int64]
_LARGEST = 1 << 62


class Stage(ABC):
    """Integer words to integer words, exactly.

    Attributes
    ----------
    name : str
        What the stage is called in files.
    stands_alone : bool
        Whether no other stage may be before it or behind.
    """

    __slots__: tuple[str, ...] = ()
    name: ClassVar[str]
    stands_alone: ClassVar[bool] = False

    @property
    @abstractmethod
    def output_count(self) -> int:
        """Number of words that the stage gives."""

    def modes(self, inputs: Sequence[Interval]) -> int:
        """Number of modes in which it works if the last of its inputs says the mode; here, one."""
        del inputs
        return 1

    def parts(self, decision: Any) -> tuple[tuple[Stage, ...], Any]:  # noqa: ANN401  decisions import this file
        """The stages that hints for the proof number one by one, and what decides behind them; here, what is given."""
        return (self,), decision

    @abstractmethod
    def output_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """Range of each output for independent inputs of the given ranges.

        Exact, but for trees, which get the sum of the ranges over each tree's leaves, for gates, which get what their
        ports can carry, and for tables over several bits of an input with more than 2**16 values.

        Raises
        ------
        ModelFileError
            If the stage does not fit inputs of these ranges.
        RangeError
            If a number inside the stage needs more than 62 bits.
        """

    def read_levels(self, inputs: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
        """Levels of each input, ascending, at which an output may change as the input grows by one to that level.

        Two numbers with no level between them give the same outputs, whatever the other inputs are. Here, all levels.
        """
        return tuple(tuple(range(interval.low + 1, interval.high + 1)) for interval in inputs)

    @abstractmethod
    def apply(self, inputs: IntArray) -> IntArray:
        """Outputs, shape (n_samples, n_outputs), of inputs (n_samples, n_inputs): the reference function."""

    def to_json(self) -> dict[str, Any]:
        """Plain-data form; as it is here for a stage whose fields are arrays."""
        return {name: getattr(self, name).tolist() for name in self.__slots__}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Inverse of `to_json`."""
        return cls(**data)

    def _set_read_only(self, *names: str) -> None:
        """Exchange fields by copies as whole numbers that nobody can write to."""
        for name in names:
            object.__setattr__(self, name, read_only(getattr(self, name)))


def masked_levels(masks: Sequence[int], inputs: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
    """Levels at which the bits of a mask change, for the bits that are read of each input; none may be negative."""
    return tuple(
        tuple(x for x in range(interval.low + 1, interval.high + 1) if (x ^ x - 1) & mask)
        for mask, interval in zip(masks, inputs, strict=True)
    )


def check_range(intervals: Sequence[Interval]) -> None:
    """Refuse ranges beyond 62 bits.

    Raises
    ------
    RangeError
    """
    if any(max(-interval.low, interval.high) >= _LARGEST for interval in intervals):
        raise RangeError("a weighted sum needs more than 62 bits", allowed="fewer input or weight bits")


def read_only(values: Any) -> IntArray:  # noqa: ANN401  anything that numpy reads as whole numbers
    """Copy of an array that nobody can write to.

    Raises
    ------
    ModelFileError
        If a value is not a whole number; in a list, a boolean, a text and 1.0 are none.
    """
    given = np.array(values, dtype=None if isinstance(values, np.ndarray) else object)
    if given.dtype == object:
        for value in given.flat:
            whole_number(value, ModelFileError)
    array = given.astype(np.int64)
    if given.dtype.kind == "f" and not np.array_equal(array, given):
        raise ModelFileError("not whole numbers", got=given.tolist())
    array.setflags(write=False)
    return array
