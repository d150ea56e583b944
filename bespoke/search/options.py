"""What the user may choose about a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bespoke.errors import OptionError
from bespoke.search.loss import METRICS, Metric

SearcherName = Literal["nsga2", "bayes", "greedy"]
SEARCHERS: tuple[SearcherName, ...] = get_args(SearcherName)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """Options of `explore`; the same options and seed give the same front.

    Attributes
    ----------
    searcher : {"nsga2", "bayes", "greedy"}
        Evolution of populations; Bayesian optimisation of few parameters, for some hundred candidates; or the single
        change with the most area per loss at each step, a baseline.
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
        Length of an epoch: generations of "nsga2", candidates of "bayes", steps of "greedy".
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

    searcher: SearcherName = "nsga2"
    metric: Metric = "accuracy"
    population: int = 100
    islands: int = 2
    epochs: int = 16
    generations: int = 20
    patience: int = 4
    budget_s: float | None = None
    validation_share: float = 0.0
    smooth: float = 0.5
    agreement: float | tuple[float, ...] | None = None
    worst_loss: float = 0.06
    seed: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.agreement, list):  # as JSON has it
            object.__setattr__(self, "agreement", tuple(self.agreement))
        for name, known in (("searcher", SEARCHERS), ("metric", METRICS)):
            if getattr(self, name) not in known:
                raise OptionError("unknown choice", where=name, got=getattr(self, name), allowed=", ".join(known))
        for name in ("population", "islands", "epochs", "generations", "patience"):
            least = 4 if name == "population" else 1
            if getattr(self, name) < least:
                raise OptionError("too small", where=name, got=getattr(self, name), allowed=f"{least} or more")
        shares = {"smooth": (self.smooth,), "agreement": self.agreements, "worst_loss": (self.worst_loss,)}
        for name, given in shares.items():
            if not given or not all(isinstance(share, int | float) and 0 <= share <= 1 for share in given):
                raise OptionError("out of range", where=name, got=getattr(self, name), allowed="0 to 1")
        if not 0 <= self.validation_share < 1:
            got = self.validation_share
            raise OptionError("out of range", where="validation_share", got=got, allowed="0 <= share < 1")
        if self.budget_s is not None and not self.budget_s > 0:
            raise OptionError("must be positive", where="budget_s", got=self.budget_s, allowed="seconds, above 0")

    @property
    def agreements(self) -> tuple[float, ...]:
        """The weights of agreement."""
        if self.agreement is None:
            return (0.0,)
        return self.agreement if isinstance(self.agreement, tuple) else (self.agreement,)
