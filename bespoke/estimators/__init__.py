"""scikit-learn estimators whose predictions are those of a circuit."""

from bespoke.estimators.circuit import BespokeClassifier, BespokeRegressor
from bespoke.estimators.designer import BespokeDesigner
