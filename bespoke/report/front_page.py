"""A front as a page: accuracy over area and over power, and every design with its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bespoke.drawing import area_words, designs_table, front_plot, score_words
from bespoke.drawing.markup import code_block, facts_list, figure, page, paragraph, section
from bespoke.report.facts import approximation_facts, model_words, printed_facts, title_words
from bespoke.report.reproduce import command_line

_CAPTION = (
    "Each design by its {where} accuracy (filled) and by the accuracy that it is assured of (hollow), by which the "
    "choice is made, over its {size}. Hover over a point, or move with the Tab and arrow keys, for its figures."
)
_OTHER_OUTPUTS = "Other outputs: share of all inputs, each word alike, whose output is not that of the exact circuit."

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
    chosen = next((entry for entry in rows if entry["chosen"]), None)
    words = [] if front["met"] else ["No design keeps the limits."]
    words += [_OTHER_OUTPUTS] * any(row.get("output_error_rate") is not None for row in rows)
    return page(
        f"Front of {title_words(report)}",
        model_words(report["model"]),
        _headline(rows, chosen, is_met=front["met"]),
        [
            section("Front", front_figure(rows, report["accuracy"]["metric"], chosen, ("area", "power")), wide=True),
            section("Designs", designs_table(rows, is_linked=True) + paragraph(" ".join(words), "note"), wide=True),
            section("Limits", facts_list(_limits(front, report))),
            section("Search", facts_list(_search(front["search"]))),
            section(
                "How to reproduce it",
                code_block(command_line(report)),
                paragraph("MODEL is the file of the trained model.", "note"),
                facts_list([(f"{name} SHA-256", digest) for name, digest in report["digests"].items()]),
            ),
        ],
        kind="broad" if any(row.get("functional_yield") is not None for row in rows) else "",
    )


def front_figure(rows: Sequence[Row], metric: str, marked: Row | None, sizes: Sequence[str] = ("area",)) -> str:
    """Plots of the designs of a front over some sizes; one design stands out."""
    width = 640 if len(sizes) == 1 else 520
    drawn = "".join(front_plot(rows, size, metric, marked=marked, width=width) for size in sizes)
    where = "test" if any(entry["test"] is not None for entry in rows) else "training"
    words = _CAPTION.format(where=where, size=" and ".join(sizes))
    return figure(f'<div class="pair">{drawn}</div>' if drawn else "", words)


def _headline(rows: Sequence[Row], chosen: Row | None, *, is_met: bool) -> list[tuple[str, str]]:
    exact = next((entry for entry in rows if entry["exact"]), None)
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
    if chosen["power_mw"] and exact["power_mw"] is not None:
        facts.append(("cooler", f"{exact['power_mw'] / chosen['power_mw']:.1f} times"))
    return facts


def _limits(front: Mapping[str, Any], report: Mapping[str, Any]) -> list[tuple[str, str]]:
    words = {"max_loss": "largest loss", "min_accuracy": "least accuracy", "max_power_mw": "largest power, mW"}
    words |= {"max_area_cm2": "largest area, cm²", "max_delay_ms": "largest delay, ms", "max_gates": "most AND gates"}
    words |= {"min_yield": "least functional yield"}
    facts = [(words.get(name, name), f"{limit:g}") for name, limit in front["constraint"].items()]
    facts += printed_facts(front["search"])
    facts.append(("judged on", str(front["search"].get("judged_on", "training rows"))))
    return [*facts, ("exact circuit is held for", score_words(front["exact_assured"])), *approximation_facts(report)]


def _search(search: Mapping[str, Any]) -> list[tuple[str, str]]:
    options = dict(search.get("options", {}))
    counts = [(name, f"{search[name]:,}") for name in ("epochs", "found") if isinstance(search.get(name), int)]
    if isinstance(search.get("epochs"), int) and "epochs" in options:
        counts[0] = ("epochs", f"{search['epochs']:,} of {options.pop('epochs'):,}")
    facts = [("recipe", str(search["recipe"])), *counts] if "recipe" in search else counts
    volumes = search.get("hypervolumes") or []
    if volumes:
        facts.append(("hypervolume", f"{volumes[0]:.4f} after the first epoch, {volumes[-1]:.4f} at the end"))
    return facts + [(name.replace("_", " "), str(value)) for name, value in options.items() if value is not None]
