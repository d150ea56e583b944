"""On what share of all inputs an approximate circuit and the exact one differ, and how far their words are apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.analysis.inputs import Inputs, near_rows
from bespoke.analysis.word_errors import Sample, WordErrors, score_errors
from bespoke.model import IntArray, IntegerModel, Trees
from bespoke.model.tree_paths import leaf_boxes
from bespoke.numeric import clopper_pearson

Method = Literal["every cell", "boxes of leaves", "sampling"]
OUTPUT = "output"  # the word of a value, and the row of the share of outputs
_CHUNK = 1 << 18  # cells looked at together
_MOST_VALUES = 1 << 24  # of all features of all samples
_METHODS: dict[Method, str] = {
    "every cell": "exactly, on an input of each cell between the levels that either circuit reads",
    "boxes of leaves": "exactly, on the common parts of the boxes of the leaves of both trees",
    "sampling": "on samples, with a 95 % interval (Clopper and Pearson)",
}


class Effort(NamedTuple):
    """How many cells are looked at before inputs are sampled, and how many samples are drawn at most."""

    cells: int
    samples: int


THOROUGHLY, BRIEFLY = Effort(1 << 24, 200_000), Effort(1 << 16, 50_000)


class Share(NamedTuple):
    """A share of inputs, and what bounds it: itself twice where it is exact."""

    value: float
    interval: tuple[float, float]

    @staticmethod
    def exactly(value: float) -> Share:
        """One that is known."""
        return Share(value, (value, value))

    @staticmethod
    def of(different: NDArray[np.bool_]) -> Share:
        """That of samples."""
        count = int(np.count_nonzero(different))
        return Share(count / len(different), clopper_pearson(count, len(different)))

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {"output_error_rate": self.value, "interval": list(self.interval)}

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.5f}" + (f" ({low:.5f} to {high:.5f})" if low < high else "")


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
    rate : Share
        Of the inputs, those whose outputs differ.
    row_rate : float or None
        Share of the rows of the data; None without data.
    near_rate : Share or None
        The same of inputs at most one step from a row in every feature.
    words : tuple of WordErrors
        Errors of the output of a regressor and of scores, the latter before edits of gates.
    """

    name: ClassVar[str] = "errors"

    method: Method
    inputs: str
    looked_at: int
    rate: Share
    row_rate: float | None
    near_rate: Share | None
    words: tuple[WordErrors, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "method": self.method,
            "inputs": self.inputs,
            "looked_at": self.looked_at,
            **self.rate.to_json(),
            "row_error_rate": self.row_rate,
            "near_rows": self.near_rate and self.near_rate.to_json(),
            "words": {word.name: {**word.figures.to_json(), "limit": word.limit} for word in self.words},
        }

    def section(self) -> Section:
        """A row for the output, with the figures of a value, then one per score."""
        head = ("word", ">error rate", ">mean", ">distance", ">RMS", ">relative", ">worst", ">limit", "how")
        rows = [_row(word) for word in self.words]
        if not rows or rows[0][0] != OUTPUT:
            rows.insert(0, (OUTPUT, *[""] * (len(head) - 2), self.method))
        rows[0] = (OUTPUT, f"{self.rate.value:.5f}", *rows[0][2:])
        on_rows = "" if self.row_rate is None else f" On the rows of the data it is {self.row_rate:.5f}."
        if self.near_rate:
            on_rows += f" Of inputs at most one step from a row in every feature it is {self.near_rate}."
        remark = (
            f"The output of {self.rate} of all inputs ({self.inputs}, features independent) is not that of the exact "
            f"circuit, found {_METHODS[self.method]}.{on_rows} Errors and distances are in units of a "
            "word's last bit, those of scores before edits of gates; no input exceeds the limit."
        )
        return Section("Errors against the exact circuit", head, rows, remark)

    def headline(self) -> Headline:
        """Share of all inputs with another output."""
        return Headline("output error rate", self.rate.value)


def _row(word: WordErrors) -> tuple[str, ...]:
    figures = word.figures
    relative = "" if figures.relative is None else f"{figures.relative.mean:.3g}"
    values = (figures.mean, figures.mean_absolute, figures.rms)
    texts = (f"{float(value):.4g}" for value in values)
    limit = "" if word.limit is None else f"{word.limit:,}"
    return (
        word.name,
        f"{float(figures.error_rate):.5f}",
        *texts,
        relative,
        f"{figures.worst:,}",
        limit,
        figures.method,
    )


