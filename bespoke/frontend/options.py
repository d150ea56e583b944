"""What the user may choose about quantisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from bespoke.errors import FeatureCountError, OptionError
from bespoke.model import MAX_INPUT_BITS

InputEncoding = Literal["floor", "nearest", "auto"]
ModelInputs = Literal["raw", "unit", "auto"]
RegressorOutput = Literal["auto", "value", "label"]

DEFAULT_SUM_INPUT_BITS = 4
DEFAULT_TREE_INPUT_BITS = 8
MAX_COEFFICIENT_BITS = 24


@dataclass(frozen=True)
class QuantisationOptions:
    """Options of `quantise_estimator`; hashable when ``input_bits`` is not a mapping.

    Attributes
    ----------
    input_bits : int, tuple of int, mapping of str to int, or None
        Bits per feature, 0 to 16: for all, one by one in feature order, or by feature name (the rest keep the
        default). None is 4 for weighted sums and 8 for trees. A feature of 0 bits is always seen at its lowest
        value, as floor coding does.
    weight_bits : int or tuple of int
        Bits of a weight with its sign, 2 to 24, for all layers or one by one: ``|w_int| < 2**(bits - 1)``.
    value_bits : int
        Bits of a regression tree's output word, sign included where there is one, 1 to 24.
    input_encoding : {"floor", "nearest", "auto"}
        Rounding of the inputs; ``auto`` takes what is better on the training data.
    model_inputs : {"auto", "raw", "unit"}
        What a bare model was trained on: features as they are, or min-max scaled to [0, 1] on the training data.
        Ignored by ``auto`` where a pipeline says how it scales.
    regressor_output : {"auto", "value", "label"}
        A regressor's output word: a fixed-point value, or the index of the rounded and clipped value among the
        training targets' range. ``auto`` is ``label`` where all training targets are integers of at most
        64 consecutive values.
    """

    input_bits: int | tuple[int, ...] | Mapping[str, int] | None = None
    weight_bits: int | tuple[int, ...] = 8
    value_bits: int = 12
    input_encoding: InputEncoding = "floor"
    model_inputs: ModelInputs = "auto"
    regressor_output: RegressorOutput = "auto"

    def __post_init__(self) -> None:
        _check_choice("input encoding", self.input_encoding, get_args(InputEncoding))
        _check_choice("model inputs", self.model_inputs, get_args(ModelInputs))
        _check_choice("regressor output", self.regressor_output, get_args(RegressorOutput))
        if isinstance(self.input_bits, Mapping):
            _check_bits("input bits", list(self.input_bits.values()), 0, MAX_INPUT_BITS)
        elif self.input_bits is not None:
            _check_bits("input bits", _as_list(self.input_bits), 0, MAX_INPUT_BITS)
        _check_bits("weight bits", _as_list(self.weight_bits), 2, MAX_COEFFICIENT_BITS)
        _check_bits("value bits", [self.value_bits], 1, MAX_COEFFICIENT_BITS)

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
        if isinstance(self.input_bits, int):
            return (self.input_bits,) * len(names)
        if len(self.input_bits) != len(names):
            raise FeatureCountError(
                "one entry per feature is needed",
                where="input bits",
                got=len(self.input_bits),
                allowed=f"{len(names)} entries",
            )
        return tuple(self.input_bits)

    def bits_per_layer(self, layer_count: int) -> tuple[int, ...]:
        """Weight bits in layer order.

        Raises
        ------
        OptionError
            If a list of bits does not have one entry per layer.
        """
        if isinstance(self.weight_bits, int):
            return (self.weight_bits,) * layer_count
        if len(self.weight_bits) != layer_count:
            raise OptionError(
                "one entry per layer is needed",
                where="weight bits",
                got=len(self.weight_bits),
                allowed=f"{layer_count} entries",
            )
        return tuple(self.weight_bits)


def _as_list(bits: int | tuple[int, ...]) -> list[int]:
    return list(bits) if isinstance(bits, tuple | list) else [bits]


def _check_choice(where: str, got: str, allowed: tuple[str, ...]) -> None:
    if got not in allowed:
        raise OptionError("unknown choice", where=where, got=got, allowed=", ".join(allowed))


def _check_bits(where: str, bits: list[int], low: int, high: int) -> None:
    wrong = [b for b in bits if not isinstance(b, int) or isinstance(b, bool) or not low <= b <= high]
    if wrong:
        raise OptionError("out of range", where=where, got=wrong[0], allowed=f"whole numbers {low} to {high}")


def _listed(names: Sequence[str], limit: int = 12) -> str:
    return ", ".join(names[:limit]) + (", ..." if len(names) > limit else "")
