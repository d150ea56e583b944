"""One random model through every executor; each check returns what disagrees, in words."""

from __future__ import annotations

import numpy as np
from random_models import all_words, random_forest, random_model, random_staged, random_words

from bespoke.cells import GateCosts, load_library
from bespoke.flow.stage_facts import border_words
from bespoke.lowering import Lowered, lower
from bespoke.model import IntegerModel, model_digest, model_from_text, model_to_text
from bespoke.netlist import MappedNetlist
from bespoke.opt import optimise
from bespoke.proof import prove_lowered
from bespoke.sim import largest_words, simulate, simulate_mapped
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
LIBRARY = load_library("egfet")


def any_model(rng: np.random.Generator) -> IntegerModel:
    """Half of them weighted sums and single trees, half forests and stages of any types."""
    return (random_model, random_model, random_staged, random_forest)[int(rng.integers(4))](rng)


def lowered_of(model: IntegerModel) -> Lowered:
    """The model as a netlist for the cells of EGFET."""
    return lower(model, GateCosts.of(LIBRARY))


def stimuli(rng: np.random.Generator, model: IntegerModel) -> np.ndarray:
    """All input vectors of a small model; else random ones, and those at the borders of its first stage if it has any.

    Each border comes twice: with the other features in the middle, and with random ones.
    """
    bits = model.coding.bits
    if sum(bits) <= EXHAUSTIVE_BITS:
        return all_words(bits)
    words = random_words(rng, model.coding, VECTORS)
    borders = border_words(model)
    if borders is None:
        return words
    others = words[rng.integers(len(words), size=len(borders))]
    return np.concatenate([words, borders, np.where(borders == largest_words(bits) // 2, others, borders)])


def check_everything(rng: np.random.Generator, *, proof: bool = True) -> list[str]:
    """Compare model, lowered, optimised and mapped netlist, their text forms and the proof."""
    model = any_model(rng)
    words = stimuli(rng, model)
    expected = model.predict(words)
    lowered = lowered_of(model)
    optimised = optimise(lowered.netlist)
    mapped = map_netlist(optimised, LIBRARY)
    problems = []
    if model_digest(model_from_text(model_to_text(model))) != model_digest(model):
        problems.append("the JSON form differs")
    for name, netlist in (("lowered", lowered.netlist), ("optimised", optimised)):
        if (simulate(netlist, words)[:, 0] != expected).any():
            problems.append(f"the {name} netlist differs")
    if (simulate_mapped(mapped, LIBRARY, words).outputs[:, 0] != expected).any():
        problems.append("the mapped netlist differs")
    if proof:
        verdict = prove_lowered(model, lowered.netlist, lowered.certificate, timeout_s=20)
        if verdict.status not in ("proven", "not run"):
            problems.append(f"the proof is {verdict.status}")
    return [f"{describe(model)}: {problem}" for problem in problems]


def check_icarus(rng: np.random.Generator) -> list[str]:
    """Compare Icarus Verilog on netlist.v and rtl.v, and the netlist read back."""
    model = any_model(rng)
    words = stimuli(rng, model)
    expected = model.predict(words)
    mapped = map_netlist(optimise(lowered_of(model).netlist), LIBRARY)
    problems = []
    netlist_text = write_netlist(mapped, LIBRARY)
    again = read_netlist(netlist_text, LIBRARY)
    if (simulate_mapped(again, LIBRARY, words).outputs[:, 0] != expected).any():
        problems.append("the netlist read back differs")
    problems += _run_icarus(model, mapped, words, expected, netlist_text)
    return [f"{describe(model)}: {problem}" for problem in problems]


def _run_icarus(
    model: IntegerModel, mapped: MappedNetlist, words: np.ndarray, expected: np.ndarray, netlist_text: str
) -> list[str]:
    cells = write_cells(LIBRARY, mapped.cell_histogram())
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
    stages = " ".join(stage.name for stage in model.stages)
    return f"{stages} {model.decision.name} {model.coding.bits} {model_digest(model)[:12]}"
