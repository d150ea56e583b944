"""Where a design comes from."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from bespoke import __version__
from bespoke.files import text_digest
from bespoke.flow.options import CompileOptions
from bespoke.model import IntArray

VERSIONED = ("numpy", "scikit-learn", "networkx", "pyverilog", "skops")


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
    versions : mapping of str to str
        Of bespoke, Python and libraries.
    seconds : mapping of str to float
        Run time by stage.
    """

    options: CompileOptions
    stimuli: Stimuli
    dataset: DatasetFacts | None = None
    notes: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


def versions() -> dict[str, str]:
    """Versions of what a design depends on."""
    found = {"bespoke": __version__, "python": platform.python_version()}
    return found | {name: version(name) for name in VERSIONED}
