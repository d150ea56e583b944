"""The families of operators by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from bespoke.arith.operators.ama import MirrorAdder
from bespoke.arith.operators.eta import ErrorTolerantAdder
from bespoke.arith.operators.inexact_popcount import MajorityPopcount
from bespoke.arith.operators.loa import LowerPartOrAdder
from bespoke.arith.operators.operator import Operator
from bespoke.arith.operators.popcount import Popcount
from bespoke.arith.operators.popcount_compare import PopcountGreater
from bespoke.arith.operators.product import (
    AlphabetProduct,
    DynamicRangeProduct,
    LogarithmicProduct,
    PerforatedProduct,
    TruncatedProduct,
)
from bespoke.arith.operators.truncated import TruncatedAdder
from bespoke.arith.operators.truncated_compare import TruncatedArgmax, TruncatedGreater
from bespoke.arith.operators.windowed import GearAdder, QuadAdder, SegmentedAdder
from bespoke.errors import OptionError

FAMILIES: Mapping[str, type[Operator]] = {
    "truncated": TruncatedAdder,
    "loa": LowerPartOrAdder,
    "eta1": ErrorTolerantAdder,
    "eta2": SegmentedAdder,
    "ama": MirrorAdder,
    "gear": GearAdder,
    "quad": QuadAdder,
    "popcount": Popcount,
    "majority_popcount": MajorityPopcount,
    "popcount_greater": PopcountGreater,
    "truncated_greater": TruncatedGreater,
    "truncated_argmax": TruncatedArgmax,
    "perforated_product": PerforatedProduct,
    "alphabet_product": AlphabetProduct,
    "truncated_product": TruncatedProduct,
    "logarithmic_product": LogarithmicProduct,
    "drum_product": DynamicRangeProduct,
}


def make_operator(family: str, parameters: Mapping[str, int | tuple[int, ...]]) -> Operator:
    """Operator of a family; parameters that are not given have their defaults.

    Raises
    ------
    OptionError
        If the family, a parameter or a value is unknown.
    """
    kind = FAMILIES.get(family)
    if kind is None:
        raise OptionError("unknown family of operators", got=family, allowed=", ".join(FAMILIES))
    known = {field.name: type(field.default) for field in fields(kind)}
    for name, value in parameters.items():
        if name not in known:
            raise OptionError("unknown parameter", where=family, got=name, allowed=", ".join(known))
        if not isinstance(value, known[name]):
            allowed = "numbers with commas" if known[name] is tuple else "one number"
            raise OptionError("wrong kind of value", where=f"{family}: {name}", got=value, allowed=allowed)
    return kind(**parameters)
