"""What the user may choose about a search from data to circuits."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from math import inf
from pathlib import Path
from typing import Any

from bespoke.errors import OptionError
from bespoke.families import FAMILIES
from bespoke.flow.options import CompileOptions, Constraint, Objective, PrintedOptions, of_limits
from bespoke.options import (
    NOT_NEGATIVE,
    WORKERS,
    at_least,
    check_options,
    one_of,
    option,
    positive,
    whole,
    with_settings,
)

# Choices that a checkpoint may be gone on with in another way.
_WHEN_AND_HOW = (
    *("budget_s", "float_budget_s", "candidates", "circuits", "finalists", "approximate", "minimise"),
    *("jobs", "checkpoint", "resume"),
)


def _compile_options() -> CompileOptions:
    return CompileOptions(inputs="unary", converters="date24", power_share=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignOptions:
    """Options of `design_from_data`.

    Attributes
    ----------
    compile : CompileOptions
        Of every circuit. Unless told otherwise inputs are unary, converters "date24", and the mapper saves power.
    constraint : Constraint
        What the chosen circuit must keep.
    printed : PrintedOptions
        Of the functional yields, which are found if it names a density of ``defects``; ``defect_seed`` is its seed.
    minimise : {"area", "power", "delay"}
        What the chosen circuit has least of where the accuracy is limited.
    families : tuple of str
        Names of `bespoke.families.FAMILIES`.
    finalists : int
        Most circuits of the answer.
    approximate : bool
        Whether circuits that answer for a power source, and those little above its limit, are approximated, too, as
        `approximate` does, if they are weighted sums or a single tree. What their accuracy promises is less by what
        they may lose.
    race_seed : int
        Seed of the cross-validation and of all training.
    budget_s : float
        Time after which no new candidate is tried. Judging them again, circuits, and judging these may take up to 1.8
        times as long again.
    candidates : int or None
        Most candidates that are tried. With it no time ends anything: the result is the same in every
        run. None for as many as the time allows.
    circuits : int or None
        Most circuits that are built, before those of the answer are chosen; None for as many as the time allows.
    float_budget_s : float
        Time after which no further float model is tried; 0 for none.
    jobs : int or str
        Processes; or the address of the scheduler of a Dask cluster, such as ``tcp://10.0.0.1:8786``. The result of so
        many candidates does not depend on it.
    checkpoint : Path or None
        File that holds what was found so far.
    resume : bool
        Whether to go on with what the checkpoint holds, if there is one; else it begins anew.

    Examples
    --------
    >>> from bespoke import DesignOptions
    >>> options = DesignOptions(families=("tree", "linear")).with_settings(source="bluespark", input_bits=3)
    >>> options.constraint.max_power_mw, options.compile.converters
    (3.0, 'date24')
    """

    compile: CompileOptions = field(default_factory=_compile_options)
    constraint: Constraint = field(default_factory=Constraint)
    printed: PrintedOptions = field(default_factory=PrintedOptions)
    minimise: Objective = option("power", one_of(("area", "power", "delay")))
    families: tuple[str, ...] = tuple(FAMILIES)
    finalists: int = option(16, at_least(1))
    approximate: bool = False
    race_seed: int = option(0, whole(0, 2**32 - 1))
    budget_s: float = option(60.0, positive("s, above 0"))
    candidates: int | None = option(None, at_least(1))
    circuits: int | None = option(None, at_least(1))
    float_budget_s: float = option(30.0, NOT_NEGATIVE)
    jobs: int | str = option(2, WORKERS)
    checkpoint: Path | None = None
    resume: bool = False

    def __post_init__(self) -> None:
        check_options(self)
        self.constraint.check_yield(self.printed)
        unknown = [name for name in self.families if name not in FAMILIES]
        if unknown or not self.families:
            got = unknown[0] if unknown else "none"
            raise OptionError("unknown family", where="families", got=got, allowed=", ".join(FAMILIES))
        if twice := [name for name, count in Counter(self.families).items() if count > 1]:
            raise OptionError("named twice", where="families", got=twice[0])
        if self.constraint.max_loss is not None and not self.float_budget_s:
            what = "a loss is one against the best float model, but none is tried"
            raise OptionError(
                what, where="float_budget_s", got=0, allowed="above 0, or min_accuracy instead of max_loss"
            )

    def facts(self) -> dict[str, Any]:
        """What a result depends on as plain data, but for what only says when the search ends or how it is made."""
        return {name: value for name, value in asdict(self).items() if name not in _WHEN_AND_HOW}

    @property
    def most_s(self) -> float:
        """Seconds for candidates, and for circuits: without end where candidates are counted."""
        return self.budget_s if self.candidates is None else inf

    @property
    def most_float_s(self) -> float:
        """Seconds for float models: 0, or without end where candidates are counted."""
        return self.float_budget_s if self.candidates is None or not self.float_budget_s else inf

    def with_settings(self, **settings: Any) -> DesignOptions:  # noqa: ANN401  each field has its own type
        """Copy with some fields changed; those of `Constraint`, `CompileOptions` and so on may be named directly.

        A ``source`` such as "bluespark" is its power as ``max_power_mw``.

        Raises
        ------
        OptionError
            If a name is unknown or a value is not allowed.
        """
        return with_settings(self, of_limits(settings), renamed={"defect_seed": ("printed", "seed")})
