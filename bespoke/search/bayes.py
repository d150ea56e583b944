"""Bayesian optimisation over the few parameters of a design space, for small budgets."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from bespoke.errors import ToolMissingError
from bespoke.model import IntArray
from bespoke.search.nsga2 import logarithmic
from bespoke.search.options import SearchOptions
from bespoke.search.searcher import Advance, SearchState, SearchTask
from bespoke.search.streams import Stream

_BATCH = 5  # candidates that are asked for before their figures are told
_SHARES = (0.0, 0.25, 0.5, 0.75)  # of the ranges: first candidates, all parameters alike


class Bayes:
    """Searcher ``bayes``: multi-objective tree-structured Parzen estimators over `DesignSpace.parameters`.

    Source: Y. Ozaki, Y. Tanigaki, S. Watanabe, M. Nomura, M. Onishi, "Multiobjective tree-structured Parzen
    estimator", JAIR 73, 2022, in optuna. The population is all values tried so far; their figures are computed again
    at the start of each epoch, so that a search goes on exactly as if it had not stopped.

    Parameters
    ----------
    task : SearchTask
    options : SearchOptions
        An epoch is ``generations`` candidates.

    Raises
    ------
    ToolMissingError
        If optuna is not installed.
    """

    def __init__(self, task: SearchTask, options: SearchOptions) -> None:
        self._optuna = _optuna()
        self._task, self._options = task, options
        self._parameters = task.space.parameters
        integer = self._optuna.distributions.IntDistribution
        self._ranges = {one.name: integer(one.low, one.high) for one in self._parameters}

    def start(self) -> Advance:
        """Some candidates between the exact model and the simplest one."""
        low, high = (np.array([getattr(one, end) for one in self._parameters], np.int64) for end in ("low", "high"))
        tried = np.array([low + np.floor(share * (high - low)).astype(np.int64) for share in _SHARES])
        genomes = self._task.space.with_parameters(tried)
        return Advance((tried,), np.concatenate([self._task.seeds, genomes]))

    def advance(self, state: SearchState) -> Advance:
        """Candidates by what is known of all earlier ones, a few at a time."""
        (tried,) = state.populations
        with _quiet(self._optuna):
            study = self._study(state.epoch, tried)
            found = []
            for start in range(0, self._options.generations, _BATCH):
                count = min(_BATCH, self._options.generations - start)
                trials = [study.ask(self._ranges) for _ in range(count)]
                values = [[trial.params[one.name] for one in self._parameters] for trial in trials]
                tried = np.concatenate([tried, np.array(values, dtype=np.int64)])
                genomes = self._task.space.with_parameters(tried[-count:])
                for trial, figures in zip(trials, self._figures(genomes), strict=True):
                    study.tell(trial, figures)
                found.append(genomes)
        return Advance((tried,), np.concatenate(found))

    def _study(self, epoch: int, tried: IntArray) -> Any:  # noqa: ANN401  optuna is optional
        """A study that knows all values tried so far, with a seed of its own for each epoch."""
        seed = Stream.SAMPLER.seed(self._options.seed, epoch)
        sampler = self._optuna.samplers.TPESampler(seed=seed, constant_liar=True)
        study = self._optuna.create_study(directions=["minimize", "minimize"], sampler=sampler)
        figures = self._figures(self._task.space.with_parameters(tried))
        for values, two in zip(tried.tolist(), figures, strict=True):
            named = {one.name: value for one, value in zip(self._parameters, values, strict=True)}
            study.add_trial(self._optuna.trial.create_trial(params=named, distributions=self._ranges, values=two))
        return study

    def _figures(self, genomes: IntArray) -> list[list[float]]:
        """Loss and logarithm of the cost; what loses too much is worse than the exact model in both."""
        losses, costs = self._task.objectives(genomes).T
        logarithms = logarithmic(costs)
        none = float(logarithmic(np.array([self._task.exact_cost]))[0])
        figures = np.stack([losses, np.where(losses > self._task.worst, none + losses, logarithms)], axis=1)
        return [[float(loss), float(cost)] for loss, cost in figures]


@contextmanager
def _quiet(optuna: ModuleType) -> Iterator[None]:
    """Without optuna's messages about every study and about arguments that may change."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)


def _optuna() -> ModuleType:
    try:
        import optuna
    except ImportError:
        raise ToolMissingError("optuna is not installed", allowed="pip install 'bespoke[bayes]'") from None
    return optuna
