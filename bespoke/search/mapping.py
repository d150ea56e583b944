"""Mappings of operators to the sums of a model as a design space."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bespoke.approx import (
    LOW_COLUMNS,
    AffineBatch,
    ModelBatch,
    UnitOperator,
    estimate_cost,
    simplify_structure,
    unit_operators,
    with_low_columns,
)
from bespoke.cells import GateCosts
from bespoke.errors import UnsupportedModelError
from bespoke.model import Affine, IntArray, IntegerModel, Stage
from bespoke.search.design_space import DesignSpace, Outputs
from bespoke.search.genes import FloatArray, affine_parts
from bespoke.search.genes.operators import OPERATORS, MappingPart
from bespoke.search.level_costs import NO_BIT, LevelCosts
from bespoke.search.margins import score_margins
from bespoke.search.searcher import non_dominated

_CHUNK = 1 << 22  # numbers held at a time
_SHARES = (0.25, 0.5, 0.75, 1.0)  # of the operators of all sums, for seeds


class MappingDesigns(DesignSpace):
    """All ways to realise each weighted sum of a model by one of a few operators of its own.

    The operators of a sum are those of `bespoke.approx.unit_operators` that no other one is better than, in the cost of
    the model with this operator alone and in the mean square error of the sum's output on the training rows.

    Parameters
    ----------
    exact : IntegerModel
        Without masks and without words that may be negative.
    words : ndarray of int64, shape (n_rows, n_features)
        Training inputs.
    costs : GateCosts
    most : int
        Operators of each sum, the exact one among them.
    cells : sequence of str
        What may add low columns, of `bespoke.approx.CELLS`.

    Raises
    ------
    UnsupportedModelError
        If the model is another one.
    """

    genes = (OPERATORS,)
    parts: Sequence[MappingPart]

    def __init__(
        self,
        exact: IntegerModel,
        words: IntArray,
        costs: GateCosts,
        *,
        most: int = 16,
        cells: Sequence[str] = LOW_COLUMNS,
    ) -> None:
        stages = [part.stage for part in affine_parts(exact, words)]
        if any(word.signed for ranges in exact.ranges[:-1] for word in ranges):
            raise UnsupportedModelError("sums of words that may be negative", where="search", allowed="none of them")
        values = exact.stage_inputs(words)
        parts = []
        for number, (stage, own, inputs) in enumerate(zip(stages, values, exact.ranges, strict=False)):
            operators = [unit_operators(stage, row, own, inputs, cells=cells) for row in range(stage.output_count)]
            parts.append(MappingPart(number, stage, inputs, tuple(operators)))
        super().__init__(exact, parts, costs)
        self.parts = [self._of_best(part, values[part.number], most) for part in parts]
        self._known: dict[bytes, list[IntArray]] = {}

    def _of_best(self, part: MappingPart, values: IntArray, most: int) -> MappingPart:
        """A part with the best operators of each sum alone."""
        best = [self._best(part, row, values, most) for row in range(len(part.operators))]
        return replace(part, operators=tuple(best))

    def _best(self, part: MappingPart, row: int, values: IntArray, most: int) -> list[UnitOperator]:
        """Operators of a sum on the front of cost and error, by falling cost."""
        own = part.operators[row]
        genomes = np.repeat(self.start[None], len(own), axis=0)
        self.values(genomes, part.number)["operators"][:, row] = np.arange(len(own))
        outputs = np.array([_outputs(part, row, operator, values) for operator in own])
        errors = ((outputs - outputs[0]).astype(np.float64) ** 2).mean(axis=1)
        costs = self.circuit_costs(genomes)
        front = non_dominated(np.stack([errors, costs], axis=1))[::-1]
        found = [0, *(index for index in front.tolist() if costs[index] < costs[0])]
        chosen = np.unique(np.rint(np.linspace(0, len(found) - 1, min(most, len(found)))).astype(np.int64))
        return [own[found[index]] for index in chosen]

    def seeds(self) -> IntArray:
        """The exact model, and mappings in which all sums take operators as far from the exact one."""
        most = np.array([one.most for one in self.parameters], dtype=np.int64)
        return np.concatenate(
            [self.start[None], self.with_parameters(np.floor(np.outer(_SHARES, most)).astype(np.int64))]
        )

    def decode(self, genome: IntArray) -> IntegerModel:
        """Model of one genome."""
        stages: list[Stage] = []
        ranges = self.exact.ranges[0]
        for part, batch in zip(self.parts, self.batch(genome[None]).stages, strict=True):
            plain = replace(part.stage, weights=batch.weights[0], biases=batch.biases[0])
            stages.append(with_low_columns(plain, batch.cells[0].tolist(), batch.columns[0].tolist(), ranges))
            ranges = stages[-1].output_intervals(ranges)
        model = replace(self.exact, stages=tuple(stages))
        return simplify_structure(model) if model.has_only(Affine) else model

    def batch(self, genomes: IntArray) -> ModelBatch:
        """The candidates as arrays."""
        stages = []
        for number, part in enumerate(self.parts):
            shifts = np.zeros((len(genomes), len(part.inputs)), dtype=np.int64)
            stages.append(self.applied(AffineBatch.of(part.stage, shifts), number, genomes))
        return ModelBatch(self.exact.ranges[0], tuple(stages), self.exact.decision)

    def circuit_costs(self, genomes: IntArray) -> FloatArray:
        """Estimated size of the circuits in NAND2 cells, shape (n,)."""
        return estimate_cost(self.batch(genomes), self.gate_costs)

    def converter_costs(self, genomes: IntArray, costs: LevelCosts) -> FloatArray:
        """What the converters cost of the inputs that some product reads, shape (n,)."""
        is_read = (self.batch(genomes).stages[0].weights != 0).any(axis=1)
        return costs.of_words(np.where(is_read, 0, NO_BIT))

    def outputs(self, genomes: IntArray, words: IntArray, targets: IntArray | None = None) -> Iterator[Outputs]:
        """Output words and margins, part by part.

        What a first sum is with each operator is kept for each set of rows.
        """
        decision, first = self.exact.decision, self._first_outputs(words)
        step = max(1, _CHUNK // max(1, len(words) * max(len(part.operators) for part in self.parts)))
        for start in range(0, len(genomes), step):
            part = slice(start, min(start + step, len(genomes)))
            scores = self._scores(genomes[part], first)
            count, rows, outputs = scores.shape
            decided = decision.decide(scores.reshape(count * rows, outputs)).reshape(count, rows)
            yield Outputs(part, decided, None if targets is None else score_margins(decision, scores, targets))

    def _first_outputs(self, words: IntArray) -> list[IntArray]:
        """For each sum of the first stage its outputs with each operator, shape (n_operators, n_rows)."""
        key = words.tobytes()
        if key not in self._known:
            part = self.parts[0]
            self._known[key] = [
                np.array([_outputs(part, row, operator, words) for operator in own])
                for row, own in enumerate(part.operators)
            ]
        return self._known[key]

    def _scores(self, genomes: IntArray, first: Sequence[IntArray]) -> IntArray:
        """Scores, shape (n, n_rows, n_scores)."""
        chosen = self.values(genomes, 0)["operators"]
        values = np.stack([table[own] for table, own in zip(first, chosen.T, strict=True)], axis=2)
        for part in self.parts[1:]:
            chosen = self.values(genomes, part.number)["operators"]
            found = np.empty((*values.shape[:2], len(part.operators)), dtype=np.int64)
            for row, own in enumerate(part.operators):
                for number in np.unique(chosen[:, row]).tolist():
                    which = chosen[:, row] == number
                    inputs = values[which].reshape(-1, values.shape[2])
                    found[which, :, row] = _outputs(part, row, own[number], inputs).reshape(-1, values.shape[1])
            values = found
        return np.asarray(values, dtype=np.int64)


def _outputs(part: MappingPart, row: int, operator: UnitOperator, values: IntArray) -> NDArray[np.int64]:
    """Outputs of a sum with an operator, shape (n_rows,), for inputs (n_rows, n_inputs)."""
    return operator.stage(part.stage, row, part.inputs).apply(values)[:, 0]
