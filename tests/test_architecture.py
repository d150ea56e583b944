"""What holds across the package: who may import whom, which door third parties come through, sizes, printing."""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from structure import MEASURES, PACKAGE, SOURCES, file_circles, forget, lines_by_room, nodes

# Highest first; rooms of one floor do not know each other.
FLOORS = (
    {"__main__"},
    {"cli"},
    {"sweep"},
    {"report", "estimators"},
    {"flow"},
    {"families"},
    {"search", "analysis"},
    {"lowering", "prune", "training", "interchange", "faults", "robustness"},
    {"frontend", "approx", "arith", "opt", "techmap", "sim", "proof", "estimate", "verilog", "data", "drawing"},
    {"model"},
    {"netlist", "cells", "converters"},
    {"numeric", "external", "files", "compiled", "collector", "options"},
    {"errors"},
)
HEIGHT = {room: -floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# Third party -> rooms or files (relative to the package) that may import it.
DOORS = {
    "sklearn": ("frontend/", "training/", "families/", "data/", "estimators/", "search/autoapprox.py"),
    "skops": ("frontend/load.py",),
    "threadpoolctl": ("external/workers.py", "training/", "sweep/"),
    "jax": ("training/",),
    "distributed": ("external/cluster.py",),
    "pymoo": ("search/",),
    "optuna": ("search/bayes.py",),
    "pyverilog": ("verilog/",),
    "networkx": ("netlist/graph.py",),
    "click": ("cli/",),
    "rich": ("cli/",),
    "matplotlib": ("drawing/",),
    "pandas": ("drawing/",),
    "platformdirs": ("cells/technologies.py", "compiled.py"),
    "numba": ("compiled.py",),
    "pyosys": ("proof/",),
}
ANYWHERE = {"numpy", "scipy", "joblib"}
# Inner modules of third parties, which move between versions: the one file that knows each.
INNER_DOORS = {"numba.core": "compiled.py", "joblib.externals": "external/workers.py"}

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_PARAMETERS = 6
MAX_MEDIAN_FUNCTION_LINES = 14
MAX_LINE = 120
MAX_LINES_OF_CODE = 43_100

FORBIDDEN_MODULES = {"utils", "util", "common", "helpers", "misc"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(found: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """Every imported module, imports inside functions included, with its line."""
    for node in found:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            for alias in node.names:
                is_room = node.module == "bespoke" and alias.name in HEIGHT
                yield (f"bespoke.{alias.name}" if is_room else str(node.module)), node.lineno


def code_lines(function: Function) -> int:
    docstring = function.body[0] if ast.get_docstring(function, clean=False) is not None else None
    covered = docstring.end_lineno - docstring.lineno + 1 if docstring and docstring.end_lineno else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - covered


def functions_of(path: Path) -> list[Function]:
    return [node for node in nodes(path) if isinstance(node, Function)]


def parameter_count(function: Function) -> int:
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def is_command(function: Function) -> bool:
    """A command's parameters are its options on the command line."""
    return any("command" in ast.unparse(decorator) for decorator in function.decorator_list)


@pytest.fixture(scope="module", autouse=True)
def _trees() -> Iterator[None]:
    """Every file is parsed once."""
    yield
    forget()


def package_imports() -> Iterator[tuple[Path, str, int]]:
    """Every imported module of every file, with its line."""
    for path in SOURCES:
        for module, line in imports_of(nodes(path)):
            yield path, module, line


def test_imports_go_down() -> None:
    wrong = []
    for path, module, line in package_imports():
        room, parts = room_of(path), module.split(".")
        if parts[0] != "bespoke" or len(parts) == 1 or parts[1] == room:
            continue
        assert parts[1] in HEIGHT, f"{relative(path)}:{line} imports {module}, which has no floor"
        if room == "__init__" or HEIGHT[parts[1]] >= HEIGHT[room]:
            wrong.append(f"{relative(path)}:{line} imports {module}")
    assert not wrong


def test_third_parties_come_through_their_doors() -> None:
    wrong = []
    for path, module, line in package_imports():
        party = module.split(".")[0]
        if party == "bespoke" or party in sys.stdlib_module_names or party in ANYWHERE:
            continue
        if not relative(path).startswith(DOORS.get(party, ())):
            wrong.append(f"{relative(path)}:{line} imports {party}")
    assert not wrong


def test_inner_modules_of_third_parties_are_known_to_one_file_each() -> None:
    wrong = []
    for path, module, line in package_imports():
        party = module.split(".")[0]
        private = any(part.startswith("_") for part in module.split("."))
        if party == "bespoke" or party in sys.stdlib_module_names:
            continue
        doors = [door for inner, door in INNER_DOORS.items() if f"{module}.".startswith(f"{inner}.")]
        if private or any(relative(path) != door for door in doors):
            wrong.append(f"{relative(path)}:{line} imports {module}")
    assert not wrong


def test_every_file_belongs_to_a_room() -> None:
    assert not [relative(path) for path in SOURCES if room_of(path) not in {*HEIGHT, "__init__"}]
    assert not [relative(path) for path in SOURCES if path.stem in FORBIDDEN_MODULES]


def test_sizes_of_files_and_lines() -> None:
    wrong = []
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > MAX_FILE_LINES:
            wrong.append(f"{relative(path)} has {len(lines)} lines")
        wrong += [f"{relative(path)}:{number}" for number, line in enumerate(lines, 1) if len(line) > MAX_LINE]
    assert not wrong


def test_sizes_of_functions() -> None:
    for path in SOURCES:
        for function in functions_of(path):
            where = f"{relative(path)}:{function.lineno} {function.name}"
            assert code_lines(function) <= MAX_FUNCTION_LINES, where
            assert is_command(function) or parameter_count(function) <= MAX_PARAMETERS, where


def test_median_function_is_short() -> None:
    sizes = [code_lines(function) for path in SOURCES for function in functions_of(path)]
    assert statistics.median(sizes) <= MAX_MEDIAN_FUNCTION_LINES


def test_only_the_cli_prints() -> None:
    wrong = []
    for path in SOURCES:
        if room_of(path) == "cli":
            continue
        calls = [node for node in nodes(path) if isinstance(node, ast.Call)]
        prints = [c.lineno for c in calls if isinstance(c.func, ast.Name) and c.func.id in ("print", "input")]
        streams = re.findall(r"sys\.std(?:out|err)\b", path.read_text(encoding="utf-8"))
        wrong += [f"{relative(path)}: {found}" for found in (*prints, *streams)]
    assert not wrong


def test_exceptions_to_rules_have_a_reason() -> None:
    bare = [
        f"{relative(path)}: {line}"
        for path in SOURCES
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"#\s*(noqa|type:\s*ignore)[^#]*$", line) and not _reasoned(line)
    ]
    assert not bare


def _reasoned(line: str) -> bool:
    return bool(re.search(r"# noqa: [A-Z0-9, ]+  \S|# type: ignore\[[\w, -]+\]  # \S", line))


def test_package_needs_no_reference_files() -> None:
    for path in SOURCES:
        assert "shared" + "/" not in path.read_text(encoding="utf-8"), relative(path)


def test_floors_know_an_upward_import() -> None:
    tree = ast.parse("from bespoke import flow\ndef f():\n    import bespoke.cli.main\n")
    assert [module for module, _ in imports_of(ast.walk(tree))] == ["bespoke.flow", "bespoke.cli.main"]
    assert HEIGHT["cli"] > HEIGHT["flow"] > HEIGHT["data"] == HEIGHT["verilog"] > HEIGHT["errors"]


@pytest.mark.parametrize("name", MEASURES)
def test_structure_has_no(name: str) -> None:
    assert MEASURES[name]() == []


def test_circles_of_files_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "bespoke" / "room"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text("from bespoke.room.first import f\n")
    (room / "first.py").write_text("from bespoke.room.second import g\n")
    (room / "second.py").write_text("def g():\n    from bespoke.room.first import f\n")
    (room / "third.py").write_text("from bespoke.room import f\n")
    monkeypatch.setattr("structure.ROOT", tmp_path)
    monkeypatch.setattr("structure.SOURCES", sorted(tmp_path.rglob("*.py")))
    assert file_circles() == ["bespoke.room.first <-> bespoke.room.second"]


def test_lines_of_code() -> None:
    assert sum(lines_by_room().values()) <= MAX_LINES_OF_CODE
