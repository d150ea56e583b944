"""bespoke: trained scikit-learn models as hardwired gate-level circuits for printed electronics."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Public name -> module that defines it; imported on first use so that `import bespoke` stays light.
_EXPORTS = {
    "ApproximateOptions": "bespoke.flow",
    "BespokeClassifier": "bespoke.estimators",
    "BespokeDesigner": "bespoke.estimators",
    "BespokeError": "bespoke.errors",
    "BespokeRegressor": "bespoke.estimators",
    "BespokeWarning": "bespoke.errors",
    "CellLibrary": "bespoke.cells",
    "CompileOptions": "bespoke.flow",
    "Constraint": "bespoke.flow",
    "Design": "bespoke.flow",
    "DesignOptions": "bespoke.flow",
    "ParetoFront": "bespoke.flow",
    "analyse": "bespoke.flow",
    "approximate": "bespoke.flow",
    "SweepOptions": "bespoke.sweep",
    "compile_model": "bespoke.flow",
    "design_from_data": "bespoke.flow",
    "run_sweep": "bespoke.sweep",
    "save_design": "bespoke.report",
    "save_front": "bespoke.report",
}

__all__ = ["__version__", *sorted(_EXPORTS)]  # noqa: PLE0604  the names are strings, by construction


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module attribute may be anything
    if name not in _EXPORTS:
        raise AttributeError(f"module 'bespoke' has no attribute {name!r}")
    return getattr(import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
