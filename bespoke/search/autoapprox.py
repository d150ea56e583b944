"""Calibration of single units, then a Gaussian-process bandit between barriers for accuracy and area."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Kernel, Matern, WhiteKernel

from bespoke.model import IntArray
from bespoke.search.genes import FloatArray
from bespoke.search.nsga2 import spread
from bespoke.search.searcher import Advance, Searcher, SearchState, SearchTask, Stream, non_dominated

_CALIBRATED = 64  # candidates that differ in one unit; losses of its other values are interpolated
_SHARES = (0.25, 0.5, 0.75, 1.0)  # of the ranges: first candidates, all units alike
_POINTS = (400, 128)  # that a process leans on, and of which its kernel is chosen
_FURTHEST = 3.0  # from the sum over units, in rooms: what is further off says no more
_STEPS = 12  # of a descent
_DRAWN = 100  # random mappings with which a descent starts
_BOLDNESS = 1.0  # standard deviations by which the loss is taken to be lower, at most
# Of which the likeliest is taken: lengths on axes from 0 to 1, and variances of noise beside that of the process.
_SHAPES = ((0.5, 0.5), (0.5, 1.5), (0.5, 5.0), (2.5, 0.5), (2.5, 1.5), (2.5, 5.0))  # smoothness and length
_KERNELS = [Matern(length, nu=nu) + WhiteKernel(noise) for nu, length in _SHAPES for noise in (1e-4, 0.01, 0.1)]
_APART = 0.3  # of two values of a unit, whatever they lose and save
_STEEPNESS = 3.0  # of the barriers, over a gap of the front
_LEAST_GAP = 1e-3  # share of the room in which candidates are of interest


class AutoApprox(Searcher):
    """Searcher ``autoapprox``: each parameter of a design space is a unit, and its values are operators for it.

    Calibration takes one unit at a time away from the exact model. The sum of what the units lose alone, and of what
    they save, is what a Gaussian process holds for the figures of a mapping until it knows better. An epoch is
    ``generations`` candidates. Each is to lie in a gap of the front: exponential barriers stand at the loss of the
    point on one side of it and at the cost of that on the other. Gaps are taken at random.

    The population is all values tried so far, those of the calibration first; their figures are computed again at the
    start of each epoch, so that a search goes on exactly as if it had not stopped.

    Source: P. Jain, S. Huda, M. Maas, J. Gonzalez, I. Stoica, A. Mirhoseini, "Learning to design accurate deep learning
    accelerators with inaccurate multipliers" (AutoApprox), DATE 2022. There one score has the barriers at fixed limits,
    and its best point is the result; here they move along the front.
    """

    def start(self) -> Advance:
        """The exact model, one unit changed at a time, and some candidates between."""
        most = _most(self.task)
        alone = [_changed(0 * most, unit, _measured(top, len(most))) for unit, top in enumerate(most.tolist())]
        tried = np.concatenate([0 * most[None], *alone, np.floor(np.outer(_SHARES, most)).astype(np.int64)])
        return Advance((tried,), np.concatenate([self.task.seeds, self.task.space.with_parameters(tried)]))

    def advance(self, state: SearchState) -> Advance:
        """Candidates by what is known of all earlier ones, one at a time; none where nothing can be changed."""
        if not self.task.space.parameters:
            return Advance(state.populations, self.task.seeds[:1])
        space, random = self.task.space, Stream.SAMPLER.generator(self.options.seed, state.epoch)
        tried, found = state.populations[0], [self.task.seeds[:1]]
        figures = self.task.objectives(space.with_parameters(tried))
        calibration = Calibration.of(self.task, figures)
        kernel = calibration.process(tried, figures, _KERNELS).kernel_
        for _ in range(self.options.generations):
            process = calibration.process(tried, figures, [kernel])
            asked = Surrogate(calibration, process, tried, figures).proposal(random)
            if len(asked):
                found.append(space.with_parameters(asked))
                tried = np.concatenate([tried, asked])
                figures = np.concatenate([figures, self.task.objectives(found[-1])])
        return Advance((tried,), np.concatenate(found))


def _most(task: SearchTask) -> IntArray:
    return np.array([one.most for one in task.space.parameters], dtype=np.int64)


def _measured(most: int, units: int) -> IntArray:
    """Values of one of some units whose loss alone is measured."""
    return 1 + spread(most, max(2, _CALIBRATED // units))


def _changed(values: IntArray, unit: int, own: IntArray) -> IntArray:
    """Copies of values, with other ones of a unit."""
    copies = np.repeat(values[None], len(own), axis=0)
    copies[:, unit] = own
    return copies


class Calibration(NamedTuple):
    """What the units lose and cost alone.

    Attributes
    ----------
    exact, room : ndarray of float, shape (2,)
        Loss and cost of the exact model, and how far both may go from there: to the worst loss, and to no cost.
    alone : list of ndarray of float, shape (n_values, 2)
        For each unit and each of its values, the differences from the exact model.
    allowed : list of ndarray of int64
        Values of each unit that lose no more alone than is of interest: the others are left out of the search.
    """

    exact: FloatArray
    room: FloatArray
    alone: list[FloatArray]
    allowed: list[IntArray]

    @classmethod
    def of(cls, task: SearchTask, figures: FloatArray) -> Calibration:
        """From the losses and costs of candidates, as a search starts with them."""
        most, exact = _most(task), figures[0]
        alone, rest = [], figures[1:, 0] - exact[0]
        for unit, top in enumerate(most.tolist()):
            every, measured = np.arange(top + 1), _measured(top, len(most))
            own, rest = rest[: len(measured)], rest[len(measured) :]
            costs = task.space.costs(task.space.with_parameters(_changed(0 * most, unit, every))) - exact[1]
            alone.append(np.stack([np.interp(every, np.append(0, measured), np.append(0.0, own)), costs], axis=1))
        room = np.maximum(np.abs([task.loss.worst, 0.0] - exact), _LEAST_GAP)
        return cls(exact, room, alone, [np.flatnonzero(own[:, 0] <= room[0]) for own in alone])

    def figures(self, values: IntArray) -> FloatArray:
        """Losses and costs, shape (n, 2), if units neither mended nor spoilt what others do."""
        parts = [own[column] for own, column in zip(self.alone, values.T, strict=True)]
        return np.asarray(self.exact + np.sum(parts, axis=0), dtype=np.float64)

    def positions(self, values: IntArray) -> FloatArray:
        """Where values stand, shape (n, n_axes): by what they lose and save in their units, and which they are."""
        scales = [np.maximum([self.room[0], np.abs(own[:, 1]).max()], 1e-9) for own in self.alone]
        axes = [np.minimum(own / scale, 1.0) for own, scale in zip(self.alone, scales, strict=True)]
        axes = [np.concatenate([own, _APART * np.eye(len(own))], axis=1) for own in axes]
        return np.concatenate([axis[column] for axis, column in zip(axes, values.T, strict=True)], axis=1)

    def process(self, tried: IntArray, figures: FloatArray, kernels: Sequence[Kernel]) -> GaussianProcessRegressor:
        """Of how far figures are from the sums over units, in rooms, with the likeliest kernel."""
        some = np.argsort(figures[:, 0], kind="stable")[: _POINTS[len(kernels) > 1]]
        offsets = np.clip((figures[some] - self.figures(tried[some])) / self.room, -_FURTHEST, _FURTHEST)
        positions = self.positions(tried[some])
        processes = [GaussianProcessRegressor(kernel, optimizer=None, normalize_y=True) for kernel in kernels]
        fitted = [process.fit(positions, offsets) for process in processes]
        return max(fitted, key=attrgetter("log_marginal_likelihood_value_"))


class Surrogate(NamedTuple):
    """What is expected of mappings, and which are worth a try."""

    calibration: Calibration
    gaussian: GaussianProcessRegressor
    tried: IntArray
    figures: FloatArray

    def expected(self, values: IntArray, boldness: float) -> FloatArray:
        """Expected losses, lower by some standard deviations, and costs, shape (n, 2)."""
        offsets, deviations = self.gaussian.predict(self.calibration.positions(values), return_std=True)
        offsets[:, 0] -= boldness * deviations[:, 0]
        return np.asarray(self.calibration.figures(values) + offsets * self.calibration.room, dtype=np.float64)

    def proposal(self, random: np.random.Generator) -> IntArray:
        """Values that were not tried for a gap of the front, shape (1, n_units), or (0, n_units) if none are met."""
        front, barriers, sizes = self._gaps()
        gap, known = int(random.integers(len(sizes))), {values.tobytes() for values in self.tried}
        starts = self._drawn(front[max(0, gap - 1) : gap + 1], random)
        met = self._descend(starts, barriers[gap], sizes[gap], random)
        return met[[values.tobytes() not in known for values in met]][:1]

    def _gaps(self) -> tuple[IntArray, FloatArray, FloatArray]:
        """The front by rising cost; barriers for loss and cost of the gaps beside its points, and what is below them.

        Gaps at the ends are as wide or as high as others are in the middle.
        """
        worst, least = self.calibration.exact[0] + self.calibration.room[0], _LEAST_GAP * self.calibration.room
        feasible = np.flatnonzero(self.figures[:, 0] <= worst)
        front = feasible[non_dominated(self.figures[feasible])]
        losses, costs = self.figures[front].T
        barriers = np.stack([np.append(worst, losses), np.append(costs, self.calibration.exact[1])], axis=1)
        sizes = np.stack([-np.diff(barriers[:, 0], append=0.0), np.diff(barriers[:, 1], prepend=0.0)], axis=1)
        sizes[-1, 0] = min(sizes[-1, 0], np.median(sizes[:-1, 0]))
        sizes[0, 1] = min(sizes[0, 1], np.median(sizes[1:, 1]))
        return self.tried[front], barriers, np.maximum(sizes, least)

    def _descend(
        self, values: IntArray, barriers: FloatArray, sizes: FloatArray, random: np.random.Generator
    ) -> IntArray:
        """All that a descent by single units meets, by rising score; every other time, on average, its start alone."""
        met, scores, boldness = values[:0], np.array([]), _BOLDNESS * random.random()
        for _ in range(int(random.choice([1, _STEPS]))):
            over = _STEEPNESS * (self.expected(values, boldness) - barriers) / sizes
            own, least = np.exp(np.minimum(over, 99.0)).sum(axis=1), scores.min(initial=np.inf)
            met, scores = np.concatenate([met, values]), np.concatenate([scores, own])
            if own.min() >= least:
                break
            best = values[own.argmin()]
            values = np.concatenate([_changed(best, *one) for one in enumerate(self.calibration.allowed)])
        return np.asarray(met[np.argsort(scores, kind="stable")], dtype=np.int64)

    def _drawn(self, ends: IntArray, random: np.random.Generator) -> IntArray:
        """The ends of a gap, and mixtures of them with random changes."""
        allowed = self.calibration.allowed
        mixed = ends[random.integers(len(ends), size=(_DRAWN, len(allowed))), np.arange(len(allowed))]
        other = np.stack([random.choice(own, _DRAWN) for own in allowed], axis=1)
        shares = random.random((_DRAWN, 1)) ** 2
        return np.concatenate([ends, np.where(random.random(mixed.shape) < shares, other, mixed)])
