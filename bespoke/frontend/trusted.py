"""Types inside steps of pipelines that skops does not trust by itself."""

from __future__ import annotations

# None runs code when it is built, and none is called by any reader of a step.
_SCORES = ("f_classif", "f_regression", "chi2", "r_regression", "f_oneway")
_LOSSES = (
    *("AbsoluteError", "ExponentialLoss", "HalfBinomialLoss", "HalfGammaLoss", "HalfMultinomialLoss"),
    *("HalfPoissonLoss", "HalfSquaredError", "HuberLoss", "PinballLoss"),
)
_LINKS = ("HalfLogitLink", "IdentityLink", "Interval", "LogLink", "LogitLink", "MultinomialLogit")
# Older releases of skops do not trust these by themselves. They hold parameters and figures of the training.
_PARTS = (
    *(f"sklearn._loss.loss.{name}" for name in _LOSSES),
    *(f"_loss.Cy{name}" for name in _LOSSES),
    *(f"sklearn._loss.link.{name}" for name in _LINKS),
    "sklearn.compose._column_transformer._RemainderColsList",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.utils._metadata_requests.MetadataRequest",
    "sklearn.utils._metadata_requests.MethodMetadataRequest",
)
STEP_TYPES = (
    *_PARTS,
    *(f"sklearn.feature_selection._univariate_selection.{name}" for name in _SCORES),
    "sklearn.feature_selection._mutual_info.mutual_info_classif",
    "sklearn.feature_selection._mutual_info.mutual_info_regression",
    "numpy.dtype",
    "numpy.mean",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
)
