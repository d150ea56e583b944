"""Operators of the library: areas in two technologies beside exact error figures, and popcounts beside published ones.

    python benchmarks/operators.py adders
    python benchmarks/operators.py products
    python benchmarks/operators.py popcounts

``adders`` has adders of 8 bits of every family over their parameters: area in mm2 in EGFET and CNT-TFT, error figures
over all 65,536 pairs, and whether the adder is on the front of area (EGFET) against mean error distance, and against
the root of the mean square error. ``products`` has, over a dozen constants times a word of 4 bits, how many members of
each family are on the front of area against mean error distance of their constant; the exact product is among them.
``popcounts`` has areas in EGFET; published ones are those of the library of evolved circuits of ICCAD 2024.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import product
from typing import Any

from record import Bar, Row, geometric_mean, record, table

from bespoke.arith.operators import Operator, enumerated_figures, make_operator
from bespoke.cells import load_library
from bespoke.flow import operator_circuit

WIDTH = 8
WORD = 4
CONSTANTS = (11, 23, 29, 37, 45, 53, 75, 83, 91, 93, 107, 117)
TECHNOLOGIES = ("egfet", "cnt_tft")
PUBLISHED_EXACT = {8: 16.95, 10: 23.28, 16: 44.61}
# Inputs, largest error allowed, mean error distance allowed, area in mm2.
PUBLISHED_INEXACT = ((10, 2, 0.75, 10.78), (16, 6, None, 41.5))
COLUMNS = ("egfet", "cnt_tft", "error rate", "mean", "mean distance", "rms", "worst", "front", "rms front")


def adders() -> Iterator[tuple[str, dict[str, int | tuple[int, ...]]]]:
    """Families with parameters."""
    lows = range(WIDTH)
    yield from (("truncated", {"low": low, "fill": fill}) for low in lows for fill in sorted({0, (1 << low) - 1}))
    yield from ((family, {"low": low}) for family in ("loa", "eta1") for low in lows[1:])
    yield from (("ama", {"low": low, "cell": cell}) for low, cell in product(lows[1:], range(1, 6)))
    yield from (("eta2", {"block": block}) for block in range(1, 4))
    parts = product(range(1, WIDTH), range(WIDTH))
    yield from (("gear", {"result": r, "previous": p}) for r, p in parts if r + p < WIDTH)
    for blocks, previous in (((4, 4), (0, 1)), ((4, 4), (0, 2)), ((3, 2, 3), (0, 1, 3)), ((2, 2, 4), (0, 1, 2))):
        yield "quad", {"blocks": blocks, "previous": previous}


def area(family: str, operator: Operator, technology: str) -> float:
    """Area in mm2."""
    return operator_circuit(family, operator, load_library(technology, None)).estimate.area_mm2


def measure(family: str, parameters: dict[str, int | tuple[int, ...]]) -> dict[str, Any]:
    """Areas and errors of one adder."""
    operator = make_operator(family, {"width": WIDTH, **parameters})
    figures = enumerated_figures(operator)
    return {
        **{technology: area(family, operator, technology) for technology in TECHNOLOGIES},
        "error rate": float(figures.error_rate),
        "mean": float(figures.mean),
        "mean distance": float(figures.mean_absolute),
        "rms": figures.rms,
        "worst": figures.worst,
    }


def is_on_front(row: Row, rows: list[dict[str, Any]], error: str) -> bool:
    """Whether no adder is smaller at the same error, or nearer at the same area."""
    return not any(
        other["egfet"] <= row["egfet"]
        and other[error] <= row[error]
        and (other["egfet"], other[error]) != (row["egfet"], row[error])
        for other in rows
    )


def run_adders(_: argparse.Namespace) -> None:
    """Adders of all families."""
    rows = {}
    for family, parameters in adders():
        values = (f"{name}={value}" for name, value in parameters.items())
        rows[" ".join((family, *values))] = measure(family, parameters)
    for row in rows.values():
        row["front"] = int(is_on_front(row, list(rows.values()), "mean distance"))
        row["rms front"] = int(is_on_front(row, list(rows.values()), "rms"))
    print(table(rows, COLUMNS))
    record("operators_adders", rows, [], seed=None)


def products(constant: int) -> Iterator[tuple[str, dict[str, int | tuple[int, ...]]]]:
    """Families with parameters; the exact product is the one with all columns."""
    own: dict[str, int | tuple[int, ...]] = {"width": WORD, "constant": constant}
    for low in range(7):
        yield from (("truncated_product", own | {"low": low, "fill": fill}) for fill in sorted({0, (1 << low) // 2}))
    yield from (("perforated_product", own | {"digits": digits}) for digits in range(1, 5))
    yield from (("alphabet_product", own | {"alphabet": letters}) for letters in ((1,), (1, 3), (1, 3, 5, 7)))
    yield from (("drum_product", own | {"kept": kept}) for kept in range(1, WORD))
    yield "logarithmic_product", own


def run_products(_: argparse.Namespace) -> None:
    """Members of each family on the fronts of their constants."""
    rows: dict[str, dict[str, Any]] = {}
    for constant in CONSTANTS:
        found = []
        for family, parameters in products(constant):
            operator = make_operator(family, parameters)
            error = float(enumerated_figures(operator).mean_absolute)
            found.append({"family": family, "egfet": area(family, operator, "egfet"), "mean distance": error})
        for each in found:
            row = rows.setdefault(each["family"], {"members": 0, "on fronts": 0})
            row["members"] += 1
            row["on fronts"] += int(is_on_front(each, found, "mean distance"))
    print(table(rows, ("members", "on fronts")))
    record("operators_products", rows, [], seed=None)


def inexact(width: int, worst: int, mean: float | None) -> tuple[float, Operator]:
    """Smallest popcount within an error, over the parameters of the family."""
    found = []
    for majorities, ignored, plus in product(range(4), range(5), range(4)):
        if 3 * majorities + ignored > width:
            continue
        given = {"width": width, "majorities": majorities, "ignored": ignored, "plus": plus}
        operator = make_operator("majority_popcount", given)
        figures = enumerated_figures(operator)
        if figures.worst <= worst and (mean is None or figures.mean_absolute <= mean):
            found.append((area("majority_popcount", operator, "egfet"), operator))
    return min(found, key=lambda each: each[0])


def run_popcounts(_: argparse.Namespace) -> None:
    """Exact and inexact popcounts beside published ones."""
    rows: dict[str, dict[str, Any]] = {}
    bars = []
    for width, known in PUBLISHED_EXACT.items():
        ours = area("popcount", make_operator("popcount", {"width": width}), "egfet")
        rows[f"exact {width}"] = {"area": ours, "published": known, "ratio": ours / known, "parameters": ""}
    ratios = [row["ratio"] for row in rows.values()]
    bars.append(Bar("exact popcounts, geometric mean of the ratio", geometric_mean(ratios), 0.67))
    bars.append(Bar("exact popcounts, largest ratio", max(ratios), 0.73))
    for width, worst, mean, known in PUBLISHED_INEXACT:
        ours, operator = inexact(width, worst, mean)
        name = f"inexact {width}, worst {worst}"
        rows[name] = {"area": ours, "published": known, "ratio": ours / known, "parameters": str(operator)}
        bars.append(Bar(f"{name}, area", ours, known))
    print(table(rows, ("area", "published", "ratio", "parameters")))
    record("operators_popcounts", rows, bars, seed=None)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(required=True)
    for name, run in (("adders", run_adders), ("products", run_products), ("popcounts", run_popcounts)):
        kinds.add_parser(name).set_defaults(run=run)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
