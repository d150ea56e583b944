"""Lookup tables of Liberty files: templates, axes in either order, scalars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bespoke.cells.library import Table
from bespoke.cells.syntax import Group
from bespoke.cells.units import Units, number, scaled
from bespoke.errors import LibertyError, LibraryError

_SLEW = frozenset({"input_net_transition", "input_transition_time"})
_LOAD = frozenset({"total_output_net_capacitance"})
_SEPARATOR = re.compile(r"[\s,]+")

Axis = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """Variables of a table in order, and their default values."""

    variables: tuple[str, ...]
    indices: tuple[Axis, ...]


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads tables of one library.

    Attributes
    ----------
    where : str
        Name of the file, for messages.
    units : Units
    templates : dict of str to Template
    """

    where: str
    units: Units
    templates: dict[str, Template]

    def table(self, group: Group, factor: float) -> Table:
        """Convert a table group; ``factor`` scales its values.

        Raises
        ------
        LibertyError
            If axes and values do not fit together or the template is not known.
        LibraryError
            If the table depends on something else than transition time and load.
        """
        template = self._template(group)
        axes = self._axes(group, template)
        values = self._values(group, tuple(len(axis) for axis in axes))
        roles = [_role(variable) for variable in template.variables]
        if roles == ["load", "slew"]:
            columns = len(axes[1])
            values = [value for column in range(columns) for value in values[column::columns]]
            roles, axes = ["slew", "load"], (axes[1], axes[0])
        elif roles not in ([], ["slew"], ["load"], ["slew", "load"]):
            raise LibraryError(f"table over {', '.join(template.variables)}")
        by_role = dict(zip(roles, axes, strict=True))
        slews = tuple(scaled(x, self.units.time_ms) for x in by_role.get("slew", (0.0,)))
        loads = tuple(scaled(x, self.units.load_pf) for x in by_role.get("load", (0.0,)))
        rows = (values[start : start + len(loads)] for start in range(0, len(values), len(loads)))
        return Table(slews, loads, tuple(tuple(scaled(value, factor) for value in row) for row in rows))

    def _template(self, group: Group) -> Template:
        if group.name in {"scalar", ""}:
            return Template((), ())
        if group.name not in self.templates:
            known = ", ".join(["scalar", *sorted(self.templates)])
            where = f"{self.where}:{group.line} {group.kind}"
            raise LibertyError("unknown table template", where=where, got=group.name, allowed=known)
        return self.templates[group.name]

    def _axes(self, group: Group, template: Template) -> tuple[Axis, ...]:
        own = read_indices(group, where=self.where)
        axes = []
        for place, variable in enumerate(template.variables):
            default = template.indices[place] if place < len(template.indices) else ()
            axis = own[place] if place < len(own) and own[place] else default
            if not axis:
                raise LibertyError(f"no values of {variable}", where=f"{self.where}:{group.line} {group.kind}")
            axes.append(axis)
        return tuple(axes)

    def _values(self, group: Group, shape: Sequence[int]) -> list[float]:
        where = f"{self.where}:{group.line} {group.kind}"
        attribute = group.attribute("values")
        if attribute is None:
            raise LibertyError("a table without values", where=where)
        where = f"{self.where}:{attribute.line} values"
        values = _numbers(attribute.values, where)
        expected = 1
        for size in shape:
            expected *= size
        if len(values) != expected:
            size_text = " x ".join(str(size) for size in shape) or "1"
            raise LibertyError(
                "wrong number of values in a table", where=where, got=len(values), allowed=f"{expected} ({size_text})"
            )
        return values


def read_templates(library: Group, *, where: str) -> dict[str, Template]:
    """Templates of timing and power tables by name.

    Raises
    ------
    LibertyError
        If an axis is malformed.
    """
    templates = {}
    for group in library.inner("lu_table_template", "power_lut_template"):
        variables = tuple(v for place in (1, 2, 3) if (v := group.text(f"variable_{place}")))
        templates[group.name] = Template(variables, read_indices(group, where=where))
    return templates


def read_indices(group: Group, *, where: str) -> tuple[Axis, ...]:
    """Axes given in a template or a table; an axis that is not given is empty.

    Raises
    ------
    LibertyError
        If an axis does not ascend.
    """
    axes = []
    for place in (1, 2, 3):
        attribute = group.attribute(f"index_{place}")
        line_where = f"{where}:{attribute.line if attribute else group.line} index_{place}"
        axis = tuple(_numbers(attribute.values, line_where)) if attribute else ()
        if any(low >= high for low, high in pairwise(axis)):
            raise LibertyError("the values of an axis must ascend", where=line_where, got=", ".join(map(str, axis)))
        axes.append(axis)
    return tuple(axes)


def _role(variable: str) -> str:
    return "slew" if variable in _SLEW else "load" if variable in _LOAD else "other"


def _numbers(texts: Sequence[str], where: str) -> list[float]:
    words = (word for text in texts for word in _SEPARATOR.split(text) if word)
    return [number(word, where=where) for word in words]
