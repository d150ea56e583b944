"""Side by side with Yosys and ABC on our own ``rtl.v``, with the same cells.

    python benchmarks/side_yosys.py [--only NAME,...] [--high S]
    python benchmarks/side_yosys.py --small [--only NAME,...]

The 16 reference models and three trees; with ``--small`` trees and linear models of few bits whose circuits have fewer
than 200 gates. Yosys (that of the ``pyosys`` wheel) gets the Liberty form of the EGFET cells,
with a dummy buffer since its mappers demand one, and runs several usual area scripts, each with its own adders and with
ripple-carry ones (its default is carry-lookahead, which is larger); its smallest circuit counts. Ours is what
`compile_model` gives by default, or with high effort and so many seconds (``--high``). Areas in mm2. A script that
takes more than `CPU_S` of processor time does not count.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from abc_mapping import cells_area_mm2, liberty
from record import Bar, Row, geometric_mean, record, table
from reference import MODELS, chosen, positive, reference_data, reference_model, reference_tree
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier

from bespoke.cells import CellLibrary
from bespoke.data import load_dataset
from bespoke.errors import ToolTimeoutError
from bespoke.external import find_program, run_program
from bespoke.flow import Design, compile_model
from bespoke.verilog import MODULE, write_rtl

TREES = ("seeds", "cardio", "redwine")
MOST_GATES = 200
OWN, NEAR = ("iris", "wine", "breast_cancer_wdbc"), ("seeds", "balance", "mammographic")  # at hand; in ../shared
SMALL: dict[str, Callable[[], Any]] = {
    **{f"depth {depth}": partial(DecisionTreeClassifier, max_depth=depth, random_state=0) for depth in (2, 3, 4, 5)},
    "tree": partial(DecisionTreeClassifier, random_state=0),
    "linear": lambda: make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=1000)),
}
CPU_S = 60
TIMEOUT_S = 3600
JOBS = 2
ABC_SCRIPTS = {
    "default": "",
    "amap": "+strash;ifraig;dc2;dc2;dch;amap",
    "area": "+strash;ifraig;scorr;dc2;dc2;resub,-K,8;rewrite;refactor;resub,-K,8;dch,-f;amap,-m",
    "map": "+strash;ifraig;scorr;dc2;dch,-f;map,-a",
}
RIPPLE = """
(* techmap_celltype = "$lcu" *)
module ripple_carry (P, G, CI, CO);
  parameter WIDTH = 2;
  input [WIDTH-1:0] P, G;
  input CI;
  output [WIDTH-1:0] CO;
  genvar i;
  generate
    for (i = 0; i < WIDTH; i = i + 1) begin : bits
      if (i == 0) assign CO[0] = G[0] | (P[0] & CI);
      else assign CO[i] = G[i] | (P[i] & CO[i-1]);
    end
  endgenerate
endmodule
"""
SYNTHESIS = {
    "own adders": (f"synth -flatten -noabc -top {MODULE}",),
    "ripple adders": (
        f"synth -flatten -top {MODULE} -run begin:fine",
        "alumacc",
        "opt",
        "techmap -map ripple.v -map +/techmap.v",
        "opt -full",
    ),
}
# Runs passes given as arguments; a process of its own, so that it and the ABC that it starts can be stopped.
DRIVER = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({CPU_S}, {CPU_S}))
from pyosys import libyosys
design = libyosys.Design()
for command in sys.argv[1:]:
    libyosys.run_pass(command, design)
"""


def yosys_areas(rtl: str, library: CellLibrary) -> dict[str, float]:
    """Area by variant of those that finished."""
    areas = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rtl.v").write_text(rtl, encoding="utf-8")
        (folder / "cells.lib").write_text(liberty(library), encoding="utf-8")
        (folder / "ripple.v").write_text(RIPPLE, encoding="utf-8")
        for adders, passes in SYNTHESIS.items():
            if not run_passes(folder, ["read_verilog rtl.v", *passes, "write_rtlil generic.il"]):
                continue
            with ThreadPoolExecutor(JOBS) as pool:
                mapped = pool.map(lambda script: _mapped_area(folder, script, library), ABC_SCRIPTS)
                for script, area in zip(ABC_SCRIPTS, mapped, strict=True):
                    areas |= {} if area is None else {f"{script}, {adders}": area}
    return areas


