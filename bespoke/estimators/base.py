"""What estimators whose predictions are those of a circuit have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from bespoke.data import Dataset
from bespoke.flow import Design, Verification
from bespoke.model import IntArray

_SEEDS = 2**31


class CircuitPredictor(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """An estimator that `fit` gives a ``design_``, a circuit, as which it predicts."""

    def predict(self, X: ArrayLike) -> NDArray[Any]:  # noqa: N803  scikit-learn's name
        """Class labels or values that the circuit gives.

        Parameters
        ----------
        X : array_like of float, shape (n_samples, n_features)
            Raw features. What lies outside the range of the rows of `fit` is seen as the end of that range.

        Returns
        -------
        ndarray, shape (n_samples,)
        """
        design = self._design()
        table = validate_data(self, X, dtype=np.float64, reset=False)
        return self._decoded(design.outputs(design.model.coding.quantise(table)))

    def verify(self, *, formal: bool = True) -> Verification:
        """Compare integer model, simulator, Icarus Verilog and proof of the circuit; `fit` does not.

        Parameters
        ----------
        formal : bool
            Prove the netlist, too.

        Returns
        -------
        Verification
            Its ``agrees`` says that nothing was refuted.
        """
        return self._design().verify(formal=formal)

    def _design(self) -> Design:
        check_is_fitted(self, "design_")
        design: Design = self.design_
        return design

    # Targets are numbers unless a class says otherwise.
    def _checked(self, features: ArrayLike, targets: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
        rows, values = validate_data(self, features, targets, dtype=np.float64, y_numeric=True)
        return rows, values

    def _decoded(self, words: IntArray) -> NDArray[Any]:
        return self._design().model.decision.decode(words).astype(np.float64)

    def _dataset(self, features: NDArray[Any], targets: NDArray[Any], task: str) -> Dataset:
        """The rows of `fit`, with the names of their columns if they have any."""
        names = getattr(self, "feature_names_in_", [f"x{number}" for number in range(features.shape[1])])
        return Dataset("rows of fit", tuple(map(str, names)), features, targets, task)


class CircuitClassifier(ClassifierMixin, CircuitPredictor):  # type: ignore[misc]  # scikit-learn has no types
    """One whose circuit puts out the index of a class."""

    def _checked(self, features: ArrayLike, targets: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
        rows, labels = validate_data(self, features, targets, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        return rows, labels

    def _decoded(self, words: IntArray) -> NDArray[Any]:
        labels: NDArray[Any] = self.classes_[words]
        return labels


def drawn(random_state: int | np.random.RandomState | None) -> int | None:
    """The seed that scikit-learn's parameter stands for; None stands for none."""
    if random_state is None or isinstance(random_state, int):
        return random_state
    return int(check_random_state(random_state).randint(_SEEDS))


def plain(value: object) -> object:
    """Numbers of numpy and lists, as grids of parameters have them, in the form in which options take them."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return tuple(plain(item) for item in value)
    return value.item() if isinstance(value, np.generic) else value
