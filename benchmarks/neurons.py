"""AND nodes of quantised neurons, given as tables, beside ABC and the best circuits known.

    python benchmarks/neurons.py [--seconds S] [--only NAME,...] [--resume]

The 16 tables of up to 12 inputs and 3 outputs are of the programming contests of IWLS 2022 to 2025, whose best circuits
are the column ``known``. ``ours`` are the AND nodes of the mapped netlist (`report.json`, ``netlist.and_nodes``), which
is mapped for the area; the search (``--effort-seconds``) takes 0.7 of the time that is given, and ``seconds`` are those
of the whole compilation. ``deepsyn`` are those of ABC's `dc2; &deepsyn` with all of the
time, from a decision diagram of the table whose order was searched for as ours are. Each
circuit of ours is proven. Times and what is found within them depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from record import Bar, record, resumed, table
from reference import SHARED, chosen

from bespoke.external import run_program
from bespoke.flow import compile_model
from bespoke.frontend.truth_table import read_truth
from bespoke.netlist import to_aiger
from bespoke.opt.table_diagram import netlist_of_diagram, search_order

KNOWN = {
    "ex68": 106,
    "ex70": 91,
    "ex72": 132,
    "ex74": 140,
    "ex76": 144,
    "ex78": 269,
    "ex80": 398,
    "ex82": 474,
    "ex84": 97,
    "ex86": 125,
    "ex88": 229,
    "ex90": 385,
    "ex92": 28,
    "ex94": 33,
    "ex96": 64,
    "ex98": 118,
}
LIMIT, SECONDS = 4300, 60.0
SEARCH_SHARE = 0.7  # of the time; the rest is for lowering, mapping and the machine code of a first call
ORDER_TRIES = 400
COLUMNS = ("known", "ours", "deepsyn", "area mm2", "seconds")
# Aliases that `&deepsyn` calls and that ABC reads from abc.rc.
_SHORT = {"b": "balance", "rs": "resub", "rw": "rewrite", "rwz": "rewrite -z", "rf": "refactor", "rfz": "refactor -z"}
_COMPRESS = (
    "b -l; rs -K 6 -l; rw -l; rs -K 6 -N 2 -l; rf -l; rs -K 8 -l; b -l; rs -K 8 -N 2 -l; rw -l; rs -K 10 -l; rwz -l; "
    "rs -K 10 -N 2 -l; b -l; rs -K 12 -l; rfz -l; rs -K 12 -N 2 -l; rwz -l; b -l"
)


def neuron(name: str, seconds: float) -> dict[str, Any]:
    """Nodes of ours and of ABC's circuit."""
    file = SHARED / "learn" / "neurons" / f"{name}.truth"
    start = time.perf_counter()
    share = SEARCH_SHARE * seconds
    design = compile_model(read_truth(file), effort="high", effort_seconds=share)
    taken = time.perf_counter() - start
    verification = design.verify()
    assert verification.formal is not None
    assert verification.agrees
    row: dict[str, Any] = {"known": KNOWN[name], "ours": design.circuit.and_nodes}
    row |= {"area mm2": design.estimate.area_mm2, "seconds": taken, "proof": verification.formal.status}
    return row | {"deepsyn": deepsyn(file, seconds)}


def deepsyn(file: Path, seconds: float) -> int:
    """AND nodes that ABC finds for a table, from a decision diagram whose order was searched for."""
    rows = [line.strip() for line in file.read_text(encoding="ascii").split()]
    values = np.array([list(row[::-1]) for row in rows]) == "1"
    order = search_order(values, ORDER_TRIES, np.random.default_rng(0))
    diagram = netlist_of_diagram(values, order)
    commands = [f"alias {short} {long}" for short, long in _SHORT.items()] + [f'alias compress2rs "{_COMPRESS}"']
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "in.aig").write_bytes(to_aiger(diagram, diagram.output_literals()))
        lines = [*commands, "read_aiger in.aig", "strash", "dc2", "&get", f"&deepsyn -T {seconds:.0f}", "&ps"]
        (Path(folder) / "script").write_text("\n".join(lines) + "\n", encoding="ascii")
        # ABC looks at the clock between its iterations only.
        answer = run_program("yosys-abc", ["-q", "source script"], folder=Path(folder), timeout_s=10 * seconds + 120)
    return int(re.findall(r"and\s*=\s*(\d+)", re.sub(r"\x1b\[[0-9;]*m", "", answer.stdout))[-1])


def main() -> None:
    """Measure, show and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each table, of ours and of ABC")
    parser.add_argument("--only", help="parts of names, with commas")
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    given = parser.parse_args()
    cases = [(name, partial(neuron, name, given.seconds)) for name in chosen(given.only, tuple(KNOWN))]
    settings = {"seconds": given.seconds}
    rows = resumed("neurons", cases, resume=given.resume, settings=settings)
    print("\n" + table(rows, COLUMNS))
    total = {column: sum(row[column] for row in rows.values()) for column in ("known", "ours", "deepsyn")}
    print("\n" + ", ".join(f"{column} {number}" for column, number in total.items()))
    proven = sum(row["proof"] == "proven" for row in rows.values())
    bars = [
        Bar("AND nodes, sum", total["ours"], LIMIT),
        Bar("AND nodes of &deepsyn over ours", total["deepsyn"] / total["ours"], 1.0, at_most=False),
        Bar("AND nodes over the best known", total["ours"] / total["known"], LIMIT / sum(KNOWN.values())),
        Bar("circuits not proven", len(rows) - proven, 0),
        Bar("most seconds of a compilation", max(row["seconds"] for row in rows.values()), given.seconds),
    ]
    keep = not given.only and given.seconds == SECONDS
    record("neurons", rows, bars, seed={"seed": 42, **settings}, keep=keep)


if __name__ == "__main__":
    main()
