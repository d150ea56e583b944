"""Files of truth tables: what they mean, and what is refused."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from bespoke.errors import ModelFileError
from bespoke.frontend import read_model
from bespoke.frontend.truth_table import completed
from bespoke.sim import every_input

HEADER = ".i 3\n.o 2\n"


def outputs_of(path, content):
    """Values by input word, input 0 least significant."""
    path.write_text(content)
    model = read_model(path).model
    words = every_input(model.coding.bits)
    places = (words << np.arange(words.shape[1])).sum(axis=1)
    found = np.empty(len(words), dtype=np.int64)
    found[places] = model.predict(words)
    return found.tolist()


def test_a_line_begins_with_the_highest_word(tmp_path):
    # The first output is 1 for word 1 alone (x0 and not x1), the second one for words 2 and 3 (x1).
    assert outputs_of(tmp_path / "f.truth", "0010\n1100\n") == [0, 1, 2, 2]
    assert outputs_of(tmp_path / "f.truth", "0010\r\n\r\n") == [0, 1, 0, 0]


def test_features_are_0_or_1(tmp_path):
    (tmp_path / "f.truth").write_text("0010\n")
    model = read_model(tmp_path / "f.truth").model
    assert model.predict_raw(np.array([[1, 0], [0, 1], [1, 1], [0, 0]])).tolist() == [1, 0, 0, 0]


def test_products_of_a_pla(tmp_path):
    text = "# two functions\n.i 3\n.o 2\n.ilb a b c\n.ob f g\n.type f\n.p 2\n1-0 1-  # a and not c\n-1-|01\n.e\n"
    assert outputs_of(tmp_path / "f.pla", text) == [0, 1, 2, 3, 0, 0, 2, 2]
    (tmp_path / "f.pla").write_text(text)
    assert read_model(tmp_path / "f.pla").model.coding.names == ("a", "b", "c")


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        (".type fd\n11 1\n0- -\n", {3: 1, 1: 0}),
        ("11 1\n0- -\n", {3: 1, 1: 0}),
        (".type fd\n11 1\n0- ~\n01 -\n", {3: 1, 0: 0, 1: 0}),
        (".type fr\n11 1\n00 0\n", {3: 1, 0: 0}),
        (".type fdr\n11 1\n00 3\n01 -\n", {3: 1, 0: 0}),
        ("11 1\n1- -\n", {3: 1, 0: 0, 2: 0}),
    ],
)
def test_stated_values_are_kept(tmp_path, text, stated):
    with warnings.catch_warnings(record=True):
        found = outputs_of(tmp_path / "f.pla", f".i 2\n.o 1\n{text}")
        notes = read_model(tmp_path / "f.pla").notes
    assert {word: found[word] for word in stated} == stated
    assert notes == (f"{4 - len(stated)} of 4 output values are free, and were chosen",)


def test_free_values_drop_inputs():
    rng = np.random.default_rng(0)
    on, care = rng.random((2, 64)) < 0.5, rng.random((2, 64)) < 0.6
    found = completed(on, care)
    assert (found[care] == on[care]).all()
    # Nothing but x0 matters.
    few = np.zeros((1, 16), dtype=bool)
    few[0, [0, 5]] = True
    assert completed(np.arange(16)[None] % 2 == 1, few).tolist() == [[False, True] * 8]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("f.truth", "011\n", "line 1: wrong number of values; got 3"),
        ("f.truth", "0110\n01\n", "line 2: wrong number of values; got 2; allowed: 4"),
        ("f.truth", "01x0\n", "line 1: unknown value; got 'x' in column 3; allowed: 0, 1"),
        ("f.truth", "0" * (1 << 15), "allowed: 2**n for 1 to 14 inputs"),
        ("f.truth", "1\n", "wrong number of values"),
        ("f.truth", "\n\n", "no line with values"),
        ("f.truth", "01\n" * 63, "wrong number of outputs; got 63; allowed: 1 to 62"),
        ("f.truth", "0\u00e91\n", "cannot be read as text"),
        ("f.pla", "", "empty file"),
        ("f.pla", "# nothing\n", "no sizes"),
        ("f.pla", ".i 15\n.o 1\n", "line 1: wrong number of inputs; got 15; allowed: 1 to 14"),
        ("f.pla", ".i 999999999999999999\n", "not a count"),
        ("f.pla", ".i -1\n", "not a count"),
        ("f.pla", ".i 1e9\n", "line 1: not a count; got .i 1e9; allowed: .i N"),
        ("f.pla", ".i 2\n.o 999999999\n", "line 2: wrong number of outputs; got 999999999; allowed: 1 to 62"),
        ("f.pla", HEADER + ".p 999999999\n", "line 3: wrong number of rows; got 999999999; allowed: 1 to 65536"),
        ("f.pla", HEADER + ".ob f\n", ".ob: wrong names of outputs; got 1 different ones; allowed: 2"),
        ("f.pla", ".i 0\n", "wrong number of inputs"),
        ("f.pla", "11 1\n", "line 1: a row before the sizes; allowed: .i and .o first"),
        ("f.pla", HEADER + "11 1\n", "line 3: wrong number of signs; got 3; allowed: 3 of inputs and 2 of outputs"),
        ("f.pla", HEADER + "1x1 11\n", "line 3: unknown sign; got 'x' in column 2; allowed: 0, 1, -, 2"),
        ("f.pla", HEADER + "111 1z\n", "unknown sign; got 'z' in column 5; allowed: 0, 3, 1, 4, -, 2, ~"),
        ("f.pla", HEADER + ".type fx\n", "unknown type; got fx; allowed: f, fd, fr, fdr"),
        ("f.pla", HEADER + ".mv 4\n", "unknown line of a PLA; got .mv 4"),
        ("f.pla", HEADER + ".p 2\n111 11\n", "wrong number of rows; got 1; allowed: 2, as .p says"),
        ("f.pla", HEADER + ".ilb a b\n", "wrong names of inputs"),
        ("f.pla", HEADER + ".ilb a a b\n", "wrong names of inputs"),
        ("f.pla", HEADER + "111 11\n.i 4\n", "line 4: a line is there twice; got .i"),
        ("f.pla", HEADER + ".type fr\n111 11\n11- 00\n", "an output is to be both 0 and 1"),
    ],
)
def test_refusals_are_one_line(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelFileError) as caught:
        read_model(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
