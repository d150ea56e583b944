"""The commands on pages are those that made the designs."""

from __future__ import annotations

import json
import shlex
from typing import Any

import click
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from bespoke.cli.approximate import approximate_options
from bespoke.cli.approximate import command as approximate_command
from bespoke.cli.compile import command as compile_command
from bespoke.cli.compile import compile_options
from bespoke.flow import ApproximateOptions, CompileOptions, approximate, compile_model, report
from bespoke.model import Affine, InputCoding, IntegerModel, Sign
from bespoke.report.reproduce import command_line

MODEL = IntegerModel(
    InputCoding(("a", "b"), (3, 2), (0.0, 0.0), (8.0, 4.0)),
    (Affine(np.array([[1, -2]]), np.array([1]), "identity", 0),),
    Sign((0, 1)),
)


def parsed(command: click.Command, line: str) -> dict[str, Any]:
    words = shlex.split(line)
    return command.make_context(words[1], words[2:]).params


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"technology": "cnt_tft", "vdd": 3.0, "seed": 7, "test_size": 0.25},
        {"power_share": 0.5, "period_ms": 250.0, "effort": "high", "effort_seconds": 1.5},
        {"vdd": "best", "period_ms": 500.0},
        {"table_ends": "extrapolate"},
        {"dont_use": ("XOR2X1", "N*R2X1")},
        {"vdd": (0.6, 1.0), "period_ms": 500.0},
        {"input_bits": {"a": 3, "b c": 2}, "weight_bits": (6, 5), "input_encoding": "auto"},
    ],
)
def test_a_compile_command_has_the_options_of_the_design(settings: dict[str, Any]) -> None:
    options = CompileOptions().with_settings(**settings)
    facts = report(compile_model(MODEL)) | {"options": {**_plain(options)}}
    line = command_line(facts)
    found = parsed(compile_command, line)
    assert line.startswith("bespoke compile MODEL")
    assert compile_options(found) == options


def _plain(options: CompileOptions) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(options)


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    features, labels = load_iris(return_X_y=True)
    limits = {"max_loss": 0.02, "max_power_mw": 4.0, "max_delay_ms": 90.0, "minimise": "delay", "searcher": "greedy"}
    limits |= {"min_yield": 0.1, "defects": 0.3, "samples": 20, "defect_seed": 5}
    quick = {"population": 8, "epochs": 1, "generations": 1, "finalists": 1, "prune": False, "jobs": 1}
    model = LogisticRegression(max_iter=500).fit(features, labels)
    return report(approximate(model, features, labels, **quick, **limits, search_seed=3).exact)


@pytest.mark.slow
def test_an_approximate_command_has_them_too(facts: dict[str, Any]) -> None:
    found = parsed(approximate_command, command_line(facts))
    chosen = approximate_options(found)
    assert chosen.constraint.to_json() == {
        "max_loss": 0.02,
        "max_power_mw": 4.0,
        "max_delay_ms": 90.0,
        "min_yield": 0.1,
    }
    assert (chosen.printed.defects, chosen.printed.samples, chosen.printed.seed) == (0.3, 20, 5)
    assert (chosen.minimise, chosen.search.searcher) == ("delay", "greedy")
    assert (chosen.search.population, chosen.search.epochs, chosen.search.seed) == (8, 1, 3)
    assert (chosen.finalists, chosen.prune, chosen.caution) == (1, False, None)
    assert found["data"] == "data"


@pytest.mark.slow
def test_a_recipe_is_part_of_its_command() -> None:
    features, labels = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(features, labels)
    front = approximate(model, features, labels, recipe="tc23", max_loss=0.05, finalists=1, jobs=1)
    line = command_line(report(front.exact))
    chosen = approximate_options(parsed(approximate_command, line))
    assert (chosen.recipe, chosen.caution, chosen.finalists, chosen.constraint.max_loss) == ("tc23", None, 1, 0.05)
    assert "--caution" not in line


@pytest.mark.slow
def test_weights_of_agreement_are_part_of_the_call_where_they_were_asked_for(facts: dict[str, Any]) -> None:
    approximation = facts["approximation"]
    assert approximation["options"]["search"]["agreement"] is None
    assert approximation["search"]["options"]["agreement"] is not None
    options = approximation["options"] | {"search": approximation["options"]["search"] | {"agreement": [0.9, 0.2]}}
    line = command_line(json.loads(json.dumps(facts | {"approximation": approximation | {"options": options}})))
    settings = eval(f"dict({line.partition('approximate(')[2].partition('),')[2]}")
    assert ApproximateOptions().with_settings(**settings).search.agreements == (0.9, 0.2)


@pytest.mark.slow
def test_options_without_a_flag_make_it_a_python_call(facts: dict[str, Any]) -> None:
    chosen = facts["approximation"]["options"]
    options = chosen | {"search": chosen["search"] | {"islands": 1}}
    line = command_line(facts | {"approximation": facts["approximation"] | {"options": options}})
    call = line.partition("approximate(\n")[2]
    settings = eval(f"dict({call.partition('),')[2]}")
    found = ApproximateOptions().with_settings(**settings)
    assert (found.search.islands, found.search.population, found.search.seed) == (1, 8, 3)
    assert found.constraint.max_loss == 0.02
    assert (found.printed.defects, found.printed.seed) == (0.3, 5)
    assert not found.prune
