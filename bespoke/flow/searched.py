"""Candidates of the joint search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from bespoke.errors import OptionError
from bespoke.flow.approximate_options import CAUTION_HELD_OUT, CAUTION_SEEN
from bespoke.flow.assurance import Assurance
from bespoke.flow.build import Pruner
from bespoke.flow.candidates import Candidates
from bespoke.flow.case import Case
from bespoke.flow.pruning import AssuredPruning
from bespoke.flow.tree_folds import fold_gains, tree_folds, tree_options
from bespoke.model import Affine, IntArray, IntegerModel, Trees, model_digest
from bespoke.search import (
    DesignSpace,
    Fold,
    Found,
    SearchOptions,
    SearchState,
    design_space,
    exact_held_loss,
    explore,
)
from bespoke.search.checkpoint import read_checkpoint, search_digests, state_to_text, write_checkpoint

# Training score that a design on the front may lose by pruning where no limit of the user binds it.
_FRONT_LOSS = 0.0025
# Loss above that of the exact model up to which the search looks where area or power are all that is limited.
_LOSS_FOR_SIZE = 0.5
# Weights of agreement with the exact model off the training rows. Chosen by `benchmarks/approximate.py --inner`.
_AGREEMENT = (0.7, 0.3)
_AGREEMENT_ONE_SUM = 0.2


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
    model, train, known = case.source.model, case.train, case.known
    folds = tree_folds(case)
    options = search_options(case, folds)
    space = design_space(model, train.words[known], train.wanted[known], case.costs)
    digests = search_digests(model, train.words[known], train.wanted[known], options)
    found = _explored(case, space, options, digests, on_stage)
    caution = case.options.caution
    if caution is None:
        caution = CAUTION_HELD_OUT if folds else CAUTION_SEEN
    assurance = case.assurance(caution)
    seen = np.ones(len(known), dtype=bool)
    seen[known] = found.seen
    outputs = _outputs(space, found.genomes, train.words)
    gains, score = assurance.gains(outputs), assurance.exact_score
    if folds:
        on_stage(f"search: {len(folds)} refits judge the finds")
        gains, score = fold_gains(folds, found, options, caution, case.options.jobs), 1.0 - exact_held_loss(folds)
    judged_on = "rows held out of refits" if folds else "training rows"
    pruning = _Pruning(case, assurance, outputs) if case.options.prune and not folds else None
    return Candidates(
        model=lambda index: space.decode(found.genomes[index]),
        pruner=pruning or (lambda _: None),
        identity=lambda index: model_digest(space.decode(found.genomes[index])),
        gains=gains,
        costs=found.costs,
        exact_score=score,
        judged_on=judged_on,
        assurance=None if folds else assurance,
        seen=seen,
        log=_log(case, options, found, judged_on, caution),
        state=state_to_text(found.state, digests),
    )


def search_options(case: Case, folds: Sequence[Fold]) -> SearchOptions:
    """Options of the search that suit model and limits.

    Raises
    ------
    OptionError
        If the metric does not suit the model.
    """
    model, wanted = case.source.model, case.options
    options = replace(wanted.search, metric=case.metric)
    if folds and options.metric != "accuracy":
        raise OptionError("fitted trees are judged by", where="metric", got=options.metric, allowed="accuracy")
    if not wanted.asked.limits_accuracy:
        # Where the size alone is limited, circuits that lose much may be the answer.
        options = replace(options, worst_loss=max(options.worst_loss, _LOSS_FOR_SIZE))
    if options.agreement is None:
        options = replace(options, agreement=_AGREEMENT_ONE_SUM if _is_one_sum(model) else _AGREEMENT)
    if model.has_only(Trees):
        options = tree_options(options, folds, 1.0 - (case.exact.accuracies.train or 0.0))
    return options


def _is_one_sum(model: IntegerModel) -> bool:
    """A single weighted sum has too few parameters to learn its training rows by heart."""
    return model.has_only(Affine) and [stage.output_count for stage in model.stages] == [1]


def _explored(
    case: Case,
    space: DesignSpace,
    options: SearchOptions,
    digests: dict[str, str],
    on_stage: Callable[[str], None],
) -> Found:
    path, earlier, known = case.options.checkpoint, case.options.resume_from, case.known
    state = None if earlier is None else read_checkpoint(earlier, digests)

    def on_epoch(reached: SearchState) -> None:
        if path is not None:
            write_checkpoint(path, reached, digests)
        volume = f", hypervolume {reached.volumes[-1]:.3f}" if reached.volumes else ""
        on_stage(f"search: epoch {reached.epoch} of at most {options.epochs}{volume}")

    words, targets = case.train.words[known], case.train.wanted[known]
    return explore(space, words, targets, options, state=state, on_epoch=on_epoch)


def _outputs(space: DesignSpace, genomes: IntArray, words: IntArray) -> IntArray:
    """Output words, shape (n, n_rows), of all finds."""
    return np.concatenate([part.words for part in space.outputs(genomes, words)])


@dataclass(frozen=True, slots=True, eq=False)
class _Pruning:
    """What may be pruned from each candidate: as much as its distance from the limit on the accuracy allows."""

    case: Case
    assurance: Assurance
    outputs: IntArray

    def __call__(self, index: int) -> Pruner:
        options = self.case.options
        gain = self.assurance.gain(self.outputs[index])
        least = options.asked.least_gain(self.assurance.exact_score)
        is_bound = options.asked.limits_accuracy and gain >= least
        limit = least if is_bound else gain - _FRONT_LOSS
        return AssuredPruning(
            self.case.train, self.assurance, limit, options.prune_budget, options.search.seed, options.prune_share
        )


def _log(case: Case, options: SearchOptions, found: Found, judged_on: str, caution: float) -> dict[str, object]:
    state, dataset = found.state, case.source.dataset
    return {
        "judged_on": judged_on,
        "options": asdict(options),
        "caution": caution,
        "epochs": state.epoch,
        "hypervolumes": list(state.volumes),
        "found": len(found.genomes),
        "digests": {"data": dataset.digest if dataset else ""},
    }
