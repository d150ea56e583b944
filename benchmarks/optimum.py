"""AND nodes of small functions beside the least number that there is, which a SAT solver proves.

    python benchmarks/optimum.py [--only PART,...] [--conflicts N] [--recorded] [--keep]

The functions are tables of a few bits of the kinds that models are made of (`small_functions`); a seed chooses those
that are random. ``fast`` and ``high`` are the AND nodes of the mapped netlist (`report.json`, ``netlist.and_nodes``)
that `bespoke compile FILE.truth` gives with that effort; each circuit is compared with its table. ``least`` is proven:
all smaller numbers are refuted, and a circuit of this number is known, ours or the solver's. The solver ends after so
many conflicts for a function, whatever machine it runs on. Where it comes to no end, ``refuted`` gates are too few, and
the function counts in no figure. ``--recorded`` takes what the last results have proven in the place of the solver: it
holds for all circuits of the same functions. python-sat is installed for this benchmark only
(``pip install python-sat``).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from least_gates import Flags, Least, least_gates
from record import RESULTS, Bar, Row, record, table
from reference import chosen
from small_functions import small_functions

from bespoke.flow import compile_model
from bespoke.frontend.truth_table import read_truth
from bespoke.opt import EFFORTS

SEED = 0
CONFLICTS = 500_000  # of a function; some 15 s
MOST = 12  # gates of a function that counts
NEAR = 1  # gates beyond the least number
SHARE, FUNCTIONS = 0.9, 60
COLUMNS = ("inputs", "outputs", "least", "refuted", *EFFORTS, "seconds")


def measure(values: Flags, conflicts: int, proven: Row | None) -> dict[str, Any]:
    """Gates of ours and the least number, which may be proven already."""
    row: dict[str, Any] = {"inputs": values.shape[1].bit_length() - 1, "outputs": len(values)}
    ours = {effort: and_nodes(values, effort) for effort in EFFORTS}
    # With any circuit of ours the solver has to refute smaller ones only.
    known, start = min(ours.values()), time.perf_counter()
    if proven is None:
        least = least_gates(values, known, conflicts)
    else:
        gates = proven.get("least", proven.get("refuted", 0) + 1)
        least = Least(gates, "least" in proven or gates == known, proven["conflicts"])
    assert known >= least.gates
    seconds = time.perf_counter() - start if proven is None else proven["seconds"]
    found = {"least": least.gates} if least.finished else {"refuted": least.gates - 1}
    return row | ours | found | {"conflicts": least.conflicts, "seconds": seconds}


def and_nodes(values: Flags, effort: str) -> int:
    """AND nodes of the circuit that a file with the table becomes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "function.truth"
        file.write_text("".join("".join("01"[bit] for bit in row[::-1].astype(int)) + "\n" for row in values))
        circuit = compile_model(read_truth(file), effort=effort).circuit
    inputs = values.shape[1].bit_length() - 1
    given = circuit.outputs(np.arange(values.shape[1])[:, None] >> np.arange(inputs) & 1)
    assert ((given >> np.arange(len(values))[:, None] & 1) == values).all()
    return circuit.and_nodes


def recorded(settings: Row) -> Mapping[str, Row]:
    """Rows of the last results, which must be of the same settings."""
    document = json.loads((RESULTS / "optimum.json").read_text(encoding="utf-8"))
    if any(document.get(name) != value for name, value in settings.items()):
        sys.exit(f"the last results are not of {settings}; leave out --recorded")
    return document["rows"]


def bars(rows: Mapping[str, Row]) -> list[Bar]:
    """How near ours are, of the functions whose least number is known."""
    known = [row for row in rows.values() if row.get("least", MOST + 1) <= MOST]
    found = [Bar("functions with a proven least number", len(known), FUNCTIONS, at_most=False)]
    for effort in EFFORTS:
        beyond = np.array([row[effort] - row["least"] for row in known])
        name = f"{effort}, share within {NEAR} gate of the least number"
        found.append(Bar(name, float((beyond <= NEAR).mean()), SHARE, at_most=False))
        print(f"{effort}: least number {(beyond == 0).sum()}, one more {(beyond == 1).sum()}, most {beyond.max()} more")
        total = sum(row[effort] for row in known)
        print(f"{effort}: {total} AND nodes in all, least number {sum(row['least'] for row in known)}")
    return found


def main() -> None:
    """Measure, show and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names, with commas")
    parser.add_argument("--conflicts", type=int, default=CONFLICTS, help="of the solver, for each function")
    parser.add_argument("--recorded", action="store_true", help="take the proofs of the last results")
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results/optimum.json")
    given = parser.parse_args()
    if find_spec("pysat") is None and not given.recorded:
        sys.exit("python-sat is not installed; it is a yardstick for this benchmark only: pip install python-sat")
    functions = small_functions(SEED)
    settings = {"seed": SEED, "conflicts": given.conflicts}
    proven = recorded(settings) if given.recorded else {}
    rows: dict[str, Row] = {}
    for name in chosen(given.only, tuple(functions)):
        rows[name] = measure(functions[name], given.conflicts, proven.get(name))
        print(f"{name}: {rows[name]}", flush=True)
    print("\n" + table(rows, COLUMNS) + "\n")
    unknown = [name for name, row in rows.items() if "least" not in row]
    print(f"{len(rows)} functions, not finished {len(unknown)}: {'; '.join(unknown)}")
    record("optimum", rows, bars(rows), seed=settings, keep=given.keep and not given.only)


if __name__ == "__main__":
    main()
