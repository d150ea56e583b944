"""Versions on which results depend."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from bespoke import __version__

# Third parties on which the bytes of a result depend.
_VERSIONED = ("numpy", "scikit-learn", "scipy", "pymoo")


def versions() -> dict[str, str]:
    """Versions of this machine."""
    return {"bespoke": __version__} | {name: _version(name) for name in _VERSIONED}


@cache
def _version(name: str) -> str:
    """Of a package; calls on a cluster ask for it each time, and reading it takes some ms."""
    return version(name)
