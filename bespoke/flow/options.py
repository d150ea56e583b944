"""What the user may choose about a compilation and about an approximation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from bespoke.analysis import YieldOptions
from bespoke.errors import OptionError
from bespoke.estimate import TABLE_ENDS, TableEnds, named_power
from bespoke.frontend import QuantisationOptions
from bespoke.model import INPUT_CODES, InputCodeName
from bespoke.opt import EFFORTS, Effort
from bespoke.options import (
    JOBS,
    NOT_NEGATIVE,
    PROPER_SHARE,
    Rule,
    at_least,
    between,
    check_options,
    one_of,
    option,
    positive,
    whole,
    with_settings,
)
from bespoke.search import SearchOptions

Objective = Literal["area", "power", "delay"]
SmallModes = Literal["trees", "masks"]
MM2_PER_CM2 = 100.0
DEFAULT_MAX_LOSS = 0.01
MAX_MODES = 16
RECIPE_NAMES = ("alwann", "autoapprox", "date22", "isqed22", "tc23")  # see `bespoke.flow.recipes`
# Standard errors held back: on rows that the search saw, thousands of looks at which are part of the error, and on rows
# held out of refits. Chosen by `benchmarks/approximate.py --inner`.
CAUTION_SEEN = 4.0
CAUTION_HELD_OUT = 2.0
_INPUT_CODE = Rule("unknown choice", ", ".join(INPUT_CODES), INPUT_CODES.__contains__, (Mapping,))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileOptions:
    """Options of `compile_model`.

    Attributes
    ----------
    quantisation : QuantisationOptions
        Bits and encodings of inputs, weights and outputs.
    inputs : {"binary", "unary"} or mapping of str to these
        How features come to the circuit, all or by name (the rest are binary): a binary word, or a wire for each level
        that the circuit reads, such as ``alcohol_ge_9`` (thermometer code). The function is the same.
    converters : str
        Name of a model of the converters in front of the circuit (`bespoke tech list`), or path of its TOML file.
        With any but "none", sizes, limits and fronts are those of circuit and converters together.
    technology : str
        Name of a technology, or path of a Liberty file.
    vdd : float, "best", tuple of two floats or None
        Supply voltage in V; None is the technology's default, and "best" the voltage of least power among those
        that meet ``period_ms``; of a tuple, the best one from the first to the second voltage.
    dont_use : tuple of str
        Names of cells that the circuit is not to have, besides those that the library marks; ``*`` stands for any
        characters, ``?`` for one.
    effort : {"fast", "high"}
        "high" searches longer for smaller trees and sums, and among forms that ABC finds; it takes up to minutes.
    effort_seconds : float or None
        With high effort, seconds to search for fewer gates, of at most 20,000: on all cores of a circuit with at most
        14 input bits, else on two. What is found depends on the machine.
    power_share : float
        What the mapper saves: 0 the area, 1 the static power under the training data, between them a mix.
    table_ends : {"hold", "extrapolate"}
        Beyond the transition times of the library's tables delays and energies keep the value of the edge, or go on
        linearly, as in OpenSTA.
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
    inputs: InputCodeName | Mapping[str, InputCodeName] = option("binary", _INPUT_CODE)
    converters: str = "none"
    technology: str = "egfet"
    vdd: float | Literal["best"] | tuple[float, float] | None = None
    dont_use: tuple[str, ...] = ()
    effort: Effort = option("fast", one_of(EFFORTS))
    effort_seconds: float | None = option(None, positive("seconds, above 0"))
    power_share: float = option(0.0, between(0, 1))
    table_ends: TableEnds = option("hold", one_of(TABLE_ENDS))
    period_ms: float | None = option(None, positive("ms, above 0"))
    delay_limit_ms: float | None = option(None, positive("ms, above 0"))
    test_size: float = option(0.3, PROPER_SHARE)
    seed: int = option(42, whole(0, 2**32 - 1))

    def __post_init__(self) -> None:
        check_options(self)
        if self.effort_seconds is not None and self.effort != "high":
            what = "only high effort has a limit in seconds"
            raise OptionError(
                what, where="effort_seconds", got=self.effort_seconds, allowed="together with effort high"
            )
        if self.chooses_vdd and self.period_ms is None and self.delay_limit_ms is None:
            allowed = "best, or a range, with period_ms or a limit on the delay"
            raise OptionError("the best supply voltage depends on the period", where="vdd", allowed=allowed)
        if isinstance(self.vdd, tuple) and not self.vdd[0] <= self.vdd[1]:
            raise OptionError("the range is empty", where="vdd", got=self.vdd, allowed="lowest, highest")

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
        return with_settings(self, settings)


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
    max_gates : int or None
        Most two-input AND gates of the circuit as an and-inverter graph (AIGER), where inverters are free and an XOR is
        three gates.
    min_yield : float or None
        Least functional yield at the density of `PrintedOptions`: that share of printed circuits is good
        enough, by the lower end of the interval.

    Examples
    --------
    >>> from bespoke import Constraint
    >>> print(Constraint(max_loss=0.01, max_power_mw=3))
    max_loss 0.01, max_power_mw 3
    """

    max_loss: float | None = option(None, between(0, 1))
    min_accuracy: float | None = option(None, between(0, 1))
    max_power_mw: float | None = option(None, positive("above 0"))
    max_area_cm2: float | None = option(None, positive("above 0"))
    max_delay_ms: float | None = option(None, positive("above 0"))
    max_gates: int | None = option(None, at_least(0))
    min_yield: float | None = option(None, between(0, 1))

    def __post_init__(self) -> None:
        check_options(self)

    @property
    def limits_accuracy(self) -> bool:
        """Whether the smallest circuit is wanted; else it is the most accurate one."""
        return self.max_loss is not None or self.min_accuracy is not None

    @property
    def limits_size(self) -> bool:
        """Whether area, power, delay, gates or yield are limited."""
        return bool(self.limited) or self.max_gates is not None or self.min_yield is not None

    @property
    def limited(self) -> frozenset[Objective]:
        """What is limited of area, power and delay."""
        limits: dict[Objective, float | None] = {
            "area": self.max_area_cm2,
            "power": self.max_power_mw,
            "delay": self.max_delay_ms,
        }
        return frozenset(name for name, limit in limits.items() if limit is not None)

    def least_gain(self, exact_accuracy: float) -> float:
        """Least assured gain over the exact circuit, which is below 0 for a loss; -inf without a limit."""
        limits = [-float("inf")]
        if self.max_loss is not None:
            limits.append(-self.max_loss)
        if self.min_accuracy is not None:
            limits.append(self.min_accuracy - exact_accuracy)
        return max(limits)

    def fits(
        self, area_mm2: float | None, power_mw: float | None, delay_ms: float | None, bad: float | None = None
    ) -> bool:
        """Whether a circuit is small, cool and fast enough, and the share of ``bad`` ones of it; None is not known."""
        area_limit = None if self.max_area_cm2 is None else self.max_area_cm2 * MM2_PER_CM2
        bad_limit = None if self.min_yield is None else 1.0 - self.min_yield
        limits = (area_limit, self.max_power_mw, self.max_delay_ms, bad_limit)
        pairs = zip((area_mm2, power_mw, delay_ms, bad), limits, strict=True)
        return all(limit is None or (value is not None and value <= limit) for value, limit in pairs)

    def check_yield(self, printed: PrintedOptions) -> None:
        """Refuse a limit on the yield without a density of defects.

        Raises
        ------
        OptionError
        """
        if self.min_yield is not None and printed.defects is None:
            what = "a yield is one at a density of defects"
            raise OptionError(what, where="min_yield", got=self.min_yield, allowed="together with defects")

    def to_json(self) -> dict[str, Any]:
        """The limits that there are."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in named.items() if value is not None}

    def __str__(self) -> str:
        return ", ".join(f"{name} {value:g}" for name, value in self.to_json().items()) or "none"


