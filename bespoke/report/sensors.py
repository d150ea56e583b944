"""The sensor side on the page of a design: the levels of each feature that are compared, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bespoke.drawing import area_words, power_text
from bespoke.drawing.markup import facts_list, paragraph, plain_table, section
from bespoke.report.facts import converter_facts

_LISTED = 6


def sensors_section(report: Mapping[str, Any]) -> str:
    """What has to be printed in front of the circuit; nothing for a report that does not tell."""
    converters = report.get("converters", {})
    if not converters or not converters["features"]:
        return ""
    counted = converter_facts(report)
    note = f"{converters['title']}. {converters['source']}." if counted else "What converters cost is not counted."
    return section(
        "Sensor side",
        paragraph("What is in front of the circuit: each feature is compared with these values of its own unit."),
        sensors_table(report),
        facts_list(counted) if counted else "",
        paragraph(note, "note"),
    )


def sensors_table(report: Mapping[str, Any]) -> str:
    """The values that each feature is compared with, and what that costs where it is counted."""
    rows = [
        [
            each["feature"],
            _values_text(each["values"]),
            str(each["comparators"]),
            str(each["encoder_gates"]),
            area_words(each["area_mm2"]),
            power_text(each["power_mw"]),
        ]
        for each in report.get("converters", {}).get("features", [])
    ]
    heads = ["feature", "compared with", ">comparators", ">gates of the encoder", ">area", ">power"]
    hidden = len(heads) if converter_facts(report) else 3  # a model without costs has nothing to say on encoders
    return plain_table(heads[:hidden], [row[:hidden] for row in rows])


def _values_text(values: Sequence[float]) -> str:
    """All values; of many in equal steps the first, the last and the step."""
    steps = np.diff(values)
    if len(values) > _LISTED and np.allclose(steps, steps[0]):
        return f"{len(values)} values from {values[0]:.6g} to {values[-1]:.6g} in steps of {steps[0]:.6g}"
    return ", ".join(f"{value:.6g}" for value in values)
