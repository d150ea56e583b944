"""rtl.v of all stages, with masked columns, dropped and saturated bits: the model's function, and no tool warns."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import numpy as np
import pytest
from random_models import cut_short, random_forest, random_shortcut, random_staged, random_words
from small_models import coding, mlp, on_layer, svm

from bespoke.model import Affine, Argmax, Compare, Gates, IntegerModel, Label, Lookup, Sign, Table, Trees, Value, Votes
from bespoke.netlist import NetlistBuilder
from bespoke.verilog import model_ports, run_icarus, write_rtl, write_testbench, write_vectors

pytestmark = pytest.mark.oracle

MODELS = {f"cut mlp {seed}": cut_short(np.random.default_rng(seed), mlp(seed)) for seed in range(6)}
MODELS |= {f"cut svm {s}": cut_short(np.random.default_rng(s), svm([[s, -9, 77]], [5])) for s in range(3)}
MODELS |= {f"staged {seed}": random_staged(np.random.default_rng(seed)) for seed in range(24)}
MODELS |= {f"shortcut {seed}": random_shortcut(np.random.default_rng(seed)) for seed in range(12)}
MODELS |= {f"forest {seed}": random_forest(np.random.default_rng(seed)) for seed in range(4)}

THREE = on_layer(svm([[3, -9, 7], [-1, 20, -7], [4, 0, -9]], [5, -30, 40]), 0, dropped_bits=[3, 0, 5])
DECISIONS = (Argmax(("a", "b", "c")), Votes(("a", "b", "c")))
MODELS |= {f"shortened {decision.name}": replace(THREE, decision=decision) for decision in DECISIONS}
ONE = on_layer(svm([[3, -9, 7]], [5]), 0, dropped_bits=[3])
DECISIONS = (Sign(("a", "b")), Sign(("a", "b"), inclusive=True), Value(), Label((-1, 0, 1), 2))
MODELS |= {f"shortened {decision}": replace(ONE, decision=decision) for decision in DECISIONS}


def _edges() -> IntegerModel:
    """Constants at every door, negative words in tables and trees, bits above a word, the same comparison twice."""
    bits = coding((3, 0))
    wide = Affine([[2, 1], [0, 5], [-3, 0]], [-8, 3, 4], "identity", 0)
    compare = Compare([0, 0, 1, 1, 2], [-5, -5, 3, 9, -17])
    builder = NetlistBuilder("gates")
    words = [builder.add_input(f"i{index}", width).bits for index, width in enumerate((1, 1, 1, 0, 1))]
    both = builder.and_(words[0][0], words[2][0])
    builder.add_output("a", [both ^ 1, 1], signed=True)
    builder.add_output("b", [1, 0, 1], signed=True)
    builder.add_output("c", [builder.xor(words[4][0], words[1][0]), 0, both])
    lookup = Lookup((Table(((0, 1), (0, 7), (2, 2), (2, 9)), np.arange(-8, 8)), Table((), [-3]), Table((), [0])))
    trees = Trees([0, -1, 2, -1, -1, -1], [-9, 0, 0, 0, 0, 0], [1, -1, 3, -1, -1, -1], [2, -1, 4, -1, -1, -1],
                  [[0, 0], [1, 0], [0, 0], [-8, 0], [7, 0], [5, 3]], [0, 5])  # fmt: skip
    last = Affine([[1, -1]], [0], "step", 0)
    return IntegerModel(bits, (wide, compare, Gates(builder.build()), lookup, trees, last), Value())


MODELS["edges"] = _edges()


@pytest.mark.parametrize("name", MODELS)
def test_stages(require_program, tmp_path, name):
    model = MODELS[name]
    for program in ("iverilog", "verilator", "yosys"):
        require_program(program)
    words = random_words(np.random.default_rng(0), model.coding, 100)
    boundary = model_ports(model)
    vectors = write_vectors(boundary, words, model.predict(words))
    run = run_icarus([write_rtl(model)], write_testbench(boundary, len(words)), vectors)
    assert (run.vectors, run.mismatches, run.warnings) == (100, 0, ())
    (tmp_path / "rtl.v").write_text(write_rtl(model))
    for command in (
        ["verilator", "--lint-only", "-Wall", "rtl.v"],
        ["yosys", "-q", "-p", "read_verilog rtl.v; hierarchy -check -top classifier; proc; check -assert"],
        ["iverilog", "-g2001", "-Wall", "-tnull", "rtl.v"],
    ):
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert (result.returncode, result.stdout + result.stderr) == (0, ""), command
