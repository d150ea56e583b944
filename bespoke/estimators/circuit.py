"""What both estimators are: a fitted estimator and the circuit that is compiled from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from bespoke.data import Dataset
from bespoke.errors import ConstraintError, OptionError, UnsupportedModelError
from bespoke.flow import ApproximateOptions, Design, Verification, approximate, compile_model, unmet
from bespoke.model import IntArray

_SEEDS = 2**31
# Parameters that are settings of `ApproximateOptions` by the same name.
_SETTINGS = ("input_bits", "weight_bits", "input_encoding", "technology", "vdd", "effort", "max_loss")

Estimator = Any  # scikit-learn has no types


# A dataclass, so that the constructor does what scikit-learn asks of one: it stores its parameters and no more.
@dataclass(eq=False, repr=False)
class CircuitEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
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

    _kind: ClassVar[str] = ""  # scikit-learn's name of what the estimator must be
    _other: ClassVar[str] = ""

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

    def _outputs(self, features: ArrayLike) -> IntArray:
        """Output words of the circuit, shape (n_samples,), for raw features."""
        design = self._design()
        table = validate_data(self, features, dtype=np.float64, reset=False)
        return design.outputs(design.model.coding.quantise(table))

    def _compile(self, default: Estimator, features: NDArray[Any], targets: NDArray[Any], task: str) -> None:
        """Fit a clone of the estimator, or of the default one, and compile it with all rows as training rows."""
        seed = _drawn(self.random_state)
        options = self._all_options(seed)
        self.estimator_ = self._unfitted(default, seed)
        self.estimator_.fit(features, targets)
        names = getattr(self, "feature_names_in_", [f"x{number}" for number in range(features.shape[1])])
        data = Dataset("rows of fit", tuple(map(str, names)), features, targets, task)
        if not self.approximate:
            self.__dict__.pop("front_", None)
            self.design_ = compile_model(self.estimator_, dataset=data, options=options.compile)
            return
        self.front_ = approximate(self.estimator_, dataset=data, options=options)
        if self.front_.chosen is None:
            raise ConstraintError(unmet(self.front_, self.front_.constraint), where=type(self).__name__)
        self.design_ = self.front_.chosen

    def _all_options(self, seed: int | None) -> ApproximateOptions:
        given = {name: _plain(getattr(self, name)) for name in _SETTINGS}
        if seed is not None:
            given |= {"seed": seed, "search_seed": seed}
        # The estimator is fitted to raw rows here, and rows are held out by whoever calls `fit`.
        fixed = {"model_inputs": "raw", "test_size": 0.0, **self._output_settings()}
        wanted = {name: value for name, value in given.items() if value is not None}
        return (self.options or ApproximateOptions()).with_settings(**wanted, **fixed)

    def _unfitted(self, default: Estimator, seed: int | None) -> Estimator:
        """Clone of the estimator, with the seed wherever it has a place for one."""
        wanted = default if self.estimator is None else self.estimator
        if isinstance(wanted, type) or not hasattr(wanted, "fit"):
            raise OptionError("not an estimator", where="estimator", got=repr(wanted), allowed=f"a {self._kind}")
        if get_tags(wanted).estimator_type != self._kind:
            raise UnsupportedModelError(f"a {self._kind} is needed", got=wanted, allowed=f"or {self._other}")
        copy = clone(wanted)
        if seed is not None:
            names = [name for name in copy.get_params() if name == "random_state" or name.endswith("__random_state")]
            copy.set_params(**dict.fromkeys(names, seed))
        return copy

    def _output_settings(self) -> dict[str, Any]:
        return {}


def _drawn(random_state: int | np.random.RandomState | None) -> int | None:
    if random_state is None or isinstance(random_state, int):
        return random_state
    return int(check_random_state(random_state).randint(_SEEDS))


def _plain(value: object) -> object:
    """Numbers of numpy and lists, as grids of parameters have them, in the form in which options take them."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return tuple(_plain(item) for item in value)
    return value.item() if isinstance(value, np.generic) else value
