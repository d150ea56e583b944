"""Texts as numbers, by the codes that a model's own encoder gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import NonNumericError


@dataclass(frozen=True)
class TextCodes:
    """``texts[k]`` is code ``k`` of one feature.

    Attributes
    ----------
    feature : str or int
        Name of the feature, or its position where the model knows no names.
    texts : tuple of str
    is_open : bool
        Whether other texts may occur; their code is the number of texts.
    """

    feature: str | int
    texts: tuple[str, ...]
    is_open: bool = False

    def encode(self, cells: Sequence[object], where: str) -> NDArray[np.float64]:
        """Codes of cells; None and NaN stay missing.

        Raises
        ------
        NonNumericError
            If a cell is none of the texts, and these are all.
        """
        known = {text: float(code) for code, text in enumerate(self.texts)}
        codes = np.array([np.nan if _is_missing(cell) else known.get(str(cell), -1.0) for cell in cells])
        other = np.flatnonzero(codes < 0)
        if len(other) and not self.is_open:
            got, allowed = repr(cells[int(other[0])]), ", ".join(self.texts)
            raise NonNumericError(
                "a text that the model's encoder does not know", where=where, got=got, allowed=allowed
            )
        codes[other] = len(self.texts)
        return codes

    @property
    def note(self) -> str:
        """A sentence about what the codes mean."""
        codes = ", ".join(f"{code} for {text!r}" for code, text in enumerate(self.texts))
        more = f", {len(self.texts)} for others" if self.is_open else ""
        name = f"{self.feature!r}" if isinstance(self.feature, str) else f"number {self.feature + 1}"
        return f"the text column {name} is read as the model's encoder does: {codes}{more}"


def _is_missing(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and np.isnan(cell))
