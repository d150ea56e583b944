"""Where area, power and time go: by part of the model, by cell, and along the critical path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bespoke.drawing.markup import bar, details, numbers, paragraph, part, row, section, table

_MOST_PARTS = 12
_OPEN_STEPS = 16
_HOW_TREE = (
    "A cell that depends on one feature alone is counted to that feature's comparators, any other one to the "
    "selection among leaves."
)
_HOW_SUMS = (
    "Optimisation and mapping mix the parts. A cell is counted to the part whose signal it computes on the "
    "training rows and on random inputs; a cell that computes none, being part of a larger one, to the first "
    "cell that it drives. The parts add up to the whole circuit."
)

Share = Mapping[str, Any]


def shares_section(report: Mapping[str, Any]) -> str:
    """Area and power by stage with its parts, and by cell."""
    estimate = report["estimate"]
    is_tree = report["model"]["kind"] == "tree"
    return section(
        "Area and power",
        part("By part of the model", _stages(estimate.get("groups", {}))),
        paragraph((_HOW_TREE if is_tree else _HOW_SUMS) if estimate.get("groups") else "", "note"),
        part("By cell", _cells(estimate["shares"])),
    )


def critical_path_section(report: Mapping[str, Any]) -> str:
    """The slowest path: time by part of the model, and every step."""
    steps = report["estimate"]["critical_path"]
    if not steps:
        return ""
    delays = [b["arrival_ms"] - a for a, b in zip([0.0, *(s["arrival_ms"] for s in steps)], steps, strict=False)]
    lines = [
        row(
            [str(number), s["cell"], s["pin"], s["edge"], f"{delay:.3f}", f"{s['arrival_ms']:.3f}", words(s)],
            (0, 4, 5),
        )
        for number, (s, delay) in enumerate(zip(steps, delays, strict=True), start=1)
    ]
    heads = [">No.", "cell", "from pin", "output", ">delay ms", ">arrival ms", "part"]
    summary = f"{len(steps)} cells from the inputs to the output, {steps[-1]['arrival_ms']:.4g} ms."
    return section(
        "Critical path",
        paragraph(summary),
        _times(steps, delays),
        details("Every cell of the path", table(heads, lines), is_open=len(steps) <= _OPEN_STEPS),
    )


def words(step: Mapping[str, Any]) -> str:
    """Origin of a step in words."""
    stage, _, name = step.get("group", "").partition("/")
    return f"{stage}: {name}" if name else stage


def _times(steps: Sequence[Mapping[str, Any]], delays: Sequence[float]) -> str:
    """Time by part, in the order of the path."""
    spent: dict[str, list[float]] = {}
    for step, delay in zip(steps, delays, strict=True):
        spent.setdefault(words(step), []).append(delay)
    if len(spent) < 2:
        return ""
    whole = sum(delays) or 1.0
    lines = [
        row(
            [name, f"{len(found)}", f"{sum(found):.2f}", f"{100 * sum(found) / whole:.0f}"],
            (1, 2, 3),
            extra=bar(sum(found) / whole),
        )
        for name, found in spent.items()
    ]
    return table(["", ">cells", ">ms", ">%", ""], lines)


def _stages(groups: Mapping[str, Share]) -> str:
    stages: dict[str, dict[str, Share]] = {}
    for name, share in groups.items():
        stage, _, label = name.partition("/")
        stages.setdefault(stage, {})[label] = share
    lines: list[tuple[str, Share, str]] = []
    for stage in sorted(stages, key=_place):
        parts = stages[stage]
        lines.append((stage, _sum(list(parts.values())), ""))
        if len(parts) > 1:
            ranked = sorted(parts.items(), key=lambda item: (-item[1]["area_mm2"], item[0]))
            lines += [(name, share, "sub") for name, share in ranked[:_MOST_PARTS]]
            rest = [share for _, share in ranked[_MOST_PARTS:]]
            lines += [(f"{len(rest)} more", _sum(rest), "sub")] if rest else []
    return _share_table("", _sum(list(groups.values())), lines)


def _place(stage: str) -> tuple[int, str]:
    """Stages in the order of the signal's way."""
    order = ("inputs", "comparators", "layer", "votes", "argmax", "decision")
    return next((place for place, name in enumerate(order) if stage.startswith(name)), len(order)), stage


def _cells(shares: Mapping[str, Share]) -> str:
    whole = _sum(list(shares.values()))
    ranked = sorted(shares.items(), key=lambda item: (-item[1]["area_mm2"], item[0]))
    return _share_table("cell", whole, ((name, share, "") for name, share in ranked))


def _share_table(head: str, whole: Share, lines: Iterable[tuple[str, Share, str]]) -> str:
    """Shares of a whole by name and kind of row, each figure in one unit."""
    whole_area, whole_power = whole["area_mm2"], whole["power_mw"]
    area_digits = 1 if whole_area >= 10 else 2
    power_unit, scale = ("mW", 1.0) if (whole_power or 0.0) >= 1 else ("µW", 1000.0)
    heads = [head, ">cells", ">area, mm²", ">%", ""]
    heads += [] if whole_power is None else [f">power, {power_unit}", ">%"]
    rows = []
    for name, part_share, kind in lines:
        share = _sum([part_share])
        area, power = _ratio(share["area_mm2"], whole_area), share["power_mw"]
        cells = [name, f"{share['count']:,}", f"{share['area_mm2']:,.{area_digits}f}", f"{100 * area:.1f}"]
        extra = bar(area)
        if power is not None and whole_power is not None:
            words = f"{scale * power:,.{3 if scale == 1 else 1}f}"
            extra += numbers([words, f"{100 * _ratio(power, whole_power):.1f}"])
        rows.append(row(cells, (1, 2, 3), kind=kind, extra=extra))
    return table(heads, rows)


def _ratio(value: float, whole: float) -> float:
    return value / whole if whole else 0.0


def _sum(shares: Sequence[Share]) -> Share:
    """Sums of count, area, and power, which is None where a share does not state it."""
    powers = [_power(share) for share in shares]
    found = {name: sum(share[name] for share in shares) for name in ("count", "area_mm2")}
    return {**found, "power_mw": None if None in powers else sum(powers)}


def _power(share: Share) -> Any:  # noqa: ANN401  a number, or None
    if "power_mw" in share:
        return share["power_mw"]
    static, dynamic = share["static_power_mw"], share["dynamic_power_mw"]
    return None if static is None or dynamic is None else static + dynamic
