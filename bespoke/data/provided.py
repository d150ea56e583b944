"""Data sets that need no file: scikit-learn's copies, and exact enumerations in the repository's row order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from types import MappingProxyType

import numpy as np

from bespoke.data.catalogue import CatalogueEntry
from bespoke.data.columns import constant_notes
from bespoke.data.dataset import Dataset, FloatArray, TargetArray

Rows = list[tuple[int, ...]]

_LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))
_BLANK, _O, _X = 0, 1, 2
_MONKS_DOMAINS = (3, 3, 2, 3, 4, 2)
LOADERS = {
    "iris": "load_iris",
    "wine": "load_wine",
    "digits": "load_digits",
    "breast_cancer_wdbc": "load_breast_cancer",
}


def provided_dataset(entry: CatalogueEntry) -> Dataset:
    """The data set of an entry whose provision is one of `PROVIDERS`."""
    features, targets, source = PROVIDERS[entry.provision](entry.name)
    notes = constant_notes(entry.features, features)
    return Dataset(entry.name, entry.features, features, targets, entry.task, source=source, notes=notes)


def _bundled(name: str) -> tuple[FloatArray, TargetArray, str]:
    from sklearn import datasets

    features, targets = getattr(datasets, LOADERS[name])(return_X_y=True)
    return features, targets, "scikit-learn"


def _enumerated(name: str) -> tuple[FloatArray, TargetArray, str]:
    rows = np.array(GENERATORS[name]())
    return rows[:, :-1], rows[:, -1], "exact enumeration"


def _balance() -> Rows:
    """All 5^4 scales; the class is 0 left, 1 right, 2 balanced, by the sign of the difference of torques."""
    rows = []
    for cells in product(range(1, 6), repeat=4):
        left_weight, left_distance, right_weight, right_distance = cells
        torque = left_weight * left_distance - right_weight * right_distance
        rows.append((*cells, 2 if torque == 0 else int(torque < 0)))
    return rows


def _tictactoe() -> Rows:
    """All boards at the end of a game that x began: won by x, won by o, drawn; each in the order x, o, blank."""
    boards = [board for board in product((_X, _O, _BLANK), repeat=9) if _is_final(board)]
    boards.sort(key=lambda board: (not _has_line(board, _X), not _has_line(board, _O)))
    return [(*board, int(_has_line(board, _X))) for board in boards]


def _is_final(board: tuple[int, ...]) -> bool:
    ahead = board.count(_X) - board.count(_O)
    x_line, o_line = _has_line(board, _X), _has_line(board, _O)
    if x_line or o_line:
        return x_line != o_line and ahead == int(x_line)
    return ahead == 1 and _BLANK not in board


def _has_line(board: tuple[int, ...], player: int) -> bool:
    return any(all(board[square] == player for square in line) for line in _LINES)


def _monks(concept: Callable[[tuple[int, ...]], bool]) -> Rows:
    """All 432 robots; concepts of Thrun et al., "The MONK's Problems", CMU-CS-91-197, 1991."""
    robots = product(*(range(1, size + 1) for size in _MONKS_DOMAINS))
    return [(*robot, int(concept(robot))) for robot in robots]


GENERATORS: Mapping[str, Callable[[], Rows]] = MappingProxyType(
    {
        "balance": _balance,
        "tictactoe": _tictactoe,
        "monks1": lambda: _monks(lambda a: a[0] == a[1] or a[4] == 1),
        "monks2": lambda: _monks(lambda a: a.count(1) == 2),
        "monks3": lambda: _monks(lambda a: (a[4] == 3 and a[3] == 1) or (a[4] != 4 and a[1] != 3)),
    }
)
PROVIDERS = {"bundled": _bundled, "generated": _enumerated}
