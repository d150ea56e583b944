"""Genes of thresholds of trees."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

import numpy as np

from bespoke.approx import rounded
from bespoke.model import IntArray
from bespoke.search.genes.gene import Gene, Move, Setting, Simplify, Step, Values
from bespoke.search.genes.trees_part import TreeDraft, TreeSite, TreesPart
from bespoke.search.outputs import Parameter

TECHNIQUE = "thresholds"
_FURTHEST = 5  # steps of the last bit of a threshold, as in ISQED 2022
_NEAR = 4  # neighbouring training values


def _apply(_: TreesPart, draft: TreeDraft, values: IntArray) -> TreeDraft:
    return draft._replace(bounds=values[0])


def _round(site: TreeSite) -> None:
    """A bound with more trailing zeros: the comparator reads fewer bits."""
    dropped = int(site.random.integers(site.bits + 1))
    down = int(site.bounds[site.test]) >> dropped << dropped
    site.set_bounds(site.test, down + (int(site.random.integers(2)) << dropped))


def _move(site: TreeSite) -> None:
    """A bound moved by steps of its last bit."""
    bound = int(site.bounds[site.test])
    step = int(site.random.integers(1, _FURTHEST + 1)) * (1 if site.random.random() < 0.5 else -1)
    site.set_bounds(site.test, bound + step * max(1, bound & -bound))


def _move_comparator(site: TreeSite) -> None:
    """All tests of one comparator take another bound with few bits."""
    together = site.alike[site.bounds[site.alike] == site.bounds[site.test]]
    dropped = int(site.random.integers(site.bits + 1))
    down = int(site.bounds[site.test]) >> dropped << dropped
    site.set_bounds(together, down + (int(site.random.integers(-1, 3)) << dropped))


def _merge(site: TreeSite) -> None:
    """The bound of another test of the feature, most likely a near one."""
    bounds = np.unique(site.bounds[site.alike])
    bounds = bounds[bounds != site.bounds[site.test]]
    if len(bounds):
        nearest = bounds[np.argsort(np.abs(bounds - site.bounds[site.test]), kind="stable")]
        site.set_bounds(site.test, int(nearest[min(int(site.random.geometric(0.5)), len(nearest)) - 1]))


def _round_feature(site: TreeSite) -> None:
    """All tests of a feature with as many bits at most."""
    dropped = int(site.random.integers(site.bits + 1))
    site.bounds[site.alike] = rounded(site.bounds[site.alike], dropped)


def _to_data(site: TreeSite) -> None:
    """A bound at another value of the training rows."""
    values = site.part.values[site.part.feature[site.test]]
    position = int(np.searchsorted(values, site.bounds[site.test]))
    if site.random.random() < 0.5:
        position += int(site.random.integers(-_NEAR, _NEAR + 1))
    else:
        position = int(site.random.integers(len(values)))
    site.set_bounds(site.test, int(values[min(max(position, 0), len(values) - 1)]))


def _restore(site: TreeSite) -> None:
    """The bound of the exact tree."""
    site.set_bounds(site.test, int(site.part.bounds[site.test]))


def _coarser(part: TreesPart, values: Values) -> Iterator[Step]:
    """A bound with at least one trailing zero more, below or above."""
    for test in part.active(values["subtrees"]).tolist():
        bound = int(values["bounds"][test])
        if not values["subtrees"][test] and 0 < bound < part.tops[test]:
            yield Step(test, bound - (bound & -bound))
            yield Step(test, bound + (bound & -bound))


def _settings(part: TreesPart) -> Iterator[Setting]:
    """Bits that the comparators of each feature do not read."""
    for feature in np.unique(part.feature).tolist():
        tests = np.flatnonzero(part.feature == feature)
        parameter = Parameter(f"bits {feature}", 0, part.exact.coding.bits[feature])
        yield Setting(parameter, TECHNIQUE, partial(_round_tests, tests))


def _round_tests(tests: IntArray, values: Values, dropped: IntArray) -> None:
    values["bounds"][:, tests] = rounded(values["bounds"][:, tests], dropped[:, None])


# ``threshold + 1`` of each test; the bits that its comparator reads are those above the trailing zeros (precision per
# comparator: Balaskas et al., ISQED 2022).
BOUNDS: Gene[TreesPart, TreeDraft] = Gene(
    name="bounds",
    shape=attrgetter("bounds.shape"),
    exact=attrgetter("bounds"),
    apply=_apply,
    moves=(
        Move(_round, TECHNIQUE, 3),
        Move(_move, TECHNIQUE, 2),
        Move(_move_comparator, TECHNIQUE, 2),
        Move(_merge, TECHNIQUE, 3),
        Move(_round_feature, TECHNIQUE, 0.5),
        Move(_to_data, TECHNIQUE, 2),
        Move(_restore, TECHNIQUE, 0.5),
    ),
    simplify=Simplify(_coarser, TECHNIQUE),
    settings=_settings,
)
