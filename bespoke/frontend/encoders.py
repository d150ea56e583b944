"""Steps that turn a number into one of a few: bins, codes of categories, a column for each category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bespoke.errors import ModelFileError, UnsupportedModelError
from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.steps import Step, StepReader
from bespoke.frontend.view import View
from bespoke.model import IntArray

# Share of the distance of two categories by which a value may miss its category, as a rounded product does.
_SLACK = 1e-6


@dataclass(frozen=True)
class Staircase:
    """``values[k]`` of a number that has passed ``k`` edges.

    Attributes
    ----------
    where : str
        The step, for messages.
    edges : tuple of float
        Ascending.
    values : tuple of float, one longer
    passes_at : bool
        Whether a number that equals an edge has passed it.
    """

    where: str
    edges: tuple[float, ...]
    values: tuple[float, ...]
    passes_at: bool = True

    @property
    def is_monotone(self) -> bool:
        """Whether the values do not fall."""
        return self.values == tuple(sorted(self.values))

    @property
    def line(self) -> tuple[float, float] | None:
        """None: it is not affine."""
        return None

    @property
    def points(self) -> tuple[float, ...]:
        """None."""
        return ()

    def apply(self, values: FloatArray) -> FloatArray:
        """Value of the stair of each number."""
        passed = np.searchsorted(np.array(self.edges), values, side="right" if self.passes_at else "left")
        return np.array(self.values)[passed]


@dataclass(frozen=True)
class Coded:
    """``codes[k]`` of category ``k``.

    A number between two categories belongs to the next higher one, since converters round down. Where categories are
    whole numbers and unknown ones have a code, it belongs to the next higher whole number.

    Attributes
    ----------
    where : str
        The step, for messages.
    categories : tuple of float
        Ascending.
    codes : tuple of float, of the same length
    unknown : float or None
        Code of numbers that are no category; None where they must not occur.
    texts : tuple of str
        What the categories, then 0, 1, 2, ..., stand for, if they are texts.
    """

    where: str
    categories: tuple[float, ...]
    codes: tuple[float, ...]
    unknown: float | None = None
    texts: tuple[str, ...] = ()

    @property
    def is_monotone(self) -> bool:
        """Whether codes rise with the categories, and all numbers have one of these."""
        return self.unknown is None and self.codes == tuple(sorted(self.codes))

    @property
    def line(self) -> tuple[float, float] | None:
        """None: it is not affine."""
        return None

    @property
    def points(self) -> tuple[float, ...]:
        """The categories."""
        return self.categories

    def apply(self, values: FloatArray) -> FloatArray:
        """Code of each number."""
        known, codes = np.array(self.categories), np.array(self.codes)
        slack = _SLACK * float(np.diff(known).min(initial=1.0))
        meant = values - slack
        is_whole = bool((known == np.floor(known)).all())
        if self.unknown is not None and is_whole:
            meant = np.ceil(meant)
        position = np.minimum(np.searchsorted(known, meant, side="left"), len(known) - 1)
        found = codes[position]
        if self.unknown is None:
            return found
        is_known = known[position] == meant if is_whole else meant <= known[-1]
        return np.where(is_known, found, self.unknown)


def read_bins(step: Step) -> View:
    """KBinsDiscretizer: the number of a bin, or a column for each bin."""
    edges = [np.asarray(column, dtype=np.float64) for column in step.fitted("bin_edges_")]
    step.check_count(len(edges))
    inner = [tuple(column[1:-1].tolist()) for column in edges]
    if step.transformer.encode == "ordinal":
        return step.view.mapped([Staircase(step.where, e, tuple(map(float, range(len(e) + 1)))) for e in inner])
    stairs = [[Staircase(step.where, e, one) for one in _unit_vectors(len(e) + 1)] for e in inner]
    return _spread(step, stairs)


def read_binarizer(step: Step) -> View:
    """Binarizer: whether a number is above a threshold."""
    count = int(step.fitted("n_features_in_"))
    step.check_count(count)
    edges = (float(step.transformer.threshold),)
    return step.view.mapped([Staircase(step.where, edges, (0.0, 1.0), passes_at=False)] * count)


def read_ordinal(step: Step) -> View:
    """OrdinalEncoder of numbers: the position of a category."""
    categories = _categories(step)
    unknown = None
    if step.transformer.handle_unknown == "use_encoded_value":
        unknown = float(step.transformer.unknown_value)
    if unknown is not None and np.isnan(unknown):
        raise UnsupportedModelError("a missing value as code", where=step.where, allowed="a number as unknown_value")
    coded = [
        Coded(step.where, known, tuple(map(float, range(len(known)))), unknown, texts) for known, texts in categories
    ]
    return step.view.mapped(coded).noted(*_note(step, unknown))


def read_one_hot(step: Step) -> View:
    """OneHotEncoder of numbers: a column for each category that is not dropped."""
    categories = _categories(step)
    dropped = step.fitted("drop_idx_")
    gone = [None] * len(categories) if dropped is None else list(dropped)
    unknown = None if step.transformer.handle_unknown == "error" else 0.0
    columns = [
        [
            Coded(step.where, known, one, unknown, texts)
            for k, one in enumerate(_unit_vectors(len(known)))
            if k != without
        ]
        for (known, texts), without in zip(categories, gone, strict=True)
    ]
    return _spread(step, columns).noted(*_note(step, unknown))


def _note(step: Step, unknown: float | None) -> list[str]:
    return [f"{step.where}: numbers other than its categories do not occur"] if unknown is None else []


def _categories(step: Step) -> list[tuple[tuple[float, ...], tuple[str, ...]]]:
    found: list[Any] = step.fitted("categories_")
    step.check_count(len(found))
    if any(indices is not None for indices in getattr(step.transformer, "infrequent_categories_", None) or ()):
        allowed = "an encoder without min_frequency and max_categories"
        raise UnsupportedModelError("infrequent categories in a column of their own", where=step.where, allowed=allowed)
    return [_known(step, output, np.asarray(known)) for output, known in enumerate(found)]


def _known(step: Step, output: int, known: Any) -> tuple[tuple[float, ...], tuple[str, ...]]:  # noqa: ANN401  any array
    """Categories as numbers, and as texts if they are."""
    texts = known.tolist()
    if not texts or not all(isinstance(text, str) for text in texts):
        return _numbers(step, known), ()
    if step.view.mixing or step.view.columns[output].maps:
        allowed = "texts as they are in the data"
        raise UnsupportedModelError("categories that are texts behind a step", where=step.where, allowed=allowed)
    return tuple(map(float, range(len(texts)))), tuple(texts)


def _numbers(step: Step, known: Any) -> tuple[float, ...]:  # noqa: ANN401  an array of any type
    try:
        numbers = known.astype(np.float64)
    except (TypeError, ValueError):
        got, allowed = repr(known.tolist()), "texts only, or numbers only"
        raise UnsupportedModelError("categories of several types", where=step.where, got=got, allowed=allowed) from None
    if np.isnan(numbers).any():
        raise UnsupportedModelError("missing values as a category", where=step.where, allowed="rows without them")
    if not len(numbers) or np.any(np.diff(numbers) <= 0):
        raise ModelFileError("categories must ascend", where=step.where, got=known.tolist()[:8])
    return tuple(numbers.tolist())


def _unit_vectors(count: int) -> list[tuple[float, ...]]:
    vectors: FloatArray = np.eye(count)
    return [tuple(row) for row in vectors.tolist()]


def _spread(step: Step, functions: list[list[Any]]) -> View:
    """Each output once for each of its functions."""
    sources: IntArray = np.repeat(np.arange(len(functions)), [len(column) for column in functions])
    return step.view.selected(sources).mapped([function for column in functions for function in column])


ENCODERS: dict[str, StepReader] = {
    "KBinsDiscretizer": read_bins,
    "Binarizer": read_binarizer,
    "OrdinalEncoder": read_ordinal,
    "OneHotEncoder": read_one_hot,
}
