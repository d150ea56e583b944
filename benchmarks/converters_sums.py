"""Weighted sums of thermometer codes: decoded to words first, as sums of steps, and with their products as tables.

    python benchmarks/converters_sums.py [--only NAME,...] [--bits 2,3,4]

Linear models on grids of few bits with a wire per level. ``decoded`` is what the compiler builds: each code becomes the
binary word of its level, which a sum takes bit by bit. ``steps`` adds a weight for each wire that is 1, so that
nothing is decoded. ``tables`` makes each product ``weight * word`` from the wires and adds the products. All three
answer alike on 1,000 random words; areas in mm2, ratios over ``decoded``.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import numpy as np
from record import Bar, Row, geometric_mean, record, table
from reference import chosen, grid_linear

from bespoke.flow import compile_model
from bespoke.model import Affine, Compare, IntegerModel, Lookup, Table

NAMES = ("redwine", "cardio", "seeds", "balance", "mammographic")
FORMS = ("steps", "tables")


def as_steps(model: IntegerModel) -> IntegerModel:
    """The sums on comparisons of the features with every level at which they are read."""
    affine = model.only_stage(Affine, "steps")
    weights, steps = [], []
    for column, (source, mask) in enumerate(zip(affine.sources.tolist(), affine.masks.tolist(), strict=True)):
        words = np.arange(model.coding.intervals()[source].high + 1) & mask
        for level in np.flatnonzero(np.diff(words)) + 1:
            steps.append((source, level))
            weights.append(affine.weights[:, column] * (words[level] - words[level - 1]))
    sources, levels = (np.array(each) for each in zip(*steps, strict=True))
    sums = Affine(np.array(weights).T, affine.biases, affine.activation, affine.frac_bits)
    return replace(model, stages=(Compare(sources, levels), replace(sums, dropped_bits=affine.dropped_bits)))


def as_tables(model: IntegerModel) -> IntegerModel:
    """The sums on a table of each product that is no power of two times another one."""
    affine, coding = model.only_stage(Affine, "tables"), model.coding
    tables: dict[tuple[int, int, int], int] = {}
    entries = []
    for column, (source, mask) in enumerate(zip(affine.sources.tolist(), affine.masks.tolist(), strict=True)):
        for row, weight in enumerate(affine.weights[:, column].tolist()):
            if weight:
                odd = abs(weight) // (abs(weight) & -abs(weight))
                number = tables.setdefault((source, mask, odd), len(tables))
                entries.append((row, number, weight // odd))
    lookup = []
    for source, mask, odd in tables:
        bits = tuple((source, bit) for bit in range(coding.bits[source]))
        lookup.append(Table(bits, odd * (np.arange(1 << len(bits)) & mask)))
    weights = np.zeros((len(affine.weights), len(tables)), dtype=np.int64)
    for row, number, factor in entries:
        weights[row, number] = factor
    sums = replace(affine, weights=weights, sources=np.arange(len(tables)), masks=np.full(len(tables), -1))
    return replace(model, stages=(Lookup(tuple(lookup)), sums))


def measure(name: str, bits: int) -> dict[str, Any]:
    """Areas of one model in three forms."""
    reference = grid_linear(name, bits)
    settings = {**reference.settings, "inputs": "unary"}
    decoded = compile_model(reference.estimator, dataset=reference.dataset, **settings)
    row: dict[str, Any] = {"decoded": decoded.estimate.area_mm2}
    words = reference_words(decoded.model)
    for form, change in zip(FORMS, (as_steps, as_tables), strict=True):
        model = change(decoded.model)
        if not np.array_equal(model.predict(words), decoded.model.predict(words)):
            raise AssertionError(form)
        row[form] = compile_model(model, dataset=reference.dataset, **settings).estimate.area_mm2
        row[f"{form} ratio"] = row[form] / row["decoded"]
    return row


def reference_words(model: IntegerModel) -> np.ndarray:
    """Random words of the features."""
    rng = np.random.default_rng(0)
    return np.stack([rng.integers(0, each.high + 1, 1000) for each in model.coding.intervals()], axis=1)


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names of data sets, separated by commas")
    parser.add_argument("--bits", type=lambda text: [int(each) for each in text.split(",")], default=[2, 3, 4])
    options = parser.parse_args()
    rows: dict[str, Row] = {}
    for name in chosen(options.only, NAMES):
        for bits in options.bits:
            rows[f"{name}, {bits} bits"] = row = measure(name, bits)
            print(f"{name}, {bits} bits: {row}", flush=True)
    print("\n" + table(rows, ("decoded", "steps", "steps ratio", "tables", "tables ratio")))
    bars = [
        Bar(
            f"area, {form} over decoded",
            geometric_mean(row[f"{form} ratio"] for row in rows.values()),
            1.0,
            at_most=False,
        )
        for form in FORMS
    ]
    record("converters_sums", rows, bars, seed=0, keep=options.only is None)


if __name__ == "__main__":
    main()
