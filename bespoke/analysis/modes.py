"""What each mode of a circuit gives and takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from bespoke.analysis.finding import Section

_NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class ModeFigures:
    """One mode of a circuit.

    Attributes
    ----------
    mode : int
        What the input of the mode carries; 0 is the whole circuit.
    held_bits : int
        Bits inside the circuit that are held constant.
    train, test : float or None
        Scores; None without such rows.
    static_power_mw, power_mw : float or None
        Mean over the training rows, all cells on one supply; None where the library does not state it.
    energy_uj : float or None
        Per classification: the power over the time between two rows, by default the delay.
    idle_cells : int
        Cells without use in this mode: no output depends on them, whatever all of them put out.
    used_power_mw : float or None
        Power of the others: what the mode would take if the supply of the idle cells were switched off.
    """

    mode: int
    held_bits: int
    train: float | None
    test: float | None
    static_power_mw: float | None
    power_mw: float | None
    energy_uj: float | None
    idle_cells: int
    used_power_mw: float | None

    def row(self) -> tuple[str, ...]:
        """Words for a table."""
        scores = ("-" if value is None else f"{value:.3f}" for value in (self.train, self.test))
        powers = (self.power_mw, self.energy_uj)
        return (str(self.mode), *scores, *map(_words, powers), f"{self.idle_cells:,}", _words(self.used_power_mw))


@dataclass(frozen=True, slots=True)
class Modes:
    """The modes of a circuit that has an input for them.

    Attributes
    ----------
    port : str
        The input that says the mode.
    modes : tuple of ModeFigures
    cells : int
        Cells of the circuit.
    area_mm2 : float
        Of the circuit, and
    plain_area_mm2, plain_power_mw : float or None
        of that without modes, whose function mode 0 has.
    masks : tuple of dict
        Per word that some mode masks its ``stage`` and ``word``, and by mode the bits that are ``kept`` of it, -1 for
        all, and that are ``held`` at 1.
    """

    name: ClassVar[str] = "modes"

    port: str
    modes: tuple[ModeFigures, ...]
    cells: int
    area_mm2: float
    plain_area_mm2: float
    plain_power_mw: float | None
    masks: tuple[dict[str, Any], ...] = ()

    @property
    def area_overhead(self) -> float:
        """Share by which the circuit is larger than that without modes."""
        return self.area_mm2 / self.plain_area_mm2 - 1.0 if self.plain_area_mm2 else 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return asdict(self) | {"area_overhead": self.area_overhead}

    def section(self) -> Section:
        """A row per mode."""
        head = ("mode", ">training", ">test", ">power mW", ">energy uJ", ">idle cells", ">power without them mW")
        remark = (
            f"Input {self.port} says the mode. Mode 0 has the function of the circuit without modes, which takes "
            f"{_words(self.plain_power_mw)} mW; the masks add {self.area_overhead:.1%} to its area. "
        )
        return Section("Modes", head, [mode.row() for mode in self.modes], remark + _remark(self.modes))

    def headline(self) -> None:
        """None."""
        return

    def files(self) -> dict[str, str]:
        """None."""
        return {}


def _words(value: float | None) -> str:
    return _NOT_STATED if value is None else f"{value:.3g}"


def _remark(modes: Sequence[ModeFigures]) -> str:
    return (
        "The proof leaves that input free and so holds in every mode. Idle cells are those that a mode makes no use "
        "of; on one supply they burn static power all the same, and the last column is for a circuit in which they "
        f"have a supply of their own that is off. Mode {modes[-1].mode} is the smallest."
    )
