"""What the user may choose about quantisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from bespoke.errors import BespokeError, FeatureCountError, OptionError
from bespoke.model import MAX_INPUT_BITS
from bespoke.options import Rule, check_options, one_of, option, option_fault, whole

InputEncoding = Literal["floor", "nearest", "auto"]
ModelInputs = Literal["raw", "unit", "auto"]
RegressorOutput = Literal["auto", "value", "label"]
InputWords = Literal["auto", "none", "all"]
Thresholds = Literal["auto", "rows", "grid"]
OpenBits = Literal["weight_bits", "leaf_bits"]

# Bits up to which open ones are chosen. More change no answer: an MLP on vehicle, whose features have outliers, needs 7
# bits of its inputs and 12 of its weights, the most of what `benchmarks/defaults.py` measures.
MOST_INPUT_BITS = 12
MOST_WEIGHT_BITS = 12
MAX_COEFFICIENT_BITS = 24
# Leaves of few rows in boosted trees can be a hundred times the others, as on pendigits: it needs 8 bits.
LEAST_LEAF_BITS = 6
MOST_LEAF_BITS = 12
MAX_LEAF_BITS = 16
DEFAULT_ACTIVATION_BITS = 8
MAX_ACTIVATION_BITS = 14


def _bits(low: int, high: int, *each: type) -> Rule:
    return whole(low, high, "whole numbers ", each)


_WORDS = Rule(
    "not words",
    "auto, none, all, or names of features in a tuple",
    lambda value: value in get_args(InputWords) if isinstance(value, str) else isinstance(value, tuple),
)


@dataclass(frozen=True)
class QuantisationOptions:
    """Options of `quantise_estimator`; hashable when ``input_bits`` is not a mapping.

    Attributes
    ----------
    input_bits : int, tuple of int, mapping of str to int, or None
        Bits per feature, 0 to 16: for all, one by one in feature order, or by feature name. None, and features that
        are not named, have the fewest bits up to 12 that lose at most half a point on the training data, see
        `bespoke.frontend.precision.fewest_bits`. A feature of 0 bits is always seen at its lowest value.
    weight_bits : int, tuple of int, or None
        Bits of a weight with its sign, 2 to 24, for all layers or one by one: ``|w_int| < 2**(bits - 1)``. None are the
        fewest bits, up to 12.
    value_bits : int
        Bits of a regression tree's output word, sign included where there is one, 1 to 24.
    leaf_bits : int or None
        Bits of a leaf of an ensemble of trees, 1 to 16: the leaves of a tree spread over at most ``2**leaf_bits`` steps
        of a grid that all trees share. None are the fewest bits from 6 up to 12.
    activation_bits : int
        Bits of a sum in front of a logistic or tanh activation, and of the activation itself, 2 to 14: it is a table.
    input_words : {"auto", "none", "all"} or tuple of str
        Features that are words already, such as those of a converter: whole numbers, of which word ``w`` stands for
        ``low + w``. ``auto`` finds those whose range fits their bits.
    thresholds : {"auto", "grid", "rows"}
        Where thresholds of trees lie: at the grid value below, ``floor(t * 2**bits)``, so that the circuit is the tree
        on the input grid, or moved between the words of the training rows. ``auto`` moves those of features of whole
        numbers that their words tell apart.
    input_encoding : {"floor", "nearest", "auto"}
        Rounding of the inputs; ``auto`` takes what loses less on the training data.
    model_inputs : {"auto", "raw", "unit"}
        What a bare model was trained on: features as they are, or min-max scaled to [0, 1] on the training data.
        Ignored by ``auto`` where a pipeline says how it scales.
    regressor_output : {"auto", "value", "label"}
        A regressor's output word: a fixed-point value, judged by R2, or the index of the rounded and clipped value in
        the range of the training targets, which are integers of at most 64 consecutive values. ``auto`` is ``value``.
    """

    input_bits: int | tuple[int, ...] | Mapping[str, int] | None = option(
        None, _bits(0, MAX_INPUT_BITS, tuple, list, Mapping)
    )
    weight_bits: int | tuple[int, ...] | None = option(None, _bits(2, MAX_COEFFICIENT_BITS, tuple, list))
    value_bits: int = option(12, _bits(1, MAX_COEFFICIENT_BITS))
    activation_bits: int = option(DEFAULT_ACTIVATION_BITS, _bits(2, MAX_ACTIVATION_BITS))
    leaf_bits: int | None = option(None, _bits(1, MAX_LEAF_BITS))
    input_words: InputWords | tuple[str, ...] = option("auto", _WORDS)
    thresholds: Thresholds = option("auto", one_of(get_args(Thresholds)))
    input_encoding: InputEncoding = option("auto", one_of(get_args(InputEncoding)))
    model_inputs: ModelInputs = option("auto", one_of(get_args(ModelInputs)))
    regressor_output: RegressorOutput = option("auto", one_of(get_args(RegressorOutput)))

    def __post_init__(self) -> None:
        check_options(self, lambda name, value, rule: option_fault(name.replace("_", " "), value, rule))

    def bits_per_feature(self, names: Sequence[str], default: int) -> tuple[int, ...]:
        """Input bits in feature order.

        Raises
        ------
        FeatureCountError
            If a list of bits does not have one entry per feature.
        OptionError
            If a mapping names an unknown feature.
        """
        if self.input_bits is None:
            return (default,) * len(names)
        if isinstance(self.input_bits, Mapping):
            unknown = sorted(set(self.input_bits) - set(names))
            if unknown:
                raise OptionError("unknown feature", where="input bits", got=unknown[0], allowed=_listed(names))
            return tuple(self.input_bits.get(name, default) for name in names)
        return _per(len(names), self.input_bits, ("input bits", "feature"), FeatureCountError)

    def bits_per_layer(self, layer_count: int) -> tuple[int, ...]:
        """Weight bits in layer order; the most where they are open.

        Raises
        ------
        OptionError
            If a list of bits does not have one entry per layer.
        """
        return _per(layer_count, self.weight_bits or MOST_WEIGHT_BITS, ("weight bits", "layer"), OptionError)


def _per(count: int, bits: int | tuple[int, ...], words: tuple[str, str], fault: type[BespokeError]) -> tuple[int, ...]:
    """Bits one by one, of all or given as such; ``words`` say what they are, and of what."""
    if isinstance(bits, int):
        return (bits,) * count
    if len(bits) != count:
        where, entry = words
        raise fault(f"one entry per {entry} is needed", where=where, got=len(bits), allowed=f"{count} entries")
    return tuple(bits)


def _listed(names: Sequence[str], limit: int = 12) -> str:
    return ", ".join(names[:limit]) + (", ..." if len(names) > limit else "")
