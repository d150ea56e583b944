"""IntegerModel: the exact function that a circuit must have."""

from bespoke.model.affine import UNLIMITED, WHOLE, Activation, Affine
from bespoke.model.boundary import (
    INPUT_CODES,
    BinaryCode,
    Boundary,
    InputCode,
    InputCodeName,
    ThermometerCode,
    codes_by_name,
    input_code,
)
from bespoke.model.coding import MAX_INPUT_BITS, ROUNDINGS, InputCoding, Rounding, feature_table
from bespoke.model.compare import Compare
from bespoke.model.decision import UNKNOWN, Argmax, ClassLabel, Decision, Index, Label, Sign, Value, Votes
from bespoke.model.gates import Gates
from bespoke.model.inexact import EXACT, InexactSums, LowBit, LowPart
from bespoke.model.integer_model import IntegerModel, Origin, replaced
from bespoke.model.lookup import Lookup, Table
from bespoke.model.masks import Masks
from bespoke.model.shortcut import Shortcut
from bespoke.model.stage import IntArray, Stage
from bespoke.model.summands import Summand, affine_of_summands, summands
from bespoke.model.text import DECISIONS, STAGES, model_digest, model_from_text, model_to_text
from bespoke.model.text_codes import TextCodes
from bespoke.model.trees import LEAF, Trees, leaves_reached
