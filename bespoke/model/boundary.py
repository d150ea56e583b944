"""How the integers of the features come to a circuit: its interface, which is no part of its function."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from bespoke.errors import OptionError, StimuliError
from bespoke.model.coding import InputCoding
from bespoke.model.integer_model import IntegerModel
from bespoke.model.stage import IntArray, masked_levels
from bespoke.numeric import Interval

InputCodeName = Literal["binary", "unary"]
INPUT_CODES: tuple[str, ...] = get_args(InputCodeName)
_MOST_VALUES = 1 << 16  # of one feature that are listed
MAX_LEVELS = 1023  # wires of one feature; a flash converter of more than ten bits is none that is printed


class InputCode(ABC):
    """The ports that carry one feature."""

    __slots__ = ()
    bits: int

    @abstractmethod
    def ports(self, name: str) -> tuple[tuple[str, int], ...]:
        """Name and width of each port, for the name of the feature."""

    @abstractmethod
    def levels_for(self, used: Sequence[bool]) -> tuple[int, ...]:
        """Levels of the feature that have to be told apart for the bits that are used, of all ports in order."""

    @abstractmethod
    def encoded_for(self, used: Sequence[bool]) -> tuple[int, ...]:
        """Bits of a binary word, of those that are used, that have to be made of comparisons with levels."""

    @abstractmethod
    def encode(self, words: IntArray) -> IntArray:
        """What the converter puts on each port, shape (n, n_ports), for grid integers (n,)."""

    @abstractmethod
    def decode(self, columns: IntArray) -> IntArray:
        """Grid integers, shape (n,), that look the same to the circuit as what is on its ports, (n, n_ports).

        Raises
        ------
        StimuliError
            If no integer gives such a code; ``got`` is the first that none gives.
        """

    @abstractmethod
    def values_of(self, places: Sequence[int], most: int) -> IntArray | None:
        """What some bits take together, shape (n, n_places), by their ascending numbers among the bits of all ports.

        None if that is more than ``most`` rows, or 65,536.
        """


@dataclass(frozen=True, slots=True)
class BinaryCode(InputCode):
    """One word with all bits of the feature.

    Attributes
    ----------
    bits : int
    """

    bits: int

    def ports(self, name: str) -> tuple[tuple[str, int], ...]:
        """One port with the feature's name."""
        return ((name, self.bits),)

    def levels_for(self, used: Sequence[bool]) -> tuple[int, ...]:
        """Levels at which a used bit changes."""
        mask = sum(1 << bit for bit in self.encoded_for(used))
        return masked_levels([mask], [Interval.unsigned(self.bits)])[0]

    def encoded_for(self, used: Sequence[bool]) -> tuple[int, ...]:
        """The used bits."""
        return tuple(bit for bit, is_used in enumerate(used) if is_used)

    def encode(self, words: IntArray) -> IntArray:
        """The integers themselves."""
        return np.asarray(words, dtype=np.int64)[:, None]

    def decode(self, columns: IntArray) -> IntArray:
        """The integers themselves."""
        return np.asarray(columns, dtype=np.int64)[:, 0]

    def values_of(self, places: Sequence[int], most: int) -> IntArray | None:
        """All combinations."""
        count = len(places)
        return np.arange(1 << count)[:, None] >> np.arange(count) & 1 if 1 << count <= min(most, _MOST_VALUES) else None


@dataclass(frozen=True, slots=True)
class ThermometerCode(InputCode):
    """One wire per level that the circuit reads: ``x >= level``.

    Attributes
    ----------
    bits : int
        Of the feature's grid.
    levels : tuple of int
        On that grid, ascending, each at least 1.
    """

    bits: int
    levels: tuple[int, ...]

    def ports(self, name: str) -> tuple[tuple[str, int], ...]:
        """A port of one bit per level, named after it, such as ``alcohol_ge_9``."""
        return tuple((f"{name}_ge_{level}", 1) for level in self.levels)

    def levels_for(self, used: Sequence[bool]) -> tuple[int, ...]:
        """Levels of the used wires."""
        return tuple(level for level, is_used in zip(self.levels, used, strict=True) if is_used)

    def encoded_for(self, _used: Sequence[bool]) -> tuple[int, ...]:
        """None."""
        return ()

    def encode(self, words: IntArray) -> IntArray:
        """Outcomes of the comparisons."""
        return (np.asarray(words, dtype=np.int64)[:, None] >= np.array(self.levels, dtype=np.int64)).astype(np.int64)

    def decode(self, columns: IntArray) -> IntArray:
        """The highest level that is reached; 0 for none.

        Raises
        ------
        StimuliError
            If a level is reached without a lower one.
        """
        wires = np.asarray(columns, dtype=np.int64)
        wrong = np.flatnonzero((np.diff(wires, axis=1) > 0).any(axis=1))
        if len(wrong):
            code = "".join(map(str, wires[wrong[0]].tolist()))
            raise StimuliError("a code that no converter gives", got=code, allowed="ones, then zeros")
        return np.asarray(np.array([0, *self.levels], dtype=np.int64)[wires.sum(axis=1)])

    def values_of(self, places: Sequence[int], most: int) -> IntArray | None:
        """Ones, then zeros."""
        count = len(places)
        return (np.arange(count + 1)[:, None] > np.arange(count)).astype(np.int64) if count < most else None


