"""Argmax on fewer bits."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import WORDS, mlp, on_layer, svm, tree

from bespoke.approx import ArgmaxOptions, shorten_argmax, subtract_common
from bespoke.errors import OptionError, UnsupportedModelError


def test_shorten_argmax():
    model, change = shorten_argmax(mlp(7), ArgmaxOptions(9))
    scores = np.floor(mlp(7).scores(WORDS) / 2**9)
    assert (model.predict(WORDS) == scores.argmax(axis=1)).all()
    assert (model.predict(WORDS) != mlp(7).predict(WORDS)).any()
    assert change.count == 9
    again = shorten_argmax(shorten_argmax(mlp(7), ArgmaxOptions(4)).model, ArgmaxOptions(5)).model
    assert (again.predict(WORDS) == model.predict(WORDS)).all()


def test_subtract_common_changes_no_decision():
    model, _ = subtract_common(mlp(7), (5, -3, 40, 111))
    hidden = mlp(7).layers[0].apply(WORDS)
    less = hidden @ [5, -3, 40] + 111
    assert (model.scores(WORDS) == mlp(7).scores(WORDS) - less[:, None]).all()
    assert (model.predict(WORDS) == mlp(7).predict(WORDS)).all()


def test_common_part_before_the_shift():
    direct = shorten_argmax(subtract_common(mlp(7), (5, -3, 40, 111)).model, ArgmaxOptions(8)).model
    model = shorten_argmax(mlp(7), ArgmaxOptions(8, (5, -3, 40, 111))).model
    assert (model.scores(WORDS) == direct.scores(WORDS)).all()


def test_refusals():
    with pytest.raises(UnsupportedModelError, match="no argmax to shorten; got value"):
        shorten_argmax(svm([[1, 2, 3]], [0]), ArgmaxOptions(1))
    with pytest.raises(UnsupportedModelError, match="argmax: the step needs weighted sums; got tree"):
        shorten_argmax(tree([0]), ArgmaxOptions(1))
    with pytest.raises(UnsupportedModelError, match="no whole scores"):
        subtract_common(on_layer(mlp(7), 1, dropped_bits=np.array([1, 1, 1])), (0, 0, 0, 0))
    with pytest.raises(OptionError, match="common: one number per column and one for the bias; got 2; allowed: 4"):
        subtract_common(mlp(7), (1, 2))
    with pytest.raises(OptionError, match="argmax: must not be negative"):
        ArgmaxOptions(-1)
