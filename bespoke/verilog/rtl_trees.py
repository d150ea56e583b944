"""Decision trees as behavioural Verilog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bespoke.model import LEAF, Affine, Trees
from bespoke.numeric import Interval
from bespoke.verilog.rtl_text import Operand, Scope, aligned, range_text

# Levels of a tree that stand in one nested expression; deeper subtrees get a wire of their own.
NESTED_LEVELS = 6


def trees_lines(trees: Trees, operands: Sequence[Operand], scope: Scope) -> tuple[list[str], list[Operand], Affine]:
    """A nested conditional per tree and `NESTED_LEVELS` levels, and a word per tree and output."""
    lines, words = [f"  // Stage {scope.number}: the leaves that are reached."], []
    for number, tree in enumerate(trees.single()):
        stem = f"tree{scope.number}_{number}"
        names = [f"{stem}_{output}" if trees.output_count > 1 else stem for output in range(trees.output_count)]
        words += [scope.word(name, interval) for name, interval in zip(names, tree.leaf_intervals(), strict=True)]
        lines += _tree_lines(tree, operands, words[-trees.output_count :], scope, f"leaf{scope.number}_{number}")
    return lines, words, Affine.adding(trees.output_count, len(trees.roots))


def _tree_lines(
    tree: Trees, operands: Sequence[Operand], words: Sequence[Operand], scope: Scope, stem: str
) -> list[str]:
    """Lines that declare the words of one tree; several of them are parts of one word that is the whole leaf."""
    kept = [output for output, word in enumerate(words) if not word.fixed]
    if not kept:
        return []
    leaf, rows = words[kept[0]], []
    if len(kept) > 1:
        top = sum(words[output].width for output in kept)
        leaf = Operand(scope.names.fresh(stem), Interval.unsigned(top), top, signed=False, note=stem)
        for output in kept:
            top -= words[output].width
            rows.append(words[output].declared(leaf.part(top, words[output].width)))
    plan = _plan(tree, operands)
    wires = {node: scope.names.fresh(f"{leaf.name}_{node}") for node in plan.roots[1:]}
    writer = _Writer(tree, plan, operands, {output: words[output] for output in kept}, wires, scope)
    lines = []
    for node in (*reversed(plan.roots[1:]), plan.roots[0]):
        lines += writer.lines(f"wire{range_text(leaf.width, signed=leaf.signed)} {wires.get(node, leaf.name)}", node)
    return [*lines, *rows]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which nodes are written: ``target[n]`` skips tests whose outcome is certain; roots start a wire."""

    target: tuple[int, ...]
    roots: tuple[int, ...]


def _plan(tree: Trees, operands: Sequence[Operand]) -> _Plan:
    target = list(range(tree.node_count))
    for node in reversed(range(tree.node_count)):
        child = _only_child(tree, node, operands)
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


def _only_child(tree: Trees, node: int, operands: Sequence[Operand]) -> int | None:
    """The child that is always taken, where the threshold lies outside of the input's range."""
    if tree.feature[node] == LEAF:
        return None
    interval = operands[tree.feature[node]].interval
    if tree.threshold[node] < interval.low:
        return int(tree.right[node])
    return int(tree.left[node]) if tree.threshold[node] >= interval.high else None


@dataclass(frozen=True, slots=True)
class _Writer:
    tree: Trees
    plan: _Plan
    operands: Sequence[Operand]
    words: Mapping[int, Operand]
    wires: Mapping[int, str]
    scope: Scope

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
                leaf, note = self._leaf(self.tree.values[node].tolist())
                rows.append((f"{pad}{leaf}{tail}", note))
            else:
                test, note = self._test(node)
                rows.append((f"{pad}({test} ?", note))
                left, right = (self.plan.target[int(side[node])] for side in (self.tree.left, self.tree.right))
                pending += [(right, indent + 1, f"){tail}"), (left, indent + 1, " :")]
        rows[-1] = (rows[-1][0] + ";", rows[-1][1])
        return aligned(rows)

    def _leaf(self, values: Sequence[int]) -> tuple[str, str]:
        literals = [word.literal(values[output]) for output, word in self.words.items()]
        note = ", ".join(filter(None, map(self.scope.note, values)))
        return (literals[0] if len(literals) == 1 else f"{{{', '.join(literals)}}}"), note

    def _test(self, node: int) -> tuple[str, str]:
        word, level = self.operands[self.tree.feature[node]], int(self.tree.threshold[node])
        return f"{word.name} <= {word.literal(level)}", f"{word.note} < {word.real(level + 1)}"
