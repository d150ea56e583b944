"""Decision trees as behavioural Verilog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.model import LEAF, IntegerTree
from bespoke.verilog.boundary import Boundary, Word
from bespoke.verilog.identifiers import comment_text
from bespoke.verilog.rtl_text import Names, aligned, unsigned_literal, wire

# Levels of a tree that stand in one nested expression; deeper subtrees get a wire of their own.
NESTED_LEVELS = 6


def tree_lines(tree: IntegerTree, boundary: Boundary, names: Names) -> list[str]:
    """Lines of a tree: one nested conditional for every `NESTED_LEVELS` levels."""
    plan = _plan(tree)
    output = boundary.outputs[0]
    wires = {node: names.fresh(f"node_{node}") for node in plan.roots[1:]}
    writer = _Writer(tree, plan, boundary.inputs, output, wires)
    lines = [""]
    for node in reversed(plan.roots[1:]):
        lines += writer.lines(f"{wire(output.port_width, signed=output.signed)} {wires[node]}", node)
    return [*lines, *writer.lines(f"assign {output.identifier}", plan.roots[0])]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which nodes are written: ``target[n]`` skips tests whose outcome is certain; roots start a wire."""

    target: tuple[int, ...]
    roots: tuple[int, ...]


def _plan(tree: IntegerTree) -> _Plan:
    target = list(range(tree.node_count))
    for node in reversed(range(tree.node_count)):
        child = _only_child(tree, node)
        if child is not None:
            target[node] = target[child]
    roots = []
    pending = [(target[0], 0)]
    while pending:
        node, level = pending.pop()
        if level % NESTED_LEVELS == 0 and (level == 0 or tree.feature[node] != LEAF):
            roots.append(node)
        if tree.feature[node] != LEAF:
            pending += [(target[int(side[node])], level + 1) for side in (tree.left, tree.right)]
    return _Plan(tuple(target), (roots[0], *sorted(roots[1:])))


def _only_child(tree: IntegerTree, node: int) -> int | None:
    """The child that is always taken, where the threshold lies outside of the feature's range."""
    feature = int(tree.feature[node])
    if feature == LEAF:
        return None
    if tree.threshold[node] < 0:
        return int(tree.right[node])
    return int(tree.left[node]) if tree.threshold[node] >= (1 << tree.coding.bits[feature]) - 1 else None


@dataclass(frozen=True, slots=True)
class _Writer:
    tree: IntegerTree
    plan: _Plan
    inputs: Sequence[Word]
    output: Word
    wires: dict[int, str]

    def lines(self, target: str, root: int) -> list[str]:
        """The statement that gives ``target`` the value of the subtree at ``root``."""
        rows = [(f"  {target} =", "")]
        pending = [(root, 2, "")]
        while pending:
            node, indent, tail = pending.pop()
            pad = "  " * indent
            if node in self.wires and node != root:
                rows.append((f"{pad}{self.wires[node]}{tail}", ""))
            elif self.tree.feature[node] == LEAF:
                rows.append((f"{pad}{self._leaf(node)}{tail}", self._leaf_comment(node)))
            else:
                rows.append((f"{pad}({self._test(node)} ?", self._test_comment(node)))
                left, right = (self.plan.target[int(side[node])] for side in (self.tree.left, self.tree.right))
                pending += [(right, indent + 1, f"){tail}"), (left, indent + 1, " :")]
        rows[-1] = (rows[-1][0] + ";", rows[-1][1])
        return aligned(rows)

    def _leaf(self, node: int) -> str:
        width = self.output.port_width
        value = int(self.tree.value[node])
        return f"{width}'sh{value & (1 << width) - 1:x}" if self.output.signed else unsigned_literal(value, width)

    def _leaf_comment(self, node: int) -> str:
        value = int(self.tree.value[node])
        decision = self.tree.decision
        return (
            comment_text(decision.classes[value]) if decision.is_classifier else f"{value / 2**decision.frac_bits:.6g}"
        )

    def _test(self, node: int) -> str:
        word = self.inputs[int(self.tree.feature[node])]
        return f"{word.identifier} <= {unsigned_literal(int(self.tree.threshold[node]), word.port_width)}"

    def _test_comment(self, node: int) -> str:
        coding = self.tree.coding
        feature = int(self.tree.feature[node])
        step = coding.span[feature] / (1 << coding.bits[feature])
        offset = 0.5 if coding.rounding == "nearest" else 1.0
        limit = coding.low[feature] + step * (int(self.tree.threshold[node]) + offset)
        return f"{comment_text(coding.names[feature])} < {limit:.6g}"
