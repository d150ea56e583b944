"""Whether the input words tell the categories of encoders apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bespoke.errors import OptionError
from bespoke.frontend.source import Source
from bespoke.frontend.view import Column


def check_categories(columns: Sequence[Column], source: Source) -> None:
    """Refuse a coding with which a category is read as another one.

    Parameters
    ----------
    columns : sequence of Column
        Of the outputs of the source's scaling.
    source : Source

    Raises
    ------
    OptionError
        Naming the step, the feature and the category.
    """
    for column in columns:
        for position, function in enumerate(column.maps):
            lines = [front.line for front in column.maps[:position]]
            if not function.points or None in lines:
                continue  # what a function gives that is not affine does not tell which words to look at
            points = np.array(function.points)
            seen = points
            for slope, offset in reversed([line for line in lines if line]):
                seen = (seen - offset) / slope
            read = source.word_values(column.source)[source.words_of(column.source, seen)]
            for front in column.maps[:position]:
                read = front.apply(read)
            missed = function.apply(read) != function.apply(points)
            if missed.any():
                name, got = source.coding.names[column.source], points[missed][0]
                raise OptionError(
                    "a category is read as another one",
                    where=f"{function.where}, feature {name!r}",
                    got=f"{got:g} at {source.coding.bits[column.source]} input bits",
                    allowed="more input bits, or whole numbers that are input words",
                )
