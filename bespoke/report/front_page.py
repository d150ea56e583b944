"""A front as a page: accuracy over area and over power, and every design with its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bespoke.report.facts import approximation_facts, area_words, model_words, score_words
from bespoke.report.markup import code_block, facts_list, figure, links, page, paragraph, row, section, table
from bespoke.report.plot import Point, Scatter, scatter
from bespoke.report.reproduce import command_line
from bespoke.report.shares import power_text

MM2_PER_CM2 = 100.0
_CAPTION = (
    "Each design by its {where} accuracy (filled) and by the accuracy that it is assured of (hollow), by which the "
    "choice is made, over its {size}. Hover over a point, or move with the Tab and arrow keys, for its figures."
)
_SIZES = {"area_cm2": ("area in cm²", "area"), "power_mw": ("power in mW", "power")}

Row = Mapping[str, Any]


def front_page(front: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    """HTML text of a front.

    Parameters
    ----------
    front : mapping
        Content of ``front.json``.
    report : mapping
        Content of ``report.json`` of the chosen design, or of the exact one if none was chosen.
    """
    rows = front["designs"]
    name = report["dataset"].get("name", "")
    model = report["model"]["origin"] or report["model"]["kind"]
    title = f"Front of {model} on {name}" if name else f"Front of {model}"
    return page(
        title,
        model_words(report["model"]),
        _headline(rows, front["met"]),
        [
            section("Front", front_figure(rows, report, has_links=True, sizes=("area_cm2", "power_mw")), wide=True),
            section("Designs", _designs(rows, front["met"]), wide=True),
            section("Limits", facts_list(_limits(front, report))),
            section("Search", facts_list(_search(front["search"]))),
            section(
                "How to reproduce it",
                code_block(command_line(report)),
                paragraph("MODEL is the file of the trained model.", "note"),
                facts_list([(f"{name} SHA-256", digest) for name, digest in report["digests"].items()]),
            ),
        ],
    )


def front_figure(
    rows: Sequence[Row], report: Mapping[str, Any], *, has_links: bool, sizes: Sequence[str] = ("area_cm2",)
) -> str:
    """Plots of the designs of a front; without ``has_links`` the point of the page's own design stands out."""
    drawn = []
    for size in sizes if len(rows) > 1 else ():
        points = [
            _point(entry, size, _is_marked(entry, report, has_links=has_links))
            for entry in rows
            if entry[_json_name(size)]
        ]
        steps = sorted((_size(entry, size), entry["assured"]) for entry in rows if entry[_json_name(size)])
        look = Scatter(_SIZES[size][0], _metric(report), steps=_best(steps), width=640 if len(sizes) == 1 else 520)
        drawn.append(scatter(points, look))
    names = " and ".join(_SIZES[size][1] for size in sizes)
    where = "test" if any(entry["test"] is not None for entry in rows) else "training"
    return figure(
        f'<div class="pair">{"".join(drawn)}</div>' if drawn else "", _CAPTION.format(where=where, size=names)
    )


def design_label(entry: Row) -> str:
    """Configuration and figures of a design, parts separated by semicolons."""
    names = [name for name in ("chosen", "exact") if entry[name]]
    parts = [f"design {entry['number']}{' (' + ', '.join(names) + ')' if names else ''}"]
    scores = {"test": entry["test"], "training": entry["train"], "assured": entry["assured"]}
    parts += [f"{name} {score_words(value)}" for name, value in scores.items() if value is not None]
    parts += [area_words(entry["area_mm2"]), power_text(entry["power_mw"]), f"{entry['gates']:,} gates"]
    parts += [f"{name} {old:,} to {new:,}" for name, (old, new) in entry.get("changes", {}).items() if old != new]
    return "; ".join([*parts, *([f"{entry['cuts']:,} gate-level cuts"] if entry["cuts"] else [])])


def _point(entry: Row, size: str, is_marked: bool) -> Point:  # noqa: FBT001  named at its only call
    measured = entry["test"] if entry["test"] is not None else entry["train"]
    name = "chosen" if entry["chosen"] else "exact" if entry["exact"] else "this design" if is_marked else ""
    return Point(
        x=_size(entry, size),
        y=measured,
        below=entry["assured"],
        label=design_label(entry),
        ring=is_marked,
        name=name,
        key=str(entry["number"]),
    )


def _is_marked(entry: Row, report: Mapping[str, Any], *, has_links: bool) -> bool:
    """Whether it is the chosen design, or on a design's own page that design."""
    if has_links:
        return bool(entry["chosen"])
    estimate = report["estimate"]
    own = (report["gates"], estimate["area_mm2"], estimate["power_mw"], report["accuracy"]["train"])
    return own == (entry["gates"], entry["area_mm2"], entry["power_mw"], entry["train"])


