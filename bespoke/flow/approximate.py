"""One trained model to a front of approximate designs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray

from bespoke.cells import CellLibrary
from bespoke.data import Dataset
from bespoke.errors import OptionError, UnsupportedModelError
from bespoke.flow.approximate_options import CAUTION_HELD_OUT, CAUTION_SEEN, ApproximateOptions
from bespoke.flow.assurance import UNKNOWN, Assurance, target_words
from bespoke.flow.build import Stages, build_design, no_cuts
from bespoke.flow.changes import changes
from bespoke.flow.contents import coefficients
from bespoke.flow.design import Design
from bespoke.flow.finalists import Sizes, pick_finalists
from bespoke.flow.front import FrontPoint, ParetoFront, non_dominated_points, objectives_of
from bespoke.flow.guarantees import guarantees, parts_of
from bespoke.flow.pruning import AssuredPruning
from bespoke.flow.sources import Rows, Source, read_dataset, read_source
from bespoke.flow.supply import estimates_at, read_library, scaled_figures
from bespoke.flow.tree_folds import fold_gains, tree_folds, tree_options
from bespoke.model import IntArray, IntegerMLP, IntegerModel, IntegerSVM, IntegerTree, model_digest
from bespoke.model.layer import WHOLE
from bespoke.search import DesignSpace, Fold, Found, SearchOptions, SearchState, SumDesigns, exact_held_loss, explore
from bespoke.search.checkpoint import read_checkpoint, search_digests, state_to_text, write_checkpoint
from bespoke.search.protocol import FloatArray
from bespoke.search.trees import TreeDesigns

# Training score that a design on the front may lose by pruning where no limit of the user binds it.
_FRONT_LOSS = 0.0025
# Loss above that of the exact model up to which the search looks where area or power are all that is limited.
_LOSS_FOR_SIZE = 0.5
# Weights of agreement with the exact model off the training rows. Chosen by `benchmarks/approximate.py --inner`.
_AGREEMENT = (0.7, 0.3)
_AGREEMENT_ONE_SUM = 0.2

_Space = Callable[[Any, IntArray, IntArray], DesignSpace]
SPACES: dict[type, _Space] = {
    IntegerMLP: lambda model, words, _: SumDesigns(model, words),
    IntegerSVM: lambda model, words, _: SumDesigns(model, words),
    IntegerTree: TreeDesigns,
}


def approximate(
    model: Any,  # noqa: ANN401  scikit-learn has no types
    X: ArrayLike | None = None,  # noqa: N803  scikit-learn's name
    y: ArrayLike | None = None,
    *,
    dataset: Dataset | None = None,
    options: ApproximateOptions | None = None,
    on_stage: Callable[[str], None] = lambda _stage: None,
    **settings: Any,  # noqa: ANN401  each option has its own type
) -> ParetoFront:
    """Search for smaller circuits of a trained model that lose little accuracy.

    Everything is chosen on the training rows; the test rows are read for the report alone.

    Parameters
    ----------
    model : estimator or IntegerModel
        As for `compile_model`.
    X : array_like of float, shape (n_samples, n_features), optional
        All data, raw, and
    y : array_like, shape (n_samples,), optional
        their targets, split as `compile_model` splits them.
    dataset : Dataset, optional
        Instead of ``X`` and ``y``.
    options : ApproximateOptions, optional
    on_stage : callable, optional
        Told what is being done.
    **settings
        Fields of `ApproximateOptions`, `Constraint`, `SearchOptions`, `CompileOptions` or `QuantisationOptions`, such
        as ``max_loss=0.01`` or ``epochs=20``; ``search_seed`` is the seed of the search.

    Returns
    -------
    ParetoFront

    Raises
    ------
    ModelError, DataError, OptionError, TechnologyError, VerificationError
        As `compile_model`.
    OutputError
        If the checkpoint cannot be written, or resumed from.

    Examples
    --------
    A search of this length takes a second; leave the last line of options out for one that finds small circuits.

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from bespoke import approximate
    >>> X, y = load_iris(return_X_y=True)
    >>> front = approximate(
    ...     LogisticRegression(max_iter=500).fit(X, y), X, y, model_inputs="raw", max_loss=0.05,
    ...     epochs=1, generations=2, population=8, finalists=2, jobs=1
    ... )
    >>> front.chosen.estimate.area_mm2 <= front.exact.estimate.area_mm2
    True
    """
    chosen = (options or ApproximateOptions()).with_settings(**settings)
    chosen = replace(chosen, compile=chosen.design_options)
    data = read_dataset(X, y, dataset, model)
    if data is None:
        raise OptionError("data are needed to measure the accuracy", where="approximate", allowed="X and y, or dataset")
    stages = Stages(on_stage)
    library = stages.run("library", lambda: read_library(chosen.compile))
    source = stages.run("quantise", lambda: read_source(model, data, chosen.compile))
    asked = chosen.to_json()
    chosen = replace(chosen, search=_with_agreement(source.model, _with_metric(source.model, _wide_enough(chosen))))
    exact = build_design(source, library, chosen.compile, _Named("exact", on_stage))
    folds = tree_folds(model, source, chosen.compile.quantisation, chosen.search.seed)
    if folds and chosen.search.metric != "accuracy":
        raise OptionError("fitted trees are judged by", where="metric", got=chosen.search.metric, allowed="accuracy")
    caution = (CAUTION_HELD_OUT if folds else CAUTION_SEEN) if chosen.caution is None else chosen.caution
    if isinstance(source.model, IntegerTree):
        chosen = replace(chosen, search=tree_options(chosen.search, folds, 1.0 - (exact.accuracies.train or 0.0)))
    search = _Search(source, chosen, folds, caution)
    found = stages.run("search", lambda: search.run(on_stage))
    finalists = _Finalists(source, library, chosen, exact, found)
    points = stages.run("finalists", lambda: finalists.points(on_stage))
    points = stages.run("guarantees", lambda: [finalists.described(point, asked) for point in points])
    front = ParetoFront(
        exact=points[0].design,
        exact_score=finalists.exact_score,
        points=non_dominated_points(points, objectives_of(chosen.asked, chosen.minimise)),
        constraint=chosen.asked,
        minimise=chosen.minimise,
        log=finalists.log() | {"seconds": dict(stages.seconds)},
        state=state_to_text(found.state, search.digests),
    )
    return front.described()


class _Named(Stages):
    """Stages whose names say what they belong to."""

    def __init__(self, name: str, on_stage: Callable[[str], None]) -> None:
        super().__init__(lambda stage: on_stage(f"{name}: {stage}"))


def _wide_enough(options: ApproximateOptions) -> SearchOptions:
    """Search options: where the size alone is limited, circuits that lose much may be the answer."""
    wanted, search = options.asked, options.search
    return search if wanted.limits_accuracy else replace(search, worst_loss=max(search.worst_loss, _LOSS_FOR_SIZE))


def _with_metric(model: IntegerModel, options: SearchOptions) -> SearchOptions:
    """The options with the metric that suits the model."""
    if not model.decision.is_classifier:
        return replace(options, metric="r2")
    if options.metric == "r2":
        raise OptionError("does not suit a classifier", where="metric", got="r2", allowed="accuracy, balanced_accuracy")
    return options


def _with_agreement(model: IntegerModel, options: SearchOptions) -> SearchOptions:
    """The options with the weights of agreement that suit the model.

    A single weighted sum has too few parameters to learn its training rows by heart.
    """
    if options.agreement is not None:
        return options
    return replace(options, agreement=_AGREEMENT_ONE_SUM if _is_one_sum(model) else _AGREEMENT)


def _is_one_sum(model: IntegerModel) -> bool:
    return isinstance(model, IntegerSVM) and len(model.layers[0].weights) == 1


def _known_rows(source: Source) -> tuple[IntArray, IntArray, NDArray[np.bool_]]:
    """Input and target words of the training rows whose label the model knows, and which rows these are."""
    assert source.train is not None
    targets = target_words(source.model.decision, source.train.targets)
    known = np.ones(len(targets), dtype=bool) if not source.model.decision.is_classifier else targets != UNKNOWN
    return source.model.coding.quantise(source.train.features)[known], targets[known], known


class _Search:
    """The search of one call, with its checkpoint."""

    def __init__(self, source: Source, options: ApproximateOptions, folds: Sequence[Fold], caution: float) -> None:
        self._options = options
        self._caution = caution
        self._folds = folds
        self._words, self._targets, self._known = _known_rows(source)
        self._space = _space(source.model, self._words, self._targets)
        self.digests = search_digests(source.model, self._words, self._targets, options.search)

    def run(self, on_stage: Callable[[str], None]) -> _Explored:
        path = self._options.checkpoint
        earlier = self._options.resume_from
        state = None if earlier is None else read_checkpoint(earlier, self.digests)

        def on_epoch(reached: SearchState) -> None:
            if path is not None:
                write_checkpoint(path, reached, self.digests)
            volume = f", hypervolume {reached.volumes[-1]:.3f}" if reached.volumes else ""
            on_stage(f"search: epoch {reached.epoch} of at most {self._options.search.epochs}{volume}")

        options = self._options.search
        found = explore(self._space, self._words, self._targets, options, state=state, on_epoch=on_epoch)
        seen = np.ones(len(self._known), dtype=bool)
        seen[self._known] = found.seen
        if not self._folds:
            return _Explored(self._space, found, seen, self._caution)
        on_stage(f"search: {len(self._folds)} refits judge the finds")
        gains = fold_gains(self._folds, found, options, self._caution, self._options.jobs)
        return _Explored(self._space, found, seen, self._caution, gains, 1.0 - exact_held_loss(self._folds))


@dataclass(frozen=True, slots=True, eq=False)
class _Explored:
    """What a search found.

    Attributes
    ----------
    space : DesignSpace
    found : Found
    seen : ndarray of bool, shape (n_train,)
        Which training rows the search saw.
    caution : float
        Standard errors that are taken from gains.
    gains : ndarray of float, shape (n,), or None
        Assured gains of the finds on rows held out of refits; None where the training rows judge.
    exact_score : float or None
        Score of the refits on these rows.
    """

    space: DesignSpace
    found: Found
    seen: NDArray[np.bool_]
    caution: float
    gains: FloatArray | None = None
    exact_score: float | None = None

    @property
    def state(self) -> SearchState:
        """Where the search ended."""
        return self.found.state


def _space(model: IntegerModel, words: IntArray, targets: IntArray) -> DesignSpace:
    plain = isinstance(model, IntegerTree) or all(
        (layer.masks == WHOLE).all() and len(layer.sources) == layer.input_count for layer in model.layers
    )
    if not plain:
        raise UnsupportedModelError(
            "the search starts from exact models", where="layers", got="masked inputs", allowed="layers without masks"
        )
    return SPACES[type(model)](model, words, targets)


class _Finalists:
    """Finds of a search that become circuits."""

    def __init__(
        self, source: Source, library: CellLibrary, options: ApproximateOptions, exact: Design, explored: _Explored
    ) -> None:
        assert source.train is not None
        self._source = source
        self._library = library
        self._options = options
        self._exact = exact
        self._explored = explored
        self._rows: Rows = source.train
        targets = target_words(source.model.decision, source.train.targets)
        self.assurance = Assurance(targets, self._outputs(exact), options.search.metric, explored.caution)
        self.exact_score = self.assurance.exact_score if explored.exact_score is None else explored.exact_score
        self._least_gain = options.asked.least_gain(self.exact_score)

    def points(self, on_stage: Callable[[str], None]) -> list[FrontPoint]:
        """The exact design and every finalist, with what its accuracy is held for."""
        found = self._explored.found
        places = self._places()
        points = [FrontPoint(self._exact, 0.0, float(found.costs[0]))]
        built = Parallel(n_jobs=self._options.jobs, return_as="generator")(
            delayed(self._build)(place) for place in places
        )
        on_stage(f"finalists: 0 of {len(places)}")
        for number, (place, design) in enumerate(zip(places, built, strict=True), start=1):
            on_stage(f"finalists: {number} of {len(places)}")
            points.append(FrontPoint(design, self._gain(place, design), float(found.costs[place])))
        return points

    @property
    def judged_on(self) -> str:
        """Which rows the assured accuracies are about."""
        return "training rows" if self._explored.gains is None else "rows held out of refits"

    def _gain(self, place: int, design: Design) -> float:
        gains = self._explored.gains
        return self.assurance.gain(self._outputs(design)) if gains is None else float(gains[place])

    def described(self, point: FrontPoint, asked: Mapping[str, Any]) -> FrontPoint:
        """The point with the guarantees of its design, and the options as they were asked for."""
        design, exact = point.design, self._exact
        parts = parts_of(self._source, self._explored.seen)
        approximation = {
            "exact": design is exact,
            "judged_on": self.judged_on,
            "assured_gain": point.gain,
            "assured_score": self.exact_score + point.gain,
            "constraint": self._options.asked.to_json(),
            "changes": changes(exact.model, design.model),
            "cuts": len(design.cuts.cuts),
            "estimated_cost": point.cost,
            "exact_area_mm2": exact.estimate.area_mm2,
            "exact_power_mw": exact.estimate.power_mw,
            "exact_confusion": exact.confusions.get("circuit", {}),
            "exact_coefficients": {} if design is exact else coefficients(exact.model),
            "guarantees": guarantees(design, exact, parts, self._source.float_predict),
            "options": {**asked, "caution": self._explored.caution},
            "search": self.log(),
        }
        return point._replace(design=replace(design, approximation=approximation))

    def log(self) -> dict[str, Any]:
        """What the search did, as plain data."""
        state = self._explored.state
        return {
            "judged_on": self.judged_on,
            "options": asdict(self._options.search),
            "epochs": state.epoch,
            "hypervolumes": list(state.volumes),
            "found": len(self._explored.found.genomes),
            "digests": {"data": self._source.dataset.get("digest", "")},
        }

    def _places(self) -> list[int]:
        """Finalists among the finds, none of them twice or the exact model."""
        found, compiled = self._explored.found, self._options.compile
        gains = self._explored.gains
        if gains is None:
            gains = self.assurance.gains(np.array([self._predicted(genome) for genome in found.genomes]))
        share = found.costs / max(float(found.costs[0]), 1.0)
        figures = scaled_figures(estimates_at(self._exact, self._rows), share, compiled.delay_limit_ms)
        sizes = Sizes(share * self._exact.estimate.area_mm2, *figures)
        places = pick_finalists(gains, sizes, self._options.asked, self._least_gain, self._options.finalists + 1)
        models = {model_digest(self._exact.model): 0}
        for place in places:
            models.setdefault(model_digest(self._explored.space.decode(found.genomes[place])), place)
        return [place for place in models.values() if place][: self._options.finalists]

    def _predicted(self, genome: IntArray) -> IntArray:
        model = self._explored.space.decode(genome)
        return model.predict(model.coding.quantise(self._rows.features))

    def _build(self, place: int) -> Design:
        model = self._explored.space.decode(self._explored.found.genomes[place])
        source = replace(self._source, model=model)
        return build_design(
            source, self._library, self._options.compile, Stages(lambda _: None), prune=self._pruner(model)
        )

    def _pruner(self, model: IntegerModel) -> Any:  # noqa: ANN401  a Pruner
        if not self._options.prune or self._explored.gains is not None:
            return no_cuts
        gain = self.assurance.gain(model.predict(model.coding.quantise(self._rows.features)))
        is_bound = self._options.asked.limits_accuracy and gain >= self._least_gain
        least = self._least_gain if is_bound else gain - _FRONT_LOSS
        options = self._options
        return AssuredPruning(
            self._rows, self.assurance, least, options.prune_budget, options.search.seed, options.prune_share
        )

    def _outputs(self, design: Design) -> IntArray:
        return design.outputs(design.model.coding.quantise(self._rows.features))
