"""On what share of all inputs an approximate circuit and the exact one differ, and how far their words are apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.model import IntArray, IntegerModel, Trees
from bespoke.model.tree_paths import leaf_boxes
from bespoke.numeric import ErrorFigures, clopper_pearson, figures_of_pairs
from bespoke.sim import every_input

Floats = NDArray[np.float64]
Method = Literal["every cell", "boxes of leaves", "sampling"]
MOST_CELLS = 1 << 24
_CHUNK = 1 << 18  # cells or pairs of boxes looked at together
_SAMPLES = 200_000
_WORD_BITS = 17  # input bits up to which words are compared on every input
_METHODS: dict[Method, str] = {
    "every cell": "exactly, on an input of each cell between the levels that either circuit reads",
    "boxes of leaves": "exactly, on the common parts of the boxes of the leaves of both trees",
    "sampling": "on samples, with a 95 % interval (Clopper and Pearson)",
}


@dataclass(frozen=True, slots=True, eq=False)
class Examinee:
    """A circuit whose outputs are compared.

    Attributes
    ----------
    model : IntegerModel
        Before edits of gates.
    outputs : callable
        Output words of the circuit, shape (n,), of input words, shape (n, n_features).
    levels : tuple of tuple of int
        Per feature, the levels between which the circuit does not tell words apart.
    is_edited : bool
        Whether gates were edited, so that the circuit is not its model.
    """

    model: IntegerModel
    outputs: Callable[[IntArray], IntArray]
    levels: tuple[tuple[int, ...], ...]
    is_edited: bool


class Inputs(NamedTuple):
    """What inputs there are: features are independent, each with its own distribution.

    Attributes
    ----------
    name : {"uniform", "measured"}
        Every word alike, or each feature as in the rows of the data.
    shares : tuple of ndarray, shape (2**bits,)
        Per feature, the probability of each word.
    """

    name: Literal["uniform", "measured"]
    shares: tuple[Floats, ...]

    @staticmethod
    def uniform(bits: Sequence[int]) -> Inputs:
        """Every word alike."""
        return Inputs("uniform", tuple(np.full(1 << b, 0.5**b) for b in bits))

    @staticmethod
    def measured(words: IntArray, bits: Sequence[int]) -> Inputs:
        """As often as in input words, shape (n, n_features)."""
        columns = zip(words.T, bits, strict=True)
        return Inputs("measured", tuple(np.bincount(column, minlength=1 << b) / len(words) for column, b in columns))

    def draw(self, count: int, rng: np.random.Generator) -> IntArray:
        """Input words, shape (count, n_features)."""
        return np.stack([rng.choice(len(share), count, p=share) for share in self.shares], axis=1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class OutputErrors(Analysis):
    """Where outputs differ, and figures of the words inside.

    Attributes
    ----------
    method : {"every cell", "boxes of leaves", "sampling"}
    inputs : {"uniform", "measured"}
        Distribution of the inputs.
    looked_at : int
        Cells, pairs of boxes, or samples.
    rate : float
        Share of inputs whose outputs differ, and
    interval : tuple of float
        what bounds it: the rate itself twice where it is exact.
    row_rate : float or None
        Share of the rows of the data; None without data.
    words : tuple of (str, ErrorFigures)
        Errors of the output of a regressor and of scores, the latter before edits of gates.
    """

    name: ClassVar[str] = "errors"

    method: Method
    inputs: str
    looked_at: int
    rate: float
    interval: tuple[float, float]
    row_rate: float | None
    words: tuple[tuple[str, ErrorFigures], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "method": self.method,
            "inputs": self.inputs,
            "looked_at": self.looked_at,
            "output_error_rate": self.rate,
            "interval": list(self.interval),
            "row_error_rate": self.row_rate,
            "words": {name: figures.to_json() for name, figures in self.words},
        }

    def section(self) -> Section:
        """A row for the output, then one per word."""
        head = ("word", ">error rate", ">mean", ">mean distance", ">RMS", ">mean relative", ">worst", "how")
        between = "" if self.method != "sampling" else f" ({self.interval[0]:.5f} to {self.interval[1]:.5f})"
        rows: list[tuple[str, ...]] = [("output", f"{self.rate:.5f}{between}", "", "", "", "", "", self.method)]
        rows += [(name, *_figures_row(figures)) for name, figures in self.words]
        on_rows = "" if self.row_rate is None else f" On the rows of the data it is {self.row_rate:.5f}."
        remark = (
            f"Share of all inputs ({self.inputs}, features independent) whose output is not that of the exact circuit, "
            f"found {_METHODS[self.method]}.{on_rows} Distances of words are in units of their last bit, before edits "
            "of gates."
        )
        return Section("Errors against the exact circuit", head, rows, remark)

    def headline(self) -> Headline:
        """Share of all inputs with another output."""
        return Headline("output error rate", self.rate)


def _figures_row(figures: ErrorFigures) -> tuple[str, ...]:
    relative = "" if figures.relative is None else f"{figures.relative.mean:.3g}"
    values = (figures.mean, figures.mean_absolute, figures.rms)
    texts = (f"{float(value):.4g}" for value in values)
    return (f"{float(figures.error_rate):.5f}", *texts, relative, f"{figures.worst:,}", figures.method)


def output_errors(
    exact: Examinee, approximate: Examinee, inputs: Inputs, rows: IntArray | None, rng: np.random.Generator
) -> OutputErrors:
    """Compare two circuits that read the same words.

    Parameters
    ----------
    exact, approximate : Examinee
    inputs : Inputs
    rows : ndarray of int64, shape (n, n_features), optional
        Input words of data.
    rng : numpy.random.Generator
        Draws the samples.
    """
    levels = [sorted({*a, *b}) for a, b in zip(exact.levels, approximate.levels, strict=True)]
    row_rate = None if rows is None else float(np.mean(exact.outputs(rows) != approximate.outputs(rows)))
    words = _words(exact, approximate, inputs, rng)
    count = prod(len(each) + 1 for each in levels)
    if count <= MOST_CELLS:
        rate = _rate_of_cells(exact, approximate, inputs, levels)
        return OutputErrors("every cell", inputs.name, count, rate, (rate, rate), row_rate, words)
    if _is_tree(exact) and _is_tree(approximate):
        pairs, rate = _rate_of_boxes(exact.model, approximate.model, inputs)
        return OutputErrors("boxes of leaves", inputs.name, pairs, rate, (rate, rate), row_rate, words)
    drawn = inputs.draw(_SAMPLES, rng)
    different = int(np.count_nonzero(exact.outputs(drawn) != approximate.outputs(drawn)))
    interval = clopper_pearson(different, _SAMPLES)
    return OutputErrors("sampling", inputs.name, _SAMPLES, different / _SAMPLES, interval, row_rate, words)


def _words(
    exact: Examinee, approximate: Examinee, inputs: Inputs, rng: np.random.Generator
) -> tuple[tuple[str, ErrorFigures], ...]:
    """Figures on every input where they are few and alike, else on samples."""
    bits = exact.model.coding.bits
    is_whole = sum(bits) <= _WORD_BITS and inputs.name == "uniform"
    drawn = every_input(bits) if is_whole else inputs.draw(_SAMPLES, rng)
    found = []
    if not exact.model.decision.is_classifier:
        found.append(("output", exact.outputs(drawn), approximate.outputs(drawn)))
    wanted, got = exact.model.scores(drawn), approximate.model.scores(drawn)
    if wanted.shape == got.shape and not exact.model.has_only(Trees):
        found += [(f"score {number}", wanted[:, number], got[:, number]) for number in range(wanted.shape[1])]
    method: Literal["exhaustive", "sampling"] = "exhaustive" if is_whole else "sampling"
    return tuple((name, figures_of_pairs(one, other, method)) for name, one, other in found)


def _rate_of_cells(exact: Examinee, approximate: Examinee, inputs: Inputs, levels: Sequence[Sequence[int]]) -> float:
    """Weights of the cells in which outputs differ: all words of a cell look the same to both circuits."""
    firsts = [np.array([0, *each], dtype=np.int64) for each in levels]
    masses = [np.add.reduceat(share, first) for share, first in zip(inputs.shares, firsts, strict=True)]
    sizes = [len(first) for first in firsts]
    rate = 0.0
    for start in range(0, prod(sizes), _CHUNK):
        places = np.unravel_index(np.arange(start, min(start + _CHUNK, prod(sizes))), sizes)
        words = np.stack([first[place] for first, place in zip(firsts, places, strict=True)], axis=1)
        different = exact.outputs(words) != approximate.outputs(words)
        weights = [mass[place[different]] for mass, place in zip(masses, places, strict=True)]
        rate += float(np.prod(weights, axis=0).sum())
    return rate


def _is_tree(side: Examinee) -> bool:
    """Whether the circuit is a single tree, so that its leaves' boxes are all there is to know."""
    if side.is_edited or not side.model.has_only(Trees):
        return False
    return [len(stage.roots) for stage in side.model.all_stages(Trees, "errors")] == [1]


