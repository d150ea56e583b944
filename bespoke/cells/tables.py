"""Lookup tables of Liberty files: templates, axes in either order, scalars."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from bespoke.cells.library import Table
from bespoke.cells.syntax import Attribute, Group, number
from bespoke.cells.units import Units, scaled
from bespoke.errors import LibertyError, LibraryError

_ROLES = {"input_net_transition": "slew", "input_transition_time": "slew", "total_output_net_capacitance": "load"}
_LOAD_FIRST = ["load", "slew"]
# Order of the axes in a table of two that names no template of the file: that of nearly all libraries.
_USUAL = ("input_net_transition", "total_output_net_capacitance")

Axis = tuple[float, ...]
Template = list[tuple[str, Axis]]
"""Variables of a table in order, each with its default values."""


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads tables of one library.

    Attributes
    ----------
    units : Units
    templates : dict of str to Group
        Groups of the templates of timing and power tables by name.
    """

    units: Units
    templates: dict[str, Group]

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
        axes = _axes(group, template)
        values = _values(group, [len(axis) for axis in axes])
        roles = [_ROLES.get(variable, "other") for variable, _ in template]
        if sorted(roles) not in ([], ["load"], ["slew"], _LOAD_FIRST):
            raise LibraryError(f"table over {', '.join(variable for variable, _ in template)}")
        by_role = dict(zip(roles, axes, strict=True))
        slews = tuple(scaled(x, self.units.time_ms) for x in by_role.get("slew", (0.0,)))
        loads = tuple(scaled(x, self.units.load_pf) for x in by_role.get("load", (0.0,)))
        width = len(slews if roles == _LOAD_FIRST else loads)
        rows = [
            tuple(scaled(x, factor) for x in values[start : start + width]) for start in range(0, len(values), width)
        ]
        return Table(slews, loads, tuple(zip(*rows, strict=True)) if roles == _LOAD_FIRST else tuple(rows))

    def _template(self, group: Group) -> Template:
        if group.name in {"scalar", ""}:
            return []
        if group.name in self.templates:
            return _template(self.templates[group.name])
        if [bool(axis) for axis in _indices(group)] == [True, True, False]:
            return [(variable, ()) for variable in _USUAL]
        known = ", ".join(["scalar", *sorted(self.templates)])
        where = f"{group.where} {group.kind}"
        raise LibertyError("unknown table template", where=where, got=group.name, allowed=known)


def read_templates(library: Group) -> dict[str, Group]:
    """Templates of timing and power tables by name; what is wrong with one counts where a table uses it."""
    return {group.name: group for group in library.inner("lu_table_template", "power_lut_template")}


def missing_templates(library: Group) -> list[str]:
    """Names of templates that tables of cells use and the file lacks, sorted."""
    known, missing, stack = {"scalar", "", *read_templates(library)}, set[str](), library.inner("cell")
    while stack:
        group = stack.pop()
        stack += group.groups
        if group.attribute("values") and group.name not in known:
            missing.add(group.name)
    return sorted(missing)


def _template(group: Group) -> Template:
    variables = tuple(v for position in (1, 2, 3) if (v := group.text(f"variable_{position}")))
    return list(zip(variables, _indices(group), strict=False))


def _axes(group: Group, template: Template) -> list[Axis]:
    axes = []
    for (variable, default), own in zip(template, _indices(group), strict=False):
        if not (own or default):
            raise LibertyError(f"no values of {variable}", where=f"{group.where} {group.kind}")
        axes.append(own or default)
    return axes


def _values(group: Group, shape: list[int]) -> Axis:
    attribute = group.attribute("values")
    if attribute is None:
        raise LibertyError("a table without values", where=f"{group.where} {group.kind}")
    values, expected = _numbers(attribute), math.prod(shape)
    if len(values) != expected:
        allowed = f"{expected} ({' x '.join(map(str, shape)) or '1'})"
        raise LibertyError("wrong number of values in a table", where=attribute.where, got=len(values), allowed=allowed)
    return values


def _indices(group: Group) -> tuple[Axis, ...]:
    """Axes given in a template or a table; an axis that is not given is empty."""
    given = (group.attribute(f"index_{position}") for position in (1, 2, 3))
    return tuple(_axis(attribute) if attribute else () for attribute in given)


def _axis(attribute: Attribute) -> Axis:
    axis = _numbers(attribute)
    if any(low >= high for low, high in pairwise(axis)):
        raise LibertyError("the values of an axis must ascend", where=attribute.where, got=", ".join(map(str, axis)))
    return axis


def _numbers(attribute: Attribute) -> Axis:
    words = " ".join(attribute.values).replace(",", " ").split()
    return tuple(number(word, where=attribute.where) for word in words)
