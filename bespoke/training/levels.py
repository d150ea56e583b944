"""Levels that words reach, as what a network reads: a weight for each, as a converter's comparators tell them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bespoke.approx import drop_unread_tables
from bespoke.errors import OptionError
from bespoke.model import InputCoding, IntegerModel, Lookup, Table
from bespoke.training.members import NetworkRows, TrainedNetwork

_MOST_VALUES = 1 << 24  # of all tables


class Levels(NamedTuple):
    """Rows whose words are the outcomes of comparisons, and the stage that makes them of the words compared."""

    rows: NetworkRows
    stage: Lookup

    @staticmethod
    def of(rows: NetworkRows) -> Levels:
        """All levels that some row reaches and some other does not; if there is none, the least of the first word.

        Raises
        ------
        OptionError
            If their tables are too large.
        """
        found = [(feature, int(level)) for feature, each in enumerate(rows.words.T) for level in np.unique(each)[1:]]
        found = found or [(0, 1)]
        bits = rows.coding.bits
        values = sum(1 << bits[feature] for feature, _ in found)
        if values > _MOST_VALUES:
            got = f"{len(found)} levels of words of up to {max(bits)} bits"
            raise OptionError("levels need too large tables", where="inputs", got=got, allowed="fewer input bits")
        words = [np.arange(1 << width) for width in bits]
        stage = Lookup(tuple(Table.of_word(f, (words[f] >= level).astype(np.int64)) for f, level in found))
        count = len(found)
        names = tuple(f"{rows.coding.names[feature]} >= {level}" for feature, level in found)
        coding = InputCoding(names, (1,) * count, (0.0,) * count, (2.0,) * count)
        return Levels(replace(rows, words=stage.apply(rows.words), coding=coding), stage)

    def in_front(self, network: TrainedNetwork, coding: InputCoding) -> TrainedNetwork:
        """The network with the comparisons that it reads in its model, which reads words of the coding."""
        sums = network.model
        model = IntegerModel(coding, (self.stage, *sums.stages), sums.decision, sums.origin)
        return replace(network, model=drop_unread_tables(model))