def _rate_of_boxes(exact: IntegerModel, approximate: IntegerModel, inputs: Inputs) -> tuple[int, float]:
    """Number of pairs of leaves, and the weight of the common parts of those that give other outputs."""
    below = [np.concatenate([[0.0], np.cumsum(share)]) for share in inputs.shares]
    (low, high, wanted), (other_low, other_high, got) = (_boxes(model) for model in (exact, approximate))
    rate = 0.0
    for box_low, box_high, output in zip(other_low, other_high, got, strict=True):
        rows = wanted != output
        first, last = np.maximum(low[rows], box_low), np.minimum(high[rows], box_high)
        weight = np.ones(len(first))
        for feature, sums in enumerate(below):
            end = np.maximum(last[:, feature] + 1, first[:, feature])
            weight *= sums[end] - sums[first[:, feature]]
        rate += float(weight.sum())
    return len(low) * len(other_low), rate


def _boxes(model: IntegerModel) -> tuple[IntArray, IntArray, IntArray]:
    """Least and greatest input of each leaf, shape (n_leaves, n_features), and its output."""
    tree = model.only_stage(Trees, "errors")
    ranges = model.coding.intervals()
    found = list(leaf_boxes(tree.paths(ranges, list(range(len(tree.feature)))), ranges))
    low, high = (np.array(ends, dtype=np.int64).reshape(len(found), len(ranges)) for ends in zip(*found, strict=True))
    return low, high, model.predict(low)
