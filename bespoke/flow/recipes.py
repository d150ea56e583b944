"""Published flows, step after step, as baselines beside the joint search.

Each is made of the same steps that the search uses, with this package's generator and mapper behind. Everything is
chosen on the training rows; where a paper chose on its test rows, that is not repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from bespoke.approx import approximate_coefficients, single_tree, truncate_products
from bespoke.arith import gate_cost
from bespoke.errors import UnsupportedModelError
from bespoke.flow.case import Candidates, Case
from bespoke.flow.circuit import edited_netlist
from bespoke.flow.gate_search import lowering_effort
from bespoke.lowering import lower
from bespoke.model import Affine, Boundary, IntArray, IntegerModel
from bespoke.netlist import Edit
from bespoke.opt import optimise
from bespoke.prune import PruningTask, expect_words, full_search, score_words
from bespoke.search import ComparatorDesigns, DesignSpace, MappingDesigns, SearchOptions, SearchState, explore
from bespoke.sim import simulate

_RADIUS = 4  # largest change of a coefficient in DATE'22
# Shares of the largest significance at which products are truncated, and the columns that these keep: the grid of TC'23
# is over each layer's own significances.
_SIGNIFICANCES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_KEPT_BITS = (1, 2, 3)
OnStage = Callable[[str], None]


class Entry(NamedTuple):
    """A model, the edits of its lowered netlist, output words on the training rows, and the size in NAND2 cells."""

    model: IntegerModel
    edits: tuple[Edit, ...]
    outputs: IntArray
    cost: float


class Recipe(NamedTuple):
    """How candidates are found: a published flow, or the joint search.

    Attributes
    ----------
    title : str
        Its steps in a line.
    paper : str
        Where it was published.
    check : callable
        Refuses an exact model of another kind, before anything is built.
    candidates : callable
        From a case to what the flow finds for it.
    """

    title: str
    paper: str
    check: Callable[[IntegerModel], object]
    candidates: Callable[[Case, OnStage], Candidates]


def date22(case: Case, on_stage: OnStage) -> Candidates:
    """Coefficients approximated within +-4, errors balanced; then gates tied by tau and phi, all pairs tried."""
    exact, train, costs = case.source.model, case.train, case.costs
    on_stage("recipe: coefficients")
    cheap = approximate_coefficients(exact, _RADIUS, train.words)
    boundary = Boundary.of(cheap, case.options.compile.inputs)
    stimuli = boundary.encode(train.words)
    lowered = lower(cheap, costs, boundary, effort=lowering_effort(case.options.compile, boundary))
    on_stage("recipe: full search over tau and phi")
    words = score_words(lowered.certificate, lowered.netlist)
    task = PruningTask(stimuli, [expect_words(train.wanted)])
    # The loss that the limits allow; that of a front where none does.
    least = case.options.asked.least_gain(case.assurance(0.0).exact_score)
    max_loss = -least if np.isfinite(least) else case.options.search.worst_loss
    found = full_search(lowered.netlist, task, words, costs, max_loss)
    entries = [_plain(case, exact), _plain(case, cheap)]
    for pruned in found:
        left = optimise(edited_netlist(cheap, pruned.netlist))
        entries.append(Entry(cheap, pruned.edits, simulate(left, stimuli)[:, 0], gate_cost(left, costs)))
    return _candidates(case, entries, "date22")


def tc23(case: Case, on_stage: OnStage) -> Candidates:
    """Coefficients approximated; then the low columns of products left out that matter little on average (AxSum).

    The paper retrains in between; here the weights are those of the given model.
    """
    exact, words = case.source.model, case.train.words
    cheap = approximate_coefficients(exact, _RADIUS, words)
    entries = [_plain(case, exact), _plain(case, cheap)]
    for kept in _KEPT_BITS:
        for threshold in _SIGNIFICANCES:
            on_stage(f"recipe: products up to {threshold:g} keep {kept} columns")
            entries.append(_plain(case, truncate_products(cheap, threshold, kept, words)))
    return _candidates(case, entries, "tc23")


def isqed22(case: Case, on_stage: OnStage) -> Candidates:
    """Bits (2 to 8) and an offset (-5 to 5) per comparator of a tree, by NSGA-II."""
    rows, options = case.labelled, replace(case.options.search, metric=case.metric)
    space = ComparatorDesigns(case.source.model, rows.words, rows.wanted, case.costs)
    return _explored(case, space, options, "isqed22", on_stage)


def alwann(case: Case, on_stage: OnStage) -> Candidates:
    """Operators mapped to the sums by NSGA-II, with weights tuned to them.

    The paper maps multipliers to layers and tunes each weight for its multiplier; here products by constants are sums
    of shifted words, so that sums are mapped, and the weights of a sum make up for each other.
    """
    return _mapped(case, case.options.search, "alwann", on_stage)


def autoapprox(case: Case, on_stage: OnStage) -> Candidates:
    """The operators of `alwann`, mapped to the sums by calibration and a Gaussian-process bandit."""
    return _mapped(case, replace(case.options.search, searcher="autoapprox"), "autoapprox", on_stage)


def _mapped(case: Case, options: SearchOptions, recipe: str, on_stage: OnStage) -> Candidates:
    """Operators mapped to the sums; as the papers do, the searcher counts wrong rows alone."""
    options = replace(options, metric=case.metric, smooth=0.0, agreement=None)
    on_stage("recipe: operators of each sum")
    space = MappingDesigns(case.source.model, case.labelled.words, case.costs)
    return _explored(case, space, options, recipe, on_stage)


def _explored(case: Case, space: DesignSpace, options: SearchOptions, recipe: str, on_stage: OnStage) -> Candidates:
    """The front of a search."""
    rows = case.labelled

    def on_epoch(reached: SearchState) -> None:
        on_stage(f"recipe: epoch {reached.epoch} of at most {options.epochs}")

    found = explore(space, rows.words, rows.wanted, options, on_epoch=on_epoch)
    entries = []
    for genome, cost in zip(found.genomes, found.costs.tolist(), strict=True):
        model = space.decode(genome)
        entries.append(Entry(model, (), model.predict(case.train.words), cost))
    return _candidates(case, entries, recipe, asdict(options))


def _check_sums_of_classes(model: IntegerModel) -> None:
    model.all_stages(Affine, "date22")
    if not model.decision.is_classifier:
        what = "the recipe needs classes"
        raise UnsupportedModelError(what, where="date22", got="a value", allowed="rounded outputs")


RECIPES: dict[str, Recipe] = {
    "alwann": Recipe(
        "operators mapped to sums by NSGA-II, weights tuned (weighted sums)",
        "Mrazek et al., ALWANN: Automatic Layer-Wise Approximation of Deep Neural Network Accelerators without "
        "Retraining, ICCAD 2019",
        lambda model: model.all_stages(Affine, "alwann"),
        alwann,
    ),
    "autoapprox": Recipe(
        "operators mapped to sums by calibration and a Gaussian-process bandit (weighted sums)",
        "Jain et al., Learning to Design Accurate Deep Learning Accelerators with Inaccurate Multipliers, DATE 2022",
        lambda model: model.all_stages(Affine, "autoapprox"),
        autoapprox,
    ),
    "date22": Recipe(
        "coefficients within +-4, then tau/phi pruning (weighted sums)",
        "Armeniakos et al., Cross-Layer Approximation for Printed Machine Learning Circuits, DATE 2022",
        _check_sums_of_classes,
        date22,
    ),
    "isqed22": Recipe(
        "bits and offset per comparator by NSGA-II (trees)",
        "Balaskas et al., Approximate Decision Trees For Machine Learning Classification on Tiny Printed Circuits, "
        "ISQED 2022",
        lambda model: single_tree(model, "isqed22"),
        isqed22,
    ),
    "tc23": Recipe(
        "cheap coefficients, then truncated accumulation (weighted sums)",
        "Armeniakos et al., Co-Design of Approximate Multilayer Perceptron for Ultra-Resource Constrained Printed "
        "Circuits, IEEE TC 72, 2023",
        lambda model: model.all_stages(Affine, "tc23"),
        tc23,
    ),
}


def _recorded(edits: tuple[Edit, ...], *_: object) -> Sequence[Edit]:
    """The edits, whatever the netlist."""
    return edits


def _plain(case: Case, model: IntegerModel) -> Entry:
    boundary = Boundary.of(model, case.options.compile.inputs)
    netlist = optimise(lower(model, case.costs, boundary).netlist)
    return Entry(model, (), model.predict(case.train.words), gate_cost(netlist, case.costs))


def _candidates(
    case: Case, entries: Sequence[Entry], recipe: str, searched: Mapping[str, Any] | None = None
) -> Candidates:
    """Candidates of a recipe, held for what they are on the training rows unless a caution is asked for.

    ``searched`` are the options of its search, if it has one.
    """
    caution = case.options.caution or 0.0
    assurance, options = case.assurance(caution), searched or {"metric": case.metric}
    facts = {"recipe": recipe, "caution": caution, "found": len(entries), "options": options}
    return Candidates(
        model=lambda index: entries[index].model,
        pruner=lambda index: partial(_recorded, entries[index].edits) if entries[index].edits else None,
        identity=lambda index: index,
        gains=assurance.gains(np.array([entry.outputs for entry in entries])),
        costs=np.array([entry.cost for entry in entries]),
        exact_score=assurance.exact_score,
        assurance=assurance,
        seen=np.ones(len(case.train.wanted), dtype=bool),
        log={"judged_on": "training rows", **facts},
    )
