"""What the user may choose about a compilation."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, Literal

from bespoke.errors import OptionError
from bespoke.frontend import QuantisationOptions
from bespoke.opt import EFFORTS, Effort


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileOptions:
    """Options of `compile_model`.

    Attributes
    ----------
    quantisation : QuantisationOptions
        Bits and encodings of inputs, weights and outputs.
    technology : str
        Name of a technology, or path of a Liberty file.
    vdd : float, "best", tuple of two floats or None
        Supply voltage in V; None is the technology's default, and "best" the voltage of least power among those
        that meet ``period_ms``; of a tuple, the best one from the first to the second voltage.
    effort : {"fast", "high"}
        "high" searches longer for smaller trees, and lets the mapper choose among forms of the netlist that ABC finds,
        too; it takes up to minutes.
    power_share : float
        What the mapper saves: 0 the area, 1 the static power under the training data, between them a mix.
    period_ms : float or None
        Sampling period in ms for the dynamic power; None is as fast as the circuit allows.
    delay_limit_ms : float or None
        Delay in ms that the best supply voltage meets where one does, instead of ``period_ms``, which it has to meet;
        in `bespoke.flow.approximate` it is the limit on the delay.
    test_size : float
        Share of the rows kept for the test, in [0, 1).
    seed : int
        Seed of the split and of random vectors.

    Examples
    --------
    >>> from bespoke import CompileOptions
    >>> options = CompileOptions(technology="cnt_tft").with_settings(input_bits=5)
    >>> options.technology, options.quantisation.input_bits
    ('cnt_tft', 5)
    """

    quantisation: QuantisationOptions = field(default_factory=QuantisationOptions)
    technology: str = "egfet"
    vdd: float | Literal["best"] | tuple[float, float] | None = None
    effort: Effort = "fast"
    power_share: float = 0.0
    period_ms: float | None = None
    delay_limit_ms: float | None = None
    test_size: float = 0.3
    seed: int = 42

    def __post_init__(self) -> None:
        if self.effort not in EFFORTS:
            raise OptionError("unknown choice", where="effort", got=self.effort, allowed=", ".join(EFFORTS))
        if not 0 <= self.power_share <= 1:
            raise OptionError("out of range", where="power_share", got=self.power_share, allowed="0 to 1")
        for name in ("period_ms", "delay_limit_ms"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise OptionError("must be positive", where=name, got=value, allowed="ms, above 0")
        if self.chooses_vdd and self.period_ms is None and self.delay_limit_ms is None:
            raise OptionError(
                "the best supply voltage depends on the period",
                where="vdd",
                allowed="best, or a range, with period_ms or a limit on the delay",
            )
        if isinstance(self.vdd, tuple) and not self.vdd[0] <= self.vdd[1]:
            raise OptionError("the range is empty", where="vdd", got=self.vdd, allowed="lowest, highest")
        if not 0 <= self.test_size < 1:
            raise OptionError("out of range", where="test_size", got=self.test_size, allowed="0 <= share < 1")
        if not 0 <= self.seed < 2**32:
            raise OptionError("out of range", where="seed", got=self.seed, allowed="0 to 2**32 - 1")

    @property
    def chooses_vdd(self) -> bool:
        """Whether the supply voltage depends on the circuit."""
        return self.vdd == "best" or isinstance(self.vdd, tuple)

    def with_settings(self, **settings: Any) -> CompileOptions:  # noqa: ANN401  each field has its own type
        """Copy with some fields changed; fields of `QuantisationOptions` may be named directly.

        Raises
        ------
        OptionError
            If a name is unknown or a value is not allowed.
        """
        own = {f.name for f in fields(CompileOptions)}
        quantisation = {f.name for f in fields(QuantisationOptions)}
        for name in settings:
            if name not in own | quantisation:
                hint = "".join(get_close_matches(name, own | quantisation, n=1))
                raise OptionError("no such option", got=name, allowed=", ".join(sorted(own | quantisation)), hint=hint)
        inner = {name: value for name, value in settings.items() if name in quantisation}
        outer = {name: value for name, value in settings.items() if name in own}
        base = replace(self, **outer)
        return replace(base, quantisation=replace(base.quantisation, **inner))
