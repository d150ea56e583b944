"""One trained model to one design."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from bespoke.data import Dataset
from bespoke.flow.build import Stages, build_design
from bespoke.flow.design import Design
from bespoke.flow.options import CompileOptions
from bespoke.flow.sources import read_dataset, read_source
from bespoke.flow.supply import read_library


def compile_model(
    model: Any,  # noqa: ANN401  scikit-learn has no types
    X: ArrayLike | None = None,  # noqa: N803  scikit-learn's name
    y: ArrayLike | None = None,
    *,
    dataset: Dataset | None = None,
    options: CompileOptions | None = None,
    on_stage: Callable[[str], None] = lambda _stage: None,
    **settings: Any,  # noqa: ANN401  each option has its own type
) -> Design:
    """Compile a trained model into a circuit.

    Parameters
    ----------
    model : estimator or IntegerModel
        A fitted scikit-learn estimator, Pipeline or search, or an integer model.
    X : array_like of float, shape (n_samples, n_features), optional
        All data, raw. They are split as the options say (70/30 with seed 42 by default): the training part
        scales the inputs and gives the activity for the power, the test part the test accuracy.
    y : array_like, shape (n_samples,), optional
        Targets.
    dataset : Dataset, optional
        Instead of ``X`` and ``y``.
    options : CompileOptions, optional
    on_stage : callable, optional
        Told the name of each stage when it begins.
    **settings
        Fields of `CompileOptions` or `QuantisationOptions`, such as ``input_bits=5`` or ``technology="cnt_tft"``.

    Returns
    -------
    Design

    Raises
    ------
    ModelError
        If the model cannot be compiled.
    DataError
        If the data do not fit the model.
    OptionError
        If an option is unknown or out of range.
    TechnologyError
        If the technology does not exist or lacks what is needed.
    VerificationError
        If the mapped netlist differs from the integer model, which is a defect of bespoke.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from bespoke import compile_model
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
    >>> design = compile_model(tree, X, y, input_bits=5)
    >>> design.predict(X[[0, 60, 120]])
    array([0, 1, 2])
    >>> design.accuracies.test > 0.9, design.estimate.area_mm2 < 5
    (True, True)
    """
    chosen = (options or CompileOptions()).with_settings(**settings)
    data = read_dataset(X, y, dataset, model)
    stages = Stages(on_stage)
    library = stages.run("library", lambda: read_library(chosen))
    source = stages.run("quantise", lambda: read_source(model, data, chosen))
    return build_design(source, library, chosen, stages)
