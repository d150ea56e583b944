"""A classifier whose predictions are those of a circuit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from bespoke.data import CLASSIFICATION
from bespoke.estimators.circuit import CircuitEstimator

DEFAULT_DEPTH = 6


@dataclass(eq=False, repr=False)
class BespokeClassifier(ClassifierMixin, CircuitEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Fit a classifier, compile it, and predict as its circuit does.

    `fit` trains a clone of ``estimator``, quantises it and compiles it; `predict` simulates the mapped netlist, which
    was compared with its integer model on all rows of `fit` (`verify` compares more executors, and proves it). All
    rows given to `fit` are training rows: keep test rows out of it, by `sklearn.model_selection` for instance.

    Parameters
    ----------
    estimator : estimator or None
        A classifier that `bespoke.compile_model` can compile: bare, in a Pipeline with scalers, or in a search. None
        is ``DecisionTreeClassifier(max_depth=6)``. To compile one that is fitted already, use `bespoke.compile_model`.
    input_bits : int, sequence of int, mapping of str to int, or None
        Bits of the inputs: of all, one by one, or by feature name. None is 4 for weighted sums and 8 for trees.
    weight_bits : int, sequence of int, or None
        Bits of the weights with their sign, of all layers or one by one; None is 8.
    input_encoding : {"floor", "nearest", "auto"} or None
        Rounding of the inputs; None is "floor".
    technology : str or None
        Name of a technology, or path of a Liberty file; None is "egfet".
    vdd : float, "best" or None
        Supply voltage in V; None is the technology's own.
    effort : {"fast", "high"} or None
        "high" searches longer for a smaller circuit; None is "fast".
    approximate : bool
        Whether to search for a smaller circuit that loses a little accuracy; this takes minutes rather than seconds.
    max_loss : float or None
        Largest loss of assured accuracy on the rows of `fit`, where ``approximate``; None is 0.01.
    options : bespoke.ApproximateOptions or None
        All other options. The parameters above come first where they are not None, and the rows of `fit` are not
        split, whatever ``options`` say.
    random_state : int, RandomState or None
        Seed of the estimator and all its steps, of the search and of the testbench. With None the estimator keeps its
        own, and ``options`` have those of the others.

    Attributes
    ----------
    estimator_ : estimator
        The fitted float model.
    design_ : bespoke.Design
        The circuit: ``estimate``, ``accuracies``, ``to_verilog``, ``verify``.
    front_ : bespoke.ParetoFront
        Where ``approximate``, all that the search found; ``design_`` is its chosen design.
    classes_ : ndarray, shape (n_classes,)
        Class labels; the circuit puts out the index.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Names of the columns, if the rows given to `fit` had any.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from bespoke import BespokeClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> circuit = BespokeClassifier(DecisionTreeClassifier(max_depth=3, random_state=0), input_bits=4).fit(X, y)
    >>> circuit.predict(X[[0, 60, 120]])
    array([0, 1, 2])
    >>> circuit.design_.estimate.area_mm2 < 5
    True
    >>> bool(cross_val_score(circuit, X, y, cv=3).mean() > 0.9)
    True
    """

    _kind: ClassVar[str] = "classifier"
    _other: ClassVar[str] = "BespokeRegressor"

    def fit(self, X: ArrayLike, y: ArrayLike) -> BespokeClassifier:  # noqa: N803  scikit-learn's name
        """Train the estimator and compile it.

        Parameters
        ----------
        X : array_like of float, shape (n_samples, n_features)
            Raw features; their range is what the circuit's inputs cover, unless a MinMaxScaler in the pipeline says
            otherwise.
        y : array_like, shape (n_samples,)
            Class labels: numbers, strings or booleans.

        Returns
        -------
        BespokeClassifier
            The estimator itself.

        Raises
        ------
        ValueError
            If the rows or labels are unusable.
        BespokeError
            If an option is out of range, or the estimator cannot be compiled.
        """
        features, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        self._compile(DecisionTreeClassifier(max_depth=DEFAULT_DEPTH), features, labels, CLASSIFICATION)
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:  # noqa: N803  scikit-learn's name
        """Class labels that the circuit gives.

        Parameters
        ----------
        X : array_like of float, shape (n_samples, n_features)
            Raw features. What lies outside the range of the rows of `fit` is seen as the end of that range.

        Returns
        -------
        ndarray, shape (n_samples,)
        """
        words = self._outputs(X)
        labels: NDArray[Any] = self.classes_[words]
        return labels
