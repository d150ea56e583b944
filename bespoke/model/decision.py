"""What the circuit's output word means, and how scores become it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError
from bespoke.model.stage import IntArray
from bespoke.numeric import Interval, whole_number

ClassLabel = int | float | str | bool
UNKNOWN = -1  # output word for a label that the circuit cannot give
MAX_FRACTION_BITS = 900  # either sign: a 62-bit word times 2**900 is still a float
_LABEL_BITS = 62  # a score and the labels on its grid are added as int64


@dataclass(frozen=True, slots=True)
class Decision(ABC):
    """Rule from integer scores to the integer on the output port.

    Attributes
    ----------
    name : str
        What the rule is called in files.
    is_classifier : bool
        Whether the output is a class index.
    classes : tuple
        Class labels by index; empty where the output is a value.
    frac_bits : int
        A score stands for ``score / 2**frac_bits``, where that matters to the rule.
    """

    name: ClassVar[str]
    is_classifier: ClassVar[bool] = True

    classes: tuple[ClassLabel, ...] = ()
    frac_bits: int = 0

    def __post_init__(self) -> None:
        check_fraction_bits(self.frac_bits, "decision")
        if not self.classes and self.is_classifier:
            raise ModelFileError("a decision needs class labels", where="decision", got=self.name)
        texts = sum(isinstance(label, str) for label in self.classes)
        if texts not in (0, len(self.classes)) or not all(isinstance(label, ClassLabel) for label in self.classes):
            raise ModelFileError("class labels must all be texts or all be numbers", where="decision", got=self.classes)
        if len(set(self.classes)) != len(self.classes):
            raise ModelFileError("class labels must differ", where="decision", got=self.classes)
        self._check()

    def _check(self) -> None:  # noqa: B027  most rules can do whatever passes the checks above
        """Refuse what this rule cannot do."""

    @property
    def score_count(self) -> int:
        """Number of scores that the rule reads."""
        return 1

    @property
    def score_offset(self) -> int:
        """Integer ``o`` that turns the rule into a look at the leading bits of ``score + o``; 0 where none does."""
        return 0

    def score_classes(self) -> tuple[tuple[int, ...], ...]:
        """Class indices that each score is about: none where it is about all of them."""
        return ((),)

    def check_scores(self, scores: Sequence[Interval]) -> None:
        """Refuse scores of ranges for which the rule gives no output.

        Raises
        ------
        ModelFileError
        """
        if len(scores) != self.score_count:
            raise ModelFileError("scores do not fit the decision", got=len(scores), allowed=str(self.score_count))

    def interval(self, scores: Sequence[Interval]) -> Interval:
        """Range of the output word for scores of the given ranges."""
        del scores
        return Interval(0, len(self.classes) - 1)

    @abstractmethod
    def decide(self, scores: IntArray) -> IntArray:
        """Output words for scores of shape (n_samples, score_count), as shape (n_samples,)."""

    def decode(self, outputs: IntArray) -> NDArray[Any]:
        """Class labels or real values for output words of shape (n_samples,)."""
        labels: NDArray[Any] = np.array(self.classes)[outputs]
        return labels

    def encode(self, targets: NDArray[Any]) -> IntArray:
        """Wanted output words, shape (n,), of targets (n,); -1 for one that the circuit cannot give."""
        index = {label: number for number, label in enumerate(self.classes)}
        return np.array([index.get(label, UNKNOWN) for label in targets.tolist()], dtype=np.int64)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {"rule": self.name, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Argmax(Decision):
    """Index of the largest score; ties go to the lowest index."""

    name: ClassVar[str] = "argmax"

    @property
    def score_count(self) -> int:
        """One score per class."""
        return len(self.classes)

    def score_classes(self) -> tuple[tuple[int, ...], ...]:
        """Each score is about its class."""
        return tuple((index,) for index in range(len(self.classes)))

    def decide(self, scores: IntArray) -> IntArray:
        """Index of the largest score."""
        return np.asarray(scores.argmax(axis=1), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Sign(Decision):
    """1 where the only score is above 0, or at least 0 if ``inclusive``, else 0."""

    name: ClassVar[str] = "sign"
    inclusive: bool = False

    def _check(self) -> None:
        if len(self.classes) != 2:
            raise ModelFileError("a sign tells two classes apart", where="decision", got=self.classes)
        if not isinstance(self.inclusive, bool):
            raise ModelFileError("inclusive or not", where="decision", got=self.inclusive, allowed="true, false")

    @property
    def score_offset(self) -> int:
        """``score > 0`` is ``score - 1 >= 0``."""
        return 0 if self.inclusive else -1

    def decide(self, scores: IntArray) -> IntArray:
        """Whether the score is above 0, or at least 0."""
        compare = np.greater_equal if self.inclusive else np.greater
        return compare(scores[:, 0], 0).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Votes(Decision):
    """One-vs-one: the score of pair (i, j) votes for i if it is above 0, else for j; most votes win.

    Pairs stand in the order of `pairs`. Ties go to the lowest index (libsvm's rule).
    """

    name: ClassVar[str] = "votes"

    def _check(self) -> None:
        if len(self.classes) == 1:
            raise ModelFileError("a vote needs two classes", where="decision", got=self.classes)

    @property
    def score_count(self) -> int:
        """One score per pair of classes."""
        return len(self.classes) * (len(self.classes) - 1) // 2

    @property
    def score_offset(self) -> int:
        """``score > 0`` is ``score - 1 >= 0``."""
        return -1

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Class pairs in score order: (0, 1), (0, 2), ..., (1, 2), ..."""
        return tuple(combinations(range(len(self.classes)), 2))

    def score_classes(self) -> tuple[tuple[int, ...], ...]:
        """Each score is about its pair of classes."""
        return self.pairs()

    def decide(self, scores: IntArray) -> IntArray:
        """Index of the class with the most votes."""
        votes = np.zeros((len(scores), len(self.classes)), dtype=np.int64)
        for column, (first, second) in enumerate(self.pairs()):
            wins = scores[:, column] > 0
            votes[:, first] += wins
            votes[:, second] += ~wins
        return np.asarray(votes.argmax(axis=1), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Value(Decision):
    """The only score itself, standing for ``score / 2**frac_bits``."""

    name: ClassVar[str] = "value"
    is_classifier: ClassVar[bool] = False

    def interval(self, scores: Sequence[Interval]) -> Interval:
        """Range of the score."""
        return scores[0]

    def decide(self, scores: IntArray) -> IntArray:
        """The score."""
        return np.asarray(scores[:, 0], dtype=np.int64)

    def decode(self, outputs: IntArray) -> NDArray[Any]:
        """Real values."""
        values: NDArray[Any] = np.ldexp(outputs.astype(np.float64), -self.frac_bits)
        return values

    def encode(self, targets: NDArray[Any]) -> IntArray:
        """The nearest words; a half goes up."""
        return np.asarray(np.floor(np.ldexp(targets.astype(np.float64), self.frac_bits) + 0.5), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Label(Decision):
    """``clip(floor(score / 2**frac_bits + 1/2), first, last) - first``: a regressor's value as one of its labels.

    ``classes`` are the consecutive integers first .. last.
    """

    name: ClassVar[str] = "label"

    def _check(self) -> None:
        if isinstance(self.classes[0], str) or list(self.classes) != list(
            range(self.first, self.first + len(self.classes))
        ):
            raise ModelFileError("labels must be consecutive integers", where="decision", got=self.classes)
        largest = max(abs(int(label)) for label in self.classes) + 1
        if not 0 <= self.frac_bits < _LABEL_BITS or largest << self.frac_bits > 1 << _LABEL_BITS:
            raise ModelFileError(
                "labels and fraction bits need more than 62 bits",
                where="decision",
                got=self.frac_bits,
                allowed="0 to 61",
            )

    @property
    def first(self) -> int:
        """Lowest label."""
        return int(self.classes[0])

    @property
    def half(self) -> int:
        """One half on the grid of the score."""
        return (1 << self.frac_bits) >> 1

    @property
    def score_offset(self) -> int:
        """Rounding is a plain shift once one half and the first label are in the sum."""
        return self.half - (self.first << self.frac_bits)

    def decide(self, scores: IntArray) -> IntArray:
        """Index of the nearest label."""
        rounded = (scores[:, 0] + self.half) >> self.frac_bits
        return np.asarray(np.clip(rounded - self.first, 0, len(self.classes) - 1), dtype=np.int64)

    def encode(self, targets: NDArray[Any]) -> IntArray:
        """Indices of whole-number targets that are labels."""
        steps = targets.astype(np.float64) - self.first
        known = (steps == np.floor(steps)) & (steps >= 0) & (steps < len(self.classes))
        return np.where(known, steps, UNKNOWN).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Index(Decision):
    """The only score is the class index itself, as in the leaves of a single tree."""

    name: ClassVar[str] = "index"

    def check_scores(self, scores: Sequence[Interval]) -> None:
        """Refuse a score beyond the classes."""
        Decision.check_scores(self, scores)
        if scores[0].low < 0 or scores[0].high >= len(self.classes):
            raise ModelFileError("a leaf holds a class that does not exist", where="tree")

    def decide(self, scores: IntArray) -> IntArray:
        """The score."""
        return np.asarray(scores[:, 0], dtype=np.int64)


def check_fraction_bits(frac_bits: int, where: str) -> None:
    """Refuse fraction bits with which a value is no longer a float.

    Raises
    ------
    ModelFileError
    """
    if abs(whole_number(frac_bits, ModelFileError)) > MAX_FRACTION_BITS:
        allowed = f"-{MAX_FRACTION_BITS} to {MAX_FRACTION_BITS}"
        raise ModelFileError("fraction bits out of range", where=where, got=frac_bits, allowed=allowed)
