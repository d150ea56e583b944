"""IntegerModel: the exact function that a circuit must have."""

from bespoke.model.coding import MAX_INPUT_BITS, ROUNDINGS, InputCoding, Rounding
from bespoke.model.decision import Decision, DecisionKind, IntArray, Label
from bespoke.model.layer import UNLIMITED, Activation, Layer
from bespoke.model.sums import IntegerMLP, IntegerSVM
from bespoke.model.text import IntegerModel, model_digest, model_from_text, model_to_text
from bespoke.model.tree import LEAF, IntegerTree

__all__ = [
    "LEAF",
    "MAX_INPUT_BITS",
    "ROUNDINGS",
    "UNLIMITED",
    "Activation",
    "Decision",
    "DecisionKind",
    "InputCoding",
    "IntArray",
    "IntegerMLP",
    "IntegerModel",
    "IntegerSVM",
    "IntegerTree",
    "Label",
    "Layer",
    "Rounding",
    "model_digest",
    "model_from_text",
    "model_to_text",
]
