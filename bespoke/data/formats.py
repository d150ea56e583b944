"""Files of data that are no tables of text, by the end of their name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bespoke.data.npz import read_npz
from bespoke.data.pla import read_pla
from bespoke.data.samples import Samples

FORMATS: dict[str, Callable[[Path], Samples]] = {".npz": read_npz, ".pla": read_pla}
