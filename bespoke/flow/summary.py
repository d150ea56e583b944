"""The main figures of a design, in a line, in a row of a table, and as a card for notebooks."""

from __future__ import annotations

from typing import Any

from bespoke.drawing import area_words, card, metric_words, power_text
from bespoke.estimate import power_source
from bespoke.flow.approximation import Approximation
from bespoke.flow.circuit import Circuit
from bespoke.flow.measured import Measured
from bespoke.flow.provenance import Provenance
from bespoke.flow.verification import Verification


def design_fragment(
    circuit: Circuit,
    measured: Measured,
    provenance: Provenance,
    approximation: Approximation | None,
    verification: Verification | None,
) -> str:
    """A design as an HTML fragment: what it is, its figures, what is known of its correctness, remarks."""
    known = _remarks(circuit, measured, provenance, verification)
    return card(design_title(circuit, measured), _tiles(circuit, measured, approximation), known, provenance.notes)


def design_title(circuit: Circuit, measured: Measured) -> str:
    """Kind, origin and size of the model, and the technology, in a line."""
    model, figures = circuit.model, measured.estimate
    bits = model.coding.bits
    width = f"{min(bits)}" if len(set(bits)) == 1 else f"{min(bits)} to {max(bits)}"
    classes = f", {len(model.decision.classes)} classes" if model.decision.classes else ""
    return (
        f"{model.origin} as a circuit: {model.coding.feature_count} inputs of {width} bits{classes}, "
        f"{figures.technology} at {figures.vdd:g} V"
    )


def design_line(circuit: Circuit, measured: Measured) -> str:
    """The main figures of a design in a line of text."""
    figures, scores = measured.estimate, measured.accuracies
    name, value = ("test", scores.test) if scores.test is not None else ("training", scores.train)
    known = "" if value is None else f", {metric_words(scores.metric)} ({name}) {value:.3f}"
    return (
        f"<Design: {circuit.model.origin}, {circuit.gate_count} gates, "
        f"{area_words(figures.area_mm2)}, {power_text(figures.power_mw)}, {figures.delay_ms:.3g} ms, "
        f"{figures.technology} at {figures.vdd:g} V{known}>"
    )


def design_row(circuit: Circuit, measured: Measured, provenance: Provenance) -> dict[str, Any]:
    """The main figures of a design by name, units in the names."""
    figures, scores = measured.estimate, measured.accuracies
    return {
        "model": str(circuit.model.origin),
        "data": provenance.dataset.name if provenance.dataset else None,
        "technology": figures.technology,
        "vdd": figures.vdd,
        "metric": scores.metric,
        "float": scores.float_model,
        "train": scores.train,
        "test": scores.test,
        "area_mm2": figures.area_mm2,
        "power_mw": figures.power_mw,
        "static_power_mw": figures.static_power_mw,
        "delay_ms": figures.delay_ms,
        "gates": circuit.gate_count,
        "edits": len(circuit.edits.edits),
    }


def _tiles(circuit: Circuit, measured: Measured, approximation: Approximation | None) -> list[tuple[str, ...]]:
    """Name, value and a remark of each headline figure."""
    figures, scores = measured.estimate, measured.accuracies
    source = power_source(figures.power_mw)
    tiles: list[tuple[str, ...]] = []
    for part, value in (("test", scores.test), ("training", scores.train)):
        interval = scores.test_interval() if part == "test" else None
        spread = f"95 %: {interval[0]:.3f} to {interval[1]:.3f}" if interval else ""
        if value is not None:
            tiles.append((f"{metric_words(scores.metric)}, {part}", f"{value:.3f}", spread))
    share = ""
    if approximation and not approximation.exact and approximation.exact_area_mm2:
        share = f"{figures.area_mm2 / approximation.exact_area_mm2:.2f} of exact"
    return [
        *tiles,
        ("area", area_words(figures.area_mm2), share),
        ("power", power_text(figures.power_mw), source.name if source else "no known source"),
        ("delay", f"{figures.delay_ms:.3g} ms", ""),
        ("gates", f"{circuit.gate_count:,}", ""),
    ]


def _remarks(
    circuit: Circuit, measured: Measured, provenance: Provenance, verification: Verification | None
) -> list[str]:
    data, edits = provenance.dataset, len(circuit.edits.edits)
    remarks = []
    if data:
        remarks.append(f"{data.name}: {data.train_rows:,} training and {data.test_rows:,} test rows")
    if measured.accuracies.float_model is not None:
        remarks.append(f"float model {measured.accuracies.float_model:.3f}")
    if edits:
        remarks.append(f"{edits} gate-level edits")
    if verification is None:
        return [*remarks, "not verified (verify())"]
    if not verification.agrees:
        return [*remarks, "VERIFICATION FAILED"]
    checks = {"simulator": verification.simulator, "Icarus": verification.icarus, "proof": verification.formal}
    return [*remarks, ", ".join(f"{name}: {check.status}" for name, check in checks.items())]
