"""What the user may choose about a sweep."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bespoke.errors import OptionError
from bespoke.flow import ANALYSES, ApproximateOptions, DesignOptions
from bespoke.frontend import QuantisationOptions
from bespoke.options import Rule, check_options, option
from bespoke.sweep.published import published_topology
from bespoke.training import AWARE, NetworkOptions, TrainingOptions

DEFAULT_SEED = 42
PLAIN = "none"  # a model that is told nothing of its circuit
_AWARE_KIND = "mlp"
_FOUND_OUT = Rule("unknown analysis", ", ".join(ANALYSES), ANALYSES.__contains__, (tuple,))
_TOLD = Rule("unknown choice", ", ".join((PLAIN, *AWARE)), (PLAIN, *AWARE).__contains__, (tuple,))
# Without a randomised search, an MLP of few units may end far from what its topology can do: pendigits 0.87 instead of
# 0.96 of the test rows.
DEFAULT_TRAINING = TrainingOptions(kind="tree", search=8, folds=3)
# Of the front a sweep stores the chosen circuit alone; more finalists would change it only if all of these failed.
DEFAULT_APPROXIMATE = ApproximateOptions(finalists=3, prune_budget=8_000)
DEFAULT_BUDGET_S = 45.0
DESIGN = "design"  # kind of a cell whose model is looked for among all families
# No clock ends anything where candidates are counted; so many are all that there are.
DEFAULT_DESIGN = DesignOptions(jobs=1)
ALL_CANDIDATES = 1_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of the grid.

    Attributes
    ----------
    dataset : str
        As the user names it: a name of the catalogue, or a file.
    kind : str
        Kind of model, see `bespoke.training.KINDS`; or "design", the search over all families of models.
    seed : int
        Of the split, the training, the search and random vectors.
    technology : str
        A name, or a Liberty file.
    vdd : float or None
        Supply voltage in V; None is the technology's default.
    aware : str
        What an MLP is told of its circuit while it is trained: a key of `bespoke.training.AWARE`, or "none".
    """

    dataset: str
    kind: str
    seed: int = DEFAULT_SEED
    technology: str = "egfet"
    vdd: float | None = None
    aware: str = PLAIN

    @property
    def data_name(self) -> str:
        """Name of the data set without folder and suffix."""
        return Path(self.dataset).stem

    @property
    def model(self) -> str:
        """Kind of model, and what it was told of its circuit."""
        return self.kind if self.aware == PLAIN else f"{self.kind} {self.aware}"

    @property
    def technology_name(self) -> str:
        """Name of the technology without folder and suffix."""
        return Path(self.technology).stem

    @property
    def folder(self) -> str:
        """Folder of its designs, below that of the sweep; a seed in the usual technology has nothing but its number."""
        parts = [str(self.seed)]
        if self.technology != "egfet" or self.vdd is not None:
            parts.append(self.technology_name)
        if self.vdd is not None:
            parts.append(f"{self.vdd:g}V")
        return f"{self.data_name}/{self.model.replace(' ', '-')}/{'-'.join(parts)}"

    def to_json(self) -> dict[str, Any]:
        """The point of the grid as plain data."""
        named = {"dataset": self.data_name, "model": self.model, "seed": self.seed}
        return {**named, "technology": self.technology_name, "vdd": self.vdd, "folder": self.folder}

    def __str__(self) -> str:
        return self.folder.replace("/", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepOptions:
    """Options of `run_sweep`: the grid, and what is done in each cell.

    Attributes
    ----------
    datasets, models, seeds, technologies, vdds : tuple
        The grid, see `Cell`.
    training : TrainingOptions
        Of every baseline; kind and seed are those of the cell, and so are the input bits: those of the circuit for
        weighted sums, none for trees, per-feature bits and inputs rounded to nearest.
    aware : tuple of str
        Of each MLP of classes, see `Cell`.
    cost_weights : tuple of float
        Of networks that are told of their circuits, see `bespoke.training.NetworkOptions`; the smallest near the best
        by cross-validation is taken.
    hidden : tuple of int, or None
        Units of the hidden layers of MLPs; None is the published topology where one is known, else that of
        ``training``.
    approximate : ApproximateOptions
        Of every cell that trains a model; technology, voltage, seeds, islands and jobs are those of the sweep.
    design : DesignOptions
        Of every cell that looks for one among all families, likewise.
    budget_s : float or None
        Rough seconds of the search of a cell on one core. It bounds the epochs, or the candidates of a design, by the
        sizes of model and data, not by the clock, so results do not depend on the machine; None leaves the epochs as
        they are, and tries all candidates.
    target : str, optional
        Target column of CSV files.
    missing : {"error", "drop", "low", "high"}, optional
        As for `bespoke.data.load_dataset`.
    verify, formal : bool
        Whether the executors are compared, and whether the chosen circuit is proven, too.
    analyses : tuple of str
        What more is to be found out about the circuits, see `bespoke.flow.AnalyseOptions`, with its defaults.

    Examples
    --------
    >>> from bespoke import ApproximateOptions, SweepOptions
    >>> approximate = ApproximateOptions().with_settings(max_loss=0.02)
    >>> SweepOptions(datasets=("iris", "wine"), models=("tree",), seeds=(1, 2), approximate=approximate).seeds
    (1, 2)
    """

    datasets: tuple[str, ...]
    models: tuple[str, ...]
    seeds: tuple[int, ...] = (DEFAULT_SEED,)
    technologies: tuple[str, ...] = ("egfet",)
    vdds: tuple[float | None, ...] = (None,)
    training: TrainingOptions = DEFAULT_TRAINING
    aware: tuple[str, ...] = option((PLAIN,), _TOLD)
    cost_weights: tuple[float, ...] = (0.0,)
    hidden: tuple[int, ...] | None = None
    approximate: ApproximateOptions = DEFAULT_APPROXIMATE
    design: DesignOptions = DEFAULT_DESIGN
    budget_s: float | None = DEFAULT_BUDGET_S
    target: str | None = None
    missing: str | None = None
    verify: bool = True
    formal: bool = True
    analyses: tuple[str, ...] = option((), _FOUND_OUT)

    def __post_init__(self) -> None:
        check_options(self)
        for name in ("datasets", "models", "seeds", "technologies", "vdds", "aware", "cost_weights", "analyses"):
            values = getattr(self, name)
            if not values and name != "analyses":
                raise OptionError("nothing is named", where=name, allowed="one or more")
            twice = _repeated(str(value) for value in values)
            if twice is not None:
                raise OptionError("named twice", where=name, got=twice)
        if self.aware != (PLAIN,) and _AWARE_KIND not in self.models:
            raise OptionError("only MLPs are told of circuits", got=f"aware {self.aware}", allowed="models with mlp")
        if self.aware == (PLAIN,) and self.cost_weights != (0.0,):
            raise OptionError("needs networks that are told", where="cost_weights", allowed=f"aware {', '.join(AWARE)}")
        self._check_kinds()
        if self.budget_s is not None and not 0 < self.budget_s < math.inf:
            raise OptionError("must be positive", where="budget_s", got=self.budget_s, allowed="seconds, above 0")
        for cell in self.cells():
            if not cell.data_name.strip("."):
                allowed = "a file with a name in front of its suffix, which names a folder"
                raise OptionError("no name for a folder", where="datasets", got=cell.dataset, allowed=allowed)
            self.facts_of(cell)
        same = _repeated(cell.folder for cell in self.cells())
        if same is not None:
            raise OptionError("two cells have the same folder", got=same, allowed="files of different names")

    def cells(self) -> tuple[Cell, ...]:
        """The grid in the order of its tables."""
        return tuple(
            Cell(dataset, kind, seed, technology, vdd, aware)
            for dataset in self.datasets
            for kind in self.models
            for aware in (self.aware if kind == _AWARE_KIND else (PLAIN,))
            for technology in self.technologies
            for vdd in self.vdds
            for seed in self.seeds
        )

    def _check_kinds(self) -> None:
        """Whether what is asked of circuits is the same for all kinds of cells."""
        metric, quantisation = self.approximate.search.metric, self.approximate.compile.quantisation
        if DESIGN in self.models and metric != "accuracy":
            raise OptionError(f"{DESIGN} compares accuracies", where="metric", got=metric, allowed="accuracy")
        if DESIGN not in self.models and self.design.families != DEFAULT_DESIGN.families:
            raise OptionError(f"needs models with {DESIGN}", where="families", got=", ".join(self.design.families))
        if self.aware == (PLAIN,):
            return
        if quantisation.weight_bits is not None:
            what = "networks that are told have weights of their own"
            raise OptionError(what, where="weight_bits", got=quantisation.weight_bits, allowed="none, or no aware")
        if quantisation.input_bits is not None and _rounded_to(quantisation) is None:
            what = "networks that are told read words of the same bits, rounded down"
            raise OptionError(what, where="input_bits", got=quantisation.input_bits, allowed="one number, not nearest")

    def training_of(self, cell: Cell) -> TrainingOptions:
        """How the baseline of a cell is trained."""
        base = replace(self.training, kind=cell.kind, seed=cell.seed, jobs=1, input_bits=None)
        if not base.is_tree:
            base = replace(base, input_bits=_rounded_to(self.approximate.compile.quantisation))
        if cell.aware != PLAIN:
            networks = tuple(NetworkOptions(**AWARE[cell.aware], cost_weight=weight) for weight in self.cost_weights)
            base = replace(base, networks=networks, technology=cell.technology)
        hidden = self.hidden or published_topology(cell.dataset, cell.kind)
        return replace(base, hidden_layer_sizes=hidden) if hidden else base

    def approximate_of(self, cell: Cell) -> ApproximateOptions:
        """How a cell is compiled and approximated, in one process."""
        named = {"technology": cell.technology, "vdd": cell.vdd, "seed": cell.seed, "search_seed": cell.seed}
        return self.approximate.with_settings(**named, islands=1, jobs=1, checkpoint=None, resume_from=None)

    def design_of(self, cell: Cell) -> DesignOptions:
        """How a model of all families is looked for, in one process."""
        named = {"technology": cell.technology, "vdd": cell.vdd, "seed": cell.seed, "race_seed": cell.seed}
        return self.design.with_settings(**named, jobs=1, checkpoint=None, resume=False)

    def facts_of(self, cell: Cell) -> dict[str, Any]:
        """All choices that the result of a cell depends on, but for the data and the technology, as plain data."""
        return self._designed_facts(cell) if cell.kind == DESIGN else self.trained_facts(cell)

    def _designed_facts(self, cell: Cell) -> dict[str, Any]:
        design = asdict(self.design_of(cell))
        del design["jobs"], design["compile"]["technology"]
        return {"design": design, **self._common_facts()}

    def _common_facts(self) -> dict[str, Any]:
        found_out = {"analyses": self.analyses} if self.analyses else {}
        return {"budget_s": self.budget_s, "verify": self.verify, "formal": self.formal and self.verify, **found_out}

    def trained_facts(self, cell: Cell) -> dict[str, Any]:
        """The same of a cell that trains a model."""
        approximate = self.approximate_of(cell)
        compiled = asdict(approximate.compile)
        del compiled["technology"]
        training = asdict(self.training_of(cell))
        del training["jobs"], training["technology"]
        return {
            "training": training,
            "compile": compiled,
            "approximate": approximate.to_json(),
            "constraint": approximate.asked.to_json(),
            **self._common_facts(),
        }


def _rounded_to(quantisation: QuantisationOptions) -> int | None:
    """Bits of the inputs of a circuit of weighted sums, or None if they are open, differ or are rounded to nearest."""
    bits = quantisation.input_bits
    return bits if isinstance(bits, int) and bits > 0 and quantisation.input_encoding != "nearest" else None


def _repeated(names: Iterable[str]) -> str | None:
    """The first name that is there more than once."""
    return next((name for name, count in Counter(names).items() if count > 1), None)
