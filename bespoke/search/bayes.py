"""Bayesian optimisation over the few parameters of a design space, for small budgets."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType

import numpy as np

from bespoke.errors import ToolMissingError
from bespoke.model import IntArray
from bespoke.search.nsga2 import logarithmic
from bespoke.search.searcher import Advance, Searcher, SearchState, Stream

_BATCH = 5  # candidates that are asked for before their figures are told
_SHARES = (0.0, 0.25, 0.5, 0.75)  # of the ranges: first candidates, all parameters alike


class Bayes(Searcher):
    """Searcher ``bayes``: multi-objective tree-structured Parzen estimators over the parameters of a design space.

    Source: Y. Ozaki, Y. Tanigaki, S. Watanabe, M. Nomura, M. Onishi, "Multiobjective tree-structured Parzen
    estimator", JAIR 73, 2022, in optuna. An epoch is ``generations`` candidates. The population is all values tried so
    far; their figures are computed again at the start of each epoch, so that a search goes on exactly as if it had not
    stopped.
    """

    def start(self) -> Advance:
        """Some candidates between the exact model and the simplest one."""
        most = np.array([one.most for one in self.task.space.parameters], dtype=np.int64)
        tried = np.floor(np.outer(_SHARES, most)).astype(np.int64)
        return Advance((tried,), np.concatenate([self.task.seeds, self.task.space.with_parameters(tried)]))

    def advance(self, state: SearchState) -> Advance:
        """Candidates by what is known of all earlier ones, a few at a time.

        Raises
        ------
        ToolMissingError
            If optuna is not installed.
        """
        optuna, space = _optuna(), self.task.space
        (tried,) = state.populations
        ranges = {one.name: optuna.distributions.IntDistribution(0, one.most) for one in space.parameters}
        sampler_seed = Stream.SAMPLER.seed(self.options.seed, state.epoch)
        found = []
        with _quiet(optuna):
            sampler = optuna.samplers.TPESampler(seed=sampler_seed, constant_liar=True)
            study = optuna.create_study(directions=["minimize", "minimize"], sampler=sampler)
            for values, figures in zip(tried.tolist(), self._figures(space.with_parameters(tried)), strict=True):
                named = dict(zip(ranges, values, strict=True))
                study.add_trial(optuna.trial.create_trial(params=named, distributions=ranges, values=figures))
            for start in range(0, self.options.generations, _BATCH):
                trials = [study.ask(ranges) for _ in range(min(_BATCH, self.options.generations - start))]
                asked = np.array([[trial.params[name] for name in ranges] for trial in trials], dtype=np.int64)
                found.append(space.with_parameters(asked))
                for trial, figures in zip(trials, self._figures(found[-1]), strict=True):
                    study.tell(trial, figures)
                tried = np.concatenate([tried, asked])
        return Advance((tried,), np.concatenate(found))

    def _figures(self, genomes: IntArray) -> list[list[float]]:
        """Loss and logarithm of the cost; what loses too much is worse than the exact model in both."""
        losses, costs = self.task.objectives(genomes).T
        none = logarithmic(np.array(self.task.exact_cost))
        sizes = np.where(losses > self.task.loss.worst, none + losses, logarithmic(costs))
        figures: list[list[float]] = np.stack([losses, sizes], axis=1).tolist()
        return figures


@contextmanager
def _quiet(optuna: ModuleType) -> Iterator[None]:
    """Without optuna's messages about every study and about arguments that may change."""
    with warnings.catch_warnings(), ExitStack() as stack:
        stack.callback(optuna.logging.set_verbosity, optuna.logging.get_verbosity())
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        warnings.simplefilter("ignore")
        yield


def _optuna() -> ModuleType:
    try:
        import optuna
    except ImportError:
        raise ToolMissingError("optuna is not installed", allowed="pip install 'bespoke[bayes]'") from None
    return optuna
