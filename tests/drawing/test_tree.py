"""Drawn trees show every test and every leaf, tell paths apart, and no text runs into another."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from bespoke.drawing import Fork, Leaf, tree_drawing


def random_tree(rng: np.random.Generator, depth: int) -> Leaf | Fork:
    if depth == 0 or rng.random() < 0.2:
        return Leaf(str(rng.choice(["class 1", "setosa", '<b>&"x"</b>', "12 of 5, 3 of 6"])))
    name = str(rng.choice(["alcohol", "<script>", "a very long name of a feature, much too long", "x"]))
    below, above = (random_tree(rng, depth - 1) for _ in range(2))
    return Fork(name, int(rng.integers(9)), int(rng.integers(1, 16)), f"{rng.uniform(0, 100):.6g}", below, above)


def leaves_of(tree: Leaf | Fork, path: str = "p") -> dict[str, str]:
    if isinstance(tree, Leaf):
        return {path: tree.text}
    return leaves_of(tree.below, f"{path}0") | leaves_of(tree.above, f"{path}1")


@pytest.mark.parametrize("seed", range(20))
def test_every_leaf_stands_at_its_path(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed), seed % 6)
    root = ET.fromstring(tree_drawing(tree, 'tree "1" <of> 2'))
    assert root.get("aria-label") == 'tree "1" <of> 2'
    nodes = {group.get("data-path"): group for group in root.iter("g")}
    leaves = {path: nodes[path].findtext("title") for path in nodes if nodes[path].get("class") == "leaf"}
    assert leaves == leaves_of(tree)
    tests = {path: group for path, group in nodes.items() if path not in leaves}
    assert all(len(group.get("data-test", "").split()) == 2 for group in tests.values())
    ways = {part.get("data-path") for part in root.iter("path") if part.get("data-path")}
    assert ways == {path for path in nodes if path != "p"}


@pytest.mark.parametrize("seed", range(20))
def test_texts_do_not_touch_and_stay_inside(seed: int) -> None:
    root = ET.fromstring(tree_drawing(random_tree(np.random.default_rng(seed), 5), "tree"))
    width, height = (float(root.get(name, "0")) for name in ("width", "height"))
    boxes = []
    for text in root.iter("text"):
        x, y = float(text.get("x", "")), float(text.get("y", ""))
        boxes.append((x, x + 6.0 * len(text.text or ""), y - 9, y + 2))
    assert all(x >= 0 and right <= width and y >= 0 and low <= height for x, right, y, low in boxes)
    for place, (x, right, y, low) in enumerate(boxes):
        assert not any(x < r and left < right and y < b and t < low for left, r, t, b in boxes[place + 1 :])


def test_sides_are_in_words() -> None:
    drawn = tree_drawing(Fork("alcohol", 10, 4, "10.025", Leaf("class 5"), Leaf("class 6")), "tree")
    (test,) = [group for group in ET.fromstring(drawn).iter("g") if group.get("data-test")]
    assert (test.get("data-test"), test.get("data-below")) == ("10 4", "alcohol < 10.025")
    assert test.get("data-above") == "alcohol \N{GREATER-THAN OR EQUAL TO} 10.025"
