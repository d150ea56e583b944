"""Identifiers are legal, distinct, stable and harmless, whatever the names."""

import re

import numpy as np
import pytest
from verilog_samples import NASTY_NAMES

from bespoke.verilog.identifiers import (
    MAX_COMMENT,
    MAX_LENGTH,
    comment_text,
    free_prefix,
    is_legal,
    legal_identifier,
    unique_identifiers,
    verbatim_identifier,
)
from bespoke.verilog.keywords import RESERVED_WORDS


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("petal_width", "petal_width"),
        ("petal width (cm)", "petal_width_cm"),
        ("wire", "wire_"),
        ("logic", "logic_"),
        ("delete", "delete_"),
        ("3rd", "x3rd"),
        ("Größe", "Groe"),
        ("café", "cafe"),
        ("", "unnamed"),
        ("長さ", "unnamed"),
        ("a$b", "a_b"),
        ("\\x ", "x"),
        ("module wire", "module_wire"),
        ("$wire", "wire_"),
    ],
)
def test_legal_identifier(name, identifier):
    assert legal_identifier(name) == identifier


def test_random_names_give_legal_distinct_stable_identifiers():
    rng = np.random.default_rng(1)
    alphabet = list("ab1_ \n$/*\\é長") + sorted(RESERVED_WORDS)[:5]
    names = ["".join(rng.choice(alphabet, size=rng.integers(0, 6))) for _ in range(500)] + list(NASTY_NAMES)
    names += sorted(RESERVED_WORDS)
    chosen = unique_identifiers(names, taken=["a", "prediction"])
    assert all(is_legal(name) for name in chosen)
    assert len({*chosen, "a", "prediction"}) == len(chosen) + 2
    assert unique_identifiers(names, taken=["a", "prediction"]) == chosen
    assert unique_identifiers(chosen) == chosen


def test_legal_names_are_never_renamed_for_others():
    assert unique_identifiers(["a b", "a_b", "a?b", "a_b_2"]) == ("a_b_3", "a_b", "a_b_4", "a_b_2")
    assert unique_identifiers(["x", "x", "x"]) == ("x", "x_2", "x_3")
    assert unique_identifiers(["", ""], empty="feature") == ("feature", "feature_2")


def test_long_names_stay_distinct():
    names = ["q" * 5000, "q" * 5000 + "r", "q" * MAX_LENGTH, "q" * (MAX_LENGTH + 1)]
    chosen = unique_identifiers(names + names)
    assert len(set(chosen)) == 8
    assert all(len(name) <= MAX_LENGTH for name in chosen)
    assert chosen[2] == names[2]


def test_many_equal_names_are_fast():
    assert unique_identifiers(["?"] * 20_000)[-1] == "unnamed_20000"


def test_free_prefix():
    assert free_prefix("n", ["n", "nx", "m1"]) == "n"
    assert free_prefix("n", ["n1"]) == "n_"
    assert free_prefix("n", ["n1", "n_2"]) == "n__"


def test_verbatim_identifier():
    assert verbatim_identifier("NAND2X1") == "NAND2X1"
    assert verbatim_identifier("and") == "\\and "
    assert verbatim_identifier("A[0]") == "\\A[0] "


@pytest.mark.parametrize("name", [*NASTY_NAMES, "a*/b/*c", "\x7f\x85\u2028", "\\" * 500, '"' * 500, "*//*//"])
def test_comments_cannot_be_left(name):
    text = comment_text(name)
    assert re.fullmatch(r"[ -~]*", text)
    assert "*/" not in text
    assert "/*" not in text
    assert not text.endswith("\\")
    assert len(text) <= MAX_COMMENT + 60


def test_numbers_in_comments_stand_without_quotes():
    assert [comment_text(value) for value in (3, 2.5, True, "3")] == ["3", "2.5", "True", '"3"']
