"""Versions on which results depend."""

from __future__ import annotations

from importlib.metadata import version

from bespoke import __version__

# Third parties on which the bytes of a result depend.
VERSIONED = ("numpy", "scikit-learn", "scipy", "pymoo")


def versions() -> dict[str, str]:
    """Versions of this machine."""
    return {"bespoke": __version__} | {name: version(name) for name in VERSIONED}
