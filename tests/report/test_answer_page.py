"""The page of what is possible for data: every circuit, what each power source can run, and why it answers so."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from pages import check_page, text_of
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from bespoke.data import CLASSIFICATION, Dataset
from bespoke.flow import Answer, AnswerPoint, Constraint, compile_model, report
from bespoke.report import answer_report
from bespoke.report.answer_page import answer_page

NAMES = ("<script>alert(1)</script>", "b & c", "title", "d")
CLASSES = np.array(["</script><b>no", "<img id=x>", 'it\'s & "so"'])


@pytest.fixture(scope="module")
def answer() -> Answer:
    features, labels = load_iris(return_X_y=True)
    data = Dataset("</title>iris", NAMES, features, CLASSES[labels], CLASSIFICATION)
    models = [
        ("stump", DecisionTreeClassifier(max_leaf_nodes=3, random_state=0), 0.95),
        ("weighted sum", LogisticRegression(max_iter=300), 0.97),
    ]
    points = []
    for family, model, promised in models:
        fitted = model.fit(data.features, data.targets)
        design = compile_model(fitted, dataset=data, input_bits=4, inputs="unary", converters="date24")
        points.append(AnswerPoint(design, family, {}, promised, promised, 105, 45))
    return Answer(tuple(points), {"forest of 300": 0.981, "RBF SVM": 0.98}, Constraint(max_power_mw=30.0))


def page_of(answer: Answer) -> str:
    return answer_page(answer_report(answer), [report(point.design) for point in answer.points])


def test_the_page_is_well_formed_and_texts_stay_texts(answer: Answer) -> None:
    page = page_of(answer)
    check_page(page)
    assert "alert(1)</script>" not in page
    assert "<img" not in page


def test_each_source_has_its_circuit_with_figures_levels_and_reasons(answer: Answer) -> None:
    shown = text_of(page_of(answer))
    small, large = (point.design for point in answer.points)
    for point in answer.points:
        low, high = point.interval
        assert f"{point.promised:.3f} (95 % interval {low:.3f} to {high:.3f})" in shown
        test = point.design.accuracies
        interval = test.test_interval()
        assert interval is not None
        assert f"{test.test:.3f} (95 % interval {interval[0]:.3f} to {interval[1]:.3f})" in shown
    assert "Blue Spark (3 mW): stump" in shown
    assert "Chosen, Molex (30 mW): weighted sum" in shown
    assert "+0.020 promised" in shown
    (rule, *_) = report(small)["rules"]
    side = rule["any_of"][0][0]
    assert f"{side['from'] or side['below']:.6g}" in shown
    assert 'class it\'s & "so"' in shown
    assert "Layer 1: 4 inputs, 3 outputs" in shown or "rules" in report(large)


def test_the_plot_has_families_float_models_and_sources(answer: Answer) -> None:
    page = page_of(answer)
    svg = page[page.index('<svg class="plotted"') : page.index("</svg>") + 6]
    root = ET.fromstring(svg)
    texts = [text.text for text in root.iter("text")]
    assert "forest of 300, 0.981" in texts
    assert "RBF SVM, 0.980" not in texts  # it would stand on the other one; a pointer is told
    assert "RBF SVM, 0.980" in [title.text for title in root.iter("title")]
    hues = {circle.get("class", "").split()[-1] for circle in root.iter("circle")}
    assert {"hue0", "hue1"} <= hues
    assert '<li class="hue0">stump</li><li class="hue1">weighted sum</li>' in page


def test_a_chosen_circuit_that_no_source_runs_best_has_its_section(answer: Answer) -> None:
    facts = answer_report(answer)
    first, second = facts["designs"]
    facts |= {"sources": {"Molex": 2}, "designs": [first | {"chosen": True}, second | {"chosen": False}]}
    shown = text_of(answer_page(facts, [report(point.design) for point in answer.points]))
    assert "Chosen: stump" in shown
    assert "Molex (30 mW): weighted sum" in shown


def test_sources_beyond_the_limit_are_not_said_to_run_what_was_looked_for_below_it(answer: Answer) -> None:
    assert list(answer.by_source()) == ["harvester", "Blue Spark", "Molex"]
    limited = replace(answer, constraint=Constraint(max_power_mw=3.0))
    assert list(limited.by_source()) == ["harvester", "Blue Spark"]
    words = "Circuits of at most 3 mW were looked for: stronger power sources may run better ones."
    assert words in text_of(page_of(limited))
    assert "stronger power sources" not in text_of(page_of(answer))
    weak = replace(answer, constraint=Constraint(max_power_mw=0.05))
    assert weak.by_source() == {}
    assert "at most 0.05 mW" in text_of(page_of(weak))


def test_without_a_circuit_that_keeps_the_limits_it_says_so(answer: Answer) -> None:
    none = replace(answer, constraint=Constraint(max_area_cm2=1e-9))
    shown = text_of(page_of(none))
    assert "none keeps the limits" in shown
    assert "Molex (30 mW)" in shown
