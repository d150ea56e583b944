"""A classifier and a regressor whose predictions are those of the circuit compiled from a fitted estimator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin, clone
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import get_tags

from bespoke.data import CLASSIFICATION, REGRESSION
from bespoke.errors import ConstraintError, OptionError, UnsupportedModelError
from bespoke.estimators.base import CircuitClassifier, CircuitPredictor, drawn, plain
from bespoke.flow import ApproximateOptions, approximate, compile_model, unmet

# Parameters that are settings of `ApproximateOptions` by the same name.
_SETTINGS = ("input_bits", "weight_bits", "input_encoding", "technology", "vdd", "effort", "max_loss")

Estimator = Any  # scikit-learn has no types


# A dataclass, so that the constructor does what scikit-learn asks of one: it stores its parameters and no more.
@dataclass(eq=False, repr=False)
class CircuitEstimator(CircuitPredictor):
    """Parameters and steps that `BespokeClassifier` and `BespokeRegressor` share; see there."""

    estimator: Estimator = None
    _: KW_ONLY
    input_bits: int | Sequence[int] | Mapping[str, int] | None = None
    weight_bits: int | Sequence[int] | None = None
    input_encoding: Literal["floor", "nearest", "auto"] | None = None
    technology: str | None = None
    vdd: float | Literal["best"] | None = None
    effort: Literal["fast", "high"] | None = None
    approximate: bool = False
    max_loss: float | None = None
    options: ApproximateOptions | None = None
    random_state: int | np.random.RandomState | None = None

    _default: ClassVar[Estimator]
    _task: ClassVar[str]
    _other: ClassVar[str]  # the class for estimators of the other kind

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803  scikit-learn's name
        """Train the estimator and compile it.

        Parameters
        ----------
        X : array_like of float, shape (n_samples, n_features)
            Raw features; their range is what the circuit's inputs cover, unless a MinMaxScaler in the pipeline says
            otherwise.
        y : array_like, shape (n_samples,)
            Class labels, which are numbers, strings or booleans; or values.

        Returns
        -------
        CircuitEstimator
            The estimator itself.

        Raises
        ------
        ValueError
            If the rows, labels or values are unusable.
        BespokeError
            If an option is out of range, or the estimator cannot be compiled.
        """
        features, targets = self._checked(X, y)
        self._compile(features, targets)
        return self

    def _compile(self, features: NDArray[Any], targets: NDArray[Any]) -> None:
        """Fit a clone of the estimator, or of the default one, and compile it with all rows as training rows."""
        seed = drawn(self.random_state)
        options = self._all_options(seed)
        self.estimator_ = self._unfitted(seed)
        self.estimator_.fit(features, targets)
        data = self._dataset(features, targets, self._task)
        if not self.approximate:
            self.__dict__.pop("front_", None)
            self.design_ = compile_model(self.estimator_, dataset=data, options=options.compile)
            return
        self.front_ = approximate(self.estimator_, dataset=data, options=options)
        if self.front_.chosen is None:
            raise ConstraintError(unmet(self.front_, self.front_.constraint), where=type(self).__name__)
        self.design_ = self.front_.chosen

    def _all_options(self, seed: int | None) -> ApproximateOptions:
        given = {name: plain(getattr(self, name)) for name in _SETTINGS}
        if seed is not None:
            given |= {"seed": seed, "search_seed": seed}
        # The estimator is fitted to raw rows here, and rows are held out by whoever calls `fit`.
        fixed = {"model_inputs": "raw", "test_size": 0.0, **self._output_settings()}
        wanted = {name: value for name, value in given.items() if value is not None}
        return (self.options or ApproximateOptions()).with_settings(**wanted, **fixed)

    def _unfitted(self, seed: int | None) -> Estimator:
        """Clone of the estimator, with the seed wherever it has a place for one."""
        wanted, kind = self._default if self.estimator is None else self.estimator, get_tags(self).estimator_type
        if isinstance(wanted, type) or not hasattr(wanted, "fit"):
            raise OptionError("not an estimator", where="estimator", got=repr(wanted), allowed=f"a {kind}")
        if get_tags(wanted).estimator_type != kind:
            raise UnsupportedModelError(f"a {kind} is needed", got=wanted, allowed=f"or {self._other}")
        copy = clone(wanted)
        if seed is not None:
            names = [name for name in copy.get_params() if name == "random_state" or name.endswith("__random_state")]
            copy.set_params(**dict.fromkeys(names, seed))
        return copy

    def _output_settings(self) -> dict[str, Any]:
        return {}


@dataclass(eq=False, repr=False)
class BespokeClassifier(CircuitClassifier, CircuitEstimator):
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
        Bits of the inputs: of all, one by one, or by feature name. None are the fewest that lose little on the rows of
        `fit`, as for `bespoke.compile_model`.
    weight_bits : int, sequence of int, or None
        Bits of the weights with their sign, of all layers or one by one; None are the fewest, too.
    input_encoding : {"floor", "nearest", "auto"} or None
        Rounding of the inputs; None is "auto".
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

    _default: ClassVar[Estimator] = DecisionTreeClassifier(max_depth=6)
    _task: ClassVar[str] = CLASSIFICATION
    _other: ClassVar[str] = "BespokeRegressor"


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

    # Every leaf holds a value of its own, so that deep trees get large.
    _default: ClassVar[Estimator] = DecisionTreeRegressor(max_depth=3)
    _task: ClassVar[str] = REGRESSION
    _other: ClassVar[str] = "BespokeClassifier"

    def _output_settings(self) -> dict[str, Any]:
        bits = {} if self.value_bits is None else {"value_bits": int(self.value_bits)}
        return {"regressor_output": self.regressor_output, **bits}
