"""Argmax that looks at fewer bits of the scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bespoke.approx.change import Approximated, Change, SumModel, replaced, sum_model
from bespoke.errors import OptionError, UnsupportedModelError
from bespoke.model import IntegerModel


@dataclass(frozen=True, slots=True)
class ArgmaxOptions:
    """Low bits that the comparisons do not see, and a linear function taken from all scores before (bias last)."""

    dropped_bits: int
    common: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.dropped_bits < 0:
            raise OptionError("must not be negative", where="argmax", got=self.dropped_bits, allowed="0 or more")


def shorten_argmax(model: IntegerModel, options: ArgmaxOptions) -> Approximated[SumModel]:
    """Compare ``score >> d`` instead of the scores, ties to the lowest class.

    Classes whose scores differ by less than ``2**d`` may be confused (Armeniakos et al., IEEE TC 72, 2023, compare
    only some bits). Since what is common to all scores no longer cancels behind the shift, a circuit generator
    cannot choose it freely any more: ``common`` fixes it (see `subtract_common`).
    """
    current = subtract_common(model, options.common).model if options.common else sum_model(model, "argmax")
    last = current.layers[-1]
    if current.decision.kind != "argmax":
        raise UnsupportedModelError("no argmax to shorten", got=current.decision.kind, allowed="argmax")
    dropped = last.dropped_bits + options.dropped_bits
    text = f"scores compared without their {int(dropped[0])} lowest bits"
    new = replaced(current, {len(current.layers) - 1: replace(last, dropped_bits=dropped)})
    return Approximated(new, Change("argmax", options.dropped_bits, text))


def subtract_common(model: IntegerModel, common: Sequence[int]) -> Approximated[SumModel]:
    """Subtract a linear function of the last layer's columns (weights, then bias) from all scores of an argmax.

    The decision stays the same.
    """
    current = sum_model(model, "argmax")
    last = current.layers[-1]
    if current.decision.kind != "argmax" or last.dropped_bits.any():
        raise UnsupportedModelError("no whole scores of an argmax", got=current.decision.kind, allowed="argmax")
    if len(common) != last.weights.shape[1] + 1:
        allowed = str(last.weights.shape[1] + 1)
        raise OptionError(
            "one number per column and one for the bias", where="common", got=len(common), allowed=allowed
        )
    less = np.array(common, dtype=np.int64)
    layer = replace(last, weights=last.weights - less[:-1], biases=last.biases - less[-1])
    count = int(np.count_nonzero(less))
    change = Change("common part", count, f"a linear function with {count} terms taken from all scores")
    return Approximated(replaced(current, {len(current.layers) - 1: layer}), change)
