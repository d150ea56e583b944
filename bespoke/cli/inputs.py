"""From the options of the command line to models, data and the options of the flow."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bespoke.errors import OptionError

if TYPE_CHECKING:
    from bespoke.data import Dataset
    from bespoke.flow import CompileOptions, Constraint, Design
    from bespoke.search import SearchOptions

_QUANTISATION = ("input_bits", "weight_bits", "input_encoding", "model_inputs", "regressor_output", "value_bits")


def compile_options(options: Mapping[str, Any]) -> CompileOptions:
    """Options of `model_options`, `circuit_options` and `split_options` as `CompileOptions`."""
    from bespoke.flow import CompileOptions

    given = {name: options[name] for name in _QUANTISATION if options[name] is not None}
    return CompileOptions(
        technology=options["tech"],
        vdd=options["vdd"],
        effort=options["effort"],
        power_share=options["power_share"],
        period_ms=options["period_ms"],
        delay_limit_ms=options.get("max_delay_ms"),
        test_size=options["test_size"],
        seed=options["seed"],
    ).with_settings(**given)


def read_data(name: str, options: Mapping[str, Any]) -> Dataset:
    """The data set that ``--data`` names, read as `data_options` say."""
    from bespoke.data import load_dataset

    return load_dataset(name, target=options["target"], missing=options["missing"])


def verified(design: Design, stage: Callable[[str], None], *, formal: bool) -> Design:
    """The design with what its verification found."""
    from bespoke.flow import verify_design

    start = time.perf_counter()
    found = verify_design(design, formal=formal, thorough=False, on_stage=lambda name: stage(f"verify: {name}"))
    return design.with_verification(found, time.perf_counter() - start)


def search_settings(options: Mapping[str, Any]) -> SearchOptions:
    """Options of `search_options` and ``--metric``, ``--budget`` and ``--search-seed`` as `SearchOptions`."""
    from bespoke.search import SearchOptions

    named = {"metric": "metric", "budget": "budget_s", "search_seed": "seed"}
    named |= {name: name for name in ("searcher", "epochs", "generations", "population")}
    given = {field: options.get(name) for name, field in named.items()}
    return SearchOptions(**{field: value for field, value in given.items() if value is not None})


def constraint_settings(options: Mapping[str, Any]) -> Constraint:
    """Options of `constraint_options` as `Constraint`."""
    from bespoke.estimate import POWER_SOURCES
    from bespoke.flow import Constraint

    power = options["max_power_mw"]
    if options["source"] is not None:
        if power is not None:
            raise OptionError("both a power source and a power are given", allowed="--source or --max-power-mw")
        powers = {source.name.replace(" ", "").lower(): source.power_mw for source in POWER_SOURCES}
        power = powers[options["source"]]
    named = {name: options[name] for name in ("max_loss", "min_accuracy", "max_area_cm2", "max_delay_ms")}
    return Constraint(max_power_mw=power, **named)


def training_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of `training_options` as fields of `bespoke.training.TrainingOptions`."""
    named = {name: name for name in ("max_depth", "max_iter", "restarts", "search", "folds")}
    return {field: options[name] for name, field in (named | {"regularisation": "c"}).items()}
