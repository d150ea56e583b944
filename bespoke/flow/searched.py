"""Candidates of the joint search, and what may be pruned from them.

Approximate trees are judged by refits, since a full-depth tree makes its own training rows useless as judges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from joblib import Parallel, delayed

from bespoke.cells import GateCosts
from bespoke.errors import OptionError
from bespoke.external import in_child
from bespoke.flow.case import Assurance, Candidates, Case
from bespoke.flow.circuit import edited_netlist
from bespoke.flow.options import CAUTION_HELD_OUT, CAUTION_SEEN, ApproximateOptions
from bespoke.flow.search_costs import input_costs, level_costs
from bespoke.flow.sources import Rows
from bespoke.frontend import is_integer_model, quantise_estimator
from bespoke.lowering import Lowered
from bespoke.model import Affine, IntArray, IntegerModel, Trees, model_digest
from bespoke.netlist import Edit
from bespoke.prune import (
    UNLABELLED,
    PruningTask,
    cautious_task,
    close_task,
    expect_words,
    substitute,
    words_between,
)
from bespoke.search import (
    DesignSpace,
    FloatArray,
    Fold,
    Found,
    LevelCosts,
    SearchOptions,
    SearchState,
    Stream,
    assured_gains,
    design_space,
    exact_held_loss,
    explore,
    held_out_wrong,
)
from bespoke.search.checkpoint import read_checkpoint, search_digests, state_to_text, write_checkpoint
from bespoke.sim import simulate
from bespoke.training import refits

# Training score that a design on the front may lose by pruning where no limit of the user binds it.
_FRONT_LOSS = 0.0025
# Loss above that of the exact model up to which the search looks where area or power are all that is limited.
_LOSS_FOR_SIZE = 0.5
# Weights of agreement with the exact model off the training rows. Chosen by `benchmarks/approximate.py --inner`.
_AGREEMENT = (0.7, 0.3)
_AGREEMENT_ONE_SUM = 0.2
# Shares of what a circuit may lose that are tried for its pruning.
_PRUNING_SHARES = (0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0)
_FULL_WORK = 8_000_000  # gates times vectors up to which the budget is spent in full: some 30 s at the default
_FOLDS = 5
_LEAST_FOLD_ROWS = 20
_FOLD_SHARE = 0.5  # of the epochs, for the search of a fold
# Loss up to which the search for trees looks: at least this, and this much above where the exact tree errs on new rows.
_LEAST_WORST_LOSS = 0.05
_LOSS_ABOVE_EXACT = 0.02


def searched(case: Case, on_stage: Callable[[str], None]) -> Candidates:
    """Candidates that the joint search finds, judged on the training rows, or, of fitted trees, by refits.

    Raises
    ------
    UnsupportedModelError
        If there is no search for a model of such stages.
    OptionError
        If the metric does not suit the model.
    OutputError
        If the checkpoint cannot be written, or resumed from.
    """
    model, rows, levels = case.source.model, case.labelled, level_costs(case)
    folds = _tree_folds(case, levels)
    options = _search_options(case, folds)
    space = design_space(model, rows.words, rows.wanted, case.costs, levels)
    digests = search_digests(model, rows.words, rows.wanted, options)
    digests["converters"] = levels.digest if levels else ""
    found = _explored(case, space, options, digests, on_stage)
    caution = case.options.caution
    if caution is None:
        caution = CAUTION_HELD_OUT if folds else CAUTION_SEEN
    assurance = case.assurance(caution)
    seen = np.ones(len(case.known), dtype=bool)
    seen[case.known] = found.seen
    outputs = np.concatenate([part.words for part in space.outputs(found.genomes, case.train.words)])
    gains, score = assurance.gains(outputs), assurance.exact_score
    if folds:
        on_stage(f"search: {len(folds)} refits judge the finds")
        gains, score = _fold_gains(folds, found, options, caution, case.options.jobs), 1.0 - exact_held_loss(folds)
    prunes = case.options.prune and not folds
    return Candidates(
        model=lambda index: space.decode(found.genomes[index]),
        pruner=lambda index: _pruner(case, assurance, outputs[index], levels) if prunes else None,
        identity=lambda index: model_digest(space.decode(found.genomes[index])),
        gains=gains,
        costs=space.circuit_costs(found.genomes),
        exact_score=score,
        assurance=None if folds else assurance,
        seen=seen,
        log={
            "judged_on": "rows held out of refits" if folds else "training rows",
            "options": asdict(options),
            "caution": caution,
            "epochs": found.state.epoch,
            "hypervolumes": list(found.state.volumes),
            "found": len(found.genomes),
            "digests": {"data": case.source.dataset.digest if case.source.dataset else ""},
        },
        state=state_to_text(found.state, digests),
    )


def _search_options(case: Case, folds: Sequence[Fold]) -> SearchOptions:
    """Options of the search that suit model and limits."""
    model, wanted = case.source.model, case.options
    options = replace(wanted.search, metric=case.metric)
    if folds and options.metric != "accuracy":
        raise OptionError("fitted trees are judged by", where="metric", got=options.metric, allowed="accuracy")
    if not wanted.asked.limits_accuracy:
        # Where the size alone is limited, circuits that lose much may be the answer.
        options = replace(options, worst_loss=max(options.worst_loss, _LOSS_FOR_SIZE))
    if options.agreement is None:
        # A single weighted sum has too few parameters to learn its training rows by heart.
        is_one_sum = model.has_only(Affine) and [stage.output_count for stage in model.stages] == [1]
        options = replace(options, agreement=_AGREEMENT_ONE_SUM if is_one_sum else _AGREEMENT)
    if model.has_only(Trees):
        # A full-depth tree has no training loss, so what is of interest reaches to where it errs on new rows; agreement
        # one step beside the training rows says nothing on fine inputs.
        training_loss = 1.0 - (case.exact.accuracies.train or 0.0)
        honest = exact_held_loss(folds) if folds else 0.0
        worst = min(1.0, max(_LEAST_WORST_LOSS, honest - training_loss) + _LOSS_ABOVE_EXACT)
        options = replace(options, agreement=0.0, worst_loss=max(worst, options.worst_loss))
    return options


def _explored(
    case: Case, space: DesignSpace, options: SearchOptions, digests: dict[str, str], on_stage: Callable[[str], None]
) -> Found:
    path, earlier, rows = case.options.checkpoint, case.options.resume_from, case.labelled
    state = None if earlier is None else read_checkpoint(earlier, digests)

    def on_epoch(reached: SearchState) -> None:
        if path is not None:
            write_checkpoint(path, reached, digests)
        volume = f", hypervolume {reached.volumes[-1]:.3f}" if reached.volumes else ""
        on_stage(f"search: epoch {reached.epoch} of at most {options.epochs}{volume}")

    return explore(space, rows.words, rows.wanted, options, state=state, on_epoch=on_epoch)


def _pruner(case: Case, assurance: Assurance, outputs: IntArray, levels: LevelCosts | None) -> AssuredPruning:
    """What may be pruned from a candidate: as much as its distance from the limit on the accuracy allows."""
    gain, asked = assurance.gain(outputs), case.options.asked
    least = asked.least_gain(assurance.exact_score)
    limit = least if asked.limits_accuracy and gain >= least else gain - _FRONT_LOSS
    return AssuredPruning(case.train, assurance, limit, case.options, levels)


@dataclass(frozen=True, slots=True, eq=False)
class AssuredPruning:
    """Edits that leave a circuit's assured gain above a limit; a `bespoke.flow.compile.Pruner`.

    Attributes
    ----------
    train : Rows
        Training rows.
    assurance : Assurance
        Of the same rows.
    least_gain : float
    options : ApproximateOptions
        Budget, share and seed; large netlists on many rows get less of the budget, so that the time is bound.
    levels : LevelCosts, optional
        What the converters in front of a circuit cost.
    """

    train: Rows
    assurance: Assurance
    least_gain: float
    options: ApproximateOptions
    levels: LevelCosts | None = None

    def __call__(self, model: IntegerModel, lowered: Lowered, costs: GateCosts) -> Sequence[Edit]:
        """Edits of a lowered netlist: the most of several allowances that keep the limit."""
        words, netlist = self.train.words, lowered.netlist
        ports = lowered.boundary.encode(words)
        slack = self.assurance.gain(model.predict(words)) - self.least_gain
        spent = self.options.prune_share * slack
        task = self._task(model, lowered, spent) if slack >= 0 and netlist.gate_count else None
        if task is None:
            return ()
        task = task._replace(inputs=input_costs(self.levels, lowered.boundary, model.coding.measured_count))
        # At least two looks for each gate; read inputs that cost something are looked at, too.
        affordable = min(1.0, _FULL_WORK / (netlist.gate_count * len(task.stimuli)))
        budget = max(round(self.options.prune_budget * affordable), 2 * netlist.gate_count)
        losses = [part * spent for part in _PRUNING_SHARES]
        for pruned in reversed(substitute(netlist, task, costs, losses, budget)):
            left = edited_netlist(model, pruned.netlist)
            if self.assurance.gain(simulate(left, ports)[:, 0]) >= self.least_gain:
                return pruned.edits
        return ()

    def _task(self, model: IntegerModel, lowered: Lowered, spent: float) -> PruningTask | None:
        """What the loss of edits is, in units of the metric; None where there is nothing to keep or to spend."""
        random, targets = Stream.PRUNING.generator(self.options.search.seed), self.assurance.targets
        words, boundary = self.train.words, lowered.boundary
        rows, between = map(boundary.encode, (words, words_between(words, boundary.tops, UNLABELLED, random)))
        if model.decision.is_classifier:
            is_useless = (model.predict(words) != targets).all()
            return None if is_useless else cautious_task(lowered.netlist, rows, expect_words(targets), between)
        variance = float(np.var(targets))
        return close_task(lowered.netlist, rows, spent, variance, between) if spent > 0 and variance > 0 else None


def _tree_folds(case: Case, levels: LevelCosts | None) -> tuple[Fold, ...]:
    """Refits of a fitted tree without each fifth of the training rows.

    None for other models, for integer ones and for a handful of rows. Rows whose label the tree does not know are left
    out, as in the search. Refits see raw rows, whatever the tree saw: scaling of its inputs does not change a tree.
    """
    model, rows = case.source.model, case.labelled
    if not model.has_only(Trees) or is_integer_model(case.estimator) or not model.decision.is_classifier:
        return ()
    if len(rows.targets) < _LEAST_FOLD_ROWS:
        return ()
    # With the inputs that were chosen for all of the rows.
    given, coding = case.options.compile.quantisation, model.coding
    raw = replace(given, model_inputs="raw", input_bits=coding.bits, input_encoding=coding.rounding)
    names, found = coding.names, []
    for refit in refits(case.estimator, rows.features, rows.targets, _FOLDS, case.options.search.seed):
        refitted = (refit.estimator, rows.features[refit.seen], rows.targets[refit.seen])
        fitted = quantise_estimator(*refitted, raw, feature_names=names).model
        seen, held = (Rows.of(fitted, rows.features[part], rows.targets[part]) for part in (refit.seen, refit.held))
        space = design_space(fitted, seen.words, seen.wanted, case.costs, levels)
        found.append(Fold(space, seen.words, seen.wanted, held.words, held.wanted))
    return tuple(found)


def _fold_gains(folds: Sequence[Fold], found: Found, options: SearchOptions, caution: float, jobs: int) -> FloatArray:
    """Assured gain of each find over the exact tree, on rows that neither refits nor their searches saw."""
    epochs = options.epochs if options.budget_s is None else found.state.epoch
    short = replace(options, islands=1, epochs=max(2, round(epochs * _FOLD_SHARE)), budget_s=None)
    parts = [(fold, fold.targets >= 0) for fold in folds]
    finds = Parallel(n_jobs=jobs)(
        delayed(in_child(explore))(fold.space, fold.words[known], fold.targets[known], short) for fold, known in parts
    )
    return assured_gains(held_out_wrong(found, folds, finds), caution)
