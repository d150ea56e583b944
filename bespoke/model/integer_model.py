"""The integer model: stages between an input coding and a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError, RangeError, UnsupportedModelError
from bespoke.model.coding import MAX_INPUT_BITS, InputCoding
from bespoke.model.decision import Decision, Index
from bespoke.model.stage import IntArray, Stage, check_range
from bespoke.numeric import Interval

AnyStage = TypeVar("AnyStage", bound=Stage)


class Origin(NamedTuple):
    """What a model is called for people: its kind, such as ``mlp`` or ``tree``, and the estimator compiled.

    No code branches on it.
    """

    kind: str = "model"
    estimator: str = ""

    def __str__(self) -> str:
        return self.estimator or self.kind


@dataclass(frozen=True, slots=True, eq=False)
class IntegerModel:
    """The exact function that a circuit must have: words, then stage after stage, then a decision.

    Attributes
    ----------
    coding : InputCoding
        How raw features become the words that the first stage reads.
    stages : tuple of Stage
    decision : Decision
        Reads the outputs of the last stage as its scores.
    origin : Origin
    ranges : tuple of tuple of Interval
        Ranges of the inputs of each stage, and of the scores at the end.
    """

    coding: InputCoding
    stages: tuple[Stage, ...]
    decision: Decision
    origin: Origin = Origin()  # noqa: RUF009  a named tuple cannot change
    ranges: tuple[tuple[Interval, ...], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.stages:
            raise ModelFileError("a model needs a stage", where="stages")
        if len(self.stages) > 1 and any(stage.stands_alone for stage in self.stages):
            raise ModelFileError("a stage beside one that stands alone", where="stages", allowed="that stage")
        inner = self.parts[1]
        if inner is not self.decision and self.decision != Index(inner.classes):
            raise ModelFileError("not the classes inside the stage", where="decision", allowed="an index of these")
        ranges = [self.coding.intervals()]
        for stage in self.stages:
            ranges.append(stage.output_intervals(ranges[-1]))
            check_range(ranges[-1])
        self.decision.check_scores(ranges[-1])
        object.__setattr__(self, "ranges", tuple(ranges))

    def after(self, kind: type[AnyStage]) -> tuple[tuple[AnyStage, ...], IntegerModel]:
        """The first stage, if it is of a type and others follow, and these as a model of the words that it gives.

        The model is for all numbers of as many bits as these words have.

        Raises
        ------
        UnsupportedModelError
            If there is none: such a word may be negative or has more bits than an input, or numbers of as many bits as
            the words have go beyond what the decision or sums can hold.
        """
        first = tuple(stage for number, stage in self.numbered(kind) if number == 0)
        if len(self.stages) < 2 or not first:
            return (), self
        words, where = self.ranges[1], f"after {kind.name}"
        low, high = min((word.low for word in words), default=0), max((word.high for word in words), default=0)
        most = (1 << MAX_INPUT_BITS) - 1
        if low < 0 or high > most:
            got, allowed = f"{low} to {high}", f"0 to {most}"
            raise UnsupportedModelError("words that no input has", where=where, got=got, allowed=allowed)
        names, bits = tuple(f"x{number}" for number in range(len(words))), tuple(word.width for word in words)
        coding = InputCoding(names, bits, (0.0,) * len(bits), tuple(float(1 << width) for width in bits))
        try:
            return first, IntegerModel(coding, self.stages[1:], self.decision, self.origin)
        except (ModelFileError, RangeError) as error:
            raise UnsupportedModelError("no model of all words of these bits", where=where, got=str(error)) from None

    def output_interval(self) -> Interval:
        """Range of the output word."""
        return self.decision.interval(self.ranges[-1])

    @property
    def mode_count(self) -> int:
        """Number of modes that an input may name; one where none says the mode."""
        if not self.coding.controls:
            return 1
        return max(stage.modes(ranges) for stage, ranges in zip(self.stages, self.ranges, strict=False))

    @property
    def parts(self) -> tuple[tuple[Stage, ...], Decision]:
        """The stages as hints for the proof number them, those inside another one after it; and the last decision."""
        last, decision = self.stages[-1].parts(self.decision)
        return (*self.stages[:-1], *last), decision

    def stage_inputs(self, inputs: IntArray) -> list[IntArray]:
        """Inputs of every stage, each of shape (n_samples, n_inputs), for input words (n_samples, n_features)."""
        found = [np.asarray(inputs, dtype=np.int64)]
        for stage in self.stages[:-1]:
            found.append(stage.apply(found[-1]))
        return found

    def scores(self, inputs: IntArray) -> IntArray:
        """Integer scores, shape (n_samples, n_scores), of input words (n_samples, n_features)."""
        return self.stages[-1].apply(self.stage_inputs(inputs)[-1])

    def predict(self, inputs: IntArray) -> IntArray:
        """Output words, shape (n_samples,), of input words (n_samples, n_features): the reference function."""
        return self.decision.decide(self.scores(inputs))

    def predict_raw(self, features: NDArray[Any]) -> NDArray[Any]:
        """Class labels or values for raw features of shape (n_samples, n_features)."""
        return self.decision.decode(self.predict(self.coding.quantise(features)))

    def all_stages(self, kind: type[AnyStage], where: str) -> tuple[AnyStage, ...]:
        """The stages, if all of them are of one type.

        Raises
        ------
        UnsupportedModelError
            If one is not; ``where`` says what needs it.
        """
        found = [stage for _, stage in self.numbered(kind)]
        if len(found) < len(self.stages):
            names = ", ".join(stage.name for stage in self.stages)
            raise UnsupportedModelError("needs other stages", where=where, got=names, allowed=kind.name)
        return tuple(found)

    def only_stage(self, kind: type[AnyStage], where: str) -> AnyStage:
        """The only stage, if it is of a type; see `all_stages`."""
        (found, *others) = self.all_stages(kind, where)
        if others:
            raise UnsupportedModelError("needs a single stage", where=where, got=len(self.stages), allowed="1")
        return found

    def numbered(self, kind: type[AnyStage]) -> list[tuple[int, AnyStage]]:
        """The stages of one type, with their numbers."""
        return [(number, stage) for number, stage in enumerate(self.stages) if isinstance(stage, kind)]

    def has_only(self, kind: type[Stage]) -> bool:
        """Whether all stages are of one type."""
        return all(isinstance(stage, kind) for stage in self.stages)


def replaced(stages: Sequence[AnyStage], new: dict[int, AnyStage]) -> tuple[AnyStage, ...]:
    """Stages with some of them exchanged, by number."""
    return tuple(new.get(number, stage) for number, stage in enumerate(stages))
