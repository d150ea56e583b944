"""A sweep as one self-contained HTML page: its table, what was gained for what loss, notes and failures."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bespoke.drawing import PlotRow, Point, Scatter, markup, row_plot, scatter
from bespoke.families import FAMILIES
from bespoke.report.reproduce import compile_flags, flags_of, option_flags, search_flags
from bespoke.sweep.findings import findings_table
from bespoke.sweep.options import DEFAULT_BUDGET_S, PLAIN, Cell, SweepOptions
from bespoke.sweep.outcome import Outcome
from bespoke.sweep.tables import OURS, Row, legend, people_table, statistics_rows
from bespoke.training import TrainingOptions

PAGE = "report.html"
_TRAINING = flags_of("max_depth c max_iter restarts search folds")
_RENAMED = {"technologies": "tech", "vdds": "vdd", "cost_weights": "cost_weight", "budget_s": "budget"}
_GRID = flags_of("datasets models seeds technologies vdds hidden aware cost_weights budget_s analyses", **_RENAMED)
_DESIGN = flags_of("families")
_READING = flags_of("target missing")
_USUAL: Mapping[str, Any] = {
    "technologies": ("egfet",),
    "aware": (PLAIN,),
    "cost_weights": (0.0,),
    "budget_s": DEFAULT_BUDGET_S,
    "analyses": (),
}
# Columns of figures, in the order of `bespoke.sweep.tables.FIGURES`, and what stands over them.
_HEADS = ("float", "exact", "approx.", "exact", "approx.", "exact", "approx.", "area", "power")
_GROUPS = (("Accuracy", 3), ("Area, cm²", 2), ("Power, mW", 2), ("Times less", 2))
_POINTS = 100.0  # percentage points
_LOSS = (
    "Change of the test accuracy against the exact circuit, over how many times smaller the circuit has become; every "
    "point is a cell of the sweep{published}. Hover over a point, or move with the Tab and arrow keys, for its figures."
)
_AREAS = "Area of the exact circuit (hollow) and of the chosen one (filled){published}; the mean over seeds."


def sweep_page(options: SweepOptions, outcomes: Sequence[Outcome], rows: Sequence[Row]) -> str:
    """HTML text of a sweep.

    Parameters
    ----------
    options : SweepOptions
    outcomes : sequence of Outcome
        In the order of the grid.
    rows : sequence of Row
        The table: one row per outcome, and published ones.
    """
    means = statistics_rows(rows)
    ours = [row for row in rows if row.origin == OURS]
    titles = [", ".join(dict.fromkeys(names)) for names in ((r.dataset for r in ours), (r.model for r in ours))]
    return markup.page(
        "Sweep",
        f"{titles[1]} on {titles[0]}",
        _headline(ours),
        [
            markup.section("Loss over gain", _gains(rows), wide=True),
            markup.section("Area", _areas(means or rows), wide=True),
            markup.section("Table", _table(rows, [outcome.cell.folder for outcome in outcomes]), wide=True),
            markup.section("Mean over seeds", _table(means, []), wide=True),
            markup.section("Analyses", _findings(outcomes, rows), wide=True),
            markup.section("Sources", markup.bullets(legend(rows))),
            markup.section("Failures", _failures(outcomes)),
            markup.section("Notes", _notes(outcomes)),
            markup.section("How to reproduce it", *_reproduce(options, outcomes)),
        ],
        kind="broad",
    )


def _headline(ours: Sequence[Row]) -> list[tuple[str, str]]:
    done = [row for row in ours if not row.error]
    gains = {name: [g for row in done if (g := row.figures[name])] for name in ("area_gain", "power_gain")}
    changes = [change for row in done if (change := _change(row)) is not None]
    facts = [("cells", f"{len(ours):,}")]
    facts += [("failed", f"{len(ours) - len(done):,}")] if len(done) < len(ours) else []
    for name, words in (("area_gain", "smaller, geometric mean"), ("power_gain", "cooler, geometric mean")):
        if gains[name]:
            facts.append((words, f"{math.exp(math.fsum(map(math.log, gains[name])) / len(gains[name])):.1f} times"))
    if changes:
        facts.append(("mean change of accuracy", f"{_signed(math.fsum(changes) / len(changes))} points"))
    return facts


def _change(row: Row) -> float | None:
    """Test accuracy of the approximate circuit less that of the exact one, in percentage points."""
    exact, chosen = row.figures["accuracy_exact"], row.figures["accuracy"]
    return None if exact is None or chosen is None or row.metric == "r2" else _POINTS * (chosen - exact)


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", "\N{MINUS SIGN}")


def _gains(rows: Sequence[Row]) -> str:
    points = list(_gain_points(rows))
    if all(point.kind for point in points):
        return ""
    look = Scatter("times smaller than the exact circuit", "change of accuracy, points", 4.0, zero=True, width=860)
    has_published = any(point.kind for point in points)
    words = _LOSS.format(published=", and published ones are grey" if has_published else "")
    return markup.figure(scatter(points, look), words)


def _gain_points(rows: Sequence[Row]) -> Iterator[Point]:
    named: set[str] = set()
    for place, row in enumerate(rows):
        change, gain = _change(row), row.figures["area_gain"]
        if change is None or gain is None:
            continue
        is_ours = row.origin == OURS
        name = f"{row.dataset} {row.model}" if is_ours else ""
        yield Point(
            gain,
            change,
            _label(row, change),
            kind="" if is_ours else "other",
            name="" if name in named else name,
            key=str(place) if is_ours else "",
        )
        named.add(name)


def _label(row: Row, change: float) -> str:
    figures = row.figures
    seed = f", seed {row.seed}" if row.seed is not None else ""
    parts = [f"{row.dataset} {row.model}{seed}" if row.origin == OURS else f"{row.dataset} {row.model}, {row.origin}"]
    parts.append(f"accuracy {figures['accuracy_exact']:.3f} to {figures['accuracy']:.3f}, {_signed(change)} points")
    parts.append(f"area {figures['area_exact_cm2']:.3g} to {figures['area_cm2']:.3g} cm²")
    if figures["power_exact_mw"] is not None and figures["power_mw"] is not None:
        parts.append(f"power {figures['power_exact_mw']:.3g} to {figures['power_mw']:.3g} mW")
    return "; ".join([*parts, f"{figures['area_gain']:.1f} times smaller"])


def _areas(rows: Sequence[Row]) -> str:
    found: list[PlotRow] = []
    for row in rows:
        exact, chosen = row.figures["area_exact_cm2"], row.figures["area_cm2"]
        name = f"{row.dataset} {row.model}"
        if row.origin != OURS:
            if chosen:
                mark = Point(chosen, 0, f"{name}, {row.origin}; {chosen:.3g} cm²", kind="other")
                last = found[-1]
                found[-1] = PlotRow(last.name, [mark, *last.marks], last.span)
            continue
        seed = f" {row.seed}" if row.seed is not None and _is_repeated(row, rows) else ""
        marks = [Point(exact, 0, f"{name}; exact {exact:.3g} cm²", is_open=True)] if exact else []
        marks += [Point(chosen, 0, f"{name}; chosen {chosen:.3g} cm²")] if chosen else []
        span = (min(exact, chosen), max(exact, chosen)) if exact and chosen else None
        found.append(PlotRow(name + seed, marks, span))
    drawn = [row for row in found if row.marks]
    has_published = any(mark.kind for row in drawn for mark in row.marks)
    words = _AREAS.format(published=", published approximate circuits in grey" if has_published else "")
    is_mean = any(row.seed is None and row.origin == OURS for row in rows)
    words = words if is_mean else f"{words.partition(';')[0]}."
    return markup.figure(row_plot(drawn, "area in cm²", is_log=True, width=860), words)


def _is_repeated(row: Row, rows: Sequence[Row]) -> bool:
    return sum(other.group == row.group and other.origin == OURS for other in rows) > 1


def _table(rows: Sequence[Row], folders: Sequence[str]) -> str:
    """The published layout; with ``folders``, one per row of ours, the last column links to the designs."""
    if not rows:
        return ""
    heads, body = people_table(rows)
    first = len(heads) - len(_HEADS) - 1
    left = iter(folders)
    lines, earlier = [], ("", "")
    for place, (row, cells) in enumerate(zip(rows, body, strict=True)):
        is_ours = row.origin == OURS
        links = _links(next(left), row) if is_ours and folders else ""
        begins = "group" if place and row.dataset != rows[place - 1].dataset else ""
        name = (cells[0], cells[1])
        shown = ["" if name[0] == earlier[0] else name[0], "" if name == earlier else name[1]]
        earlier = name
        kind = " ".join(filter(None, (begins, "" if is_ours else "soft")))
        numbers = range(2, len(heads) - 1)
        key = str(place) if is_ours and folders else ""
        lines.append(markup.row([*shown, *cells[2:]], numbers, kind=kind, extra=links, key=key))
    columns = [*heads[:first], *(f">{name}" for name in _HEADS), "Power source", *(["Pages"] if folders else [])]
    groups = [("", first), *_GROUPS, ("", 2 if folders else 1)]
    return markup.table(columns, lines, groups=groups, kind="dense")


def _links(folder: str, row: Row) -> str:
    if not folder or row.error:
        return "<td></td>"
    columns = {"exact": "area_exact_cm2", "chosen": "area_cm2"}
    names = [name for name, column in columns.items() if row.figures[column] is not None]
    return markup.links((name, f"{folder}/{name}/{PAGE}") for name in names)


def _findings(outcomes: Sequence[Outcome], rows: Sequence[Row]) -> str:
    heads, body = findings_table(outcomes, rows)
    return markup.plain_table(heads, body)


def _failures(outcomes: Iterable[Outcome]) -> str:
    return markup.plain_table(
        ["cell", "what went wrong"], [[str(outcome.cell), outcome.error] for outcome in outcomes if outcome.error]
    )


def _notes(outcomes: Iterable[Outcome]) -> str:
    """Each note with the cells that it is about."""
    cells: dict[str, list[str]] = {}
    for outcome in outcomes:
        for note in outcome.record.get("notes", ()):
            cells.setdefault(note, []).append(str(outcome.cell))
    body = markup.bullets([f"{', '.join(names)}: {note}" for note, names in cells.items()])
    return markup.details(f"{len(cells)} notes of the cells", body, is_open=len(cells) <= 8)


def _reproduce(options: SweepOptions, outcomes: Sequence[Outcome]) -> list[str]:
    versions: dict[str, str] = {}
    digests: dict[str, str] = {}
    for outcome in outcomes:
        versions |= outcome.record.get("versions", {})
        if outcome.record:
            digests[f"{outcome.cell.data_name} SHA-256"] = outcome.record["data"]["digest"]
    words = ", ".join(f"{name} {version}" for name, version in versions.items())
    facts = [*digests.items(), *([("versions", words)] if versions else [])]
    note = "The same options, data and versions give the same tables."
    return [markup.code_block(sweep_command(options)), markup.paragraph(note, "note"), markup.facts_list(facts)]


def sweep_command(options: SweepOptions) -> str:
    """The command of a sweep; options that have their default are left out."""
    first = options.trained_facts(Cell(options.datasets[0], "tree"))
    compiled: dict[str, Any] = {**first["compile"], "technology": "egfet", "vdd": None, "seed": 42}
    approximate = first["approximate"]
    search = {**approximate["search"], "seed": 0, "budget_s": None}
    asked = {"constraint": first["constraint"], "options": {**approximate, "search": search}}
    voltages = [f"{vdd:g}" for vdd in options.vdds if vdd is not None]
    grid = {name: getattr(options, name) for name in _GRID} | {"vdds": voltages or None}
    parts = ["bespoke", "sweep", *option_flags(grid, _USUAL, _GRID)]
    parts += option_flags({"families": options.design.families}, {"families": tuple(FAMILIES)}, _DESIGN)
    parts += option_flags(asdict(options.training), asdict(TrainingOptions(kind="tree")), _TRAINING)
    parts += [*compile_flags(compiled), *search_flags({**asked, "judged_on": "training rows"})]
    parts += ([] if options.formal else ["--no-formal"]) if options.verify else ["--no-verify"]
    parts += option_flags({"target": options.target, "missing": options.missing}, {}, _READING)
    return shlex.join([*parts, "-o", "DIR"])
