"""A compiled model: the circuit and all that is known about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bespoke.analysis import Analysis, CopiedCells, Stated, YieldCurve
from bespoke.converters import ConverterCost
from bespoke.drawing import area_words, card, delay_text, frame, metric_words, power_text
from bespoke.estimate import Estimate, power_source
from bespoke.files import write_file
from bespoke.flow.approximation import Approximation
from bespoke.flow.check import Sources, Verification, check_sources
from bespoke.flow.circuit import Circuit
from bespoke.flow.options import Constraint, Objective
from bespoke.flow.records import Accuracies, Measured, Provenance, score
from bespoke.flow.sensors import System
from bespoke.flow.vectors import Vectors, all_vectors
from bespoke.model import IntArray, IntegerModel


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A compiled model.

    Attributes
    ----------
    circuit : Circuit
        Model, netlists and cells.
    measured : Measured
        Estimate, accuracies, confusions.
    provenance : Provenance
        Options, data, versions, run times, remarks.
    vectors : Vectors
        Input vectors of the testbench: quantised test rows, corner and random vectors, or every input.
    approximation : Approximation or None
        What was given up and what is guaranteed; None for a design that was not searched for.
    verification : Verification or None
        What the last verification found.
    analyses : mapping of str to Analysis
        Further findings by name.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from bespoke import compile_model
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
    >>> design = compile_model(tree, X, y, input_bits=4)
    >>> design.score(X, y) > 0.85, design.verify(formal=False).agrees
    (True, True)
    >>> "module" in design.to_verilog()
    True
    """

    circuit: Circuit
    measured: Measured
    provenance: Provenance
    vectors: Vectors
    approximation: Approximation | None = None
    verification: Verification | None = None
    analyses: Mapping[str, Analysis] = field(default_factory=dict)

    @property
    def model(self) -> IntegerModel:
        """The exact function of the circuit, before its edits if it has any."""
        return self.circuit.model

    @property
    def estimate(self) -> Estimate:
        """Area, power and delay."""
        return self.measured.estimate

    @property
    def converters(self) -> ConverterCost:
        """What is in front of the circuit."""
        return self.measured.converters

    @property
    def system(self) -> System:
        """Circuit and converters together."""
        return System.of(self.estimate, self.converters)

    @property
    def accuracies(self) -> Accuracies:
        """Scores of the float model and of the circuit."""
        return self.measured.accuracies

    @property
    def gate_count(self) -> int:
        """Number of cells."""
        return self.circuit.gate_count

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know."""
        return self.provenance.notes

    @property
    def sizes(self) -> dict[Objective, float | None]:
        """Area in mm2, power in mW and delay in ms, converters included; None where the library does not state it."""
        whole, delay = self.system, self.estimate.delay_ms
        return {"area": whole.area_mm2, "power": whole.power_mw, "delay": delay}

    def size(self, objective: Objective) -> float:
        """One of `sizes` for comparisons: what is not stated is 0 in all designs, so that it tells none apart."""
        return self.sizes[objective] or 0.0

    @property
    def functional_yield(self) -> Stated | None:
        """Share of printed circuits that are good enough at the density of defects asked for, if one was."""
        found = self.analyses.get(YieldCurve.name)
        return found.stated if isinstance(found, YieldCurve) else None

    @property
    def good_share(self) -> float:
        """The functional yield for comparisons: 1 where none was asked for, so that it tells no designs apart."""
        return self.functional_yield.share if self.functional_yield else 1.0

    def keeps(self, limits: Constraint) -> bool:
        """Whether it keeps the limits on sizes and yield; of the latter by the lower end of its interval."""
        if limits.max_gates is not None and self.circuit.and_nodes > limits.max_gates:
            return False
        sizes, printed = self.sizes, self.functional_yield
        bad = None if printed is None else 1.0 - printed.low
        return limits.fits(sizes["area"], sizes["power"], sizes["delay"], bad)

    def yield_row(self) -> dict[str, float]:
        """The functional yield, and cells with copies, for a row of a front; empty where no yield was asked for."""
        printed, copies = self.functional_yield, self.analyses.get(CopiedCells.name)
        if printed is None:
            return {}
        found = {"functional_yield": printed.share, "functional_yield_low": printed.low}
        copied = copies.copied if isinstance(copies, CopiedCells) else 0
        return {**found, "functional_yield_high": printed.high, "copied_cells": copied}

    def with_notes(self, *notes: str) -> Design:
        """Copy with further remarks before those that it has."""
        return replace(self, provenance=replace(self.provenance, notes=(*notes, *self.notes)))

    def with_verification(self, verification: Verification, seconds: float) -> Design:
        """Copy that says what a verification found, and how many seconds it took."""
        times = {**self.provenance.seconds, "verify": round(seconds, 3)}
        return replace(self, verification=verification, provenance=replace(self.provenance, seconds=times))

    def outputs(self, words: IntArray) -> IntArray:
        """Output words, shape (n,), of the mapped netlist for input words, shape (n, n_features)."""
        return self.circuit.outputs(words)

    def predict(self, features: ArrayLike) -> NDArray[Any]:
        """Class labels or values that the circuit gives for raw features.

        Parameters
        ----------
        features : array_like of float, shape (n_samples, n_features)
            In the unit of the data; the circuit's input scaling is applied here.

        Returns
        -------
        ndarray, shape (n_samples,)

        Raises
        ------
        FeatureCountError
            If the number of columns is not that of the model.
        """
        words = self.model.coding.quantise(features)
        return self.model.decision.decode(self.outputs(words))

    def score(self, features: ArrayLike, targets: ArrayLike) -> float | None:
        """Accuracy, or coefficient of determination, of the circuit's predictions; None without rows."""
        return score(self.accuracies.metric, self.predict(features), np.asarray(targets))

    def to_verilog(self, path: str | Path | None = None) -> str:
        """Structural Verilog of the circuit, written to ``path`` if one is given.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        if path is not None:
            write_file(Path(path), self.circuit.verilog)
        return self.circuit.verilog

    def verify(
        self,
        *,
        formal: bool = True,
        thorough: bool = True,
        icarus_work: int | None = None,
        seconds: float | None = None,
        on_stage: Callable[[str], None] = lambda _stage: None,
    ) -> Verification:
        """Compare integer model, simulator, Icarus Verilog and proof on the texts of the design.

        Parameters
        ----------
        formal : bool
            Whether to run the proof chain.
        thorough : bool
            Whether Icarus Verilog, too, tries every input where there are at most 16 input bits, which takes up to a
            minute; otherwise it runs the vectors of the testbench.
        icarus_work : int, optional
            Most gates times vectors for Icarus Verilog, which then runs an even selection of these vectors.
        seconds : float, optional
            For what is not proof, a minute by default; Icarus Verilog runs as many vectors as fit.
        on_stage : callable
            Told what is being done.
        """
        vectors = all_vectors(self.model, self.vectors.words, self.provenance.options.seed + 1)
        icarus_vectors = vectors if thorough else self.vectors
        if icarus_work is not None:
            icarus_vectors = icarus_vectors.selection(icarus_work // max(1, self.gate_count))
        sources = Sources.of(self.circuit)
        return check_sources(
            sources, vectors, icarus_vectors=icarus_vectors, formal=formal, seconds=seconds, on_stage=on_stage
        )

    def row(self) -> dict[str, Any]:
        """The main figures by name, units in the names; area and power are those of circuit and converters."""
        figures, scores, data = self.estimate, self.accuracies, self.provenance.dataset
        return {
            "model": str(self.model.origin),
            "data": data.name if data else None,
            "technology": figures.technology,
            "vdd": figures.vdd,
            "metric": scores.metric,
            "float": scores.float_model,
            "train": scores.train,
            "test": scores.test,
            "converters": self.converters.model.name,
            "area_mm2": self.system.area_mm2,
            "power_mw": self.system.power_mw,
            "levels": self.converters.level_count,
            "converter_area_mm2": self.converters.area_mm2,
            "converter_power_mw": self.converters.power_mw,
            "static_power_mw": figures.static_power_mw,
            "delay_ms": figures.delay_ms,
            "gates": self.gate_count,
            "edits": len(self.circuit.edits.edits),
        }

    def to_frame(self) -> Any:  # noqa: ANN401  a pandas DataFrame; pandas is optional
        """The main figures as a pandas DataFrame of one row, to be joined with those of other designs.

        Raises
        ------
        ToolMissingError
            If pandas is not installed.
        """
        return frame([self.row()])

    def __repr__(self) -> str:
        figures, scores = self.estimate, self.accuracies
        name, value = ("test", scores.test) if scores.test is not None else ("training", scores.train)
        known = "" if value is None else f", {metric_words(scores.metric)} ({name}) {value:.3f}"
        return (
            f"<Design: {self.model.origin}, {self.gate_count} gates, "
            f"{area_words(self.size('area'))}, {power_text(self.system.power_mw)}{self._included()}, "
            f"{delay_text(figures.delay_ms)}, "
            f"{figures.technology} at {figures.vdd:g} V{known}>"
        )

    def _included(self) -> str:
        """What sizes include, for texts."""
        model = self.converters.model
        return f" with {model.name} converters" if model.is_counted else ""

    def _repr_html_(self) -> str:
        """What a notebook shows: what it is, its figures, what is known of its correctness, remarks."""
        model, figures = self.model, self.estimate
        bits, classes = model.coding.bits, model.decision.classes
        width = f"{min(bits)}" if len(set(bits)) == 1 else f"{min(bits)} to {max(bits)}"
        title = (
            f"{model.origin} as a circuit: {model.coding.feature_count} inputs of {width} bits"
            f"{f', {len(classes)} classes' if classes else ''}, {figures.technology} at {figures.vdd:g} V"
        )
        return card(title, _tiles(self), _remarks(self), self.notes)


def fewest_words(limits: Constraint, designs: Iterable[Design]) -> str:
    """The fewest AND gates of some designs where these are limited, for a list of what comes nearest to limits."""
    return "" if limits.max_gates is None else f"fewest gates: {min(each.circuit.and_nodes for each in designs)}, "


def surest_words(designs: Iterable[Design]) -> str:
    """The best yield of some designs, for a list of what comes nearest to limits."""
    found = max((printed.low for each in designs if (printed := each.functional_yield)), default=None)
    return "" if found is None else f"best yield, by its lower end: {found:.3f}, "


def _tiles(design: Design) -> Iterator[tuple[str, ...]]:
    """Name, value and a remark of each headline figure."""
    figures, scores, approximation = design.estimate, design.accuracies, design.approximation
    for part, value in (("test", scores.test), ("training", scores.train)):
        interval = scores.test_interval() if part == "test" else None
        spread = f"95 %: {interval[0]:.3f} to {interval[1]:.3f}" if interval else ""
        if value is not None:
            yield f"{metric_words(scores.metric)}, {part}", f"{value:.3f}", spread
    share = ""
    if approximation and not approximation.exact and approximation.exact_area_mm2:
        share = f"{design.size('area') / approximation.exact_area_mm2:.2f} of exact"
    area, power = design.system.area_mm2, design.system.power_mw
    source = power_source(power)
    yield "area", area_words(area), share
    yield "power", power_text(power), source.name if source else "" if power is None else "no known source"
    yield "delay", delay_text(figures.delay_ms), ""
    yield "gates", f"{design.gate_count:,}", ""


def _remarks(design: Design) -> list[str]:
    data, edits, verification = design.provenance.dataset, len(design.circuit.edits.edits), design.verification
    model = design.converters.model
    remarks = [f"area and power with {model.name} converters"] if model.is_counted else []
    if data:
        remarks.append(f"{data.name}: {data.train_rows:,} training and {data.test_rows:,} test rows")
    if design.accuracies.float_model is not None:
        remarks.append(f"float model {design.accuracies.float_model:.3f}")
    if edits:
        remarks.append(f"{edits} gate-level edits")
    if verification is None:
        return [*remarks, "not verified (verify())"]
    if not verification.agrees:
        return [*remarks, "VERIFICATION FAILED"]
    names = zip(("simulator", "Icarus", "proof"), verification.checks.values(), strict=True)
    return [*remarks, ", ".join(f"{name}: {check.status}" for name, check in names)]
