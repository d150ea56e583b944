"""How to make a design again: the command, from the options that stand in its report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from bespoke.flow import ApproximateOptions, CompileOptions

_COMPILE = {
    "technology": "--tech",
    "vdd": "--vdd",
    "effort": "--effort",
    "power_share": "--objective",
    "period_ms": "--period-ms",
    "test_size": "--test-size",
    "seed": "--seed",
}
_QUANTISATION = {
    "input_bits": "--input-bits",
    "weight_bits": "--weight-bits",
    "input_encoding": "--input-encoding",
    "model_inputs": "--model-inputs",
    "regressor_output": "--regressor-output",
    "value_bits": "--value-bits",
}
_CONSTRAINT = {
    name: f"--{name.replace('_', '-')}" for name in ("max_loss", "min_accuracy", "max_power_mw", "max_area_cm2")
}
_SEARCH = {
    "metric": "--metric",
    "epochs": "--epochs",
    "generations": "--generations",
    "population": "--population",
    "budget_s": "--budget",
    "seed": "--search-seed",
}
_OWN = {"finalists": "--finalists", "caution": "--caution"}


def command_line(report: Mapping[str, Any]) -> str:
    """The command that makes the design from the trained model, options that have their default left out.

    The model's file and the output folder are not part of a report: ``MODEL`` and ``DIR`` stand for them.
    """
    options, approximation = report["options"], report.get("approximation", {})
    parts = ["bespoke", "approximate" if approximation else "compile", "MODEL"]
    if report["dataset"]:
        parts += ["--data", str(report["dataset"]["name"])]
    standard = asdict(CompileOptions())
    parts += _flags(options, standard, _COMPILE)
    parts += _flags(options["quantisation"], standard["quantisation"], _QUANTISATION)
    if approximation:
        chosen, defaults = approximation["options"], ApproximateOptions().to_json()
        parts += _flags(approximation["constraint"], {}, _CONSTRAINT)
        parts += _flags(chosen["search"], {**defaults["search"], **_derived(report)}, _SEARCH)
        parts += _flags(chosen, {**defaults, "caution": _usual_caution(approximation)}, _OWN)
        parts += [] if chosen["prune"] else ["--no-prune"]
    return shlex.join([*parts, "-o", "DIR"])


def _flags(options: Mapping[str, Any], standard: Mapping[str, Any], flags: Mapping[str, str]) -> Iterator[str]:
    for name, flag in flags.items():
        value = options.get(name)
        if value is not None and value != standard.get(name):
            yield from (flag, _text(value))


def _text(value: Any) -> str:  # noqa: ANN401  any option
    if isinstance(value, Mapping):
        return ",".join(f"{name}={bits}" for name, bits in value.items())
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _derived(report: Mapping[str, Any]) -> dict[str, Any]:
    """Options that follow from the model."""
    return {"metric": "r2"} if report["accuracy"]["metric"] == "r2" else {}


def _usual_caution(approximation: Mapping[str, Any]) -> float:
    """As `bespoke.flow.approximate`: on rows that the search saw, or on held-out ones."""
    return 3.0 if approximation["judged_on"] == "training rows" else 2.0
