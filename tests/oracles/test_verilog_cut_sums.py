"""rtl.v of layers with masked columns, dropped and saturated bits: no tool warns about it."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest
from random_models import cut_short, random_words
from small_models import mlp, svm

from bespoke.verilog import model_boundary, run_icarus, write_rtl, write_testbench, write_vectors

pytestmark = pytest.mark.oracle

MODELS = [cut_short(np.random.default_rng(seed), mlp(seed)) for seed in range(6)]
MODELS += [cut_short(np.random.default_rng(seed), svm([[seed, -9, 77]], [5])) for seed in range(3)]


@pytest.mark.parametrize("model", MODELS, ids=range(len(MODELS)))
def test_cut_sums(require_program, tmp_path, model):
    for name in ("iverilog", "verilator", "yosys"):
        require_program(name)
    words = random_words(np.random.default_rng(0), model.coding, 100)
    boundary = model_boundary(model)
    vectors = write_vectors(boundary, words, model.predict(words))
    run = run_icarus([write_rtl(model)], write_testbench(boundary, len(words)), vectors)
    assert (run.vectors, run.mismatches, run.warnings) == (100, 0, ())
    (tmp_path / "rtl.v").write_text(write_rtl(model))
    for command in (
        ["verilator", "--lint-only", "-Wall", "rtl.v"],
        ["yosys", "-q", "-p", "read_verilog rtl.v; hierarchy -check -top classifier; proc; check -assert"],
        ["iverilog", "-g2001", "-Wall", "-tnull", "rtl.v"],
    ):
        if model.decision.is_classifier or command[0] != "yosys":
            result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
            assert (result.returncode, result.stdout + result.stderr) == (0, ""), command
