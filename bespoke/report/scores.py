"""Accuracy on a page: scores with their intervals, and confusion matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bespoke.drawing import PlotRow, Point, row_plot, score_words
from bespoke.drawing.markup import facts_list, figure, matrix, paragraph, part, row, section, table, tone
from bespoke.report.facts import accuracy_facts

_CIRCUIT = "circuit"
_ROWS = {"test": "test rows", "train": "training rows, since none were kept for the test"}
_MOST_CLASSES = 30


def accuracy_section(report: Mapping[str, Any]) -> str:
    """Scores and confusions of the float model, the exact circuit and this one."""
    found = confusions(report)
    if not found:
        return section("Accuracy", facts_list(accuracy_facts(report["accuracy"])))
    judged = _ROWS[report["confusion"]["rows"]]
    rows = next(iter(found.values()))["rows"]
    words = f"Share of right rows among {rows:,} {judged}, with the 95 % interval of Clopper and Pearson."
    return section(
        "Accuracy",
        figure(_intervals(found), words),
        _scores(report, found),
        part("Confusion matrices", _matrices(found, [str(name) for name in report["model"]["classes"]])),
        paragraph(_reading(found, judged), "note"),
    )


def confusions(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Confusions by the name of what predicts, the float model first and this circuit last."""
    facts, approximation = report.get("confusion", {}), report.get("approximation", {})
    is_approximate = bool(approximation) and not approximation["exact"]
    named = {
        "float model": facts.get("float"),
        "exact circuit": approximation.get("exact_confusion") if is_approximate else facts.get(_CIRCUIT),
        "this circuit": facts.get(_CIRCUIT) if is_approximate else None,
    }
    return {name: entry for name, entry in named.items() if entry}


def _intervals(found: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for name, entry in found.items():
        share, (low, high) = entry["right"] / entry["rows"], entry["interval"]
        words = f"{name}; accuracy {share:.3f}; 95 % interval {low:.3f} to {high:.3f}; {entry['right']:,} rows right"
        rows.append(PlotRow(name, [Point(share, 0, words)], (low, high), is_interval=True))
    return row_plot(rows, "accuracy", least_span=0.04)


def _scores(report: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]]) -> str:
    accuracy, front = report["accuracy"], report.get("approximation", {}).get("front", [])
    training: dict[str, float | None] = {list(found)[-1]: accuracy["train"]}
    training["exact circuit"] = next((entry["train"] for entry in front if entry["exact"]), accuracy["train"])
    judged = "test" if report["confusion"]["rows"] == "test" else "training"
    lines = []
    for name, entry in found.items():
        low, high = entry["interval"]
        share = f"{entry['right'] / entry['rows']:.3f}"
        trained = [score_words(training.get(name))] if judged == "test" else []
        cells = [name, *trained, share, f"{low:.3f} to {high:.3f}", f"{entry['right']:,} of {entry['rows']:,}"]
        lines.append(row(cells, range(1, len(cells)), kind="mark" if name == list(found)[-1] else ""))
    heads = ["", *([">training"] if judged == "test" else []), f">{judged}", ">95 % interval", ">rows right"]
    return table(heads, lines)


def _matrices(found: Mapping[str, Mapping[str, Any]], classes: Sequence[str]) -> str:
    if len(classes) > _MOST_CLASSES:
        return paragraph(f"Of {len(classes)} classes; see report.json.", "note")
    bodies = "".join(f"<div>{part(name, _matrix(entry['counts'], classes))}</div>" for name, entry in found.items())
    return f'<div class="matrices">{bodies}</div>'


def _matrix(counts: Sequence[Sequence[int]], classes: Sequence[str]) -> str:
    lines = []
    for wanted, (name, line) in enumerate(zip(classes, counts, strict=True)):
        cells = [_cell(count, count / max(sum(line), 1), is_right=wanted == got) for got, count in enumerate(line)]
        lines.append((name, "".join(cells)))
    return matrix(classes, lines, kind="small" if len(classes) > 8 else "", most=7)


def _cell(count: int, share: float, *, is_right: bool) -> str:
    kind = "yes" if is_right else "no"
    return tone(share, f"{count:,}", kind) if count else '<td class="zero">·</td>'


def _reading(found: Mapping[str, Mapping[str, Any]], judged: str) -> str:
    left_out = max(entry["rows"] - sum(map(sum, entry["counts"])) for entry in found.values())
    more = f" {left_out:,} rows of a class that the model does not know are left out." if left_out else ""
    return (
        f"Counts of {judged.partition(',')[0]}: the true class at the left, the predicted one above; the stronger a "
        f"colour, the larger the share of the row.{more}"
    )
