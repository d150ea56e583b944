"""Circuits chosen by their functional yield, and hardened ones beside triplicated ones.

    python benchmarks/yields.py hardening|choice|area [--only NAME,...] [--resume]

All of it is measured on eight models: the MLP of each data set and a tree of depth 6, with a wire per level. A circuit
is good enough if it loses at most 2 points of accuracy by its defects. The *plain* choice is the smallest circuit that
loses at most 1 point, as `approximate` finds it; densities of defects are those at which it yields 80 % on the training
rows. Training rows alone choose, too, and the test rows judge.

``hardening``: the plain choice, of trees the exact circuit, and its hardened forms beside the same circuit with every
cell three times and voters of the outputs, and beside the line between the two: yields at a part of the area of the
triplicated one above the plain one. Between forms yields are interpolated.

``choice``: the yield and the accuracy of the plain choice, of the circuit without hardening that yields most, and of
what ``--min-yield 0.9 --harden`` chooses, all from searches with the same seed and limit on the loss.

``area``: area, accuracy and yield of exact and approximate circuits with a word and with a wires per level for each
feature, at the density at which the exact circuit with words yields 80 %; for approximate ones the power of the area
with which that of fatal faults falls.

Rows that are done stand in ``build/yields_<name>.json``, from where ``--resume`` goes on.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import numpy as np
from record import Bar, Row, record, resumed, table
from reference import Reference, reference_network, shallow_tree

from bespoke import approximate
from bespoke.analysis import Judged
from bespoke.faults import Demand, FunctionalYield, Hardening, Subject, functional_yield, subject
from bespoke.flow import Design, ParetoFront, compile_model
from bespoke.flow.sources import Rows
from bespoke.flow.yields import judged_rows

SEED = 42
DATA = ("balance", "cardio", "seeds", "redwine")
KINDS: Mapping[str, Callable[[str], Reference]] = {"MLP": reference_network, "tree": shallow_tree}
MODELS = tuple(f"{data}, {kind}" for kind in KINDS for data in DATA)
SEARCH: Mapping[str, Any] = {
    "max_loss": 0.01, "population": 40, "islands": 1, "epochs": 2, "generations": 20, "finalists": 4, "jobs": 1,
}  # fmt: skip
TOLERANCE, SAMPLES, PLAIN_YIELD, WANTED_YIELD = 0.02, 1000, 0.8, 0.9
PARTS = (0.25, 0.5, 0.75)


def reference(name: str) -> Reference:
    """One of `MODELS`."""
    data, kind = name.split(", ")
    return KINDS[kind](data)


def settings(name: str) -> dict[str, Any]:
    """How it is compiled where nothing else is said."""
    return {**reference(name).settings, "inputs": "unary" if name.endswith("tree") else "binary"}


def front_of(name: str, **more: Any) -> ParetoFront:  # noqa: ANN401  options
    """The front that is searched for a model."""
    known = reference(name)
    return approximate(known.estimator, dataset=known.dataset, **{**settings(name), **SEARCH, **more})


@cache
def plain(name: str) -> Design:
    """The plain choice."""
    front = front_of(name)
    return front.chosen or front.exact


def to_harden(name: str) -> Design:
    """The circuit that is hardened: approximate trees may have next to no cells."""
    known = reference(name)
    return compile_model(known.estimator, dataset=known.dataset, **settings(name)) if "tree" in name else plain(name)


def circuit_of(design: Design) -> Subject:
    """Its cells."""
    return subject(design.circuit.mapped, design.circuit.library)


def judged(name: str, design: Design, part: str) -> Judged:
    """The training or the test rows for a circuit."""
    split = reference(name).dataset.split()
    features, targets = getattr(split, f"{part}_features"), getattr(split, f"{part}_targets")
    rows = Rows.of(design.model, features, targets)
    return judged_rows(design.circuit.boundary, design.model.decision, rows, part)


def curve(circuit: Subject, rows: Judged) -> FunctionalYield:
    """Its yield."""
    return functional_yield(circuit, [Demand(rows.rows, TOLERANCE * rows.unit)], samples=SAMPLES, seed=SEED)


def density_of(name: str, design: Design) -> float:
    """Defects per cm2 at which a circuit yields 80 % on the training rows."""
    return curve(circuit_of(design), judged(name, design, "train")).density_for(PLAIN_YIELD)


def hardening(name: str) -> Row:
    """Hardened forms beside triplication."""
    design = to_harden(name)
    density = density_of(name, design)
    train, test = (judged(name, design, part) for part in ("train", "test"))
    base = circuit_of(design)
    forms = Hardening(base, train.rows, TOLERANCE * train.unit).forms()
    areas = [design.estimate.area_mm2, *(form.area_mm2 for form in forms)]
    circuits = [base, *(subject(form.copied.netlist, base.library) for form in forms)]
    found = [curve(each, test).at(density) for each in circuits]
    for area, (share, low, high) in zip(areas, found, strict=True):
        print(f"  {name}: {area / areas[0]:.2f} x {share:.3f} ({low:.3f} to {high:.3f})", flush=True)
    shares, whole = [share for share, _, _ in found], found[-1]
    row = {
        "area mm2": areas[0],
        "defects per cm2": density,
        "plain": shares[0],
        "triplicated": whole[0],
        "triplicated area": areas[-1] / areas[0],
    }
    for part in PARTS:
        at = areas[0] + part * (areas[-1] - areas[0])
        row[f"line at {part:g}"] = shares[0] + part * (shares[-1] - shares[0])
        row[f"hardened at {part:g}"] = float(np.interp(at, areas, shares))
    alike = [area for area, (_, _, high) in zip(areas, found, strict=True) if high >= whole[1]]
    return {**row, "area with its yield": min(alike) / areas[0], "clearly better": clearly_better(found)}


def clearly_better(found: list[tuple[float, float, float]]) -> bool:
    """Whether the interval of a form lies above that of the last one, which is triplicated and the largest."""
    return any(low > found[-1][2] for _, low, _ in found[:-1])


def hardening_bars(rows: Mapping[str, Row]) -> list[Bar]:
    """How often hardening is better."""
    half = sum(row["hardened at 0.5"] > row["line at 0.5"] for row in rows.values())
    better = sum(row["clearly better"] for row in rows.values())
    return [
        Bar("circuits", len(rows), len(MODELS), at_most=False),
        Bar("circuits above the line at half of the area", half, 6, at_most=False),
        Bar("circuits better than triplicated at no more area", better, 6, at_most=False),
    ]


def picked(name: str, density: float) -> dict[str, Design]:
    """The circuits that are chosen at a density of defects."""
    front = front_of(name, defects=density, samples=SAMPLES, min_yield=WANTED_YIELD, harden=True)
    good = [point.design for point in front.points if point.gain >= -SEARCH["max_loss"]]
    unhardened = [each for each in good if "hardening" not in each.analyses]
    return {
        "plain": plain(name),
        "most": max(unhardened, key=lambda each: each.good_share, default=plain(name)),
        "hardened": front.chosen or max(good, key=lambda each: each.good_share),
    }


def choice(name: str) -> Row:
    """The plain choice beside choices by yield."""
    density = density_of(name, plain(name))
    if math.isfinite(density):
        picks = picked(name, density)
    else:  # a circuit without cells has no defects
        density, picks = 0.0, dict.fromkeys(("plain", "most", "hardened"), plain(name))
    row: dict[str, Any] = {"defects per cm2": density}
    for label, design in picks.items():
        share, low, high = curve(circuit_of(design), judged(name, design, "test")).at(density)
        row |= {label: share, f"{label} low": low, f"{label} high": high}
        row |= {f"{label} accuracy": design.accuracies.test, f"{label} area mm2": design.estimate.area_mm2}
    return row


def choice_bars(rows: Mapping[str, Row]) -> list[Bar]:
    """How often a choice by yield yields more at no less accuracy."""
    bars = []
    for label, words in (("most", "without hardening"), ("hardened", "with hardening")):
        more = [row[f"{label} low"] > row["plain high"] for row in rows.values()]
        alike = [row[f"{label} accuracy"] >= row["plain accuracy"] for row in rows.values()]
        count = sum(a and b for a, b in zip(more, alike, strict=True))
        bars.append(Bar(f"circuits that yield more at no less accuracy, {words}", count, 6, at_most=False))
    return bars


def area(name: str) -> Row:
    """Exact and approximate circuits with both codes."""
    known, row, density, base = reference(name), dict[str, Any](), None, (0.0, 0.0)
    for code in ("binary", "unary"):
        exact = compile_model(known.estimator, dataset=known.dataset, **{**settings(name), "inputs": code})
        approximated = front_of(name, inputs=code).chosen or exact
        for kind, design in (("exact", exact), ("approximate", approximated)):
            found = curve(circuit_of(design), judged(name, design, "test"))
            density = density or found.density_for(PLAIN_YIELD)
            share, low, high = found.at(density)
            fatal, size = float(1.0 - found.shares[1]) * found.area_cm2, found.area_cm2
            label = f"{kind} {code}"
            row |= {f"{label} area mm2": 100 * size, f"{label} accuracy": design.accuracies.test}
            row |= {f"{label} yield": share, f"{label} low": low, f"{label} high": high}
            row[f"{label} density"] = found.density_for(PLAIN_YIELD)
            if kind == "exact":
                base = fatal, size
            elif min(fatal, base[0]) > 0 and size < base[1]:
                row[f"{code} power"] = math.log(fatal / base[0]) / math.log(size / base[1])
    return {"defects per cm2": density, **row}


def area_bars(rows: Mapping[str, Row]) -> list[Bar]:
    """How often smaller approximate circuits yield more than exact ones, and how fatal area falls with area."""
    pairs = [(row, f"exact {code}", f"approximate {code}") for row in rows.values() for code in ("binary", "unary")]
    smaller = [each for each in pairs if each[0][f"{each[2]} area mm2"] < each[0][f"{each[1]} area mm2"]]
    more = sum(row[f"{small} low"] > row[f"{large} high"] for row, large, small in smaller)
    powers = [value for row in rows.values() for key, value in row.items() if key.endswith("power")]
    bars = [Bar("smaller approximate circuits that yield more", more, len(smaller), at_most=False)]
    what = "power of the area with which that of fatal faults falls, median"
    return [*bars, Bar(what, float(np.median(powers)), 1.0)] if powers else bars


RUNS: Mapping[str, tuple[Callable[[str], Row], Callable[[Mapping[str, Row]], list[Bar]]]] = {
    "hardening": (hardening, hardening_bars),
    "choice": (choice, choice_bars),
    "area": (area, area_bars),
}


def main() -> None:
    """Print and record a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=RUNS)
    parser.add_argument("--only", help="parts of names of models, separated by semicolons")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    measure, bars_of = RUNS[options.what]
    parts = options.only.split(";") if options.only else [""]
    names = [name for name in MODELS if any(part in name for part in parts)]
    cases = [(name, partial(measure, name)) for name in names]
    rows = resumed(f"yields_{options.what}", cases, resume=options.resume)
    print("\n" + table(rows, next(iter(rows.values()))))
    record(f"yields_{options.what}", rows, bars_of(rows), seed=SEED, keep=options.only is None)


if __name__ == "__main__":
    main()
