"""Data sets that are exact enumerations, in the row order of the repository's files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from types import MappingProxyType

import numpy as np

from bespoke.data.catalogue import CatalogueEntry
from bespoke.data.dataset import Dataset

Rows = list[tuple[int, ...]]

_LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))
_BLANK, _O, _X = 0, 1, 2
_MONKS_DOMAINS = (3, 3, 2, 3, 4, 2)


def generated_dataset(entry: CatalogueEntry) -> Dataset:
    """The data set of an entry whose provision is ``generated``."""
    rows = np.array(GENERATORS[entry.name]())
    return Dataset(entry.name, entry.features, rows[:, :-1], rows[:, -1], entry.task, source="exact enumeration")


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
    won_by_x = [(*board, 1) for board in boards if _has_line(board, _X)]
    won_by_o = [(*board, 0) for board in boards if _has_line(board, _O)]
    drawn = [(*board, 0) for board in boards if not _has_line(board, _X) and not _has_line(board, _O)]
    return won_by_x + won_by_o + drawn


def _is_final(board: tuple[int, ...]) -> bool:
    ahead = board.count(_X) - board.count(_O)
    x_line, o_line = _has_line(board, _X), _has_line(board, _O)
    if x_line or o_line:
        return x_line != o_line and ahead == int(x_line)
    return ahead == 1 and _BLANK not in board


def _has_line(board: tuple[int, ...], player: int) -> bool:
    return any(all(board[place] == player for place in line) for line in _LINES)


def _monks(concept: Callable[[tuple[int, ...]], bool]) -> Rows:
    """All 432 robots; concepts of Thrun et al., "The MONK's Problems", CMU-CS-91-197, 1991."""
    robots = product(*(range(1, size + 1) for size in _MONKS_DOMAINS))
    return [(*robot, int(concept(robot))) for robot in robots]


def _monks1() -> Rows:
    return _monks(lambda a: a[0] == a[1] or a[4] == 1)


def _monks2() -> Rows:
    return _monks(lambda a: a.count(1) == 2)


def _monks3() -> Rows:
    return _monks(lambda a: (a[4] == 3 and a[3] == 1) or (a[4] != 4 and a[1] != 3))


GENERATORS: Mapping[str, Callable[[], Rows]] = MappingProxyType(
    {"balance": _balance, "tictactoe": _tictactoe, "monks1": _monks1, "monks2": _monks2, "monks3": _monks3}
)
