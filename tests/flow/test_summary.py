"""What notebooks and consoles show of designs and fronts."""

from __future__ import annotations

import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import ToolMissingError
from bespoke.flow import Constraint, FrontPoint, ParetoFront, compile_model
from bespoke.model import Origin

X, Y = load_iris(return_X_y=True)


class Outline(HTMLParser):
    """Texts of a fragment, and whether its tags are closed in order."""

    def __init__(self, fragment):
        super().__init__()
        self.open, self.tags, self.texts, self.labels = [], [], [], []
        self.feed(fragment)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.labels += [value for name, value in attributes if name == "aria-label" and tag == "g"]
        assert not [value for name, value in attributes if name in ("src", "href") or name.startswith("on")]
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def designs():
    return [
        compile_model(DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, Y), X, Y, input_bits=4)
        for depth in (1, 3)
    ]


@pytest.fixture(scope="module")
def front(designs):
    small, exact = designs
    return ParetoFront(
        exact, 0.9, (FrontPoint(small, -0.3, 1.0), FrontPoint(exact, 0.0, 2.0)), Constraint(max_loss=0.5)
    )


def test_a_design_shows_its_figures(designs):
    shown = Outline(designs[1]._repr_html_())
    low, high = designs[1].accuracies.test_interval()
    for text in (
        f"{designs[1].accuracies.test:.3f}",
        f"95 %: {low:.3f} to {high:.3f}",
        f"{designs[1].gate_count:,}",
    ):
        assert text in shown.texts
    for text in (f"{designs[1].estimate.area_mm2:.3g} mm²", f"{designs[1].estimate.power_mw:.3g} mW"):
        assert text in "".join(shown.texts)
    assert "not verified" in " ".join(shown.texts)
    assert not {"script", "style", "link", "img"} & set(shown.tags)


def test_names_are_escaped(designs):
    evil = "<script>alert(1)</script>&"
    circuit, provenance = designs[0].circuit, designs[0].provenance
    circuit = replace(circuit, model=replace(circuit.model, origin=Origin("tree", evil)))
    provenance = replace(provenance, dataset=replace(provenance.dataset, name=evil), notes=(evil,) * 9)
    shown = Outline(replace(designs[0], circuit=circuit, provenance=provenance)._repr_html_())
    assert "script" not in shown.tags
    assert "".join(shown.texts).count(evil) == 8  # the title, the data, six of nine notes
    assert "and 3 more" in shown.texts


def test_a_front_shows_every_design_and_the_chosen_one(front):
    fragment = front._repr_html_()
    shown = Outline(fragment)
    assert shown.tags.count("tr") == 3
    assert shown.tags.count("g") == 2  # points, each with its two scores
    assert sum("assured" in text and "test" in text for text in shown.labels) == 2
    assert "class=" not in fragment
    assert "no. 1 is chosen" in shown.texts[0]
    assert f"{front.designs[0].estimate.area_mm2 / front.exact.estimate.area_mm2:.2f}" in shown.texts
    assert "none keeps the limits" in replace(front, constraint=Constraint(max_area_cm2=1e-9))._repr_html_()
    single = replace(front, exact=front.points[0].design, points=front.points[:1])
    assert "svg" not in Outline(single._repr_html_()).tags


def test_consoles_show_one_line(designs, front):
    assert repr(designs[1]).startswith("<Design: DecisionTreeClassifier, ")
    assert f"accuracy (test) {designs[1].accuracies.test:.3f}>" in repr(designs[1])
    assert repr(front).startswith("<ParetoFront: 2 circuits of ")
    assert max(len(repr(designs[1])), len(repr(front))) < 200


def test_figures_as_a_frame(designs, monkeypatch):
    pandas = pytest.importorskip("pandas")
    table = pandas.concat([design.to_frame() for design in designs], ignore_index=True)
    assert np.allclose(table["area_mm2"], [design.estimate.area_mm2 for design in designs])
    assert table["gates"].tolist() == [design.gate_count for design in designs]
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ToolMissingError, match="pandas"):
        designs[0].to_frame()
