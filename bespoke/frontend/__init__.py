"""Fitted estimators -> IntegerModel."""

from bespoke.frontend.estimators import SUPPORTED_ESTIMATORS
from bespoke.frontend.inputs import FloatPredictor
from bespoke.frontend.labels import as_labels
from bespoke.frontend.load import Loaded, is_integer_model, load_estimator, read_model, save_model
from bespoke.frontend.options import (
    InputEncoding,
    ModelInputs,
    QuantisationOptions,
    RegressorOutput,
)
from bespoke.frontend.quantise import Quantised, quantise_estimator
from bespoke.frontend.scaling import InputRange, Scaling
from bespoke.frontend.text_features import text_codes
from bespoke.frontend.words import input_coding, is_word
