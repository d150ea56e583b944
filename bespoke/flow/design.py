"""A compiled model: the circuit and all that is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bespoke.cells import CellLibrary
from bespoke.estimate import Estimate
from bespoke.files import write_file
from bespoke.flow.options import CompileOptions
from bespoke.flow.reference import CutList, Reference, reference_of
from bespoke.flow.scoring import Accuracies, score
from bespoke.flow.vectors import Vectors
from bespoke.flow.verification import Verification
from bespoke.model import IntArray, IntegerModel
from bespoke.netlist import Certificate, MappedNetlist, Netlist
from bespoke.sim import mapped_outputs


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A compiled model.

    Attributes
    ----------
    model : IntegerModel
        The exact function of the circuit, before its cuts if it has any.
    options : CompileOptions
    library : CellLibrary
    lowered : Netlist
        Generic netlist as built from the model, and
    certificate : Certificate
        the hints with which it can be proven.
    cuts : CutList
        What gate-level pruning changed in ``lowered``; empty for a circuit that computes ``model``.
    mapped : MappedNetlist
        Netlist of library cells.
    estimate : Estimate
        Area, power and delay.
    accuracies : Accuracies
    vectors : Vectors
        Input vectors of the testbench: quantised test rows, corner and random vectors, or every input.
    dataset : dict
        ``name``, ``source``, ``rows`` and so on of the data; empty without data.
    stimuli : dict
        What the activity for the power was measured on, and
    stimuli_words : ndarray of int64, shape (n_vectors, n_features), or None
        these input words.
    notes : tuple of str
        What the user should know.
    digests : dict of str to str
        SHA-256 of the model, the data and the netlist.
    versions : dict of str to str
    seconds : dict of str to float
        Run time by stage.
    approximation : dict
        What was given up and what is guaranteed, the ``approximation`` of ``report.json``; empty for an exact design.
    origins : tuple of str
        Which part of the model each instance belongs to, see `bespoke.flow.origins`.
    confusions : dict
        ``rows`` and, by name, confusions of the float model and of the circuit; empty of regressors.
    verification : Verification or None
        What the last verification found.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from bespoke import compile_model
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
    >>> design = compile_model(tree, X, y, input_bits=4)
    >>> design.score(X, y) > 0.85, design.verify(formal=False).agrees
    (True, True)
    >>> "module" in design.to_verilog()
    True
    """

    model: IntegerModel
    options: CompileOptions
    library: CellLibrary
    lowered: Netlist
    certificate: Certificate
    mapped: MappedNetlist
    estimate: Estimate
    accuracies: Accuracies
    vectors: Vectors
    cuts: CutList = field(default_factory=CutList)
    dataset: Mapping[str, Any] = field(default_factory=dict)
    stimuli: Mapping[str, Any] = field(default_factory=dict)
    stimuli_words: IntArray | None = None
    notes: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    approximation: Mapping[str, Any] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    confusions: Mapping[str, Any] = field(default_factory=dict)
    verification: Verification | None = None

    @property
    def gate_count(self) -> int:
        """Number of cells."""
        return len(self.mapped.instances)

    @property
    def reference(self) -> Reference:
        """What the circuit must compute."""
        return reference_of(self.model, self.lowered, self.cuts)

    def with_digests(self, digests: Mapping[str, str]) -> Design:
        """Copy with other digests."""
        return replace(self, digests=digests)

    def with_verification(self, verification: Verification, seconds: float) -> Design:
        """Copy that says what a verification found, and how many seconds it took."""
        return replace(self, verification=verification, seconds={**self.seconds, "verify": round(seconds, 3)})

    def outputs(self, words: IntArray) -> IntArray:
        """Output words, shape (n,), of the mapped netlist for input words, shape (n, n_features)."""
        return mapped_outputs(self.mapped, self.library, words)[:, 0]

    def predict(self, features: ArrayLike) -> NDArray[Any]:
        """Class labels or values that the circuit gives for raw features.

        Parameters
        ----------
        features : array_like of float, shape (n_samples, n_features)
            In the unit of the data; the circuit's input scaling is applied here.

        Returns
        -------
        ndarray, shape (n_samples,)

        Raises
        ------
        FeatureCountError
            If the number of columns is not that of the model.
        """
        words = self.model.coding.quantise(features)
        return self.model.decision.decode(self.outputs(words))

    def score(self, features: ArrayLike, targets: ArrayLike) -> float | None:
        """Accuracy, or coefficient of determination, of the circuit's predictions; None without rows."""
        return score(self.accuracies.metric, self.predict(features), np.asarray(targets))

    def to_frame(self) -> Any:  # noqa: ANN401  a pandas DataFrame; pandas is optional
        """The main figures as a pandas DataFrame of one row, to be joined with those of other designs.

        Raises
        ------
        ToolMissingError
            If pandas is not installed.
        """
        from bespoke.flow.front_views import frame
        from bespoke.flow.notebook import design_row

        return frame([design_row(self)])

    def __repr__(self) -> str:
        from bespoke.flow.notebook import design_line

        return design_line(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from bespoke.flow.notebook import design_html

        return design_html(self)

    def to_verilog(self, path: str | Path | None = None) -> str:
        """Structural Verilog of the circuit, written to ``path`` if one is given.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        from bespoke.flow.texts import netlist_text

        text = netlist_text(self)
        if path is not None:
            write_file(Path(path), text)
        return text

    def verify(self, *, formal: bool = True) -> Verification:
        """Compare integer model, simulator, Icarus Verilog and proof; see `bespoke.flow.verify_design`."""
        from bespoke.flow.verify import verify_design

        return verify_design(self, formal=formal)
