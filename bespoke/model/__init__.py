"""IntegerModel: the exact function that a circuit must have."""

from bespoke.model.affine import UNLIMITED, WHOLE, Activation, Affine
from bespoke.model.coding import MAX_INPUT_BITS, ROUNDINGS, InputCoding, Rounding
from bespoke.model.compare import Compare
from bespoke.model.decision import UNKNOWN, Argmax, ClassLabel, Decision, Index, Label, Sign, Value, Votes
from bespoke.model.gates import Gates
from bespoke.model.integer_model import IntegerModel, Origin, replaced
from bespoke.model.lookup import Lookup, Table
from bespoke.model.stage import IntArray, Stage
from bespoke.model.text import DECISIONS, STAGES, model_digest, model_from_text, model_to_text
from bespoke.model.trees import LEAF, Trees

__all__ = [
    "DECISIONS",
    "LEAF",
    "MAX_INPUT_BITS",
    "ROUNDINGS",
    "STAGES",
    "UNKNOWN",
    "UNLIMITED",
    "WHOLE",
    "Activation",
    "Affine",
    "Argmax",
    "ClassLabel",
    "Compare",
    "Decision",
    "Gates",
    "Index",
    "InputCoding",
    "IntArray",
    "IntegerModel",
    "Label",
    "Lookup",
    "Origin",
    "Rounding",
    "Sign",
    "Stage",
    "Table",
    "Trees",
    "Value",
    "Votes",
    "model_digest",
    "model_from_text",
    "model_to_text",
    "replaced",
]
