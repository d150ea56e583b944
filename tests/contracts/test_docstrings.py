"""Every public name has a docstring with an example that runs."""

from __future__ import annotations

import doctest

import pytest

import bespoke

PUBLIC = [name for name in bespoke.__all__ if name != "__version__"]


@pytest.mark.slow_if(
    "BespokeClassifier",
    "BespokeDesigner",
    "Design",
    "ParetoFront",
    "approximate",
    "design_from_data",
    "run_sweep",
    "save_front",
)
@pytest.mark.parametrize("name", PUBLIC)
def test_example(name):
    found = doctest.DocTestFinder(recurse=False).find(getattr(bespoke, name), name, globs={})
    examples = [test for test in found if test.examples]
    assert examples, "no example"
    runner = doctest.DocTestRunner()
    for test in examples:
        said = []
        runner.run(test, out=said.append)
        assert not said, "".join(said)