def _mapped_area(folder: Path, script: str, library: CellLibrary) -> float | None:
    """Area after a script of ABC; None if it did not finish."""
    tail = f" -script {ABC_SCRIPTS[script]}" if ABC_SCRIPTS[script] else ""
    abc = f"abc -exe {find_program('yosys-abc')} -liberty cells.lib{tail}"
    done = run_passes(folder, ["read_rtlil generic.il", abc, "opt_clean", f"write_json {script}.json"])
    return _json_area(folder / f"{script}.json", library) if done else None


def _json_area(path: Path, library: CellLibrary) -> float:
    """Area of a netlist that Yosys wrote; anything but cells of the library, buffers and scopes is an error."""
    types = [cell["type"] for cell in json.loads(path.read_text(encoding="utf-8"))["modules"][MODULE]["cells"].values()]
    unmapped = {kind for kind in types if kind.startswith("$") and kind != "$scopeinfo"}
    if unmapped:
        sys.exit(f"Yosys left unmapped cells: {', '.join(sorted(unmapped))}")
    return cells_area_mm2(types, library)


def run_passes(folder: Path, commands: list[str]) -> bool:
    """Whether Yosys ends in time with passes on the files of a folder; what it says if it fails is printed."""
    try:
        arguments = ["-c", DRIVER, *commands]
        run = run_program("python", arguments, folder=folder, timeout_s=TIMEOUT_S, path=Path(sys.executable))
    except ToolTimeoutError:
        return False
    if run.returncode:
        print(f"  {commands[1]}: {(run.stdout + run.stderr).strip().splitlines()[-1:]}")
    return run.returncode == 0


def compare(name: str, high: float | None) -> Row:
    """Our area and Yosys' for a reference model or tree, ours with high effort in so many seconds."""
    dataset, kind = name.split(".")
    reference = reference_tree(dataset) if kind == "tree" else reference_model(name)
    effort = {"effort": "high", "effort_seconds": high} if high else {}
    return _compared(compile_model(reference.estimator, dataset=reference.dataset, **reference.settings, **effort))


def compare_small(name: str) -> Row:
    """Our area and Yosys' for a small model; neither where the circuit has too many gates to be one."""
    data, kind = name.split(".")
    dataset = load_dataset(data) if data in OWN else reference_data(data)
    split = dataset.split()
    estimator = SMALL[kind]().fit(split.train_features, split.train_targets)
    design = compile_model(estimator, dataset=dataset, input_bits=4, weight_bits=3)
    return _compared(design) if design.gate_count < MOST_GATES else {}


def _compared(design: Design) -> Row:
    areas = yosys_areas(write_rtl(design.model), design.circuit.library)
    best = min(areas, key=lambda variant: areas[variant])
    ours = design.estimate.area_mm2
    found = {"gates": design.gate_count, "bespoke": ours, "yosys": areas[best], "ratio": ours / areas[best]}
    return {**found, "best variant": best, **areas}


def main() -> None:
    """Print and record the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names, separated by commas")
    parser.add_argument("--small", action="store_true", help="circuits of fewer than 200 gates")
    parser.add_argument("--high", type=positive, metavar="S", help="ours with high effort and so many seconds")
    options = parser.parse_args()
    if options.small and options.high:
        parser.error("--high is for the reference models, not for those of --small")
    rows: dict[str, Row] = {}
    small = tuple(f"{data}.{kind}" for data in (*OWN, *NEAR) for kind in SMALL)
    known = small if options.small else (*MODELS, *(f"{dataset}.tree" for dataset in TREES))
    for name in chosen(options.only, known):
        row = compare_small(name) if options.small else compare(name, options.high)
        if row:
            rows[name] = row
            print(f"{name}: {row['ratio']:.3f}", flush=True)
    print("\n" + table(rows, ("gates", "bespoke", "yosys", "ratio", "best variant")))
    ratios = [row["ratio"] for row in rows.values()]
    bars = [Bar("area ratio, geometric mean", geometric_mean(ratios), 0.59), Bar("largest ratio", max(ratios), 0.9)]
    name = "side_yosys" + ("_small" if options.small else "") + ("_high" if options.high else "")
    made_with = {"seed": 42, **({"high": options.high} if options.high else {})}
    record(name, rows, bars[options.small :], seed=made_with, keep=options.only is None)


if __name__ == "__main__":
    main()
