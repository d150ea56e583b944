"""One random model through every executor; each check returns what disagrees, in words."""

from __future__ import annotations

import numpy as np
from random_models import all_words, random_model, random_words

from bespoke.cells import load_library
from bespoke.lowering import lower
from bespoke.model import IntegerModel, IntegerTree, model_digest, model_from_text, model_to_text
from bespoke.netlist import MappedNetlist
from bespoke.opt import optimise
from bespoke.proof import prove_lowered
from bespoke.sim import simulate, simulate_mapped
from bespoke.techmap import map_netlist
from bespoke.verilog import (
    model_boundary,
    netlist_boundary,
    read_netlist,
    run_icarus,
    write_cells,
    write_netlist,
    write_rtl,
    write_testbench,
    write_vectors,
)

EXHAUSTIVE_BITS = 12
VECTORS = 300


def stimuli(rng: np.random.Generator, model: IntegerModel) -> np.ndarray:
    """All input vectors of a small model; else random ones and every threshold of a tree at -1, 0 and +1."""
    bits = model.coding.bits
    if sum(bits) <= EXHAUSTIVE_BITS:
        return all_words(bits)
    words = random_words(rng, model.coding, VECTORS)
    if isinstance(model, IntegerTree):
        rows = [words]
        for node in np.flatnonzero(model.feature >= 0):
            feature = model.feature[node]
            near = words[rng.integers(len(words), size=3)].copy()
            near[:, feature] = np.clip(model.threshold[node] + [-1, 0, 1], 0, (1 << bits[feature]) - 1)
            rows.append(near)
        return np.concatenate(rows)
    return words


def check_everything(rng: np.random.Generator, *, proof: bool = True) -> list[str]:
    """Compare model, lowered, optimised and mapped netlist, their text forms and the proof."""
    model = random_model(rng)
    words = stimuli(rng, model)
    expected = model.predict(words)
    lowered = lower(model)
    optimised = optimise(lowered.netlist)
    library = load_library("egfet")
    mapped = map_netlist(optimised, library)
    problems = []
    if model_digest(model_from_text(model_to_text(model))) != model_digest(model):
        problems.append("the JSON form differs")
    for name, netlist in (("lowered", lowered.netlist), ("optimised", optimised)):
        if (simulate(netlist, words)[:, 0] != expected).any():
            problems.append(f"the {name} netlist differs")
    if (simulate_mapped(mapped, library, words).outputs[:, 0] != expected).any():
        problems.append("the mapped netlist differs")
    if proof:
        verdict = prove_lowered(model, lowered.netlist, lowered.certificate, timeout_s=20)
        if verdict.status not in ("proven", "not run"):
            problems.append(f"the proof is {verdict.status}")
    return [f"{describe(model)}: {problem}" for problem in problems]


def check_icarus(rng: np.random.Generator) -> list[str]:
    """Compare Icarus Verilog on netlist.v and rtl.v, and the netlist read back."""
    model = random_model(rng)
    words = stimuli(rng, model)
    expected = model.predict(words)
    library = load_library("egfet")
    mapped = map_netlist(optimise(lower(model).netlist), library)
    problems = []
    netlist_text = write_netlist(mapped, library)
    again = read_netlist(netlist_text, library)
    if (simulate_mapped(again, library, words).outputs[:, 0] != expected).any():
        problems.append("the netlist read back differs")
    problems += _run_icarus(model, mapped, words, expected, netlist_text)
    return [f"{describe(model)}: {problem}" for problem in problems]


def _run_icarus(
    model: IntegerModel, mapped: MappedNetlist, words: np.ndarray, expected: np.ndarray, netlist_text: str
) -> list[str]:
    library = load_library("egfet")
    cells = write_cells(library, mapped.cell_histogram())
    problems = []
    for name, sources, boundary in (
        ("netlist.v", [netlist_text, cells], netlist_boundary(mapped)),
        ("rtl.v", [write_rtl(model)], model_boundary(model)),
    ):
        bench = write_testbench(boundary, len(words))
        run = run_icarus(sources, bench, write_vectors(boundary, words, expected[:, None]))
        if run.mismatches or run.vectors != len(words):
            problems.append(f"{name} differs in {run.mismatches} of {run.vectors} vectors")
    return problems


def describe(model: IntegerModel) -> str:
    """Short text that tells which model it was."""
    return f"{model.kind} {model.decision.kind} {model.coding.bits} {model_digest(model)[:12]}"
