"""What the user may choose about a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bespoke.options import PROPER_SHARE, at_least, between, check_options, one_of, option, option_fault, positive
from bespoke.search.loss import METRICS, Metric

SearcherName = Literal["nsga2", "bayes", "greedy", "autoapprox", "exhaustive"]
SEARCHERS: tuple[SearcherName, ...] = get_args(SearcherName)
_SHARE = between(0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """Options of `explore`; the same options and seed give the same front.

    Attributes
    ----------
    searcher : {"nsga2", "bayes", "greedy", "autoapprox", "exhaustive"}
        Evolution of populations; Bayesian optimisation of few parameters, for some hundred candidates; the single
        change with the most area per loss at each step, a baseline; few parameters calibrated one by one, then
        chosen by a Gaussian process; or all values of few parameters, where these are at most 20,000 designs.
    metric : {"accuracy", "balanced_accuracy", "r2"}
        What the loss counts; "r2" for circuits that put out a value.
    population : int
        Candidates of each island of "nsga2"; the others have none.
    islands : int
        Populations of "nsga2" that evolve apart between exchanges, and processes for them; there is at least one
        population for each weight of agreement.
    epochs : int
        The search state is kept after each; islands then exchange their fronts.
    generations : int
        Length of an epoch: generations of "nsga2", candidates of "bayes" and
        "autoapprox", steps of "greedy".
    patience : int
        Epochs without a better front after which the search ends.
    budget_s : float or None
        Seconds after which the search ends with the current epoch. With it the front depends on the machine.
    validation_share : float
        Share of the training rows, in [0, 1), that the search does not see and the choice among its finds does.
    smooth : float
        Share of the training loss, in [0, 1], that counts margins instead of wrong rows.
    agreement : float, tuple of float, or None
        Weight, in [0, 1], of disagreement with the exact model near the training rows. Of several the islands of
        "nsga2" take one each, in turn, and other searchers the first; the front has what is best by any. None: what
        suits the model, in `approximate`, and no weight elsewhere.
    worst_loss : float
        Loss above that of the exact model from which on candidates are of no interest.
    seed : int
    """

    searcher: SearcherName = option("nsga2", one_of(SEARCHERS))
    metric: Metric = option("accuracy", one_of(METRICS))
    population: int = option(100, at_least(4))
    islands: int = option(2, at_least(1))
    epochs: int = option(16, at_least(1))
    generations: int = option(20, at_least(1))
    patience: int = option(4, at_least(1))
    budget_s: float | None = option(None, positive("seconds, above 0"))
    validation_share: float = option(0.0, PROPER_SHARE)
    smooth: float = option(0.5, _SHARE)
    agreement: float | tuple[float, ...] | None = None
    worst_loss: float = option(0.06, _SHARE)
    seed: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.agreement, list):  # as JSON has it
            object.__setattr__(self, "agreement", tuple(self.agreement))
        check_options(self)
        if not self.agreements or not all(map(_SHARE.holds, self.agreements)):
            raise option_fault("agreement", self.agreement, _SHARE)

    @property
    def agreements(self) -> tuple[float, ...]:
        """The weights of agreement."""
        if self.agreement is None:
            return (0.0,)
        return self.agreement if isinstance(self.agreement, tuple) else (self.agreement,)
