"""Networks of one hidden layer, or none, on few levels of each feature, trained for few gates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bespoke.families.bits import has_many_bits
from bespoke.families.family import Family, Parameters
from bespoke.families.learning import Learning
from bespoke.families.network_descent import Network, Plan, descend
from bespoke.families.size import with_fewest_digits
from bespoke.model import Affine, Argmax, Decision, IntArray, IntegerModel, Lookup, Origin, Sign, Stage, Table

_UNITS = (0, 3, 6, 10)
_CODE_BITS = (1, 2, 3, 4)
_PRICES = (0.03, 0.01, 0.003)
_LARGEST, _WORD_BITS = 8, 4


class SmallNetwork(Family):
    """Each feature is coded as the number of its levels that it reaches, where levels have as many rows in between.

    What is trained is what the circuit computes: whole numbers, dropped bits and saturation.
    """

    name = "network"
    source = (
        "Hubara et al., Quantized Neural Networks, JMLR 18, 2017 (training in whole numbers); "
        "Tibshirani, JRSS B 58, 1996 (few weights); Kingma, Ba, arXiv 1412.6980"
    )

    def suits(self, learning: Learning) -> bool:
        """Whether there are not too many samples of a Boolean function."""
        return not has_many_bits(learning)

    def candidates(self) -> Iterator[Parameters]:
        """Hidden units, bits of a coded feature, and prices of weights."""
        for units in _UNITS:
            for bits in _CODE_BITS:
                for price in _PRICES:
                    yield {"units": units, "code_bits": bits, "price": price}

    def candidates_for(self, learning: Learning) -> Iterator[Parameters]:
        """Those whose codes are not longer than the longest word."""
        longest = max(learning.coding.bits)
        return (each for each in self.candidates() if each["code_bits"] <= longest)

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Train one network."""
        levels = [_levels(column, (1 << parameters["code_bits"]) - 1) for column in learning.words.T]
        inputs = np.stack([_coded(column, own) for column, own in zip(learning.words.T, levels, strict=True)], axis=1)
        wanted = np.eye(learning.class_count)[learning.targets]
        plan = Plan(parameters["units"], _WORD_BITS, _LARGEST, parameters["price"])
        network = descend(inputs, wanted if learning.class_count > 2 else wanted[:, 1:], plan, random)
        return IntegerModel(
            learning.coding, _stages(network, learning, levels), _decision(learning), Origin(self.name, "")
        )


def _decision(learning: Learning) -> Decision:
    """The largest score; of two classes the second where the only score is at least 0, as the descent judges it."""
    return Sign(learning.classes, inclusive=True) if learning.class_count == 2 else Argmax(learning.classes)


def _levels(column: IntArray, most: int) -> IntArray:
    """Levels that a feature is compared with: all that tell rows apart, or some with as many rows in between."""
    distinct = np.unique(column)[1:]
    if len(distinct) <= most:
        return distinct
    between = np.quantile(column, np.arange(1, most + 1) / (most + 1), method="higher")
    return np.unique(np.maximum(between, distinct[0]))


def _coded(numbers: IntArray, levels: IntArray) -> IntArray:
    """How many levels each number reaches."""
    return np.searchsorted(levels, numbers, side="right").astype(np.int64)


def _stages(network: Network, learning: Learning, levels: Sequence[IntArray]) -> tuple[Stage, ...]:
    """Codes of the features that are read, and the weighted sums."""
    read = np.flatnonzero(network.weights[0].any(axis=0)).tolist() or [0]
    codes = Lookup(tuple(_table(feature, learning.coding.bits[feature], levels[feature]) for feature in read))
    weights, biases = network.weights[0][:, read], network.biases[0]
    if not network.has_units:
        return codes, Affine(with_fewest_digits(weights), biases, "identity", 0)
    dropped, kept = (np.full(len(biases), bits) for bits in (network.dropped, _WORD_BITS))
    hidden = Affine(weights, biases, "relu", 0, dropped_bits=dropped, saturation_bits=kept)
    return codes, hidden, Affine(with_fewest_digits(network.weights[1]), network.biases[1], "identity", 0)


def _table(feature: int, bits: int, levels: IntArray) -> Table:
    """The code of a feature by its word."""
    return Table.of_word(feature, _coded(np.arange(1 << bits), levels))
