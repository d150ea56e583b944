"""The published figures that the package carries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bespoke.data import catalogue
from bespoke.sweep.published import Figures, PublishedRow, citations, published_rows, published_topology

REFERENCE = json.loads((Path(__file__).parents[2] / "benchmarks" / "published.json").read_text())
KINDS = {"MLP_clf": "mlp", "MLP_reg": "mlp_regressor", "SVM_clf": "svm", "SVM_reg": "svr"}
ALL = [
    row
    for name in catalogue()
    for kind in ("mlp", "mlp_regressor", "svm", "svr", "tree")
    for row in published_rows(name, kind)
]


def from_table(dataset: str, kind: str) -> PublishedRow:
    return published_rows(dataset, kind)[0]


def agrees(found: Figures, wanted: dict, scale: float = 1.0) -> bool:
    area = found.area_cm2 / scale if found.area_cm2 is not None else None
    return (found.accuracy, found.power_mw) == (wanted.get("accuracy"), wanted.get("power")) and area == (
        pytest.approx(wanted["area"]) if "area" in wanted else None
    )


def test_they_are_those_of_the_benchmarks():
    for name, wanted in REFERENCE["exact"].items():
        dataset, kind = name.split(".")
        row = from_table(dataset, KINDS[kind])
        assert agrees(row.exact, wanted), name
        assert agrees(row.approximate, REFERENCE["approximate"].get(name, {})), name
        assert row.source == wanted["source"]
    for dataset, wanted in REFERENCE["exact_trees"].items():
        row = from_table(dataset, "tree")
        assert agrees(row.exact, wanted, 0.01)
        assert agrees(row.approximate, REFERENCE["approximate_trees"][dataset], 0.01)
    for dataset, points in REFERENCE["best_known"].items():
        for point in points:
            rows = published_rows(dataset, point["kind"].lower())
            assert any(agrees(row.approximate, point) and row.source == point["source"] for row in rows), point


def test_none_is_there_without_a_reference_or_a_citation():
    count = sum(len(REFERENCE[name]) for name in ("exact", "exact_trees"))
    assert len(ALL) == count + sum(len(points) for points in REFERENCE["best_known"].values())
    assert {row.source for row in ALL} <= set(citations())


def test_topologies():
    assert published_topology("redwine", "mlp") == (2,)
    assert published_topology("redwine", "mlp_regressor") == (2,)
    assert published_topology("redwine", "svm") is None
    assert published_topology("iris", "mlp") is None


def test_what_is_not_as_usual_is_said():
    assert "0.6 V" in {row.note for row in published_rows("whitewine", "mlp")}
    assert published_rows("redwine", "mlp")[2].origin == "TC 2023 (released circuit)"
