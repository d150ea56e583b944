"""What is possible for data, as a page: accuracy over power, what each power source can run, every circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bespoke.drawing import Point, Scatter, area_words, hue, power_text, scatter, score_words, yield_words
from bespoke.drawing.markup import facts_list, figure, legend, links, page, paragraph, section, table
from bespoke.drawing.markup import row as table_row
from bespoke.estimate import POWER_SOURCES
from bespoke.report.answer_sources import source_sections, stronger_words
from bespoke.report.facts import printed_facts

_CAPTION = (
    "Each circuit by its test accuracy (filled) and by the accuracy promised on training rows that its training did "
    "not see (hollow), by which the choice is made; the line joins the best promises. Dashed: what the best float "
    "models reach on such rows, and what power sources deliver. Hover over a point, or move with the Tab and arrow "
    "keys, for its figures."
)
_WIDTH = 820
_COLUMNS = ("", ">no.", "family", ">promised", ">test", ">area", ">power", ">gates")

Row = Mapping[str, Any]


def answer_page(answer: Mapping[str, Any], reports: Sequence[Mapping[str, Any]]) -> str:
    """HTML text of an answer.

    Parameters
    ----------
    answer : mapping
        Content of ``answer.json``.
    reports : sequence of mapping
        Content of ``report.json`` of each circuit.
    """
    rows, data = answer["designs"], reports[0]["dataset"]
    chosen = next((row for row in rows if row["chosen"]), None)
    words = f"{data['train_rows']:,} training and {data['test_rows']:,} test rows"
    return page(
        f"Circuits for {data['name']}",
        f"{words}; {reports[0]['estimate']['technology']} at {reports[0]['estimate']['vdd']:g} V",
        _headline(chosen),
        [
            section("What is possible", figure(_plot(answer), _CAPTION), wide=True),
            section("What each power source can run", _sources(answer, rows), wide=True),
            *source_sections(answer, reports),
            section("Circuits", _table(rows), wide=True),
            section("Search", facts_list(_search(answer))),
        ],
    )


def _headline(chosen: Row | None) -> list[tuple[str, str]]:
    if chosen is None:
        return [("chosen", "none keeps the limits")]
    return [
        ("chosen", chosen["family"]),
        ("test accuracy", score_words(chosen["test"])),
        ("promised", score_words(chosen["promised"])),
        ("area", area_words(chosen["area_mm2"])),
        ("power", power_text(chosen["power_mw"])),
    ]


def _plot(answer: Mapping[str, Any]) -> str:
    rows, hues = answer["designs"], _hues(answer["designs"])
    points = [
        Point(
            x=row["power_mw"],
            y=row["promised"] if row["test"] is None else row["test"],
            below=row["promised"],
            label=_label(row),
            kind=hues[row["family"]],
            ring=row["chosen"],
            name="chosen" if row["chosen"] else "",
            key=str(row["number"]),
        )
        for row in rows
        if row["power_mw"]
    ]
    best: list[tuple[float, float]] = []
    for row in rows:
        if row["power_mw"] and (not best or row["promised"] > best[-1][1]):
            best.append((row["power_mw"], row["promised"]))
    floats = [(f"{name}, {score_words(value)}", value) for name, value in answer["float_models"].items()]
    limits = [(source.name, source.power_mw) for source in POWER_SOURCES]
    look = Scatter("power in mW", "accuracy", steps=best, width=_WIDTH, heights=floats, limits=limits)
    return scatter(points, look) + legend(hues.items()) if points else ""


def _hues(rows: Sequence[Row]) -> dict[str, str]:
    """A colour for each family."""
    return {family: hue(number) for number, family in enumerate(sorted({row["family"] for row in rows}))}


def _label(row: Row) -> str:
    parts = [f"circuit {row['number']}, {row['family']}", f"promised {score_words(row['promised'])}"]
    parts += [f"test {score_words(row['test'])}", area_words(row["area_mm2"]), power_text(row["power_mw"])]
    return "; ".join([*parts, f"gates: {row['gates']:,}"])


def _sources(answer: Mapping[str, Any], rows: Sequence[Row]) -> str:
    by_number, hues, columns = {row["number"]: row for row in rows}, _hues(rows), _columns(rows)
    lines = []
    for name, number in answer["sources"].items():
        if number is None:
            cells = [name, "", "none of the circuits", *[""] * (len(columns) - 4)]
            lines.append(table_row(cells, range(3, len(cells))))
            continue
        lines.append(_line(name, by_number[number], hues))
    stronger = paragraph(stronger_words(answer["constraint"].get("max_power_mw")), "note")
    return (table(["power source", *columns[1:]], lines, kind="families") if lines else "") + stronger


def _columns(rows: Sequence[Row]) -> list[str]:
    return [*_COLUMNS, *([">yield"] if any(map(yield_words, rows)) else []), "page"]


def _table(rows: Sequence[Row]) -> str:
    lines = [_line("chosen" if row["chosen"] else "", row, _hues(rows)) for row in rows]
    return table(_columns(rows), lines, kind="families")


def _line(name: str, row: Row, hues: Mapping[str, str]) -> str:
    low, high = row["promised_low"], row["promised_high"]
    cells = [
        name,
        str(row["number"]),
        row["family"],
        f"{score_words(row['promised'])} ({low:.3f} to {high:.3f})",
        score_words(row["test"]),
        area_words(row["area_mm2"]),
        power_text(row["power_mw"]),
        f"{row['gates']:,}",
        *([yield_words(row)] if yield_words(row) else []),
    ]
    below = "" if row["folder"] == "." else f"{row['folder']}/"
    kind = hues[row["family"]] + " mark" * row["chosen"]
    extra = links([("report", f"{below}report.html")])
    return table_row(cells, range(3, len(cells)), kind=kind, extra=extra, key=str(row["number"]))


def _search(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    counts = [(name.replace("_", " "), str(value)) for name, value in answer["search"].items() if name != "printed"]
    facts = [*counts, *printed_facts(answer["search"])]
    limits = [(name.replace("_", " "), f"{limit:g}") for name, limit in answer["constraint"].items()]
    return [
        *facts,
        *limits,
        *((f"float model {name}", score_words(value)) for name, value in answer["float_models"].items()),
    ]
