"""What the user may choose about an approximation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from bespoke.errors import OptionError
from bespoke.flow.constraint import Constraint, Objective
from bespoke.flow.options import CompileOptions
from bespoke.frontend import QuantisationOptions
from bespoke.search import SearchOptions

DEFAULT_MAX_LOSS = 0.01
# Standard errors held back: on rows that the search saw, thousands of looks at which are part of the error, and on rows
# held out of refits. Chosen by `benchmarks/approximate.py --inner`.
CAUTION_SEEN = 4.0
CAUTION_HELD_OUT = 2.0


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
    minimise : {"area", "power", "delay"}
        What the chosen design has least of among those that keep a limit on the accuracy. The search itself looks for
        small circuits, since those are cool and fast, too.
    recipe : str or None
        A published flow instead of the search, see `bespoke.flow.recipes`: "date22", "isqed22" or "tc23".
    finalists : int
        Most models of the search that become circuits.
    caution : float or None
        Standard errors by which the accuracy of a circuit is held for worse than it is on the rows that judge it; None
        is 4 where these are the rows that the search saw, 2 on rows held out of refits (trees), and 0 in a recipe.
    prune : bool
        Whether finalists are pruned at gate level.
    prune_budget : int
        Work of the pruning of one finalist, see `bespoke.prune.SubstitutionOptions`; large ones get less.
    prune_share : float
        Share, 0 or more, of a finalist's distance from the limit on the accuracy that the loss of its pruning may be.
        That loss counts disagreement off the training rows too, so shares above 1 can keep the limit, but generalise
        worse.
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
    minimise: Objective = "area"
    recipe: str | None = None
    finalists: int = 8
    caution: float | None = None
    prune: bool = True
    prune_budget: int = 20_000
    prune_share: float = 1.0
    jobs: int = 2
    checkpoint: Path | None = None
    resume_from: Path | None = None

    def __post_init__(self) -> None:
        if self.minimise not in get_args(Objective):
            allowed = ", ".join(get_args(Objective))
            raise OptionError("unknown choice", where="minimise", got=self.minimise, allowed=allowed)
        for name in ("finalists", "prune_budget", "jobs"):
            if getattr(self, name) < 1:
                raise OptionError("too small", where=name, got=getattr(self, name), allowed="1 or more")
        for name in ("caution", "prune_share"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < float("inf"):
                raise OptionError("out of range", where=name, got=value, allowed="0 or more")

    @property
    def asked(self) -> Constraint:
        """The constraint, with its default."""
        limited = self.constraint.limits_accuracy or self.constraint.limits_size
        return self.constraint if limited else Constraint(max_loss=DEFAULT_MAX_LOSS)

    @property
    def design_options(self) -> CompileOptions:
        """Options of every design: a supply voltage that is to be chosen meets the limit on the delay if it can."""
        limits = [limit for limit in (self.constraint.max_delay_ms, self.compile.period_ms) if limit is not None]
        return replace(self.compile, delay_limit_ms=min(limits)) if limits else self.compile

    def with_settings(self, **settings: Any) -> ApproximateOptions:  # noqa: ANN401  each field has its own type
        """Copy with some fields changed.

        Fields of `Constraint`, `SearchOptions`, `CompileOptions` and `QuantisationOptions` may be named directly;
        ``seed`` is that of the split, ``search_seed`` that of the search.

        Raises
        ------
        OptionError
            If a name is unknown or a value is not allowed.
        """
        parts: dict[str, dict[str, Any]] = {"own": {}, "search": {}, "constraint": {}, "compile": {}}
        for name, value in settings.items():
            if name not in _PLACES:
                hint = "".join(get_close_matches(name, _PLACES, n=1))
                raise OptionError("no such option", got=name, allowed=", ".join(sorted(_PLACES)), hint=hint)
            part, field_name = _PLACES[name]
            parts[part][field_name] = value
        if "max_delay_ms" in settings:
            parts["compile"]["delay_limit_ms"] = settings["max_delay_ms"]
        base = replace(self, **parts["own"])
        return replace(
            base,
            search=replace(base.search, **parts["search"]),
            constraint=replace(base.constraint, **parts["constraint"]),
            compile=base.compile.with_settings(**parts["compile"]),
        )

    def to_json(self) -> dict[str, Any]:
        """What the result depends on, as plain data; the options of the compilation stand in the report anyway."""
        chosen = {
            name: getattr(self, name)
            for name in ("minimise", "recipe", "finalists", "caution", "prune", "prune_budget", "prune_share")
        }
        return {"search": asdict(self.search), **chosen}


def _places() -> Mapping[str, tuple[str, str]]:
    """Where each setting belongs: kind of options and field."""
    named = {f.name: ("compile", f.name) for kind in (CompileOptions, QuantisationOptions) for f in fields(kind)}
    named |= {f.name: ("search", f.name) for f in fields(SearchOptions) if f.name != "seed"}
    named |= {f.name: ("constraint", f.name) for f in fields(Constraint)}
    named |= {f.name: ("own", f.name) for f in fields(ApproximateOptions)}
    return named | {"search_seed": ("search", "seed")}


_PLACES = _places()
