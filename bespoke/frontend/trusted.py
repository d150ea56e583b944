"""Types inside steps of pipelines that skops does not trust by itself."""

from __future__ import annotations

# None runs code when it is built, and none is called by any reader of a step.
_SCORES = ("f_classif", "f_regression", "chi2", "r_regression", "f_oneway")
STEP_TYPES = (
    *(f"sklearn.feature_selection._univariate_selection.{name}" for name in _SCORES),
    "sklearn.feature_selection._mutual_info.mutual_info_classif",
    "sklearn.feature_selection._mutual_info.mutual_info_regression",
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
)
