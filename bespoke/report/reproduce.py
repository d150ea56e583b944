"""How to make a design again: the command, from the options that stand in its report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from bespoke.flow import CAUTION_HELD_OUT, CAUTION_SEEN, ApproximateOptions, CompileOptions, PrintedOptions


def flags_of(names: str, **renamed: str) -> dict[str, str]:
    """Flags by the names of options; some have flags of other names."""
    return {name: f"--{renamed.get(name, name).replace('_', '-')}" for name in names.split()}


_COMPILE = flags_of(
    "inputs converters technology vdd dont_use effort effort_seconds power_share table_ends period_ms test_size seed",
    technology="tech",
    power_share="objective",
)
_QUANTISATION = flags_of(
    "input_bits input_words thresholds weight_bits input_encoding model_inputs regressor_output"
    " value_bits leaf_bits activation_bits"
)
_CONSTRAINT = flags_of("max_loss min_accuracy max_power_mw max_area_cm2 max_delay_ms max_gates min_yield")
_PRINTED = flags_of("defects clustering tolerance samples seed", seed="defect_seed")
_SEARCH = flags_of("searcher metric epochs generations population budget_s seed", budget_s="budget", seed="search_seed")
_OWN = flags_of("minimise recipe finalists caution")


def command_line(report: Mapping[str, Any]) -> str:
    """The call that makes the design from the trained model; options that have their default are left out.

    It is one of the command line, or of Python if some option has no flag. The model's file and the output folder are
    not part of a report: ``MODEL`` and ``DIR``, or ``estimator``, stand for them.
    """
    approximation = report.get("approximation", {})
    unflagged = _unflagged(approximation)
    if unflagged:
        return _python_call(report, unflagged)
    parts = ["bespoke", "approximate" if approximation else "compile", "MODEL"]
    if report["dataset"]:
        parts += ["--data", str(report["dataset"]["name"])]
    parts += [*compile_flags(report["options"]), *search_flags(approximation)]
    return shlex.join([*parts, "-o", "DIR"])


def compile_flags(options: Mapping[str, Any]) -> Iterator[str]:
    """Flags for `CompileOptions` as plain data."""
    standard, vdd = asdict(CompileOptions()), options["vdd"]
    voltage = "..".join(map(_text, vdd)) if isinstance(vdd, list | tuple) else vdd
    yield from option_flags({**options, "vdd": voltage}, standard, _COMPILE)
    yield from option_flags(options["quantisation"], standard["quantisation"], _QUANTISATION)


def search_flags(approximation: Mapping[str, Any]) -> Iterator[str]:
    """Flags for the ``constraint`` and the ``options`` of an approximation; none for an exact design."""
    if not approximation:
        return
    chosen, usual = approximation["options"], _usual(approximation)
    yield from option_flags(approximation["constraint"], {}, _CONSTRAINT)
    yield from option_flags(chosen.get("printed", {}), asdict(PrintedOptions()), _PRINTED)
    yield from option_flags(chosen["search"], usual["search"], _SEARCH)
    yield from ("--harden",) if chosen.get("printed", {}).get("harden") else ()
    yield from option_flags(chosen, usual, _OWN)
    yield from () if chosen["prune"] else ("--no-prune",)


def _unflagged(approximation: Mapping[str, Any]) -> dict[str, Any]:
    """Options of an approximation that differ from their default and have no flag."""
    if not approximation:
        return {}
    chosen, usual = approximation["options"], _usual(approximation)
    known = {*_SEARCH, *_OWN, "search", "prune", "printed"}
    pairs = [*chosen["search"].items(), *chosen.items()]
    standard = {**usual["search"], **usual}
    return {name: value for name, value in pairs if name not in known and value != standard.get(name)}


def _python_call(report: Mapping[str, Any], unflagged: Mapping[str, Any]) -> str:
    approximation, standard = report["approximation"], asdict(CompileOptions())
    chosen, usual = approximation["options"], _usual(approximation)
    standard |= {**standard["quantisation"], **usual}
    given = {**report["options"]["quantisation"], **{name: report["options"][name] for name in _COMPILE}}
    given |= {name: chosen[name] for name in (*_OWN, "prune")}
    settings = {name: value for name, value in given.items() if value != standard.get(name)}
    search = {name: chosen["search"][name] for name in _SEARCH if chosen["search"][name] != usual["search"][name]}
    settings |= {"search_seed" if name == "seed" else name: value for name, value in search.items()}
    printed, plain = chosen.get("printed", {}), asdict(PrintedOptions())
    printed = {name: value for name, value in printed.items() if value != plain[name]}
    settings |= {"defect_seed" if name == "seed" else name: value for name, value in printed.items()}
    settings |= {**approximation["constraint"], **unflagged}
    lines = "".join(f"    {name}={value!r},\n" for name, value in settings.items())
    data = repr(str(report["dataset"]["name"]))
    imports = "from bespoke import approximate\nfrom bespoke.data import load_dataset\n\n"
    return f"{imports}front = approximate(\n    estimator,\n    dataset=load_dataset({data}),\n{lines})"


def option_flags(options: Mapping[str, Any], standard: Mapping[str, Any], flags: Mapping[str, str]) -> Iterator[str]:
    """Flags, from the name of each option to its flag, where an option is not what is usual."""
    for name, flag in flags.items():
        value = options.get(name)
        if value is not None and _text(value) != _text(standard.get(name)):
            yield from (flag, _text(value))


def _text(value: Any) -> str:  # noqa: ANN401  any option
    if isinstance(value, Mapping):
        return ",".join(f"{name}={bits}" for name, bits in value.items())
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _usual(approximation: Mapping[str, Any]) -> dict[str, Any]:
    """Options that nobody has to give: the defaults, and what `bespoke.flow.approximate` makes of None.

    R2 follows from the model; caution is none in a recipe, else by whether the search saw the rows that judge.
    """
    chosen, defaults = approximation["options"], ApproximateOptions().to_json()
    metric = "r2" if chosen["search"]["metric"] == "r2" else "accuracy"
    caution = CAUTION_SEEN if approximation["judged_on"] == "training rows" else CAUTION_HELD_OUT
    search = {**defaults["search"], "metric": metric}
    return {**defaults, "search": search, "caution": 0.0 if chosen["recipe"] else caution}
