"""From the options of the command line to models, data and the options of the flow."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bespoke.data import Dataset
    from bespoke.flow import CompileOptions, Design

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
