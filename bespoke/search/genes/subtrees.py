"""Genes of leaves: where they stand for subtrees, and where their values come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter

import numpy as np

from bespoke.approx import weak_subtrees
from bespoke.model import IntArray
from bespoke.search.genes.gene import Gene, Move, Setting, Simplify, Step, Values
from bespoke.search.genes.trees_part import TreeDraft, TreeSite, TreesPart
from bespoke.search.outputs import Parameter

TECHNIQUE = "subtrees"
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


def _one_leaf_more(part: TreesPart, values: Values) -> Iterator[Step]:
    for test in part.active(values["subtrees"]).tolist():
        if not values["subtrees"][test]:
            yield Step(test, 1)


def _settings(part: TreesPart) -> Iterator[Setting]:
    """The loss at which leaves stand for subtrees."""
    if part.units:
        yield Setting(Parameter("cut", 0, _MOST_LOSS_STEPS), TECHNIQUE, partial(_prune, part))


def _prune(part: TreesPart, values: Values, steps: IntArray) -> None:
    for bounds, subtrees, count in zip(values["bounds"], values["subtrees"], steps.tolist(), strict=True):
        if count:
            subtrees[:] = weak_tests(part, bounds, count * _LOSS_STEP)


def _none(part: TreesPart) -> IntArray:
    return np.zeros(part.units, dtype=np.int64)


def _one_for_all(_: TreesPart) -> tuple[int, ...]:
    return ()


def _own_values(_: TreesPart) -> IntArray:
    return np.array(0)


# 1 where a leaf stands for a subtree.
SUBTREES: Gene[TreesPart, TreeDraft] = Gene(
    name="subtrees",
    shape=attrgetter("inner.shape"),
    exact=_none,
    apply=_apply,
    moves=(Move(_cut, TECHNIQUE, 3), Move(_grow, TECHNIQUE, 1)),
    simplify=Simplify(_one_leaf_more, TECHNIQUE),
    settings=_settings,
)

# 1 where every leaf takes its value from the training rows that reach it; else the exact tree's leaves keep theirs.
RELABEL: Gene[TreesPart, TreeDraft] = Gene(
    name="relabel", shape=_one_for_all, exact=_own_values, apply=_apply_relabel, in_changed=1
)
