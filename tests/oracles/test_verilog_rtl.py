"""rtl.v has the model's function in Icarus Verilog, and no tool warns about it."""

import subprocess

import numpy as np
import pytest
from verilog_samples import NASTY_NAMES, coding, random_sums, random_tree, random_words

from bespoke.model import Affine, Argmax, Index, IntegerModel, Label, Sign, Trees, Value
from bespoke.verilog import model_ports, run_icarus, write_rtl, write_testbench, write_vectors

pytestmark = pytest.mark.oracle

KINDS = ("argmax", "votes", "sign", "sign_inclusive", "label", "value")
RANGES = ((-20, 21), (-127, 128), (-30, 0), (-1, 2), (0, 1))


def _corner_words(rng, bits, count):
    words = random_words(rng, bits, count)
    words[0] = 0
    words[1] = [(1 << width) - 1 for width in bits]
    return words


def _agrees(model, words):
    boundary = model_ports(model)
    testbench = write_testbench(boundary, len(words))
    return run_icarus([write_rtl(model)], testbench, write_vectors(boundary, words, model.predict(words)))


def _lint(folder, text):
    (folder / "rtl.v").write_text(text)
    script = "read_verilog rtl.v; hierarchy -check -top classifier; proc; check -assert"
    for command in (
        ["verilator", "--lint-only", "-Wall", "rtl.v"],
        ["yosys", "-q", "-p", script],
        ["iverilog", "-g2001", "-Wall", "-tnull", "rtl.v"],
    ):
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        assert (result.returncode, result.stdout + result.stderr) == (0, ""), command


def _check(require_program, folder, model, rng, count=100):
    for name in ("iverilog", "verilator", "yosys"):
        require_program(name)
    words = _corner_words(rng, model.coding.bits, count)
    run = _agrees(model, words)
    assert (run.vectors, run.mismatches, run.first, run.warnings) == (count, 0, None, ())
    _lint(folder, write_rtl(model))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("classes", [2, 3, 7, 12])
def test_weighted_sums(require_program, tmp_path, kind, classes):
    rng = np.random.default_rng([KINDS.index(kind), classes])
    low, high = RANGES[classes % 5]
    bits = tuple(int(b) for b in rng.integers(0, 7, size=5))
    hidden = [(), (3,), (4, 2)][classes % 3]
    names = [NASTY_NAMES[i] for i in rng.integers(0, len(NASTY_NAMES), size=5)]
    model = random_sums(rng, kind, classes, bits, hidden=hidden, names=names, low=low, high=high)
    _check(require_program, tmp_path, model, rng)


@pytest.mark.parametrize("kind", ["index", "value"])
@pytest.mark.parametrize("splits", [0, 1, 10, 150])
def test_trees(require_program, tmp_path, kind, splits):
    rng = np.random.default_rng(splits)
    model = random_tree(rng, kind, 2 + splits % 11, (3, 8, 0, 1, 16), splits=splits)
    _check(require_program, tmp_path, model, rng, 200)


@pytest.mark.parametrize("kind", KINDS)
def test_constant_features_only(require_program, tmp_path, kind):
    rng = np.random.default_rng(5)
    _check(require_program, tmp_path, random_sums(rng, kind, 3, (0, 0), hidden=(2,)), rng, 3)


def test_one_class(require_program, tmp_path):
    rng = np.random.default_rng(6)
    for kind in ("argmax", "label"):
        _check(require_program, tmp_path, random_sums(rng, kind, 1, (2, 2)), rng)


@pytest.mark.parametrize(("weight", "bias"), [(0, 0), (1, 0), (-1, 0), (255, -128), (-255, 254), (0, -1), (1, 3)])
def test_edges_of_widths(require_program, tmp_path, weight, bias):
    rng = np.random.default_rng(7)
    layer = Affine(np.array([[weight]]), np.array([bias]), "identity", 4)
    for bits in (1, 3):
        for decision in (
            Value(frac_bits=4),
            Sign(("a", "b")),
            Sign(("a", "b"), inclusive=True),
            Label((-2, -1, 0, 1), 0),
            Label(tuple(range(3, 9)), 12),
        ):
            model = IntegerModel(coding((bits,)), (layer,), decision)
            words = np.arange(1 << bits).reshape(-1, 1)
            assert _agrees(model, words).agrees
    _lint(tmp_path, write_rtl(model))
    _check(require_program, tmp_path, model, rng, 10)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("classes", [2, 5])
def test_weights_of_zero_make_constant_scores(require_program, tmp_path, kind, classes):
    rng = np.random.default_rng(classes)
    for hidden in ((), (2,)):
        model = random_sums(rng, kind, classes, (3, 2), hidden=hidden, low=0, high=1)
        _check(require_program, tmp_path, model, rng, 10)


def test_ties_go_to_the_lowest_index(require_program):
    require_program("iverilog")
    layer = Affine(np.array([[1], [1], [0], [-1]]), np.array([0, 0, 2, 4]), "identity", 0)
    model = IntegerModel(coding((3,)), (layer,), Argmax(tuple("abcd")))
    assert _agrees(model, np.arange(8).reshape(-1, 1)).agrees


def _chain(depth, bits=16):
    """Tree that is one long branch: x <= 0, else x <= 1, ..."""
    count = 2 * depth + 1
    inner = np.arange(count) % 2 == 0
    inner[-1] = False
    node = np.arange(count)
    tree = Trees(
        np.where(inner, 0, -1),
        np.where(inner, node // 2, 0),
        np.where(inner, node + 1, -1),
        np.where(inner, node + 2, -1),
        np.where(inner, 0, node % 3),
    )
    return IntegerModel(coding((bits,)), (tree,), Index(("a", "b", "c")))


@pytest.mark.slow
def test_very_deep_tree(require_program, tmp_path):
    rng = np.random.default_rng(8)
    model = _chain(3000)
    words = rng.integers(0, 3100, size=(50, 1))
    require_program("iverilog")
    assert _agrees(model, words).agrees
    _check(require_program, tmp_path, model, rng, 10)


@pytest.mark.slow
def test_large_tree_and_sums(require_program, tmp_path):
    rng = np.random.default_rng(9)
    _check(require_program, tmp_path, random_tree(rng, "index", 12, (8,) * 20, splits=4000), rng)
    _check(require_program, tmp_path, random_sums(rng, "votes", 12, (4,) * 80, low=-127, high=128), rng)
