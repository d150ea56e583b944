"""The page holds the figures, escapes what comes from outside, and needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from pages import check_page, text_of

from bespoke.analysis import Examinee, Inputs, output_errors
from bespoke.flow import Check, Design, Verification, compile_model, design_texts, report
from bespoke.model import Affine, InputCoding, IntegerModel, Origin, Sign
from bespoke.report import design_facts, design_page, verification_facts


@pytest.fixture(scope="module")
def design() -> Design:
    coding = InputCoding(("<script>alert(1)</script>", "b & c"), (3, 2), (0.0, 0.0), (8.0, 4.0))
    layer = Affine(np.array([[1, -2]]), np.array([1]), "identity", 0)
    return compile_model(IntegerModel(coding, (layer,), Sign(("</script><b>no", "yes")), Origin("svm", "by hand")))


def page_of(design: Design) -> str:
    return design_page(report(design), json.loads(design_texts(design)["manifest.json"]), design.circuit)


def test_the_page_is_well_formed_and_self_contained(design: Design) -> None:
    check_page(page_of(design))


def test_no_other_script_may_run(design: Design) -> None:
    page = page_of(design)
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in page


def test_names_from_outside_are_escaped(design: Design) -> None:
    page = page_of(design)
    assert "alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "b &amp; c" in page
    assert "class &lt;/script&gt;&lt;b&gt;no" in page


def test_the_page_holds_every_fact(design: Design) -> None:
    shown = text_of(page_of(design))
    for name, value in design_facts(report(design)):
        assert name in shown
        assert value in shown


def test_every_analysis_has_its_section(design: Design) -> None:
    layer = Affine(np.array([[1, -2]]), np.array([0]), "identity", 0)
    words = np.array([[a, b] for a in range(8) for b in range(4)])
    models = (design.model, replace(design.model, stages=(layer,)))
    sides = [Examinee(one, one.predict, ((),) * 2, is_edited=False) for one in models]
    found = output_errors(*sides, Inputs.uniform((3, 2)), words, np.random.default_rng(0))
    page = page_of(replace(design, analyses={found.name: found}))
    check_page(page)
    shown, section = text_of(page), found.section()
    for words_of_it in (section.title, section.remark, *(name.removeprefix(">") for name in section.head)):
        assert words_of_it in shown
    assert " ".join(filter(None, section.rows[0])) in shown


def test_a_refuted_design_says_where() -> None:
    example = {"inputs": {"a": 3, "b": 0}, "expected": 1, "got": "x"}
    wrong = Check("refuted", "", {"vectors": 1234, "mismatches": 56}, example)
    right = Check("agree", "", {"vectors": 1234, "mismatches": 0})
    icarus = Check("refuted", "", {}, example, {"netlist": right, "rtl": wrong})
    facts = verification_facts(
        Verification(right, icarus, Check("not run", "no ABC"), {}, ("rtl.v was changed",)).to_json()
    )
    assert facts == [
        ("simulator", "agrees, 1,234 vectors"),
        ("Icarus Verilog", "netlist.v agrees, 1,234 vectors; rtl.v REFUTED, 1,234 vectors, 56 mismatches"),
        ("proof", "not run (no ABC)"),
        ("differs at", "a=3, b=0: expected 1, got x"),
        ("note", "rtl.v was changed"),
    ]


@pytest.mark.parametrize(
    ("rule", "held", "extrapolated", "words"),
    [
        ("hold", 100.0, 105.0, "100 ms"),
        ("hold", 100.0, 106.0, "100 ms (tables extrapolated: 106 ms)"),
        ("extrapolate", 100.0, 20.0, "20 ms (tables held at their ends: 100 ms)"),
        ("hold", 0.0, 0.0, "0 ms"),
    ],
)
def test_delays_under_both_rules(design: Design, rule: str, held: float, extrapolated: float, words: str) -> None:
    facts = report(design)
    delays = {"hold": held, "extrapolate": extrapolated}
    facts["estimate"] |= {"table_ends": rule, "delays_ms": delays, "delay_ms": delays[rule]}
    assert dict(design_facts(facts))["delay"] == words