def _json_name(size: str) -> str:
    return {"area_cm2": "area_mm2"}.get(size, size)


def _size(entry: Row, size: str) -> float:
    return float(entry["area_mm2"]) / MM2_PER_CM2 if size == "area_cm2" else float(entry[size])


def _best(steps: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those of rising size that are better than all smaller ones."""
    found: list[tuple[float, float]] = []
    for size, score in steps:
        if not found or score > found[-1][1]:
            found.append((size, score))
    return found


def _metric(report: Mapping[str, Any]) -> str:
    return "accuracy" if report["accuracy"]["metric"] == "accuracy" else "R²"


def _headline(rows: Sequence[Row], is_met: bool) -> list[tuple[str, str]]:  # noqa: FBT001  a fact of the front
    exact = next((entry for entry in rows if entry["exact"]), None)
    chosen = next((entry for entry in rows if entry["chosen"]), None)
    if chosen is None or exact is None:
        return [("designs", str(len(rows))), ("chosen", "none keeps the limits" if not is_met else "-")]
    score = "test" if chosen["test"] is not None else "train"
    facts = [
        (f"{'test' if score == 'test' else 'training'} accuracy, chosen", score_words(chosen[score])),
        ("exact", score_words(exact[score])),
        ("area, chosen", area_words(chosen["area_mm2"])),
        ("exact", area_words(exact["area_mm2"])),
    ]
    if chosen["area_mm2"]:
        facts.append(("smaller", f"{exact['area_mm2'] / chosen['area_mm2']:.1f} times"))
    if chosen["power_mw"]:
        facts.append(("cooler", f"{exact['power_mw'] / chosen['power_mw']:.1f} times"))
    return facts


def _designs(rows: Sequence[Row], is_met: bool) -> str:  # noqa: FBT001  a fact of the front
    has_voltages = len({entry["vdd"] for entry in rows}) > 1
    heads = ["", ">No.", ">training", ">assured", ">test", ">area", ">power", ">delay ms"]
    heads += [*([">V"] if has_voltages else []), ">gates", ">cuts", "page"]
    lines = []
    for entry in sorted(rows, key=lambda entry: not entry["exact"]):
        mark = "chosen" if entry["chosen"] else "exact" if entry["exact"] else ""
        cells = [mark, str(entry["number"])]
        cells += [score_words(entry[name]) for name in ("train", "assured", "test")]
        cells += [area_words(entry["area_mm2"]), power_text(entry["power_mw"]), f"{entry['delay_ms']:.1f}"]
        cells += [f"{entry['vdd']:g}"] if has_voltages else []
        cells += [f"{entry['gates']:,}", str(entry["cuts"])]
        below = "" if entry["folder"] == "." else f"{entry['folder']}/"
        kind = "mark" if entry["chosen"] else ""
        lines.append(
            row(
                cells,
                range(1, 10),
                kind=kind,
                extra=links([("report", f"{below}report.html")]),
                key=str(entry["number"]),
            )
        )
    words = "" if is_met else "No design keeps the limits."
    return table(heads, lines) + paragraph(words, "note")


def _limits(front: Mapping[str, Any], report: Mapping[str, Any]) -> list[tuple[str, str]]:
    words = {"max_loss": "largest loss", "min_accuracy": "least accuracy", "max_power_mw": "largest power, mW"}
    words |= {"max_area_cm2": "largest area, cm²", "max_delay_ms": "largest delay, ms"}
    facts = [(words.get(name, name), f"{limit:g}") for name, limit in front["constraint"].items()]
    facts.append(("judged on", str(front["search"].get("judged_on", "training rows"))))
    return [*facts, ("exact circuit is held for", score_words(front["exact_assured"])), *approximation_facts(report)]


def _search(search: Mapping[str, Any]) -> list[tuple[str, str]]:
    options = dict(search.get("options", {}))
    facts = [(name, f"{search[name]:,}") for name in ("epochs", "found") if isinstance(search.get(name), int)]
    if isinstance(search.get("epochs"), int) and "epochs" in options:
        facts[0] = ("epochs", f"{search['epochs']:,} of {options.pop('epochs'):,}")
    volumes = search.get("hypervolumes") or []
    if volumes:
        facts.append(("hypervolume", f"{volumes[0]:.4f} after the first epoch, {volumes[-1]:.4f} at the end"))
    return facts + [(name.replace("_", " "), str(value)) for name, value in options.items() if value is not None]
