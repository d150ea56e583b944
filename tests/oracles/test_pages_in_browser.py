"""Every kind of page in a real browser: it shows the figures, reacts, complains about nothing and asks for nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import Browser, opened_browser
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier
from small_sweeps import small_sweep

from bespoke.data import CLASSIFICATION, Dataset
from bespoke.flow import Answer, AnswerPoint, approximate
from bespoke.report import area_words, design_facts, save_answer, save_front, score_words
from bespoke.sweep import run_sweep

pytestmark = pytest.mark.oracle
CLASSES = np.array(["</script><b>no", "<img src=x onerror=alert(1)>", 'it\'s & "so"'])
QUICK = {"population": 8, "epochs": 1, "generations": 2, "finalists": 3, "jobs": 1}
PAGES = ("design", "exact", "front", "sweep", "answer")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    features, labels = load_iris(return_X_y=True)
    names = ("<script>alert(1)</script>", "b & c", "$title", "d")
    data = Dataset("</title><b>iris", names, features, CLASSES[labels], CLASSIFICATION)
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(features, data.targets)
    front = approximate(model, dataset=data, max_loss=0.03, **QUICK)
    save_front(front, folder / "front")
    points = [AnswerPoint(design, f"<b>{number}", {}, 0.9, 0.9, 105, 45) for number, design in enumerate(front.designs)]
    save_answer(Answer(tuple(points), {"<i>forest": 0.95}), folder / "answer")
    run_sweep(small_sweep(datasets=("iris",), seeds=(1, 2)), folder / "sweep")
    exact = next(row["folder"] for row in front.rows() if row["exact"])
    return {
        "design": folder / "front" / "report.html",
        "exact": folder / "front" / exact / "report.html",
        "front": folder / "front" / "front.html",
        "sweep": folder / "sweep" / "report.html",
        "answer": folder / "answer" / "answer.html",
    }


@pytest.fixture(scope="module")
def browser(require_program: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened_browser(require_program("chromium"), tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def facts_of(pages: dict[str, Path], name: str) -> list[str]:
    """Texts that a page must show."""
    place = pages[name].parent
    if name == "sweep":
        cells = [json.loads(path.read_text()) for path in (place / "cells").iterdir()]
        return [f"{cell['exact']['area_mm2'] / 100:.3g}" for cell in cells] + [cell["data"]["digest"] for cell in cells]
    if name == "answer":
        rows = json.loads((place / "answer.json").read_text())["designs"]
        return [area_words(row["area_mm2"]) for row in rows] + [row["family"] for row in rows] + ["<i>forest"]
    report: dict[str, Any] = json.loads((place / "report.json").read_text())
    if name == "front":
        rows = json.loads((place / "front.json").read_text())["designs"]
        return [area_words(row["area_mm2"]) for row in rows] + [score_words(row["assured"]) for row in rows]
    found = [value for key, value in design_facts(report) if not key.startswith("accuracy")]
    low, high = report["accuracy"]["test_interval"]
    return [*found, f"{low:.3f} to {high:.3f}", report["digests"]["netlist"], *map(str, report["model"]["classes"])]


@pytest.mark.parametrize("name", PAGES)
def test_it_shows_the_figures_and_nothing_else_happens(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.open(pages[name])
    shown = " ".join(browser.run("document.body.innerText").split()).replace("²", "2").replace(" 2 ", "2 ")
    plain = "".join(shown.split())
    for fact in facts_of(pages, name):
        assert "".join(fact.split()) in plain
    assert browser.complaints == []
    assert browser.requests == [pages[name].absolute().as_uri()]
    assert browser.run("document.querySelectorAll('img, b b, section b').length") == 0
    assert browser.run("document.querySelectorAll('script:not([type])').length") == 1


@pytest.mark.parametrize("name", PAGES)
def test_points_tell_their_figures_to_the_keyboard(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.open(pages[name])
    browser.run("document.querySelector('.plot .point').focus()")
    tip = "[...document.querySelectorAll('.tip')].filter((tip) => !tip.hidden).map((tip) => tip.textContent)"
    label = "document.activeElement.getAttribute('aria-label').split('; ').join('\\n')"
    first = browser.run(label)
    assert browser.run(tip) == [first]
    browser.press("ArrowRight")
    assert browser.run(tip) == [browser.run(label)]
    assert browser.run("document.activeElement.classList.contains('point')")
    count = browser.run("document.activeElement.closest('.plot').querySelectorAll('.point').length")
    assert (browser.run(label) != first) == (count > 1)
    browser.run("document.activeElement.blur()")
    assert browser.run(tip) == []
    assert browser.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_it_is_whole_without_scripts(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(pages[name])
    assert browser.run("document.querySelectorAll('.plot .point title').length") > 0
    assert browser.run("document.querySelectorAll('.tip').length") == 0
    browser.call("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("name", PAGES)
def test_it_follows_the_colours_of_the_reader_and_fits_narrow_screens(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    browser.open(pages[name])
    colours = []
    for scheme, media in (("light", "screen"), ("dark", "screen"), ("dark", "print")):
        browser.call(
            "Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}]
        )
        colours.append(browser.run("getComputedStyle(document.body).backgroundColor"))
    browser.call("Emulation.setEmulatedMedia", media="", features=[])
    assert colours == ["rgb(255, 255, 255)", "rgb(21, 24, 27)", "rgb(255, 255, 255)"]
    browser.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
    assert browser.run("document.documentElement.scrollWidth") <= 390
    browser.call("Emulation.clearDeviceMetricsOverride")


def test_links_lead_to_pages(browser: Browser, pages: dict[str, Path]) -> None:
    for name in ("front", "sweep", "answer"):
        browser.open(pages[name])
        targets = browser.run("[...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))")
        assert targets
        for target in targets:
            assert (pages[name].parent / target).is_file()