def of_limits(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with the power of a named source, and with the delay that a supply voltage to be chosen meets.

    Raises
    ------
    OptionError
        As `bespoke.estimate.named_power`.
    """
    delay = {"delay_limit_ms": settings["max_delay_ms"]} if "max_delay_ms" in settings else {}
    return named_power({**settings, **delay})


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedOptions(YieldOptions):
    """How the circuits of a front stand defects; ``defects`` is the density at which their yields are stated.

    Attributes
    ----------
    harden : bool
        Whether hardened forms of the circuits stand on the front, too: some of their cells two or three times, with
        voters.
    """

    harden: bool = False

    def __post_init__(self) -> None:
        check_options(self)
        if self.harden and self.defects is None:
            what = "what is worth hardening depends on the defects"
            raise OptionError(what, where="harden", allowed="together with defects")


def printed_facts(printed: PrintedOptions) -> dict[str, Any]:
    """The options of yields for a record of what was asked, by the name ``printed``; empty where none are stated."""
    return {"printed": asdict(printed)} if printed.defects is not None else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproximateOptions:
    """Options of `approximate`.

    Attributes
    ----------
    compile : CompileOptions
        Of the exact design and of every finalist.
    search : SearchOptions
    constraint : Constraint
        What the chosen design must keep; without any limit, a loss of at most 0.01.
    printed : PrintedOptions
        Of the functional yields, which are found if it names a density of ``defects``; ``defect_seed`` is its seed.
    minimise : {"area", "power", "delay"}
        What the chosen design has least of among those that keep a limit on the accuracy. The search itself looks for
        small circuits, since those are cool and fast, too.
    recipe : str or None
        A published flow instead of the search, see `bespoke.flow.recipes`: "alwann", "autoapprox", "date22",
        "isqed22" or "tc23".
    finalists : int
        Most models of the search that become circuits.
    caution : float or None
        Standard errors by which the accuracy of a circuit is held for worse than it is on the rows that judge it; None
        is 4 where these are the rows that the search saw, 2 on rows held out of refits (trees), and 0 in a recipe.
    prune : bool
        Whether finalists are pruned at gate level.
    prune_budget : int
        Work of the pruning of one finalist, see `bespoke.prune.substitute`; large ones get less.
    prune_share : float
        Share, 0 or more, of a finalist's distance from the limit on the accuracy that the loss of its pruning may be.
        That loss counts disagreement off the training rows too, so shares above 1 can keep the limit, but generalise
        worse.
    modes : int
        Modes of the chosen circuit, see `bespoke.flow.modes`; with more than one, gates are not pruned.
    small_modes : {"trees", "masks"}
        What smaller modes are: trees that answer instead, or the circuit with bits of its words held constant.
    mode_loss : float
        Most that the smallest mode may lose on the training rows; of more than two, each an equal share more.
    cascade, cascade_loss : bool, float
        Whether a tree answers easy rows, see `bespoke.flow.cascade`, without pruning; the most lost on training rows.
    jobs : int
        Finalists that are made at the same time; the result does not depend on it.
    checkpoint : Path or None
        File that holds the state of the search after each epoch.
    resume_from : Path or None
        File with the state of an earlier search with the same arguments, from which to go on.

    Examples
    --------
    >>> from bespoke import ApproximateOptions
    >>> options = ApproximateOptions(finalists=4).with_settings(max_loss=0.02, epochs=8, input_bits=5)
    >>> options.constraint.max_loss, options.search.epochs, options.compile.quantisation.input_bits
    (0.02, 8, 5)
    """

    compile: CompileOptions = field(default_factory=CompileOptions)
    search: SearchOptions = field(default_factory=SearchOptions)
    constraint: Constraint = field(default_factory=Constraint)
    printed: PrintedOptions = field(default_factory=PrintedOptions)
    minimise: Objective = option("area", one_of(get_args(Objective)))
    recipe: str | None = option(None, one_of(RECIPE_NAMES))
    finalists: int = option(8, at_least(1))
    caution: float | None = option(None, NOT_NEGATIVE)
    prune: bool = True
    prune_budget: int = option(20_000, at_least(1))
    prune_share: float = option(1.0, NOT_NEGATIVE)
    modes: int = option(1, whole(1, MAX_MODES))
    small_modes: SmallModes = option("trees", one_of(get_args(SmallModes)))
    mode_loss: float = option(0.02, NOT_NEGATIVE)
    cascade: bool = False
    cascade_loss: float = option(0.0, NOT_NEGATIVE)
    jobs: int = option(2, JOBS)
    checkpoint: Path | None = None
    resume_from: Path | None = None

    def __post_init__(self) -> None:
        check_options(self)
        self.constraint.check_yield(self.printed)
        if self.recipe and self.search.searcher != "nsga2":
            raise OptionError(f"{self.recipe} searches as its paper does", where="searcher", got=self.search.searcher)
        steps = {"modes": self.modes > 1, "cascade": self.cascade, "harden": self.printed.harden}
        asked = [name for name, is_asked in steps.items() if is_asked]
        if len(asked) > 1:
            raise OptionError("do not go together", where="approximate", got=" and ".join(asked), allowed="one of them")

    @property
    def asked(self) -> Constraint:
        """The constraint, with its default."""
        limited = self.constraint.limits_accuracy or self.constraint.limits_size
        return self.constraint if limited else Constraint(max_loss=DEFAULT_MAX_LOSS)

    @property
    def saves_power(self) -> bool:
        """Whether the search counts powers instead of areas: those are wanted small, or limited and areas are not."""
        return self.minimise == "power" or bool(self.asked.max_power_mw and not self.asked.max_area_cm2)

    @property
    def design_options(self) -> CompileOptions:
        """Options of every design: a supply voltage that is to be chosen meets the limit on the delay if it can."""
        limits = [limit for limit in (self.constraint.max_delay_ms, self.compile.period_ms) if limit is not None]
        return replace(self.compile, delay_limit_ms=min(limits)) if limits else self.compile

    def with_settings(self, **settings: Any) -> ApproximateOptions:  # noqa: ANN401  each field has its own type
        """Copy with some fields changed.

        Fields of `Constraint`, `SearchOptions`, `CompileOptions` and `QuantisationOptions` may be named directly;
        ``seed`` is that of the split, ``search_seed`` that of the search, ``defect_seed`` that of the yields, and a
        ``source`` such as "bluespark" is its power as ``max_power_mw``.

        Raises
        ------
        OptionError
            If a name is unknown or a value is not allowed.
        """
        seeds = {"search_seed": ("search", "seed"), "defect_seed": ("printed", "seed")}
        return with_settings(self, of_limits(settings), renamed=seeds)

    def to_json(self) -> dict[str, Any]:
        """What the result depends on, as plain data; the options of the compilation stand in the report anyway."""
        names: tuple[str, ...] = ("minimise", "recipe", "finalists", "caution", "prune", "prune_budget", "prune_share")
        names += ("modes", "small_modes", "mode_loss") * (self.modes > 1) + ("cascade", "cascade_loss") * self.cascade
        return {"search": asdict(self.search), **{n: getattr(self, n) for n in names}, **printed_facts(self.printed)}
