"""Decision trees as behavioural Verilog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bespoke.model import LEAF, Affine, Trees
from bespoke.numeric import Interval
from bespoke.verilog.rtl_text import Operand, Scope, joined, range_text, statement

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
    root, sides = _sides(tree, operands)
    deep = _deep_nodes(root, sides)
    wires = {node: scope.names.fresh(f"{leaf.name}_{node}") for node in deep}
    writer = _Writer(tree, sides, operands, {output: words[output] for output in kept}, wires, scope)
    lines = []
    for node, name in [*reversed(wires.items()), (root, leaf.name)]:
        lines += writer.lines(f"wire{range_text(leaf.width, signed=leaf.signed)} {name}", node)
    return [*lines, *rows]


def _sides(tree: Trees, operands: Sequence[Operand]) -> tuple[int, dict[int, tuple[int, int]]]:
    """The node that is met first, and those behind each test; tests whose outcome is certain are skipped."""
    target, sides = list(range(tree.node_count)), {}
    for node in reversed(range(tree.node_count)):
        if tree.feature[node] != LEAF:
            interval, threshold = operands[tree.feature[node]].interval, int(tree.threshold[node])
            left, right = target[tree.left[node]], target[tree.right[node]]
            sides[node] = (left, right)
            if not interval.low <= threshold < interval.high:
                target[node] = right if threshold < interval.low else left
    return target[0], sides


def _deep_nodes(root: int, sides: Mapping[int, tuple[int, int]]) -> list[int]:
    """Tests that start a wire of their own, in ascending order."""
    deep, pending = [], [(root, 0)]
    while pending:
        node, level = pending.pop()
        if node in sides and level and level % NESTED_LEVELS == 0:
            deep.append(node)
        pending += [(side, level + 1) for side in sides.get(node, ())]
    return sorted(deep)


@dataclass(frozen=True, slots=True)
class _Writer:
    tree: Trees
    sides: Mapping[int, tuple[int, int]]
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
            elif node in self.sides:
                test, note = self._test(node)
                rows.append((f"{pad}({test} ?", note))
                left, right = self.sides[node]
                pending += [(right, indent + 1, f"){tail}"), (left, indent + 1, " :")]
            else:
                leaf, note = self._leaf(self.tree.values[node].tolist())
                rows.append((f"{pad}{leaf}{tail}", note))
        return statement(rows)

    def _leaf(self, values: Sequence[int]) -> tuple[str, str]:
        note = ", ".join(filter(None, map(self.scope.note, values)))
        return joined(word.literal(values[output]) for output, word in self.words.items()), note

    def _test(self, node: int) -> tuple[str, str]:
        word, level = self.operands[self.tree.feature[node]], int(self.tree.threshold[node])
        return f"{word.name} <= {word.literal(level)}", f"{word.note} < {word.real(level + 1)}"
