"""From the options of the command line to data and verified designs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bespoke.cli.console import within
from bespoke.cli.options import DATA, settings

if TYPE_CHECKING:
    from bespoke.data import Dataset
    from bespoke.flow import Answer, Design, Verification


def read_data(name: str, given: Mapping[str, Any], model: object = None) -> Dataset:
    """The data set that ``--data`` names, read as the options `DATA` say, and texts as a fitted model reads them."""
    from bespoke.data import load_dataset
    from bespoke.frontend import is_integer_model, text_codes

    codes = () if model is None or is_integer_model(model) else text_codes(model)
    return load_dataset(name, **settings(given, DATA), codes=codes)


def verified(design: Design, stage: Callable[[str], None], *, formal: bool, seconds: float | None = None) -> Design:
    """The design with what its verification found."""
    start = time.perf_counter()
    found = design.verify(formal=formal, thorough=False, seconds=seconds, on_stage=within(stage, "verify"))
    return design.with_verification(found, time.perf_counter() - start)


def verified_answer(answer: Answer, stage: Callable[[str], None], *, formal: bool, jobs: int | str) -> Answer:
    """The answer with what the verification of each of its circuits found, as many at a time as there are jobs."""
    from bespoke.external.cluster import workers_of

    designs = [point.design for point in answer.points]
    stage(f"verify: {len(designs)} circuits")
    with workers_of(jobs) as workers:
        for point, (found, seconds) in zip(answer.points, workers.run(_verification, formal, designs), strict=True):
            answer = answer.with_design(point, point.design.with_verification(found, seconds))
    return answer


def _verification(formal: bool, design: Design) -> tuple[Verification, float]:  # noqa: FBT001  what all calls share
    start = time.perf_counter()
    return design.verify(formal=formal, thorough=False), time.perf_counter() - start
