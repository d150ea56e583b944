"""What the circuit's output word means, and how scores become it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError
from bespoke.numeric import Interval

Label = int | float | str | bool
IntArray = NDArray[np.int64]
DecisionKind = Literal["argmax", "sign", "sign_inclusive", "votes", "value", "label", "leaf"]
DECISION_KINDS: tuple[str, ...] = get_args(DecisionKind)
MAX_FRACTION_BITS = 900  # either sign: a 62-bit word times 2**900 is still a float
_LABEL_BITS = 62  # a score and the labels on its grid are added as int64


@dataclass(frozen=True, slots=True)
class Decision:
    """Rule from integer scores to the integer on the output port.

    Kinds
    -----
    ``argmax``
        Index of the largest score; ties go to the lowest index.
    ``sign``
        1 where the only score is > 0, else 0.
    ``sign_inclusive``
        1 where the only score is >= 0, else 0.
    ``votes``
        One-vs-one: the score of pair (i, j), pairs in the order of `pairs`, votes for i if > 0, else for j;
        most votes win, ties go to the lowest index (libsvm's rule).
    ``value``
        The only score itself, standing for ``score / 2**frac_bits``.
    ``label``
        ``clip(floor(score / 2**frac_bits + 1/2), first, last) - first`` where ``classes`` are the consecutive
        integers first .. last: the rounded and clipped value of a regressor.
    ``leaf``
        A tree's leaf holds the class index itself.

    Attributes
    ----------
    kind : str
    classes : tuple
        Class labels by index; empty for ``value``.
    frac_bits : int
        Fraction bits of the score (``value`` and ``label``).
    """

    kind: DecisionKind
    classes: tuple[Label, ...] = ()
    frac_bits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in DECISION_KINDS:
            raise ModelFileError("unknown decision", where="decision", got=self.kind, allowed=", ".join(DECISION_KINDS))
        check_fraction_bits(self.frac_bits, "decision")
        self._check_classes()
        if self.kind == "label":
            self._check_label_grid()

    def _check_classes(self) -> None:
        if not self.classes and self.kind != "value":
            raise ModelFileError("a decision needs class labels", where="decision", got=self.kind)
        if self.kind == "votes" and len(self.classes) == 1:
            raise ModelFileError("a vote needs two classes", where="decision", got=self.classes)
        if self.kind in ("sign", "sign_inclusive") and len(self.classes) != 2:
            raise ModelFileError("a sign tells two classes apart", where="decision", got=self.classes)
        texts = sum(isinstance(label, str) for label in self.classes)
        if texts not in (0, len(self.classes)) or not all(isinstance(label, Label) for label in self.classes):
            raise ModelFileError("class labels must all be texts or all be numbers", where="decision", got=self.classes)
        if len(set(self.classes)) != len(self.classes):
            raise ModelFileError("class labels must differ", where="decision", got=self.classes)

    def _check_label_grid(self) -> None:
        if list(self.classes) != list(range(self.first, self.first + len(self.classes))):
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
        """Lowest label of a ``label`` decision."""
        return int(self.classes[0])

    @property
    def is_classifier(self) -> bool:
        """Whether the output is a class index."""
        return self.kind != "value"

    @property
    def score_count(self) -> int:
        """Number of scores that the rule reads."""
        count = len(self.classes)
        return {"argmax": count, "votes": count * (count - 1) // 2}.get(self.kind, 1)

    @property
    def score_offset(self) -> int:
        """Integer ``o`` that turns the rule into a look at the leading bits of ``score + o``.

        ``score > 0`` is ``score - 1 >= 0``, and rounding to the label grid is a plain shift once one half and
        the first label are in the sum; 0 for the other rules.
        """
        if self.kind in ("sign", "votes"):
            return -1
        if self.kind == "label":
            return ((1 << self.frac_bits) >> 1) - (self.first << self.frac_bits)
        return 0

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Class pairs of a ``votes`` decision in score order: (0, 1), (0, 2), ..., (1, 2), ..."""
        return tuple(combinations(range(len(self.classes)), 2))

    def interval(self, score: Interval) -> Interval:
        """Range of the output word; ``score`` is the range of the only score of a ``value``."""
        return Interval(0, len(self.classes) - 1) if self.is_classifier else score

    def decide(self, scores: IntArray) -> IntArray:
        """Output words for scores of shape (n_samples, score_count), as shape (n_samples,)."""
        return _RULES[self.kind](self, scores)

    def decode(self, outputs: IntArray) -> NDArray[Any]:
        """Class labels or real values for output words of shape (n_samples,)."""
        if self.is_classifier:
            labels: NDArray[Any] = np.array(self.classes)[outputs]
            return labels
        values: NDArray[Any] = np.ldexp(outputs.astype(np.float64), -self.frac_bits)
        return values

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {"kind": self.kind, "classes": list(self.classes), "frac_bits": self.frac_bits}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Decision:
        """Inverse of `to_json`."""
        return Decision(data["kind"], tuple(data["classes"]), int(data["frac_bits"]))


def check_fraction_bits(frac_bits: int, where: str) -> None:
    """Refuse fraction bits with which a value is no longer a float.

    Raises
    ------
    ModelFileError
    """
    if abs(frac_bits) > MAX_FRACTION_BITS:
        allowed = f"-{MAX_FRACTION_BITS} to {MAX_FRACTION_BITS}"
        raise ModelFileError("fraction bits out of range", where=where, got=frac_bits, allowed=allowed)


def _argmax(_: Decision, scores: IntArray) -> IntArray:
    return np.asarray(scores.argmax(axis=1), dtype=np.int64)


def _sign(_: Decision, scores: IntArray) -> IntArray:
    return np.greater(scores[:, 0], 0).astype(np.int64)


def _sign_inclusive(_: Decision, scores: IntArray) -> IntArray:
    return np.greater_equal(scores[:, 0], 0).astype(np.int64)


def _votes(decision: Decision, scores: IntArray) -> IntArray:
    votes = np.zeros((len(scores), len(decision.classes)), dtype=np.int64)
    for column, (first, second) in enumerate(decision.pairs()):
        wins = scores[:, column] > 0
        votes[:, first] += wins
        votes[:, second] += ~wins
    return _argmax(decision, votes)


def _value(_: Decision, scores: IntArray) -> IntArray:
    return np.asarray(scores[:, 0], dtype=np.int64)


def _label(decision: Decision, scores: IntArray) -> IntArray:
    half = (1 << decision.frac_bits) >> 1
    rounded = (scores[:, 0] + half) >> decision.frac_bits
    return np.asarray(np.clip(rounded - decision.first, 0, len(decision.classes) - 1), dtype=np.int64)


_RULES: dict[str, Callable[[Decision, IntArray], IntArray]] = {
    "argmax": _argmax,
    "sign": _sign,
    "sign_inclusive": _sign_inclusive,
    "votes": _votes,
    "value": _value,
    "label": _label,
    "leaf": _value,
}
