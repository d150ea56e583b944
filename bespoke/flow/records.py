"""What was measured of a circuit, and where it comes from."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bespoke import __version__
from bespoke.converters import ConverterCost
from bespoke.estimate import Estimate
from bespoke.files import text_digest
from bespoke.flow.options import CompileOptions
from bespoke.model import Decision, IntArray
from bespoke.numeric import clopper_pearson

Metric = Literal["accuracy", "r2"]
Part = Literal["train", "test"]
VERSIONED = ("numpy", "scikit-learn", "networkx", "pyverilog", "skops")


@dataclass(frozen=True, slots=True)
class Accuracies:
    """Scores of the model and of its circuit.

    Attributes
    ----------
    metric : {"accuracy", "r2"}
        Share of rows with the right label (a regressor's value rounded and clipped to the range of the integer
        labels), or the coefficient of determination of a regressor whose targets are not integers.
    float_model : float or None
        The fitted estimator on the test rows; None if an integer model was compiled.
    train, test : float or None
        The circuit, by simulation of the mapped netlist, on the training and on the test rows.
    train_rows, test_rows : int
        Number of rows.
    """

    metric: Metric = "accuracy"
    float_model: float | None = None
    train: float | None = None
    test: float | None = None
    train_rows: int = 0
    test_rows: int = 0

    def test_interval(self) -> tuple[float, float] | None:
        """95 % confidence interval of the test accuracy (`clopper_pearson`); None for other metrics."""
        if self.test is None or not self.test_rows or self.metric != "accuracy":
            return None
        return clopper_pearson(round(self.test * self.test_rows), self.test_rows)


def score(metric: Metric, predictions: NDArray[Any], targets: NDArray[Any]) -> float | None:
    """Share of equal entries, or coefficient of determination; None without any target.

    Parameters
    ----------
    metric : {"accuracy", "r2"}
    predictions, targets : ndarray, shape (n_samples,)
    """
    if not len(targets):
        return None
    if metric == "accuracy":
        return float(np.mean(predictions == targets))
    truth = targets.astype(np.float64)
    spread = float(np.sum((truth - truth.mean()) ** 2))
    error = float(np.sum((truth - predictions) ** 2))
    if spread == 0:
        return 1.0 if error == 0 else 0.0
    return 1.0 - error / spread


@dataclass(frozen=True, slots=True)
class Confusion:
    """Rows by class and by prediction.

    Attributes
    ----------
    right, rows : int
        Rows predicted right, of all.
    interval : tuple of float
        95 % interval of that share, see `clopper_pearson`.
    counts : tuple of tuple of int
        ``counts[class][prediction]``, without rows whose class is unknown to the model on either side.
    """

    right: int
    rows: int
    interval: tuple[float, float]
    counts: tuple[tuple[int, ...], ...]

    @staticmethod
    def of(decision: Decision, targets: IntArray, words: IntArray) -> Confusion:
        """Confusion of a classifier from wanted and predicted output words (n_rows,), negative where unknown."""
        counts = np.zeros((len(decision.classes),) * 2, dtype=np.int64)
        known = (targets >= 0) & (words >= 0)
        np.add.at(counts, (targets[known], words[known]), 1)
        right, rows = int(np.trace(counts)), len(targets)
        return Confusion(right, rows, clopper_pearson(right, rows), tuple(map(tuple, counts.tolist())))


@dataclass(frozen=True, slots=True)
class Confusions:
    """Confusions on one part of the rows.

    Attributes
    ----------
    rows : {"test", "train"}
        The test rows, or the training rows where none were kept for the test.
    circuit : Confusion
    float_model : Confusion or None
        None if an integer model was compiled.
    """

    rows: Part
    circuit: Confusion
    float_model: Confusion | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        known = {"float": self.float_model, "circuit": self.circuit}
        return {"rows": self.rows, **{name: asdict(found) for name, found in known.items() if found}}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Figures of a circuit.

    Attributes
    ----------
    estimate : Estimate
        Area, power and delay.
    accuracies : Accuracies
    confusions : Confusions or None
        None of regressors, and without data.
    converters : ConverterCost
        What is in front of the circuit.
    origins : tuple of str
        Which part of the model each cell belongs to, see `bespoke.flow.origins`.
    outputs : mapping of str to ndarray of int64
        Output words of the circuit, shape (n_rows,), on the ``train`` and ``test`` rows that there are.
    """

    estimate: Estimate
    accuracies: Accuracies
    converters: ConverterCost
    confusions: Confusions | None = None
    origins: tuple[str, ...] = ()
    outputs: Mapping[Part, IntArray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """The data that a design was measured on: name, rows of either part, number of features, task and SHA-256."""

    name: str
    rows: int
    train_rows: int
    test_rows: int
    features: int
    task: str
    digest: str

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Stimuli:
    """Input words, shape (n_vectors, n_features), on which the activity was measured, and what they are."""

    source: str
    words: IntArray

    def to_json(self) -> dict[str, Any]:
        """Plain-data form, with a digest instead of the words."""
        text = "\n".join(" ".join(map(str, row)) for row in self.words.tolist())
        return {"source": self.source, "vectors": len(self.words), "digest": text_digest(text)}


def _versions() -> dict[str, str]:
    """Versions of what a design depends on."""
    found = {"bespoke": __version__, "python": platform.python_version()}
    return found | {name: version(name) for name in VERSIONED}


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a design was made with.

    Attributes
    ----------
    options : CompileOptions
    stimuli : Stimuli
    dataset : DatasetFacts or None
    notes : tuple of str
        What the user should know.
    cautions : tuple of str
        Those of the notes that are warnings in Python.
    versions : mapping of str to str
        Of bespoke, Python and libraries.
    seconds : mapping of str to float
        Run time by stage.
    """

    options: CompileOptions
    stimuli: Stimuli
    dataset: DatasetFacts | None = None
    notes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=_versions)
    seconds: Mapping[str, float] = field(default_factory=dict)
