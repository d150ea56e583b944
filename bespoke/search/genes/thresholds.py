"""Genes of thresholds of trees: of each test, or, as published, of whole comparators."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

import numpy as np

from bespoke.approx import approximate_thresholds, rounded
from bespoke.model import IntArray, Trees
from bespoke.search.genes.gene import LEVELS, Gene, Move, Setting, Site, Values
from bespoke.search.genes.trees_part import TreeDraft, TreeSite, TreesPart

_NEAR = 4  # neighbouring training values
_LOWER = 3  # steps of the grid that a level falls at once
FEWEST_BITS, MOST_BITS, FURTHEST = 2, 8, 5  # of a comparator, and steps of its last bit, as in ISQED 2022
BITS, OFFSET = range(2)


def _apply_bounds(_: TreesPart, draft: TreeDraft, values: IntArray) -> TreeDraft:
    return draft._replace(bounds=values[0])


def _round(site: TreeSite) -> None:
    """A bound with more trailing zeros: the comparator reads fewer bits."""
    dropped = int(site.random.integers(site.bits + 1))
    down = int(site.bounds[site.test]) >> dropped << dropped
    site.set_bounds(site.test, down + (int(site.random.integers(2)) << dropped))


def _move(site: TreeSite) -> None:
    """A bound moved by steps of its last bit."""
    bound = int(site.bounds[site.test])
    step = int(site.random.integers(1, FURTHEST + 1)) * (1 if site.random.random() < 0.5 else -1)
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


def _join_level(site: TreeSite) -> None:
    """All tests of one level take another one of the feature, most likely a near one: a level that nothing reads."""
    bound = site.bounds[site.test]
    bounds = np.unique(site.bounds[site.alike])
    bounds = bounds[bounds != bound]
    if len(bounds):
        nearest = bounds[np.argsort(np.abs(bounds - bound), kind="stable")]
        chosen = int(nearest[min(int(site.random.geometric(0.5)), len(nearest)) - 1])
        site.set_bounds(site.alike[site.bounds[site.alike] == bound], chosen)


def _lower_level(site: TreeSite) -> None:
    """All tests of one level take one that is some steps lower: low levels cost less in converters without encoders."""
    together = site.alike[site.bounds[site.alike] == site.bounds[site.test]]
    site.set_bounds(together, int(site.bounds[site.test]) - int(site.random.integers(1, _LOWER + 1)))


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


def _coarser(part: TreesPart, values: Values) -> Iterator[IntArray]:
    """A bound with at least one trailing zero more, below or above."""
    bounds, active = values["bounds"], part.active(values["subtrees"])
    last_bits = np.zeros_like(bounds)
    last_bits[active] = (bounds & -bounds)[active] * ((values["subtrees"] == 0) & (bounds < part.tops))[active]
    yield bounds - last_bits
    yield bounds + last_bits


def _bits_not_read(part: TreesPart) -> Iterator[Setting]:
    """Bits that the comparators of each feature do not read."""
    for feature in np.unique(part.feature).tolist():
        tests = np.flatnonzero(part.feature == feature)
        yield Setting(f"bits {feature}", part.exact.coding.bits[feature], partial(_round_tests, tests))


def _round_tests(tests: IntArray, values: Values, dropped: IntArray) -> None:
    values["bounds"][:, tests] = rounded(values["bounds"][:, tests], dropped[:, None])


# ``threshold + 1`` of each test; the bits that its comparator reads are those above the trailing zeros (precision per
# comparator: Balaskas et al., ISQED 2022).
BOUNDS: Gene[TreesPart, TreeDraft] = Gene(
    name="bounds",
    exact=attrgetter("bounds"),
    apply=_apply_bounds,
    moves=(
        Move(_round, 3),
        Move(_move, 2),
        Move(_move_comparator, 2),
        Move(_merge, 3),
        Move(_round_feature, 0.5),
        Move(_to_data, 2),
        Move(_restore, 0.5),
        Move(_join_level, 3, technique=LEVELS),
        Move(_lower_level, 2, technique=LEVELS),
    ),
    simpler=_coarser,
    settings=_bits_not_read,
)


def _whole_comparators(part: TreesPart) -> IntArray:
    return np.stack([part.comparator_bits, np.zeros_like(part.comparator_bits)], axis=1)


def _apply_comparators(part: TreesPart, draft: TreeDraft, values: IntArray) -> TreeDraft:
    bits, offsets = values[0].T.tolist()
    model = approximate_thresholds(part.exact, bits, offsets)
    return draft._replace(bounds=model.only_stage(Trees, "search").threshold[part.inner] + 1)


def _other_bits(site: Site[TreesPart]) -> None:
    comparators, bits = site.genes["comparators"], site.part.comparator_bits
    index = int(site.random.integers(len(bits)))
    most = min(int(bits[index]), MOST_BITS)
    comparators[index, BITS] = site.random.integers(min(most, FEWEST_BITS), most + 1)


def _other_offset(site: Site[TreesPart]) -> None:
    comparators = site.genes["comparators"]
    index = int(site.random.integers(len(comparators)))
    comparators[index, OFFSET] = site.random.integers(-FURTHEST, FURTHEST + 1)


def _fewer_bits(part: TreesPart, values: Values) -> Iterator[IntArray]:
    fewer = values["comparators"].copy()
    fewer[:, BITS] -= fewer[:, BITS] > np.minimum(part.comparator_bits, FEWEST_BITS)
    yield fewer


def _bits_not_compared(part: TreesPart) -> Iterator[Setting]:
    """Bits that the comparators of each feature do not read."""
    for feature in np.unique(part.comparator_features).tolist():
        numbers = np.flatnonzero(part.comparator_features == feature)
        most = part.exact.coding.bits[feature] - FEWEST_BITS
        yield Setting(f"bits {feature}", most, partial(_shorten, numbers))


def _shorten(numbers: IntArray, values: Values, gone: IntArray) -> None:
    values["comparators"][:, numbers, BITS] -= gone[:, None]


# Bits and offset of each comparator (Balaskas et al., ISQED 2022).
COMPARATORS: Gene[TreesPart, TreeDraft] = Gene(
    name="comparators",
    exact=_whole_comparators,
    apply=_apply_comparators,
    moves=(Move(_other_bits, 1), Move(_other_offset, 1)),
    simpler=_fewer_bits,
    settings=_bits_not_compared,
)
