"""What genes know of a stage of weighted sums."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bespoke.errors import UnsupportedModelError
from bespoke.model import WHOLE, Affine, Argmax, Decision, Index, IntArray, IntegerModel, Label, Sign, Value, Votes
from bespoke.search.genes.gene import FloatArray, Site, Values

# Whether scores that all lose the same low bits are scores as good.
SCALE_FREE: dict[type[Decision], bool] = {
    Argmax: True,
    Sign: False,
    Votes: False,
    Value: False,
    Label: False,
    Index: False,
}


@dataclass(frozen=True, eq=False)
class AffinePart:
    """A stage of the exact model, and its inputs there on the training rows.

    Means and deviations count an input as it is before it loses low bits.

    Attributes
    ----------
    number : int
    stage : Affine
        With one column per input, in order.
    weights : ndarray of int64, shape (n_outputs, n_inputs)
        For inputs that have lost no bits: the scale of the genes.
    widths : ndarray of int64, shape (n_inputs,)
        Bits of the inputs.
    means, spreads : ndarray of float, shape (n_inputs,)
        Mean and standard deviation of each input.
    active : ndarray of float, shape (n_inputs,)
        Share of the rows in which each input is above 0.
    low_means : ndarray of float, shape (n_inputs, most bits + 1)
        Mean of what the lowest 0, 1, ... bits of each input hold.
    output_bits : ndarray of int64, shape (n_outputs,)
        Bits of the greatest outputs, before they lose low bits.
    is_hidden : bool
        Whether another stage reads the outputs.
    drops_alike : bool
        Whether the outputs may lose low bits if all lose as many: scores of which only the order matters.
    """

    number: int
    stage: Affine
    weights: IntArray
    widths: IntArray
    means: FloatArray
    spreads: FloatArray
    active: FloatArray
    low_means: FloatArray
    output_bits: IntArray
    is_hidden: bool
    drops_alike: bool

    @property
    def units(self) -> int:
        """Number of sums."""
        return len(self.weights)

    @property
    def is_relu(self) -> bool:
        """Whether outputs are clipped at zero."""
        return self.stage.activation == "relu"

    @property
    def drops_each(self) -> bool:
        """Whether each output may lose low bits of its own."""
        return self.is_relu and self.is_hidden

    def bits_of_outputs(self, values: Values) -> IntArray:
        """Bits of the outputs in the exact model, or fewer where they saturate, shape (n_outputs,)."""
        return np.asarray(np.minimum(values["limits"], self.output_bits), dtype=np.int64)


class AffineSite(Site[AffinePart]):
    """A stage of one genome."""

    def toss(self, share: float = 0.5) -> bool:
        """Whether a random number is below ``share``."""
        return bool(self.random.random() < share)

    def sign(self) -> int:
        """1 or -1."""
        return 1 if self.toss() else -1

    def row(self) -> int:
        """A random sum."""
        return int(self.random.integers(self.part.units))

    def product(self) -> tuple[int, int]:
        """Sum and input of a random weight; zeros are taken half as often."""
        weights = self.genes["weights"]
        for _ in range(2):
            row, column = self.row(), int(self.random.integers(weights.shape[1]))
            if weights[row, column]:
                break
        return row, column

    def set_weight(self, row: int, column: int, weight: int) -> None:
        """Change a weight, and the bias by what that changes the sum in the mean."""
        change = int(self.genes["weights"][row, column]) - weight
        self.genes["weights"][row, column] = weight
        self.genes["biases"][row] += int(np.floor(change * self.part.means[column] + 0.5))


def affine_parts(model: IntegerModel, words: IntArray) -> tuple[AffinePart, ...]:
    """The stages of a model of weighted sums, with their inputs for training words (n_rows, n_features).

    Raises
    ------
    UnsupportedModelError
        If a stage is another one, reads an input twice or only some of its bits, or does not make up for bits that
        its inputs have lost.
    """
    stages = [_plain(stage) for stage in model.all_stages(Affine, "search")]
    values = np.asarray(words, dtype=np.int64)
    dropped = np.zeros(model.coding.feature_count, dtype=np.int64)
    found = []
    for number, stage in enumerate(stages):
        is_hidden = number < len(stages) - 1
        has_scale = is_hidden or stage.activation == "step" or not SCALE_FREE[type(model.decision)]
        active = (values > 0).mean(axis=0)
        widths = np.array([word.width for word in model.ranges[number]], dtype=np.int64)
        lowest = [values & (1 << bits) - 1 for bits in range(1 + int(widths.max(initial=0)))]
        tops = np.array([max(word.high, 0).bit_length() for word in model.ranges[number + 1]], dtype=np.int64)
        if (stage.weights >> dropped << dropped != stage.weights).any():
            raise UnsupportedModelError("weights behind dropped bits must be multiples", where="search", got=number)
        part = AffinePart(
            number=number,
            stage=stage,
            weights=stage.weights >> dropped,
            widths=widths,
            means=np.ldexp(values.mean(axis=0), dropped) + lost(dropped, active),
            spreads=np.ldexp(values.std(axis=0), dropped),
            active=active,
            low_means=np.mean(lowest, axis=1).T,
            output_bits=tops + stage.dropped_bits,
            is_hidden=is_hidden,
            drops_alike=not has_scale and len(set(stage.dropped_bits.tolist())) == 1,
        )
        found.append(part)
        values, dropped = stage.apply(values), stage.dropped_bits
    return tuple(found)


def lost(dropped: IntArray, active: FloatArray) -> FloatArray:
    """Mean of what outputs lose with their low bits: a bit of a positive one counts as half set."""
    return np.asarray(((1 << dropped) - 1) / 2 * active, dtype=np.float64)


def _plain(stage: Affine) -> Affine:
    """The stage with its columns in the order of its inputs."""
    if (stage.masks != WHOLE).any() or len(stage.sources) != stage.input_count:
        got, allowed = "masked inputs", "stages without masks"
        raise UnsupportedModelError("starts from exact models", where="search", got=got, allowed=allowed)
    order = np.argsort(stage.sources)
    return replace(stage, weights=stage.weights[:, order], sources=stage.sources[order])
