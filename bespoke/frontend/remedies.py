"""A sentence about what a circuit loses against the float model, and what would help."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bespoke.errors import BespokeError
from bespoke.frontend.options import QuantisationOptions
from bespoke.frontend.precision import Judge
from bespoke.model import IntegerModel

NOTED_LOSS = 0.02

# Options that are chosen where they are left out, and what is tried instead of given or default ones.
_CHOSEN = ("input_bits", "weight_bits", "leaf_bits", "input_encoding")
_FINER: tuple[dict[str, Any], ...] = (
    {"input_bits": 16},
    {"input_bits": 16, "weight_bits": 16},
    {"leaf_bits": 16},
    {"value_bits": 20},
    {"thresholds": "rows"},
    {"input_bits": 16, "leaf_bits": 16},
    {"input_bits": 16, "value_bits": 24},
)


def loss_remark(
    model: IntegerModel,
    judge: Judge,
    options: QuantisationOptions,
    again: Callable[[QuantisationOptions], IntegerModel],
) -> list[str]:
    """A sentence about a loss of more than two points on the training rows, with the options that make it less.

    Parameters
    ----------
    model : IntegerModel
    judge : Judge
    options : QuantisationOptions
        Of the model.
    again : callable
        Makes the model with other options.
    """
    if judge.loss(model)[0] <= NOTED_LOSS:
        return []
    metric = judge.task.metric
    found, wanted = judge.score_of(model), judge.float_score
    text = f"the circuit loses {100 * (wanted - found):.1f} points of {metric} on the training data"
    text += f" against the float model ({found:.3f} instead of {wanted:.3f})"
    for words, changed in _remedies(options):
        with suppress(BespokeError):
            other = again(changed)
            if judge.loss(other)[0] <= NOTED_LOSS:
                return [f"{text}; {words} gives {judge.score_of(other):.3f}"]
    return [f"{text}; more bits do not help: see whether --model-inputs and --input-words are right"]


def _remedies(options: QuantisationOptions) -> Iterator[tuple[str, QuantisationOptions]]:
    """Other options, and what they are in words."""
    usual = QuantisationOptions()
    given = [name for name in _CHOSEN if getattr(options, name) != getattr(usual, name)]
    if given:
        changed = replace(options, **{name: getattr(usual, name) for name in given})
        yield f"leaving out {' '.join(map(_flag, given))}", changed
    for finer in _FINER:
        changed = replace(options, input_encoding="auto", **finer)
        yield " ".join(f"{_flag(name)} {value}" for name, value in finer.items()), changed


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
