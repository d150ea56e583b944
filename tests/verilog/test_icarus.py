"""Icarus Verilog agrees with truth tables on written netlists, and notices what is wrong."""

import numpy as np
import pytest
from verilog_samples import NASTY_NAMES, random_mapped, random_words, run_mapped, small_library

from bespoke.errors import ToolError, ToolTimeoutError
from bespoke.verilog import netlist_ports, run_icarus, write_cells, write_netlist, write_testbench, write_vectors

pytestmark = pytest.mark.oracle
LIBRARY = small_library()


def _simulate(mapped, words, outputs, **options):
    boundary = netlist_ports(mapped)
    sources = [write_netlist(mapped, LIBRARY), write_cells(LIBRARY, mapped.cell_histogram())]
    vectors = write_vectors(boundary, words, outputs)
    return run_icarus(sources, write_testbench(boundary, len(words)), vectors, **options)


@pytest.mark.parametrize("seed", range(6))
def test_random_netlists_agree(require_program, seed):
    require_program("iverilog")
    rng = np.random.default_rng(seed)
    widths = tuple(int(w) for w in rng.integers(0, 7, size=5))
    mapped = random_mapped(rng, gates=40 * seed, widths=widths, out_widths=(3, 5, 0, 1, 1))
    words = random_words(rng, widths, 200)
    run = _simulate(mapped, words, run_mapped(mapped, LIBRARY, words), jobs=1 + seed % 3)
    assert (run.vectors, run.mismatches, run.first, run.warnings) == (200, 0, None, ())


def test_any_names(require_program):
    require_program("iverilog")
    rng = np.random.default_rng(9)
    widths = tuple(int(w) for w in rng.integers(0, 4, size=len(NASTY_NAMES)))
    mapped = random_mapped(rng, gates=300, widths=widths, names=NASTY_NAMES)
    words = random_words(rng, widths, 50)
    run = _simulate(mapped, words, run_mapped(mapped, LIBRARY, words))
    assert run.agrees
    assert run.warnings == ()


def test_a_wrong_expectation_is_reported(require_program):
    require_program("iverilog")
    rng = np.random.default_rng(3)
    mapped = random_mapped(rng, gates=50, widths=(4, 4), out_widths=(4,))
    words = random_words(rng, (4, 4), 100)
    outputs = run_mapped(mapped, LIBRARY, words)
    wrong = outputs.copy()
    wrong[[37, 80]] ^= 2
    for jobs in (1, 4):
        run = _simulate(mapped, words, wrong, jobs=jobs)
        assert (run.vectors, run.mismatches, run.agrees) == (100, 2, False)
        assert run.first.index == 37
        assert int(run.first.inputs, 16) == words[37, 0] * 16 + words[37, 1]
        assert int(run.first.expected, 2) == wrong[37, 0]
        assert int(run.first.got, 2) == outputs[37, 0]


def test_a_floating_output_is_a_mismatch(require_program):
    require_program("iverilog")
    rng = np.random.default_rng(3)
    mapped = random_mapped(rng, gates=5, widths=(2,), out_widths=(1,))
    boundary = netlist_ports(mapped)
    text = "module classifier(input wire [1:0] feature_0, output wire out0); endmodule\n"
    vectors = write_vectors(boundary, np.array([[0]]), np.array([[0]]))
    run = run_icarus([text], write_testbench(boundary, 1), vectors)
    assert run.first.got == "z"


def test_failures_are_named(require_program):
    require_program("iverilog")
    rng = np.random.default_rng(3)
    mapped = random_mapped(rng, gates=5, widths=(2,), out_widths=(1,))
    boundary = netlist_ports(mapped)
    vectors = write_vectors(boundary, np.array([[0]]), np.array([[0]]))
    with pytest.raises(ToolError, match="rejects"):
        run_icarus(["module classifier(; endmodule\n"], write_testbench(boundary, 1), vectors)
    with pytest.raises(ToolError, match="end"):
        run_icarus([], "module testbench; initial $finish; endmodule\n", vectors)
    with pytest.raises(ToolTimeoutError):
        run_icarus([], "module testbench; always #1; endmodule\n", vectors, timeout_s=0.5)
