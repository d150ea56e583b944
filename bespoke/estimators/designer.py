"""A classifier that looks for its circuit itself, over all kinds of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from bespoke.data import CLASSIFICATION
from bespoke.errors import ConstraintError
from bespoke.estimators.base import CircuitClassifier, drawn, plain
from bespoke.flow import DesignOptions, design_from_data


@dataclass(eq=False, repr=False)
class BespokeDesigner(CircuitClassifier):
    """Find the best circuit that a power source can run, of all kinds of models, and predict as it does.

    `fit` does what ``bespoke design`` does: it compares many candidates of all families of models by cross-validation
    inside the rows given to it, and builds the circuits of the best. All these rows are training rows: keep test rows
    out of it, by `sklearn.model_selection` for instance.

    Parameters
    ----------
    source : {"harvester", "bluespark", "molex"} or None
        Power source that must suffice for the circuit and its converters: 0.1, 3 or 30 mW.
    max_power_mw, max_area_cm2 : float or None
        Largest power in mW, instead of a source, and largest area in cm2.
    min_accuracy : float or None
        Least promised accuracy. With it or ``max_loss`` the circuit that keeps all limits with the least of
        ``minimise`` is chosen, else the most accurate one.
    max_loss : float or None
        Largest loss of promised accuracy against the best float model.
    minimise : {"area", "power", "delay"} or None
        None is "power".
    families : sequence of str or None
        Kinds of models, see `bespoke design --help`; None are all.
    candidates : int or None
        Candidates that are tried, whatever time it takes, so that the same rows give the same circuit in every run.
        None are as many as ``budget_s`` allows.
    budget_s : float or None
        Seconds after which no new candidate is tried, and as many again until no further circuit is begun; None is 60.
    input_bits : int, mapping of str to int, or None
        Bits of the inputs, of all or by feature name; None is 4, fewer for whole numbers that need no more.
    inputs : {"binary", "unary"}, mapping of str to these, or None
        A word of each feature, or a wire for each level that the circuit reads; None is "unary".
    converters : str or None
        Converters in front of the circuit, a name of ``bespoke tech list`` or a file; None is "date24".
    technology : str or None
        Name of a technology, or path of a Liberty file; None is "egfet".
    vdd : float, "best" or None
        Supply voltage in V; None is the technology's own.
    jobs : int or None
        Processes; the circuits of a given number of candidates do not depend on it. None is 2.
    options : bespoke.DesignOptions or None
        All other options. The parameters above come first where they are not None, and the rows of `fit` are not
        split, whatever ``options`` say.
    random_state : int, RandomState or None
        Seed of the cross-validation and of all training; with None that of ``options``.

    Attributes
    ----------
    answer_ : bespoke.flow.Answer
        All circuits that were found: ``points``, ``best``, ``float_models``. ``design_`` is the chosen one.
    design_ : bespoke.Design
        The circuit: ``system``, ``estimate``, ``to_verilog``, ``verify``.
    classes_ : ndarray, shape (n_classes,)
        Class labels; the circuit puts out the index.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Names of the columns, if the rows given to `fit` had any.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from bespoke import BespokeDesigner
    >>> X, y = load_iris(return_X_y=True)
    >>> circuit = BespokeDesigner("bluespark", families=("tree",), candidates=12, jobs=1).fit(X, y)
    >>> bool(circuit.score(X, y) > 0.9), circuit.design_.system.power_mw < 3
    (True, True)
    >>> [point.family for point in circuit.answer_.points][:1]
    ['tree']
    """

    source: Literal["harvester", "bluespark", "molex"] | None = None
    _: KW_ONLY
    max_power_mw: float | None = None
    max_area_cm2: float | None = None
    min_accuracy: float | None = None
    max_loss: float | None = None
    minimise: Literal["area", "power", "delay"] | None = None
    families: Sequence[str] | None = None
    candidates: int | None = None
    budget_s: float | None = None
    input_bits: int | Mapping[str, int] | None = None
    inputs: str | Mapping[str, str] | None = None
    converters: str | None = None
    technology: str | None = None
    vdd: float | Literal["best"] | None = None
    jobs: int | None = None
    options: DesignOptions | None = None
    random_state: int | np.random.RandomState | None = None

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803  scikit-learn's name
        """Find the circuits that are possible, and choose one.

        Parameters
        ----------
        X : array_like of float, shape (n_samples, n_features)
            Raw features; their range is what the circuit's inputs cover.
        y : array_like, shape (n_samples,)
            Class labels, which are numbers, strings or booleans.

        Returns
        -------
        BespokeDesigner
            The estimator itself.

        Raises
        ------
        ValueError
            If the rows or labels are unusable.
        ConstraintError
            If no circuit keeps the limits; ``answer_`` has those that there are.
        BespokeError
            If an option is out of range.
        """
        features, labels = self._checked(X, y)
        if len(self.classes_) < 2:
            raise ValueError(f"circuits tell classes apart, but all rows are of one class, {self.classes_[0]!r}")
        self.answer_ = design_from_data(self._dataset(features, labels, CLASSIFICATION), self._all_options())
        chosen = self.answer_.chosen
        if chosen is None:
            raise ConstraintError(self.answer_.unmet, where=type(self).__name__)
        self.design_ = chosen.design
        return self

    def _all_options(self) -> DesignOptions:
        given = self.get_params(deep=False)
        seed = drawn(given.pop("random_state"))
        # Only a limit on the loss asks for float models, and rows are held out by whoever calls `fit`.
        base = given.pop("options") or DesignOptions(float_budget_s=30.0 if self.max_loss is not None else 0.0)
        given |= {"seed": seed, "race_seed": seed}
        wanted = {name: plain(value) for name, value in given.items() if value is not None}
        return base.with_settings(**wanted, test_size=0.0)
