"""The panel of a page, in a real browser: what its gates answer is what the circuit predicts, and all of it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import Browser, opened_browser
from numpy.typing import NDArray
from sklearn.datasets import load_diabetes, load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier

from bespoke.data import CLASSIFICATION, REGRESSION, Dataset
from bespoke.flow import Design, compile_model
from bespoke.report import panel, save_design
from bespoke.sim import net_values, pack_words

pytestmark = pytest.mark.oracle
NAMES = ("</script><script>alert(1)</script>", "b & c", "$title", "d\"'<img src=x onerror=alert(1)>")
CLASSES = np.array(["</script><b>no", "<img src=x onerror=alert(1)>", 'it\'s & "so"'])
ROWS = 200
HALF_A_DIGIT = 5.1e-6  # of the six that the page shows
ANSWER = "document.querySelector('#panel output strong').textContent"
STATE_OF_WIRE = "(wire) => [Number(wire.classList[1].slice(1)), wire.classList.contains('on')]"
ANSWER_OF_RULE = "(rule) => rule.closest('dd').previousSibling.textContent"
PUT = """
((place, text) => {
  const field = typeof place === "string" ? document.querySelector(place) : place;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
})
"""


def iris() -> Dataset:
    features, labels = load_iris(return_X_y=True)
    return Dataset("</title><b>iris", NAMES, features, CLASSES[labels], CLASSIFICATION)


def tree(inputs: str) -> Design:
    data = iris()
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(data.features, data.targets)
    return compile_model(model, dataset=data, inputs=inputs)


def sums(estimator: Any, inputs: str) -> Design:
    data = iris()
    model = make_pipeline(MinMaxScaler(), estimator).fit(data.features, data.targets)
    return compile_model(model, dataset=data, inputs=inputs)


def regressor() -> Design:
    features, targets = load_diabetes(return_X_y=True)
    data = Dataset("d", tuple("abcdefghij"), features * 1e3, targets / 7, REGRESSION)
    model = make_pipeline(MinMaxScaler(), LinearSVR(random_state=0, C=10)).fit(data.features, data.targets)
    return compile_model(model, dataset=data)


MAKERS: dict[str, Callable[[], Design]] = {
    "tree": lambda: tree("binary"),
    "unary tree": lambda: tree("unary"),
    "mlp": lambda: sums(MLPClassifier((4,), max_iter=400, random_state=0), "binary"),
    "unary mlp": lambda: sums(MLPClassifier((3,), max_iter=400, random_state=0), "unary"),
    "vote": lambda: sums(SVC(kernel="linear"), "binary"),
    "regressor": regressor,
}


@pytest.fixture(scope="module")
def designs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Design, Path]]:
    found = {}
    for name, make in MAKERS.items():
        folder = tmp_path_factory.mktemp("panels") / name
        save_design(design := make(), folder)
        found[name] = design, folder / "report.html"
    return found


@pytest.fixture(scope="module")
def browser(require_program: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened_browser(require_program("chromium"), tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def rows_of(design: Design, count: int = ROWS) -> NDArray[Any]:
    """Rows all over the ranges of the features and beyond them, every third exactly on levels."""
    coding, rng = design.model.coding, np.random.default_rng(0)
    low, span = np.array(coding.low), np.array(coding.span)
    rows = low + span * rng.uniform(-0.2, 1.2, (count, len(low)))
    for row in rows[::3]:
        row[:] = [coding.at_level(j, int(rng.integers(1 << bits))) for j, bits in enumerate(coding.bits)]
    return rows


def answers(browser: Browser, rows: NDArray[Any]) -> list[str]:
    texts = json.dumps([", ".join(map(repr, row)) for row in rows.tolist()])
    return list(browser.run(f"{texts}.map((row) => {{ {PUT}('#row', row); return {ANSWER}; }})"))


def answers_with(text: str, wanted: str | float) -> bool:
    """Whether a text on the page is a class, or a value rounded to its digits."""
    return text == wanted if isinstance(wanted, str) else float(text) == pytest.approx(wanted, rel=HALF_A_DIGIT)


@pytest.mark.parametrize("name", MAKERS)
def test_the_page_answers_as_the_circuit_predicts(
    browser: Browser, designs: dict[str, tuple[Design, Path]], name: str
) -> None:
    design, page = designs[name]
    browser.open(page)
    rows = rows_of(design)
    wanted = design.predict(rows).tolist()
    assert len(set(wanted)) > 1
    found = answers(browser, rows)
    assert all(answers_with(text, value) for text, value in zip(found, wanted, strict=True))
    assert browser.complaints == []
    assert browser.requests == [page.absolute().as_uri()]
    assert browser.run("document.querySelectorAll('img, section b, #panel script').length") == 0


@pytest.mark.parametrize("name", ["tree", "unary tree", "regressor"])
def test_each_feature_can_be_set_by_itself(
    browser: Browser, designs: dict[str, tuple[Design, Path]], name: str
) -> None:
    design, page = designs[name]
    browser.open(page)
    labels = browser.run("[...document.querySelectorAll('.dial label')].map((label) => label.textContent)")
    places = [design.model.coding.names.index(label) for label in labels]
    assert places
    for row in rows_of(design, 20):
        browser.run(f"{PUT}('#row', {json.dumps(', '.join(map(repr, row.tolist())))})")
        other = rows_of(design, 7)[-1]
        for dial, place in enumerate(places):
            row[place] = other[place]
            browser.run(f"{PUT}(document.querySelectorAll('.dial input[type=text]')[{dial}], {float(other[place])!r})")
            assert answers_with(browser.run(ANSWER), design.predict(row[None]).tolist()[0])
    assert browser.complaints == []


def test_sliders_move_with_the_keyboard_and_say_where_they_are(
    browser: Browser, designs: dict[str, tuple[Design, Path]]
) -> None:
    design, page = designs["unary tree"]
    browser.open(page)
    browser.run("document.querySelector('.dial input[type=range]').focus()")
    slider = "document.activeElement"
    said = set()
    for key, count in (("Home", 1), ("ArrowRight", 4), ("End", 1), ("ArrowLeft", 3)):
        for _ in range(count):
            browser.press(key)
            values = [float(text) for text in browser.run("document.querySelector('#row').value").split(",")]
            assert browser.run(ANSWER) == design.predict([values])[0]
            text = browser.run(f"{slider}.getAttribute('aria-valuetext')")
            assert text.startswith(f"{browser.run(slider + '.value')}, ".replace(".0,", ","))
            said.add(text)
    assert len(said) == 9
    assert browser.run(f"{slider}.labels[0].textContent") in NAMES


def test_screen_readers_are_told(browser: Browser, designs: dict[str, tuple[Design, Path]]) -> None:
    browser.open(designs["unary tree"][1])
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    told = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    sliders = [name for role, name in told if role == "slider"]
    assert sliders
    assert set(sliders) <= set(NAMES)
    fields = [name for role, name in told if role == "textbox"]
    assert {f"{name}, value" for name in sliders} < set(fields)
    assert all(fields)
    assert any(role == "status" for role, _ in told)
    live = browser.run("document.querySelector('#panel output').getAttribute('aria-live')")
    assert live == "polite"


def test_what_is_no_row_is_refused_in_words(browser: Browser, designs: dict[str, tuple[Design, Path]]) -> None:
    browser.open(designs["tree"][1])
    before = browser.run(ANSWER)
    hint = "document.querySelector('#panel [role=status]').textContent"
    for text, words in (("1, 2, x, 4", "not a number: x"), ("1; 2", "4 values are wanted, these are 2")):
        browser.run(f"{PUT}('#row', {text!r})")
        assert browser.run(hint) == words
        assert browser.run("document.querySelector('#row').getAttribute('aria-invalid')") == "true"
        assert browser.run(ANSWER) == before
    browser.run(f"{PUT}('#row', '5.1\\t3.5\\t1.4\\t0.2')")
    assert browser.run(hint) == ""
    browser.run(f"{PUT}('.dial input[type=text]', '1e')")
    assert browser.run("document.querySelector('.dial input[type=text]').getAttribute('aria-invalid')") == "true"


@pytest.mark.parametrize("name", ["tree", "unary tree"])
def test_path_rule_levels_and_nets_are_lit(
    browser: Browser, designs: dict[str, tuple[Design, Path]], name: str
) -> None:
    design, page = designs[name]
    browser.open(page)
    circuit = design.circuit
    for row in rows_of(design, 12):
        browser.run(f"{PUT}('#row', {json.dumps(', '.join(map(repr, row.tolist())))})")
        answer = f"class {design.predict(row[None])[0]}"
        assert browser.run("document.querySelector('svg.tree .leaf.on title').textContent") == answer
        assert browser.run("document.querySelectorAll('svg.tree .leaf.on').length") == 1
        lit = browser.run(f"[...document.querySelectorAll('.rules .on')].map({ANSWER_OF_RULE})")
        assert {text.removesuffix(" if") for text in lit} == {answer}
        words = design.model.coding.quantise(row[None])
        inputs = pack_words(circuit.boundary.encode(words), circuit.mapped.inputs)
        values = net_values(circuit.mapped, circuit.library, inputs, 1)
        assert len(circuit.mapped.instances) <= 60
        nets = browser.run(f"[...document.querySelectorAll('svg.circuit .wire')].map({STATE_OF_WIRE})")
        assert {net for net, _ in nets} >= {net for instance in circuit.mapped.instances for net in instance.fanouts}
        assert all(bool(values[net]) == is_on for net, is_on in nets)
        if name == "unary tree":
            read = [j for j, code in enumerate(circuit.boundary.codes) if code.levels]
            on = sum(level <= words[0, j] for j in read for level in circuit.boundary.codes[j].levels)
            assert browser.run("document.querySelectorAll('.track i.on').length") == on


def test_a_large_circuit_is_left_out(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "MAX_TRIED_CELLS", 10)
    design = sums(MLPClassifier((8,), max_iter=400, random_state=0), "binary")
    save_design(design, tmp_path / "large")
    browser.open(tmp_path / "large" / "report.html")
    assert "pages hold those of up to 10 cells" in browser.run("document.body.innerText")
    assert browser.run("document.querySelector('#panel')") is None
    assert browser.complaints == []


def test_without_scripts_it_says_so(browser: Browser, designs: dict[str, tuple[Design, Path]]) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(designs["tree"][1])
    assert "It takes the script of this page" in browser.run("document.body.innerText")
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
