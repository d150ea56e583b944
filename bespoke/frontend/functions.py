"""Steps that apply a rising function to each feature: known functions, power and quantile transforms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from bespoke.errors import UnsupportedModelError
from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.steps import Step, StepReader
from bespoke.frontend.view import View

# QuantileTransformer: values that map closer than this to the ends of a normal distribution are clipped.
_BOUNDS_THRESHOLD = 1e-7


@dataclass(frozen=True)
class Rising:
    """A function that does not fall; beyond its domain it stays at the value of the nearest end."""

    where: str
    function: Callable[[FloatArray], FloatArray]
    domain: tuple[float, float] = (-np.inf, np.inf)

    @property
    def is_monotone(self) -> bool:
        """Yes."""
        return True

    @property
    def line(self) -> tuple[float, float] | None:
        """None: it is not affine."""
        return None

    @property
    def points(self) -> tuple[float, ...]:
        """None."""
        return ()

    def apply(self, values: FloatArray) -> FloatArray:
        """Values of the function."""
        with np.errstate(all="ignore"):
            return np.asarray(self.function(np.clip(values, *self.domain)), dtype=np.float64)


def read_function(step: Step) -> View:
    """FunctionTransformer of a known function; without one it passes on what it gets, as ``passthrough`` does."""
    count = int(step.fitted("n_features_in_"))
    step.check_count(count)
    function = step.transformer.func
    if function is None:
        return step.view
    known = next((known for known in _KNOWN if known[0] is function), None)
    if known is None or step.transformer.kw_args:
        raise UnsupportedModelError(
            "unknown function",
            where=step.where,
            got=getattr(function, "__name__", repr(function)),
            allowed=", ".join(known[0].__name__ for known in _KNOWN) + " of numpy without kw_args",
        )
    return step.view.mapped([Rising(step.where, *known)] * count)


def read_power(step: Step) -> View:
    """PowerTransformer: Yeo-Johnson or Box-Cox transform of each feature, then standardised if it says so."""
    powers = np.asarray(step.fitted("lambdas_"), dtype=np.float64)
    step.check_count(len(powers))
    transform, domain = _POWERS[step.transformer.method]
    view = step.view.mapped([Rising(step.where, _with_power(transform, float(power)), domain) for power in powers])
    return step.passed(view, step.name, step.fitted("_scaler")) if step.transformer.standardize else view


def read_quantiles(step: Step) -> View:
    """QuantileTransformer: each feature's place among the quantiles of the training rows."""
    quantiles = np.asarray(step.fitted("quantiles_"), dtype=np.float64)
    references = np.asarray(step.fitted("references_"), dtype=np.float64)
    step.check_count(quantiles.shape[1])
    is_normal = step.transformer.output_distribution == "normal"
    return step.view.mapped(
        [Rising(step.where, _quantile_function(column, references, is_normal=is_normal)) for column in quantiles.T]
    )


def _with_power(
    transform: Callable[[FloatArray, float], FloatArray], power: float
) -> Callable[[FloatArray], FloatArray]:
    return lambda values: transform(values, power)


def _yeo_johnson(values: FloatArray, power: float) -> FloatArray:
    """Yeo and Johnson, Biometrika 87, 2000: a Box-Cox transform of ``1 + |x|`` on either side of 0."""
    positive: FloatArray = special.boxcox1p(np.maximum(values, 0.0), power)
    negative = -special.boxcox1p(np.maximum(-values, 0.0), 2.0 - power)
    return np.where(values >= 0, positive, negative)


def _quantile_function(
    quantiles: FloatArray, references: FloatArray, *, is_normal: bool
) -> Callable[[FloatArray], FloatArray]:
    """The mean of the interpolations from below and from above, which differ where quantiles repeat."""

    def uniform(values: FloatArray) -> FloatArray:
        below = np.interp(values, quantiles, references)
        above = -np.interp(-values, -quantiles[::-1], -references[::-1])
        slack = _BOUNDS_THRESHOLD if is_normal else 0.0
        shares = np.where(values + slack >= quantiles[-1], 1.0, 0.5 * (below + above))
        return np.where(values - slack <= quantiles[0], 0.0, shares)

    def normal(values: FloatArray) -> FloatArray:
        end = float(special.ndtri(_BOUNDS_THRESHOLD - np.spacing(1)))
        scores: FloatArray = special.ndtri(uniform(values))
        return np.clip(scores, end, -end)

    return normal if is_normal else uniform


_TINY = float(np.finfo(np.float64).tiny)
_LARGEST = float(np.finfo(np.float64).max)
# Functions of numpy that rise, and where they are defined.
_KNOWN: tuple[tuple[Callable[..., FloatArray], tuple[float, float]], ...] = (
    (np.log1p, (float(np.nextafter(-1.0, 0.0)), _LARGEST)),
    (np.log, (_TINY, _LARGEST)),
    (np.log2, (_TINY, _LARGEST)),
    (np.log10, (_TINY, _LARGEST)),
    (np.sqrt, (0.0, _LARGEST)),
    (np.cbrt, (-_LARGEST, _LARGEST)),
    (np.exp, (-_LARGEST, 709.0)),
    (np.expm1, (-_LARGEST, 709.0)),
    (np.tanh, (-_LARGEST, _LARGEST)),
    (np.arctan, (-_LARGEST, _LARGEST)),
    (np.arcsinh, (-_LARGEST, _LARGEST)),
)
_POWERS: dict[str, tuple[Callable[[FloatArray, float], FloatArray], tuple[float, float]]] = {
    "yeo-johnson": (_yeo_johnson, (-_LARGEST, _LARGEST)),
    "box-cox": (special.boxcox, (_TINY, _LARGEST)),
}
FUNCTIONS: dict[str, StepReader] = {
    "FunctionTransformer": read_function,
    "PowerTransformer": read_power,
    "QuantileTransformer": read_quantiles,
}
