"""scikit-learn estimators whose predictions are those of a circuit."""

from bespoke.estimators.classifier import BespokeClassifier
from bespoke.estimators.regressor import BespokeRegressor
