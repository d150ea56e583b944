"""Gate evaluations per second of the built-in simulator, beside Verilator-compiled C++ of the same netlist.

    python benchmarks/simulator.py [--only NAME,...]

Both run the same mapped netlist on the same random vectors in one run, in one thread, from input words in memory to
output words in memory; the outputs are compared. ``bespoke`` packs the words, evaluates every net and unpacks the
outputs; ``kernel`` is the evaluation alone, ``activity`` adds the counts that power needs. Verilator is timed
around its loop of setting the ports, evaluating and storing the output; compiling is not counted. Best of several runs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from record import Bar, Row, geometric_mean, record, table
from reference import chosen, reference_model

from bespoke.cells import CellLibrary
from bespoke.external import find_program
from bespoke.flow import compile_model
from bespoke.model import IntArray
from bespoke.netlist import MappedNetlist
from bespoke.sim import mapped_outputs, net_values, pack_words, simulate_mapped
from bespoke.verilog import write_cells, write_netlist

NAMES = ("redwine.MLP_clf", "cardio.MLP_clf", "redwine.SVM_clf", "whitewine.SVM_reg")
COUNTS = {1_000: 50, 100_000: 15}  # vectors: runs, of which the fastest counts
FLAGS = ("--cc", "--exe", "--build", "-O3", "--x-assign", "fast", "--noassert", "-Wno-fatal")
# Verilator's makefile would append -Os to flags given as -CFLAGS.
OPTIMISE = ("-MAKEFLAGS", "OPT_FAST='-O3 -march=native' OPT_SLOW=-O3 OPT_GLOBAL=-O3")
MAIN = """
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>
#include "Vtop.h"

int main(int, char** arguments) {
  const size_t count = std::strtoul(arguments[1], nullptr, 10), runs = std::strtoul(arguments[2], nullptr, 10);
  std::vector<uint16_t> words(count * PORTS);
  std::vector<int64_t> outputs(count);
  FILE* file = std::fopen("words.bin", "rb");
  if (!file || std::fread(words.data(), sizeof(uint16_t), words.size(), file) != words.size()) return 1;
  std::fclose(file);
  Vtop top;
  double best = 1e30;
  for (size_t run = 0; run < runs; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const uint16_t* word = words.data();
    for (size_t vector = 0; vector < count; ++vector) {
      SET_PORTS
      top.eval();
      outputs[vector] = top.y;
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (seconds.count() < best) best = seconds.count();
  }
  file = std::fopen("outputs.bin", "wb");
  std::fwrite(outputs.data(), sizeof(int64_t), count, file);
  std::fclose(file);
  std::printf("%.9g\\n", best);
}
"""


def verilated(mapped: MappedNetlist, library: CellLibrary, folder: Path) -> Path:
    """Program that simulates a netlist whose ports are called x0, x1, ... and y."""
    (folder / "top.v").write_text(write_netlist(mapped, library, module="top"), encoding="utf-8")
    (folder / "cells.v").write_text(write_cells(library, mapped.cell_histogram()), encoding="utf-8")
    ports = " ".join(f"top.x{number} = *word++;" for number in range(len(mapped.inputs)))
    text = MAIN.replace("PORTS)", f"{len(mapped.inputs)})").replace("SET_PORTS", ports)
    (folder / "main.cpp").write_text(text, encoding="utf-8")
    command = [str(find_program("verilator")), *FLAGS, *OPTIMISE, "--top-module", "top", "main.cpp", "top.v", "cells.v"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"Verilator failed: {run.stderr[-400:]}")
    return folder / "obj_dir" / "Vtop"


def compare(mapped: MappedNetlist, library: CellLibrary) -> dict[int, Row]:
    """Gate evaluations per second for each number of vectors."""
    inputs = tuple(replace(port, name=f"x{number}") for number, port in enumerate(mapped.inputs))
    mapped = replace(mapped, inputs=inputs, outputs=(replace(mapped.outputs[0], name="y", signed=False),))
    rng = np.random.default_rng(0)
    rows: dict[int, Row] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        program = verilated(mapped, library, folder)
        for count, runs in COUNTS.items():
            words = rng.integers(0, [1 << port.width for port in inputs], (count, len(inputs)))
            rows[count] = _rates(mapped, library, words, runs, program)
    return rows


def _rates(mapped: MappedNetlist, library: CellLibrary, words: IntArray, runs: int, program: Path) -> Row:
    count, folder = len(words), program.parents[1]
    words.astype(np.uint16).tofile(folder / "words.bin")
    run = subprocess.run([program, str(count), str(runs)], cwd=folder, capture_output=True, text=True, check=True)
    theirs = float(run.stdout)
    if not np.array_equal(
        np.fromfile(folder / "outputs.bin", dtype=np.int64), mapped_outputs(mapped, library, words)[:, 0]
    ):
        sys.exit("the two simulators disagree")
    packed = pack_words(words, mapped.inputs)
    seconds = {
        "bespoke": _fastest(lambda: mapped_outputs(mapped, library, words), runs),
        "kernel": _fastest(lambda: net_values(mapped, library, packed, count), runs),
        "activity": _fastest(lambda: simulate_mapped(mapped, library, words), runs),
        "verilator": theirs,
    }
    work = count * len(mapped.instances)
    return {
        "gates": len(mapped.instances),
        "vectors": count,
        **{name: work / value for name, value in seconds.items()},
        "ratio": theirs / seconds["bespoke"],
        "activity ratio": theirs / seconds["activity"],
    }


def _fastest(function: Callable[[], object], runs: int) -> float:
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Print and record the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names, separated by commas")
    options = parser.parse_args()
    if find_program("verilator") is None:
        sys.exit("Verilator is not installed: apt-get install verilator g++ make")
    rows: dict[str, Row] = {}
    for name in chosen(options.only, NAMES):
        reference = reference_model(name)
        design = compile_model(reference.estimator, dataset=reference.dataset, **reference.settings)
        for count, row in compare(design.circuit.mapped, design.circuit.library).items():
            rows[f"{name}, {count}"] = row
    print(table(rows, ("gates", "vectors", "bespoke", "kernel", "activity", "verilator", "ratio", "activity ratio")))
    bars = []
    for count, limit in zip(COUNTS, (1.0, 10.0), strict=True):
        ratios = [row["ratio"] for row in rows.values() if row["vectors"] == count]
        bars.append(
            Bar(f"{count} vectors, geometric mean over Verilator", geometric_mean(ratios), limit, at_most=False)
        )
        bars.append(Bar(f"{count} vectors, smallest over Verilator", min(ratios), limit, at_most=False))
    record("simulator", rows, bars, seed=0, keep=options.only is None, timed=True)


if __name__ == "__main__":
    main()