@dataclass(frozen=True, slots=True)
class Boundary:
    """The interface of a circuit: the code of each feature.

    Attributes
    ----------
    names : tuple of str
        Feature names, (n_features,).
    codes : tuple of InputCode
    """

    names: tuple[str, ...]
    codes: tuple[InputCode, ...]

    @staticmethod
    def binary(coding: InputCoding) -> Boundary:
        """A binary word per feature."""
        return Boundary(coding.names, tuple(map(BinaryCode, coding.bits)))

    @staticmethod
    def of(model: IntegerModel, inputs: str | Mapping[str, str] = "binary") -> Boundary:
        """The interface of a model's circuit.

        Parameters
        ----------
        model : IntegerModel
        inputs : {"binary", "unary"} or mapping of str to these
            Of all features, or by feature name (the rest are binary); unary is a wire per level that the model reads.
            Controls are binary always.

        Raises
        ------
        OptionError
            If a name or a code is unknown, or a feature has more than 1023 levels.
        """
        names, coding = model.coding.names, model.coding
        wanted = codes_by_name(names, inputs) | dict.fromkeys(names[coding.measured_count :], "binary")
        if "unary" not in wanted.values():
            return Boundary.binary(coding)
        levels = model.stages[0].read_levels(coding.intervals())
        codes = [
            input_code(name, bits, read, wanted[name])
            for name, bits, read in zip(names, coding.bits, levels, strict=True)
        ]
        return Boundary(names, tuple(codes))

    def ports(self) -> tuple[tuple[str, int], ...]:
        """Name and width of every port, feature after feature."""
        return tuple(port for name, code in zip(self.names, self.codes, strict=True) for port in code.ports(name))

    @property
    def tops(self) -> IntArray:
        """Largest integer of each feature, shape (n_features,)."""
        return (np.int64(1) << np.array([code.bits for code in self.codes], dtype=np.int64)) - 1

    def encode(self, words: IntArray) -> IntArray:
        """What converters put on the ports, shape (n, n_ports), for grid integers (n, n_features)."""
        rows = np.asarray(words, dtype=np.int64)
        if rows.ndim != 2 or rows.shape[1] != len(self.codes):
            raise StimuliError("wrong shape of input words", got=rows.shape, allowed=f"(n_vectors, {len(self.codes)})")
        columns = [code.encode(rows[:, feature]) for feature, code in enumerate(self.codes)]
        return np.hstack([*columns, np.zeros((len(rows), 0), dtype=np.int64)])

    def decode(self, columns: IntArray) -> IntArray:
        """Grid integers, shape (n, n_features), that look to the circuit as what is on its ports, (n, n_ports).

        Raises
        ------
        StimuliError
            If no integer gives such a code.
        """
        rows = np.asarray(columns, dtype=np.int64)
        found = [code.decode(part) for code, part in zip(self.codes, self._parts(rows), strict=True)]
        return np.stack(found, axis=1) if found else np.zeros((len(rows), 0), dtype=np.int64)

    def values_of(self, places: Sequence[int], most: int) -> list[IntArray] | None:
        """What some bits of the ports take together, feature by feature: those of all features combine freely.

        Parameters
        ----------
        places : sequence of int
            Numbers of the bits, ascending: port after port, least significant first.
        most : int

        Returns
        -------
        list of ndarray of int64, shape (n_values, n_places of the feature), or None
            None if there are more than ``most`` combinations.
        """
        found: list[IntArray] = []
        first = 0
        for name, code in zip(self.names, self.codes, strict=True):
            end = first + sum(width for _, width in code.ports(name))
            values = code.values_of([place - first for place in places if first <= place < end], most)
            if values is None or len(values) > most:
                return None
            found, most, first = [*found, values], most // len(values), end
        return found

    def _parts(self, columns: IntArray) -> Iterator[IntArray]:
        first = 0
        for name, code in zip(self.names, self.codes, strict=True):
            end = first + len(code.ports(name))
            yield columns[:, first:end]
            first = end


def input_code(name: str, bits: int, levels: Sequence[int], wanted: str) -> InputCode:
    """The code, by its name in `INPUT_CODES`, of a feature of which a circuit tells some levels apart.

    Raises
    ------
    OptionError
        If there are more than 1023 levels for a wire each.
    """
    return ThermometerCode(bits, _few(levels, name)) if wanted == "unary" else BinaryCode(bits)


def _few(levels: Sequence[int], name: str) -> tuple[int, ...]:
    if len(levels) > MAX_LEVELS:
        allowed = f"up to {MAX_LEVELS}: fewer input bits, or binary inputs"
        raise OptionError("too many levels for a wire each", where=f"inputs, {name}", got=len(levels), allowed=allowed)
    return tuple(levels)


def codes_by_name(names: Sequence[str], inputs: str | Mapping[str, str]) -> dict[str, str]:
    """Name of the code of each feature, for one that all have or some by name; the rest are binary.

    Raises
    ------
    OptionError
        If a name or a code is unknown.
    """
    wanted = dict.fromkeys(names, inputs) if isinstance(inputs, str) else dict(inputs)
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise OptionError("unknown feature", where="inputs", got=unknown[0], allowed=", ".join(names[:12]))
    wrong = [code for code in wanted.values() if code not in INPUT_CODES]
    if wrong:
        raise OptionError("unknown code", where="inputs", got=wrong[0], allowed=", ".join(INPUT_CODES))
    return {name: wanted.get(name, "binary") for name in names}
