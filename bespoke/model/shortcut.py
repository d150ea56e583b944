"""A tree that answers some inputs by itself, in front of the stages and the decision that answer the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, ClassVar

import numpy as np

from bespoke.errors import ModelFileError
from bespoke.model.decision import Decision
from bespoke.model.stage import IntArray, Stage, check_range
from bespoke.model.trees import LEAF, Trees
from bespoke.numeric import Interval


@dataclass(frozen=True, slots=True, eq=False)
class Shortcut(Stage):
    """The output is the class index that the tree answers with where it answers, else that of the decision.

    Attributes
    ----------
    tree : Trees
        One tree with two numbers in each leaf: 1 where it answers, else 0; and the class index of the answer, else 0.
    stages : tuple of Stage
        For the other inputs. They read the first words, and
    read : int
        so many of them.
    decision : Decision
        Behind these stages; a classifier.
    """

    name: ClassVar[str] = "shortcut"
    stands_alone: ClassVar[bool] = True

    tree: Trees
    stages: tuple[Stage, ...]
    read: int
    decision: Decision

    def __post_init__(self) -> None:
        leaves = self.tree.values[self.tree.feature == LEAF]
        if len(self.tree.roots) != 1 or self.tree.output_count != 2:
            raise ModelFileError("needs one tree of two numbers a leaf", where="shortcut", got=leaves.shape)
        if not self.stages or not self.decision.is_classifier or any(stage.stands_alone for stage in self.stages):
            got = (*(stage.name for stage in self.stages), self.decision.name)
            raise ModelFileError("needs stages and classes", where="shortcut", got=", ".join(got))
        answers, labels = leaves.T
        is_right = np.isin(answers, (0, 1)) & (labels >= 0) & (labels < len(self.decision.classes))
        if not (is_right & (answers >= (labels > 0))).all():
            raise ModelFileError("a leaf holds no answer", where="shortcut", got=leaves[~is_right].tolist())

    @property
    def output_count(self) -> int:
        """One word."""
        return 1

    def parts(self, decision: Decision) -> tuple[tuple[Stage, ...], Decision]:
        """The shortcut, then the stages inside, and their decision."""
        del decision
        return (self, *self.stages), self.decision

    def modes(self, inputs: Sequence[Interval]) -> int:
        """Up to the highest level of the last input that is read."""
        return 1 + max(self.read_levels(inputs)[-1], default=0)

    def output_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """The class indices."""
        self.tree.output_intervals(inputs)
        if not 0 <= self.read <= len(inputs):
            allowed = f"0 to {len(inputs)}"
            raise ModelFileError("reads inputs that do not exist", where="shortcut", got=self.read, allowed=allowed)
        ranges = tuple(inputs[: self.read])
        for stage in self.stages:
            ranges = stage.output_intervals(ranges)
            check_range(ranges)
        self.decision.check_scores(ranges)
        return (self.decision.interval(ranges).union(self.tree.leaf_intervals()[1]),)

    def read_levels(self, inputs: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
        """Levels that the tree or the first stage reads."""
        first = self.stages[0].read_levels(inputs[: self.read])
        both = zip_longest(self.tree.read_levels(inputs), first, fillvalue=())
        return tuple(tuple(sorted({*tested, *read})) for tested, read in both)

    def answered(self, inputs: IntArray) -> IntArray:
        """1 for each row, shape (n_samples,), that the tree answers, else 0."""
        return self.tree.apply(inputs)[:, 0]

    def apply(self, inputs: IntArray) -> IntArray:
        """The class index of each row."""
        answers, labels = self.tree.apply(inputs).T
        values = np.asarray(inputs, dtype=np.int64)[:, : self.read]
        for stage in self.stages:
            values = stage.apply(values)
        return np.where(answers > 0, labels, self.decision.decide(values))[:, None]

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {
            "tree": self.tree.to_json(),
            "stages": [{"stage": stage.name, **stage.to_json()} for stage in self.stages],
            "read": self.read,
            "decision": self.decision.to_json(),
        }
