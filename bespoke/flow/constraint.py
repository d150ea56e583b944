"""What a user asks of an approximate circuit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bespoke.errors import OptionError

Objective = Literal["area", "power", "delay"]
MM2_PER_CM2 = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """Limits that the chosen design keeps; None is no limit.

    Accuracies are *assured* accuracies (see `bespoke.search.assured_gains`): on the training rows, of trees as means of
    refits on training rows held out from them. The test rows are never looked at.

    Attributes
    ----------
    max_loss : float or None
        Largest loss of accuracy against the exact circuit, such as 0.01 for one point.
    min_accuracy : float or None
        Least accuracy.
    max_power_mw : float or None
        Largest power (static and dynamic) in mW.
    max_area_cm2 : float or None
        Largest area in cm2.
    max_delay_ms : float or None
        Largest delay in ms.

    Examples
    --------
    >>> from bespoke import Constraint
    >>> print(Constraint(max_loss=0.01, max_power_mw=3))
    max_loss 0.01, max_power_mw 3
    """

    max_loss: float | None = None
    min_accuracy: float | None = None
    max_power_mw: float | None = None
    max_area_cm2: float | None = None
    max_delay_ms: float | None = None

    def __post_init__(self) -> None:
        for name in ("max_loss", "min_accuracy"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise OptionError("out of range", where=name, got=value, allowed="0 to 1")
        for name in ("max_power_mw", "max_area_cm2", "max_delay_ms"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise OptionError("must be positive", where=name, got=value, allowed="above 0")

    @property
    def limits_accuracy(self) -> bool:
        """Whether the smallest circuit is wanted; else it is the most accurate one."""
        return self.max_loss is not None or self.min_accuracy is not None

    @property
    def limits_size(self) -> bool:
        """Whether area, power or delay are limited."""
        return any(limit is not None for limit in (self.max_power_mw, self.max_area_cm2, self.max_delay_ms))

    def least_gain(self, exact_accuracy: float) -> float:
        """Least assured gain over the exact circuit, which is below 0 for a loss; -inf without a limit."""
        limits = [-float("inf")]
        if self.max_loss is not None:
            limits.append(-self.max_loss)
        if self.min_accuracy is not None:
            limits.append(self.min_accuracy - exact_accuracy)
        return max(limits)

    def fits(self, area_mm2: float, power_mw: float, delay_ms: float) -> bool:
        """Whether a circuit is small, cool and fast enough."""
        is_small = self.max_area_cm2 is None or area_mm2 <= self.max_area_cm2 * MM2_PER_CM2
        is_cool = self.max_power_mw is None or power_mw <= self.max_power_mw
        return is_small and is_cool and (self.max_delay_ms is None or delay_ms <= self.max_delay_ms)

    def to_json(self) -> dict[str, Any]:
        """The limits that there are."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in named.items() if value is not None}

    def __str__(self) -> str:
        return ", ".join(f"{name} {value:g}" for name, value in self.to_json().items()) or "none"
