"""How long a large circuit takes to compile, to verify and to prove: an MLP 64-100-10 on digits.

    python benchmarks/verify_large.py [--hidden N]

With 8-bit weights and 4-bit inputs, as one process does it on the folder that `bespoke compile` writes. Seconds by the
clock: ``verify s`` of what is not proof, with the vectors of each simulator, and ``verify and proof s`` of both.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from record import Bar, Row, record, table
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from bespoke.data import load_dataset
from bespoke.flow import compile_model, verify_folder
from bespoke.report import save_design

SEED = 0
VERIFY_S, PROOF_S = 120, 900


def measure(hidden: int) -> Row:
    """Times and what was found."""
    dataset = load_dataset("digits")
    split = dataset.split()
    network = MLPClassifier((hidden,), max_iter=400, random_state=SEED)
    model = make_pipeline(MinMaxScaler(), network).fit(split.train_features, split.train_targets)
    start = time.perf_counter()
    design = compile_model(model, dataset=dataset, input_bits=4, weight_bits=8)
    compiled = time.perf_counter()
    told: list[tuple[str, float]] = []
    with TemporaryDirectory() as folder:
        save_design(design, Path(folder) / "design")
        marks = [time.perf_counter()]
        for formal in (False, True):
            found = verify_folder(
                Path(folder) / "design",
                formal=formal,
                on_stage=lambda text: told.append((text, time.perf_counter())),
            )
            marks.append(time.perf_counter())
    parts = found.icarus.parts
    return {
        "cells": design.gate_count,
        "compile s": compiled - start,
        "verify s": marks[1] - marks[0],
        "simulator": found.simulator.status,
        "simulator vectors": found.simulator.counts.get("vectors", 0),
        **{f"Icarus, {name}": part.status for name, part in parts.items()},
        **{f"Icarus vectors, {name}": part.counts.get("vectors", 0) for name, part in parts.items()},
        "proof": found.formal.status,
        "unproven": found.formal.detail,
        "verify and proof s": marks[2] - marks[1],
        "longest without a sign s": max(b - a for (_, a), (_, b) in pairwise(told)),
    }


def main() -> None:
    """Print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hidden", type=int, default=100)
    hidden = parser.parse_args().hidden
    warnings.simplefilter("ignore")
    row = measure(hidden)
    rows = {f"64-{hidden}-10": row}
    print(table(rows, row))
    bars = [
        Bar("seconds to verify", row["verify s"], VERIFY_S),
        Bar("seconds to verify and prove", row["verify and proof s"], PROOF_S),
        Bar("vectors of Icarus", min(row["Icarus vectors, netlist"], row["Icarus vectors, rtl"]), 1, at_most=False),
    ]
    record("verify_large", rows, bars, seed=SEED, keep=hidden == 100)


if __name__ == "__main__":
    sys.exit(main())
