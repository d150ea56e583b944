"""Bits that are held constant in all modes of a circuit but the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar

import numpy as np

from bespoke.errors import ModelFileError
from bespoke.model.affine import WHOLE
from bespoke.model.stage import IntArray, Stage, masked_levels, read_only
from bespoke.numeric import Interval, whole_number

MAX_MODE_BITS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Masks(Stage):
    """Output ``j`` is ``inputs[sources[j]] & kept[m, j] | held[m, j]``, where ``m`` is the mode.

    Attributes
    ----------
    mode : int
        Input that says the mode; a number beyond the last mode stands for the last one. It has at most 8 bits.
    sources : ndarray of int64, shape (n_outputs,)
        Input that each output reads.
    kept : ndarray of int64, shape (n_modes, n_outputs)
        Bits of the input that each output passes on; -1 for all. Others only for inputs that are never negative.
    held : ndarray of int64, shape (n_modes, n_outputs)
        Bits that are 1, none of them kept.
    """

    name: ClassVar[str] = "masks"

    mode: int
    sources: IntArray
    kept: IntArray
    held: IntArray

    def __post_init__(self) -> None:
        self._set_read_only("sources", "kept", "held")
        shape = (len(self.kept), len(self.sources))
        if self.sources.ndim != 1 or self.kept.shape != shape or self.held.shape != shape or not shape[0]:
            raise ModelFileError("sources and masks do not fit", where="masks", got=self.kept.shape)
        if self.mode < 0 or (self.sources < 0).any() or (self.kept < WHOLE).any() or (self.held < 0).any():
            raise ModelFileError("mode, sources and masks must not be negative", where="masks", allowed="a mask of -1")
        if (self.kept & self.held).any():
            raise ModelFileError("a bit is both kept and held", where="masks")

    @property
    def output_count(self) -> int:
        """Number of words."""
        return len(self.sources)

    @property
    def mode_count(self) -> int:
        """Number of modes."""
        return len(self.kept)

    def modes(self, inputs: Sequence[Interval]) -> int:
        """Number of modes, wherever the word stands that says it."""
        del inputs
        return self.mode_count

    def passes(self, output: int) -> bool:
        """Whether an output is its input in every mode."""
        return bool((self.kept[:, output] == WHOLE).all())

    def modes_of(self, word: Interval) -> range:
        """Modes that a word of some range can name."""
        last = self.mode_count - 1
        return range(min(word.low, last), min(word.high, last) + 1)

    def row_of_state(self, width: int) -> list[int]:
        """The mode for each state of so many bits."""
        return [min(state, self.mode_count - 1) for state in range(1 << width)]

    def output_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """Exact range of each output for independent inputs."""
        if max(self.mode, self.sources.max(initial=-1)) >= len(inputs):
            raise ModelFileError("an input that does not exist is read", where="masks", allowed=f"{len(inputs)} inputs")
        mode = inputs[self.mode]
        if mode.signed or mode.width > MAX_MODE_BITS:
            got, allowed = (mode.low, mode.high), f"unsigned, up to {MAX_MODE_BITS} bits"
            raise ModelFileError("a word that cannot be a mode", where="masks", got=got, allowed=allowed)
        modes = list(self.modes_of(mode))
        own = np.arange(mode.low, mode.high + 1)
        modes_of_own = np.minimum(own, self.mode_count - 1)
        found = []
        for source, kept, held in zip(self.sources.tolist(), self.kept.T, self.held.T, strict=True):
            if source == self.mode:
                values = own & kept[modes_of_own] | held[modes_of_own]
                found.append(Interval(int(values.min()), int(values.max())))
                continue
            pairs = zip(kept[modes].tolist(), held[modes].tolist(), strict=True)
            found.append(reduce(Interval.union, (_masked(inputs[source], *pair) for pair in pairs)))
        return tuple(found)

    def read_levels(self, inputs: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
        """Levels at which a bit changes that some mode keeps, and those of the mode."""
        masks = [0] * len(inputs)
        modes = list(self.modes_of(inputs[self.mode]))
        for source, kept in zip(self.sources.tolist(), self.kept[modes].T.tolist(), strict=True):
            masks[source] = reduce(int.__or__, kept, masks[source])
        found = list(masked_levels(masks, inputs))
        found[self.mode] = tuple(sorted({*found[self.mode], *modes[1:]}))
        return tuple(found)

    def apply(self, inputs: IntArray) -> IntArray:
        """Words with the bits of their mode."""
        words = np.asarray(inputs, dtype=np.int64)
        modes = np.minimum(words[:, self.mode], self.mode_count - 1)
        return words[:, self.sources] & self.kept[modes] | self.held[modes]

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        arrays = {name: getattr(self, name).tolist() for name in ("sources", "kept", "held")}
        return {"mode": self.mode, **arrays}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Masks:
        """Inverse of `to_json`."""
        sources, modes = read_only(data["sources"]), len(data["kept"])
        kept, held = (read_only(data[name]).reshape(modes, len(sources)) for name in ("kept", "held"))
        return cls(whole_number(data["mode"], ModelFileError), sources, kept, held)


def _masked(word: Interval, kept: int, held: int) -> Interval:
    if kept == WHOLE:
        return word
    if word.signed:
        raise ModelFileError("a masked input must not be negative", where="masks", got=(word.low, word.high))
    return word.masked(kept).plus(held)