def output_errors(
    exact: Examinee,
    approximate: Examinee,
    inputs: Inputs,
    rows: IntArray | None,
    rng: np.random.Generator,
    effort: Effort = THOROUGHLY,
) -> OutputErrors:
    """Compare two circuits that read the same words, and both give values or have the same classes.

    Parameters
    ----------
    exact, approximate : Examinee
    inputs : Inputs
    rows : ndarray of int64, shape (n, n_features), optional
        Input words of data.
    rng : numpy.random.Generator
        Draws the samples.
    effort : Effort
    """
    row_rate, near = None, None
    count = min(effort.samples, max(1, _MOST_VALUES // len(inputs.bits)))
    if rows is not None and len(rows):
        row_rate = float(np.mean(_differ(exact, approximate, rows)))
        near = Share.of(_differ(exact, approximate, near_rows(rows, inputs.bits, count, rng)))
    drawn = inputs.draw(count, rng)
    sample = Sample.of(inputs, drawn)
    words = score_errors(exact.model, approximate.model, inputs, sample)
    if not exact.model.decision.is_classifier and exact.model.decision == approximate.model.decision:
        words.insert(0, sample.compared(OUTPUT, exact.outputs(sample.words), approximate.outputs(sample.words)))
    return OutputErrors(*_found(exact, approximate, inputs, drawn, effort.cells), row_rate, near, tuple(words))


def _found(
    exact: Examinee, approximate: Examinee, inputs: Inputs, drawn: IntArray, most_cells: int
) -> tuple[Method, str, int, Share]:
    """How the share of all inputs is found, that of which inputs, on how many things, and the share."""
    levels = [sorted({*a, *b}) for a, b in zip(exact.levels, approximate.levels, strict=True)]
    count = prod(len(each) + 1 for each in levels)
    if count <= most_cells:
        return "every cell", inputs.name, count, Share.exactly(_rate_of_cells(exact, approximate, inputs, levels))
    if _is_tree(exact) and _is_tree(approximate):
        pairs, rate = _rate_of_boxes(exact.model, approximate.model, inputs)
        return "boxes of leaves", inputs.name, pairs, Share.exactly(rate)
    return "sampling", inputs.name, len(drawn), Share.of(_differ(exact, approximate, drawn))


def _differ(exact: Examinee, approximate: Examinee, words: IntArray) -> NDArray[np.bool_]:
    wanted, got = _meant(exact.model, approximate.model, exact.outputs(words), approximate.outputs(words))
    return np.asarray(wanted != got)


def _meant(
    exact: IntegerModel, approximate: IntegerModel, wanted: IntArray, got: IntArray
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The output words of both, or what they stand for where the same word may stand for something else."""
    one, other = exact.decision, approximate.decision
    return (wanted, got) if one == other else (one.decode(wanted), other.decode(got))


def _rate_of_cells(exact: Examinee, approximate: Examinee, inputs: Inputs, levels: Sequence[Sequence[int]]) -> float:
    """Weights of the cells in which outputs differ: all words of a cell look the same to both circuits."""
    firsts = [np.array([0, *each], dtype=np.int64) for each in levels]
    masses = [np.add.reduceat(share, first) for share, first in zip(inputs.shares, firsts, strict=True)]
    sizes = [len(first) for first in firsts]
    rate = 0.0
    for start in range(0, prod(sizes), _CHUNK):
        places = np.unravel_index(np.arange(start, min(start + _CHUNK, prod(sizes))), sizes)
        words = np.stack([first[place] for first, place in zip(firsts, places, strict=True)], axis=1)
        different = _differ(exact, approximate, words)
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
    (low, high), (other_low, other_high) = (_boxes(model) for model in (exact, approximate))
    wanted, got = _meant(exact, approximate, exact.predict(low), approximate.predict(other_low))
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


def _boxes(model: IntegerModel) -> tuple[IntArray, IntArray]:
    """Least and greatest input of each leaf, shape (n_leaves, n_features)."""
    tree = model.only_stage(Trees, "errors")
    ranges = model.coding.intervals()
    found = list(leaf_boxes(tree.paths(ranges, list(range(len(tree.feature)))), ranges))
    low, high = (np.array(ends, dtype=np.int64).reshape(len(found), len(ranges)) for ends in zip(*found, strict=True))
    return low, high
