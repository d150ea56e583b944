"""The Liberty reader against the PyPI package `liberty-parser`, an oracle of the tests alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bespoke.cells.syntax import Group, parse_liberty


@pytest.fixture(scope="module")
def parser():
    return pytest.importorskip("liberty.parser")


def flattened(group: Group) -> list[str]:
    """Groups in the order of the file with their arguments and attributes."""
    lines = [f"{group.kind}({','.join(group.arguments)}) {sorted({a.name for a in group.attributes})}"]
    return lines + [line for inner in group.groups for line in flattened(inner)]


def flattened_theirs(group) -> list[str]:
    names = {attribute.name for attribute in group.attributes}
    arguments = ",".join(str(argument).strip('"') for argument in group.args)
    lines = [f"{group.group_name}({arguments}) {sorted(names)}"]
    return lines + [line for inner in group.groups for line in flattened_theirs(inner)]


def files(shared: Path) -> list[Path]:
    return [*sorted((shared / "pdk").glob("*/*1.0V*.lib")), *sorted((shared / "pdk").glob("*/*3.0V*.lib"))]


@pytest.mark.slow
def test_same_groups_and_attributes_in_published_files(shared, parser):
    for path in files(shared):
        text = path.read_text()
        assert flattened(parse_liberty(text, where=path.name)) == flattened_theirs(parser.parse_liberty(text))


@pytest.mark.slow
def test_same_tables_in_published_files(shared, parser):
    for path in files(shared):
        text = path.read_text()
        ours = parse_liberty(text, where=path.name)
        theirs = parser.parse_liberty(text)
        for own_cell, their_cell in zip(ours.inner("cell"), theirs.get_groups("cell"), strict=True):
            own = [g for p in own_cell.inner("pin") for t in p.inner("timing") for g in t.inner("cell_rise")]
            other = [
                g
                for p in their_cell.get_groups("pin")
                for t in p.get_groups("timing")
                for g in t.get_groups("cell_rise")
            ]
            for own_table, their_table in zip(own, other, strict=True):
                numbers = [float(x) for row in own_table.attribute("values").values for x in row.split(",")]
                assert numbers == their_table.get_array("values").ravel().tolist()
