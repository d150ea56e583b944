"""Genes of leaves: where they stand for subtrees, and where their values come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from bespoke.approx import weak_subtrees
from bespoke.model import IntArray
from bespoke.search.genes.gene import Gene, Move, Setting, Values
from bespoke.search.genes.trees_part import TreeDraft, TreeSite, TreesPart

_LOSS_STEP = 0.005  # share of the training rows, for the parameter
_MOST_LOSS_STEPS = 24


def weak_tests(part: TreesPart, bounds: IntArray, loss: float) -> IntArray:
    """1 at tests with the given bounds that leaves may stand for, if that loses this share of the training rows."""
    threshold = part.tree.threshold.copy()
    threshold[part.inner] = bounds - 1
    model = replace(part.exact, stages=(replace(part.tree, threshold=threshold),))
    return weak_subtrees(model, loss * len(part.targets), part.words, part.targets)[part.inner].astype(np.int64)


def _apply(_: TreesPart, draft: TreeDraft, values: IntArray) -> TreeDraft:
    return draft._replace(is_leaf=values[0] == 1)


def _apply_relabel(_: TreesPart, draft: TreeDraft, values: IntArray) -> TreeDraft:
    return draft._replace(relabel=bool(values[0]))


def _cut(site: TreeSite) -> None:
    """A leaf in the place of a subtree, more often of a low one; or the subtree again."""
    if site.subtrees[site.test]:
        site.subtrees[site.test] = 0
        return
    others = site.random.choice(site.active, 2)
    site.subtrees[max(site.test, *others.tolist())] = 1


def _grow(site: TreeSite) -> None:
    """A subtree grows again, one test high."""
    leaves = site.active[site.subtrees[site.active] == 1]
    if len(leaves):
        site.subtrees[int(site.random.choice(leaves))] = 0


def _one_leaf_more(part: TreesPart, values: Values) -> Iterator[IntArray]:
    more = values["subtrees"].copy()
    more[part.active(more)] = 1
    yield more


def _pruned(part: TreesPart) -> Iterator[Setting]:
    """The loss at which leaves stand for subtrees."""
    if len(part.inner):
        yield Setting("cut", _MOST_LOSS_STEPS, partial(_prune, part))


def _prune(part: TreesPart, values: Values, steps: IntArray) -> None:
    for bounds, subtrees, count in zip(values["bounds"], values["subtrees"], steps.tolist(), strict=True):
        if count:
            subtrees[:] = weak_tests(part, bounds, count * _LOSS_STEP)


def _no_leaf(part: TreesPart) -> IntArray:
    return np.zeros_like(part.inner)


def _own_values(_: TreesPart) -> IntArray:
    return np.array(0)


# 1 where a leaf stands for a subtree.
SUBTREES: Gene[TreesPart, TreeDraft] = Gene(
    name="subtrees",
    exact=_no_leaf,
    apply=_apply,
    moves=(Move(_cut, 3), Move(_grow, 1)),
    simpler=_one_leaf_more,
    settings=_pruned,
)

# 1 where every leaf takes its value from the training rows that reach it; else the exact tree's leaves keep theirs.
RELABEL: Gene[TreesPart, TreeDraft] = Gene(name="relabel", exact=_own_values, apply=_apply_relabel, in_changed=1)
