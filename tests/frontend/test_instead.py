"""Every class of scikit-learn is compiled, or its refusal names what would do instead."""

from __future__ import annotations

import pytest
from sklearn.utils import all_estimators

from bespoke.frontend.estimators import SUPPORTED_ESTIMATORS
from bespoke.frontend.instead import ESTIMATORS_INSTEAD, STEPS_INSTEAD
from bespoke.frontend.pipeline import OPENED, STEPS
from bespoke.frontend.wrappers import WRAPPERS

PREDICTING = {*SUPPORTED_ESTIMATORS, *OPENED, *WRAPPERS}


def names(*kinds: str) -> set[str]:
    return {name for kind in kinds for name, _ in all_estimators(type_filter=kind)}


def test_estimators() -> None:
    assert names("classifier", "regressor", "cluster") - set(STEPS) <= {*PREDICTING, *ESTIMATORS_INSTEAD}


def test_steps() -> None:
    assert names("transformer") <= {*STEPS, *STEPS_INSTEAD, *PREDICTING, *ESTIMATORS_INSTEAD}


@pytest.mark.parametrize(("supported", "instead"), [(PREDICTING, ESTIMATORS_INSTEAD), (STEPS, STEPS_INSTEAD)])
def test_nothing_is_both(supported: set[str], instead: dict[str, str]) -> None:
    assert not set(supported) & set(instead)
