"""Enumerations equal the known tables, and what scikit-learn carries has the catalogue's columns."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bespoke.data import catalogue, load_dataset
from bespoke.data.provided import GENERATORS, LOADERS


def test_every_provision_has_its_maker() -> None:
    made = {
        kind: {name for name, entry in catalogue().items() if entry.provision == kind}
        for kind in ("bundled", "generated")
    }
    assert made == {"bundled": set(LOADERS), "generated": set(GENERATORS)}


@pytest.mark.slow_if("tictactoe")
@pytest.mark.parametrize("name", [*LOADERS, *GENERATORS])
def test_made_sets_agree_with_the_catalogue(name: str, tmp_path: Path) -> None:
    entry = catalogue()[name]
    data = load_dataset(name, folder=tmp_path)
    assert data.features.shape == (entry.rows, len(entry.features))
    assert data.feature_names == entry.features
    assert entry.digest in (None, data.digest)
    assert data.targets.dtype == np.int64


# Class counts as in the documentation of the official files.
COUNTS = {
    "balance": {0: 288, 1: 288, 2: 49},
    "tictactoe": {1: 626, 0: 332},
    "monks1": {0: 216, 1: 216},
    "monks2": {0: 290, 1: 142},
    "monks3": {0: 204, 1: 228},
}


@pytest.mark.slow_if("tictactoe")
@pytest.mark.parametrize("name", COUNTS)
def test_class_counts(name: str, tmp_path: Path) -> None:
    assert Counter(load_dataset(name, folder=tmp_path).targets.tolist()) == COUNTS[name]


def test_balance_equals_the_reference_row_by_row(shared: Path, tmp_path: Path) -> None:
    made = load_dataset("balance", folder=tmp_path)
    read = load_dataset(shared / "data" / "uci" / "balance.csv")
    assert np.array_equal(made.features, read.features)
    assert np.array_equal(made.targets, read.targets)
    assert made.digest == read.digest


@pytest.mark.slow
def test_tictactoe_follows_the_official_order(tmp_path: Path) -> None:
    data = load_dataset("tictactoe", folder=tmp_path)
    boards = ["".join("box"[int(cell)] for cell in row) for row in data.features]
    assert boards[:3] == ["xxxxooxoo", "xxxxoooxo", "xxxxoooox"]
    assert boards[626] == "xxoxxoobo"
    assert boards[-3:] == ["oxoxoxxox", "oxooxxxox", "ooxxxooxx"]
