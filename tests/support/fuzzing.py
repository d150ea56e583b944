"""One random model through every executor; each check returns what disagrees, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from random_models import all_words, random_forest, random_model, random_shortcut, random_staged, random_words

from bespoke.cells import GateCosts, load_library
from bespoke.flow.stage_facts import border_words
from bespoke.lowering import Lowered, lower
from bespoke.model import INPUT_CODES, Boundary, IntegerModel, model_digest, model_from_text, model_to_text
from bespoke.opt import optimise
from bespoke.proof import prove_lowered
from bespoke.sim import largest_words, simulate, simulate_mapped
from bespoke.techmap import map_cheapest
from bespoke.verilog import (
    Ports,
    model_ports,
    netlist_ports,
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
    """Weighted sums and single trees, forests, stages of any types, and any of these behind a tree."""
    return (random_model, random_shortcut, random_staged, random_forest)[int(rng.integers(4))](rng)


def any_boundary(rng: np.random.Generator, model: IntegerModel, inputs: str | None = None) -> Boundary:
    """Binary and unary for a quarter of the models each, and each feature by itself for the rest; or as asked for."""
    if inputs is not None:
        return Boundary.of(model, inputs)
    kind = int(rng.integers(4))
    if kind < 2:
        return Boundary.of(model, INPUT_CODES[kind])
    return Boundary.of(model, {name: str(rng.choice(INPUT_CODES)) for name in model.coding.names})


def lowered_of(model: IntegerModel, boundary: Boundary) -> Lowered:
    """The model as a netlist for the cells of EGFET."""
    return lower(model, GateCosts.of(LIBRARY), boundary)


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


def check_everything(rng: np.random.Generator, *, proof: bool = True, inputs: str | None = None) -> list[str]:
    """`check_model` of a random one."""
    return check_model(any_model(rng), rng, proof=proof, inputs=inputs)


def check_model(
    model: IntegerModel, rng: np.random.Generator, *, proof: bool = True, inputs: str | None = None
) -> list[str]:
    """Compare model, lowered, optimised and mapped netlist, their text forms and the proof."""
    words, boundary = stimuli(rng, model), any_boundary(rng, model, inputs)
    expected, ports = model.predict(words), boundary.encode(words)
    lowered = lowered_of(model, boundary)
    optimised = optimise(lowered.netlist)
    mapped = map_cheapest([optimised], LIBRARY)
    problems = []
    if model_digest(model_from_text(model_to_text(model))) != model_digest(model):
        problems.append("the JSON form differs")
    for name, netlist in (("lowered", lowered.netlist), ("optimised", optimised)):
        if (simulate(netlist, ports)[:, 0] != expected).any():
            problems.append(f"the {name} netlist differs")
    if (simulate_mapped(mapped, LIBRARY, ports).outputs[:, 0] != expected).any():
        problems.append("the mapped netlist differs")
    if proof:
        verdict = prove_lowered(model, lowered.netlist, lowered.certificate, boundary=boundary, timeout_s=20)
        if verdict.status not in ("proven", "not run"):
            problems.append(f"the proof is {verdict.status}")
    return [f"{describe(model)}, {boundary.codes}: {problem}" for problem in problems]


def check_icarus(rng: np.random.Generator, *, inputs: str | None = None) -> list[str]:
    """`check_model_with_icarus` of a random one."""
    return check_model_with_icarus(any_model(rng), rng, inputs=inputs)


def check_model_with_icarus(model: IntegerModel, rng: np.random.Generator, *, inputs: str | None = None) -> list[str]:
    """Compare Icarus Verilog on netlist.v and rtl.v, and the netlist read back."""
    words, boundary = stimuli(rng, model), any_boundary(rng, model, inputs)
    expected, ports = model.predict(words), boundary.encode(words)
    mapped = map_cheapest([optimise(lowered_of(model, boundary).netlist)], LIBRARY)
    problems = []
    netlist_text = write_netlist(mapped, LIBRARY)
    again = read_netlist(netlist_text, LIBRARY)
    if (simulate_mapped(again, LIBRARY, ports).outputs[:, 0] != expected).any():
        problems.append("the netlist read back differs")
    texts = [netlist_text, write_cells(LIBRARY, mapped.cell_histogram())], [write_rtl(model, boundary)]
    for name, sources, names in zip(
        ("netlist.v", "rtl.v"), texts, (netlist_ports(mapped), model_ports(model, boundary)), strict=True
    ):
        problems += _run_icarus(name, sources, names, ports, expected)
    return [f"{describe(model)}, {boundary.codes}: {problem}" for problem in problems]


def _run_icarus(name: str, sources: list[str], names: Ports, words: np.ndarray, expected: np.ndarray) -> Iterator[str]:
    run = run_icarus(sources, write_testbench(names, len(words)), write_vectors(names, words, expected[:, None]))
    if run.mismatches or run.vectors != len(words):
        yield f"{name} differs in {run.mismatches} of {run.vectors} vectors"


def describe(model: IntegerModel) -> str:
    """Short text that tells which model it was."""
    stages = " ".join(stage.name for stage in model.stages)
    return f"{stages} {model.decision.name} {model.coding.bits} {model_digest(model)[:12]}"
