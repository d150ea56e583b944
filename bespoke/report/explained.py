"""What a circuit computes: its rules in words, and the trees of its model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from bespoke.drawing import Fork, Leaf, shortened, tree_drawing
from bespoke.drawing.markup import paragraph, part, section

_MOST_OUTPUTS, _MOST_LETTERS = 3, 11  # of the vector of a leaf, and of the name of each
_WORDS = "All that the netlist computes: its output was asked for every combination of the levels that it reads."
_TREE = "Where a test reaches its level, the way goes down."
_EDITED = " It is the tree before edits of gates, after which the netlist may answer otherwise."
_LEAVES = " A leaf has what it adds to each score."

Report = Mapping[str, Any]


def explained_section(report: Report) -> str:
    """Rules and trees of a circuit; nothing for one of which neither is short enough."""
    return section("What the circuit computes", explanation(report), wide=True)


def explanation(report: Report) -> str:
    """The parts of that section, one below the other."""
    return part("In words", rules_list(report)) + part(
        "Tree" if len(_trees(report)) == 1 else "Trees", trees_figure(report)
    )


def rules_list(report: Report) -> str:
    """The rules of a report, each side by side with what it gives; nothing for a report without."""
    rules = report.get("rules", [])
    kind = "class " if report["model"]["classes"] else ""
    rows = "".join(_rule(f"{kind}{rule['answer']}", rule["any_of"]) for rule in rules)
    return f'<dl class="rules">\n{rows}</dl>\n{paragraph(_WORDS, "note")}' if rules else ""


def rule_words(box: Sequence[Mapping[str, Any]]) -> str:
    """The sides of a box, such as ``alcohol < 10.5 and 3.1 <= ph < 3.3``."""
    return " and ".join(map(_side_words, box)) or "always"


def trees_figure(report: Report) -> str:
    """The trees of a report as drawings; nothing for a report without."""
    trees = _trees(report)
    kind = "class " if report["model"]["classes"] else ""
    drawn = [
        f'<div class="scroll">{tree_drawing(_node(tree, tree["root"], kind), f"tree {number} of {len(trees)}")}</div>'
        for number, tree in enumerate(trees, start=1)
    ]
    is_edited = bool(report.get("approximation", {}).get("edits"))
    words = _TREE + (_LEAVES if any("answers" not in tree for tree in trees) else "") + _EDITED * is_edited
    return f'<div class="trees">{"".join(drawn)}</div>{paragraph(words, "note")}' if drawn else ""


def _trees(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = report.get("coefficients", {}).get("trees", [])
    return found


def _rule(name: str, boxes: Sequence[Sequence[Mapping[str, Any]]]) -> str:
    if not boxes:
        return f"<dt>{escape(name)}</dt><dd data-rest>otherwise</dd>\n"
    lines = []
    for number, box in enumerate(boxes):
        sides = " ".join(f"{side['index']}:{side['low']}:{side['high']}" for side in box)
        words = f'<span data-box="{sides}">{escape(rule_words(box))}</span>'
        lines.append(f"<div>{'or ' if number else ''}{words}</div>")
    return f"<dt>{escape(name)}{' if' if boxes[0] else ''}</dt><dd>{''.join(lines)}</dd>\n"


def _side_words(side: Mapping[str, Any]) -> str:
    name, low, high = side["feature"], side["from"], side["below"]
    if low is None:
        return f"{name} <\N{NO-BREAK SPACE}{high:.6g}"
    if high is None:
        return f"{name} \N{GREATER-THAN OR EQUAL TO}\N{NO-BREAK SPACE}{low:.6g}"
    return f"{low:.6g}\N{NO-BREAK SPACE}\N{LESS-THAN OR EQUAL TO} {name} <\N{NO-BREAK SPACE}{high:.6g}"


def _node(tree: Mapping[str, Any], side: int, kind: str) -> Leaf | Fork:
    if side < 0:
        return Leaf(f"{kind}{tree['answers'][~side]}" if "answers" in tree else _vector(tree, ~side))
    split = tree["splits"][side]
    below, above = (_node(tree, split[name], kind) for name in ("below", "above"))
    return Fork(split["feature"], split["index"], split["level"], f"{split['value']:.6g}", below, above)


def _vector(tree: Mapping[str, Any], leaf: int) -> str:
    """The largest entries of a leaf, such as ``setosa +12, virginica +3``."""
    pairs = [(value, name) for value, name in zip(tree["leaves"][leaf], tree["outputs"], strict=True) if value]
    largest = sorted(pairs, key=lambda pair: -abs(pair[0]))
    words = [
        f"{value:+,d}" if name == "score" else f"{shortened(name, _MOST_LETTERS)} {value:+,d}"
        for value, name in largest[:_MOST_OUTPUTS]
    ]
    return ", ".join(words) + (", \u2026" if len(largest) > _MOST_OUTPUTS else "") or "0"
