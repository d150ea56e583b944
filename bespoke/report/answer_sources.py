"""For each power source the circuit that it can run: its figures, what its sensors compare, and why it answers so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bespoke.drawing import area_words, power_text, score_words
from bespoke.drawing.markup import facts_list, link_line, paragraph, part, section
from bespoke.estimate import POWER_SOURCES
from bespoke.report.coefficients import steps_table, weights_figures
from bespoke.report.explained import explanation
from bespoke.report.sensors import sensors_table

Row = Mapping[str, Any]
_NO_WORDS = "What it computes takes too many words: its own page has its figures and lets you try it."


def source_sections(answer: Mapping[str, Any], reports: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A section for the chosen circuit, and for each that a power source runs best, from the weakest source on."""
    before: Row | None = None
    for row, report in zip(answer["designs"], reports, strict=True):
        names = ["chosen"] * row["chosen"]
        names += [
            f"{each.name} ({each.power_mw:g}\N{NO-BREAK SPACE}mW)"
            for each in POWER_SOURCES
            if _runs(answer, each.name, row)
        ]
        if names:
            yield _section(names, row, before, report)
            before = row


def stronger_words(limit_mw: float | None) -> str:
    """What is not known of power sources beyond a limit on the power; nothing without such sources."""
    if limit_mw is None or all(source.power_mw <= limit_mw for source in POWER_SOURCES):
        return ""
    return f"Circuits of at most {limit_mw:g} mW were looked for: stronger power sources may run better ones."


def _runs(answer: Mapping[str, Any], source: str, row: Row) -> bool:
    """Whether a circuit is the best that a power source can run."""
    return bool(answer["sources"].get(source) == row["number"])


def _section(names: Sequence[str], row: Row, before: Row | None, report: Mapping[str, Any]) -> str:
    title = f"{', '.join(names)}: {row['family']}"
    folder = "" if row["folder"] == "." else f"{row['folder']}/"
    shown = explanation(report) or part("Steps", steps_table(report)) + weights_figures(report)
    return section(
        title[0].upper() + title[1:],
        facts_list([*_figures(row, report), *_gains(row, before)]),
        link_line("Try it, and see all of its figures", f"{folder}report.html"),
        part("What its sensors compare", sensors_table(report)),
        shown or paragraph(_NO_WORDS, "note"),
        wide=True,
    )


def _figures(row: Row, report: Mapping[str, Any]) -> list[tuple[str, str]]:
    promised = _interval(row["promised_low"], row["promised_high"])
    tested = _interval(*(report["accuracy"]["test_interval"] or ()))
    return [
        ("promised accuracy", score_words(row["promised"]) + promised),
        *([("test accuracy", score_words(row["test"]) + tested)] if row["test"] is not None else []),
        ("power", power_text(row["power_mw"])),
        ("area", area_words(row["area_mm2"])),
        ("circuit", f"no. {row['number']}, gates: {row['gates']:,}"),
    ]


def _interval(*ends: float) -> str:
    return f" (95 % interval {ends[0]:.3f} to {ends[1]:.3f})" if ends else ""


def _gains(row: Row, before: Row | None) -> list[tuple[str, str]]:
    """What it takes to go on from the circuit of a weaker source."""
    if before is None or not before["power_mw"] or not before["area_mm2"]:
        return []
    gain = round(row["promised"] - before["promised"], 3) + 0.0
    times = f"{row['power_mw'] / before['power_mw']:.3g} times the power"
    area = f"{row['area_mm2'] / before['area_mm2']:.3g} times the area"
    return [(f"against no. {before['number']}", f"{gain:+.3f} promised, for {times} and {area}")]
