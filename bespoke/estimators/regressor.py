"""A regressor whose predictions are those of a circuit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.validation import validate_data

from bespoke.data import REGRESSION
from bespoke.estimators.circuit import CircuitEstimator

DEFAULT_DEPTH = 3  # every leaf holds a value of its own, so that deep trees get large


@dataclass(eq=False, repr=False)
class BespokeRegressor(RegressorMixin, CircuitEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Fit a regressor, compile it, and predict as its circuit does.

    As `BespokeClassifier`, for regressors.

    Parameters
    ----------
    estimator : estimator or None
        A regressor that `bespoke.compile_model` can compile: bare, in a Pipeline with scalers, or in a search. None
        is ``DecisionTreeRegressor(max_depth=3)``.
    input_bits, weight_bits, input_encoding, technology, vdd, effort, approximate, options, random_state
        As of `BespokeClassifier`.
    max_loss : float or None
        Largest loss of the assured coefficient of determination on the rows of `fit`, where ``approximate``; None is
        0.01.
    regressor_output : {"value", "label", "auto"}
        Output word: a fixed-point value, or the value rounded and clipped to the range of whole-number targets; "auto"
        is "label" where all targets are whole numbers in a moderate range.
    value_bits : int or None
        Bits of the value that a regression tree puts out; None is 12.

    Attributes
    ----------
    estimator_ : estimator
        The fitted float model.
    design_ : bespoke.Design
        The circuit: ``estimate``, ``accuracies``, ``to_verilog``, ``verify``.
    front_ : bespoke.ParetoFront
        Where ``approximate``, all that the search found; ``design_`` is its chosen design.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Names of the columns, if the rows given to `fit` had any.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from bespoke import BespokeRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> circuit = BespokeRegressor(Ridge(alpha=0.1), input_bits=5, weight_bits=6).fit(X, y)
    >>> bool(circuit.score(X, y) > circuit.estimator_.score(X, y) - 0.02)
    True
    """

    regressor_output: Literal["value", "label", "auto"] = "value"
    value_bits: int | None = None

    _kind: ClassVar[str] = "regressor"
    _other: ClassVar[str] = "BespokeClassifier"

    def fit(self, X: ArrayLike, y: ArrayLike) -> BespokeRegressor:  # noqa: N803  scikit-learn's name
        """Train the estimator and compile it.

        Parameters
        ----------
        X : array_like of float, shape (n_samples, n_features)
            Raw features; their range is what the circuit's inputs cover, unless a MinMaxScaler in the pipeline says
            otherwise.
        y : array_like of float, shape (n_samples,)

        Returns
        -------
        BespokeRegressor
            The estimator itself.

        Raises
        ------
        ValueError
            If the rows or targets are unusable.
        BespokeError
            If an option is out of range, or the estimator cannot be compiled.
        """
        features, targets = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        self._compile(DecisionTreeRegressor(max_depth=DEFAULT_DEPTH), features, targets, REGRESSION)
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:  # noqa: N803  scikit-learn's name
        """Values that the circuit gives.

        Parameters
        ----------
        X : array_like of float, shape (n_samples, n_features)
            Raw features. What lies outside the range of the rows of `fit` is seen as the end of that range.

        Returns
        -------
        ndarray of float64, shape (n_samples,)
        """
        words = self._outputs(X)
        values: NDArray[Any] = self._design().model.decision.decode(words).astype(np.float64)
        return values

    def _output_settings(self) -> dict[str, Any]:
        bits = {} if self.value_bits is None else {"value_bits": int(self.value_bits)}
        return {"regressor_output": self.regressor_output, **bits}
