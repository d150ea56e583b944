"""What each mode of a circuit gives and takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from bespoke.analysis.finding import Enlarged, Section, stated


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
        Cells whose supply is off in this mode, none in mode 0: in no other mode does an output depend on them, whatever
        all of them put out.
    used_power_mw : float or None
        Power of the others.
    counts : tuple of tuple of int, or None
        Test rows by class and answer, of a classifier.
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
    counts: tuple[tuple[int, ...], ...] | None = None

    def row(self) -> tuple[str, ...]:
        """Words for a table."""
        scores = ("-" if value is None else f"{value:.3f}" for value in (self.train, self.test))
        powers = (self.power_mw, self.energy_uj)
        return (str(self.mode), *scores, *map(stated, powers), f"{self.idle_cells:,}", stated(self.used_power_mw))


@dataclass(frozen=True, slots=True)
class Modes(Enlarged):
    """The modes of a circuit that has an input for them.

    Attributes
    ----------
    port : str
        The input that says the mode.
    modes : tuple of ModeFigures
    cells : int
        Cells of the circuit.
    switched : str
        Numbers of the instances whose supply is on in mode 0 alone, such as ``0-17, 20``.
    plain_power_mw : float or None
        Of the circuit without modes, whose function mode 0 has.
    masks : tuple of dict
        Per word that some mode masks its ``stage`` and ``word``, and by mode the bits that are ``kept`` of it, -1 for
        all, and that are ``held`` at 1.
    """

    name: ClassVar[str] = "modes"

    port: str
    modes: tuple[ModeFigures, ...]
    cells: int
    switched: str
    plain_power_mw: float | None
    masks: tuple[dict[str, Any], ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_json`."""
        own = {field.name: data[field.name] for field in fields(cls)}
        return cls(**{**own, "modes": tuple(ModeFigures(**mode) for mode in data["modes"])})

    def section(self) -> Section:
        """A row per mode."""
        head = ("mode", ">training", ">test", ">power mW", ">energy uJ", ">idle cells", ">power without them mW")
        remark = (
            f"Input {self.port} says the mode. Mode 0 has the function of the circuit without modes, which takes "
            f"{stated(self.plain_power_mw)} mW; the others add {self.area_overhead:.1%} to its area. "
        )
        return Section("Modes", head, [mode.row() for mode in self.modes], remark + _remark(self.modes))


def _remark(modes: Sequence[ModeFigures]) -> str:
    return (
        "The proof leaves that input free and so holds in every mode. Idle cells are those that only mode 0 makes use "
        "of. On one supply they burn static power all the same; the last column is for a circuit in which they have a "
        "supply of their own that is on in mode 0 alone, without what its switch takes. "
        f"Mode {modes[-1].mode} is the smallest."
    )
