"""Counts that say how the package is built, from its sources alone.

    python tests/support/structure.py

prints them with the places; `tests/test_architecture.py` bounds them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "bespoke"
SOURCES = sorted(PACKAGE.rglob("*.py"))
MODEL_TYPES = {
    "IntegerModel", "Stage", "Affine", "InexactSums", "Trees", "Compare", "Lookup", "Gates", "Masks",
    "Shortcut",
    "Decision", "Argmax", "Sign", "Votes", "Value", "Label", "Index",
}  # fmt: skip
DECISION_WORDS = {"argmax", "sign", "sign_inclusive", "votes", "value", "label", "index", "leaf"}
# Rooms whose functions act on models and netlists, and must know of no technology but by `GateCosts`.
COST_ROOMS = ("lowering", "arith", "opt", "approx", "search", "prune", "techmap")
NUMBERS = {"None", "int", "float", "bool", "np.int64", "np.uint64", "tuple"}
CALLED_ROOMS = ("approx", "prune", "opt", "arith")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(parsed(path)))


def forget() -> None:
    """Free the nodes of all files, which are too many objects to keep."""
    parsed.cache_clear()
    nodes.cache_clear()


def where(path: Path, node: ast.AST, text: str = "") -> str:
    line = getattr(node, "lineno", 0)
    return f"{path.relative_to(ROOT).as_posix()}:{line} {text or ast.unparse(node)}"[:160]


def isinstance_on_models() -> list[str]:
    """Calls of isinstance or issubclass with a type of models, stages or decisions."""
    found = []
    for path in SOURCES:
        for node in nodes(path):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("isinstance", "issubclass"):
                names = {name.id for name in ast.walk(node.args[1]) if isinstance(name, ast.Name)}
                if names & MODEL_TYPES:
                    found.append(where(path, node))
    return found


def decision_strings() -> list[str]:
    """Comparisons of something like ``decision.name`` or ``kind`` with the name of a rule."""
    found = []
    for path in SOURCES:
        for node in nodes(path):
            if not isinstance(node, ast.Compare):
                continue
            sides = [node.left, *node.comparators]
            text = ast.unparse(node)
            words = {c.value for side in sides for c in ast.walk(side) if isinstance(c, ast.Constant)}
            if words & DECISION_WORDS and ("decision" in text or ".rule" in text or "stage.name" in text):
                found.append(where(path, node))
    return found


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def file_imports() -> dict[str, set[str]]:
    """Modules of the package by module: all that it imports, inside functions and for types too."""
    names = {module_name(path) for path in SOURCES}
    graph: dict[str, set[str]] = {name: set() for name in names}
    for path in SOURCES:
        own = module_name(path)
        for node in nodes(path):
            if isinstance(node, ast.Import):
                graph[own] |= {alias.name for alias in node.names} & names
            elif isinstance(node, ast.ImportFrom) and node.module:
                deeper = {f"{node.module}.{alias.name}" for alias in node.names} & names
                graph[own] |= deeper or ({node.module} & names)
    return graph


def file_circles() -> list[str]:
    """Groups of files that import each other in a circle; the front doors of rooms do not count as files of theirs."""
    graph = file_imports()
    doors = {module_name(path) for path in SOURCES if path.name == "__init__.py"}
    order: list[str] = []
    seen: set[str] = set()
    for start in graph:
        stack = [(start, iter(sorted(graph[start] - doors)))] if start not in seen and start not in doors else []
        seen.add(start)
        while stack:
            name, rest = stack[-1]
            following = next((other for other in rest if other not in seen), None)
            if following is None:
                order.append(stack.pop()[0])
            else:
                seen.add(following)
                stack.append((following, iter(sorted(graph[following] - doors))))
    back: dict[str, set[str]] = {name: set() for name in graph}
    for name, others in graph.items():
        for other in others:
            back[other].add(name)
    groups, taken = [], set()
    for name in reversed(order):
        group, stack = set(), [name]
        while stack:
            member = stack.pop()
            if member not in taken and member not in doors:
                taken.add(member)
                group.add(member)
                stack += back[member]
        if len(group) > 1:
            groups.append(" <-> ".join(sorted(group)))
    return groups


def cost_constants() -> list[str]:
    """Module constants of numbers whose name or comment says that they are costs of gates, outside `GateCosts`."""
    words = ("cost", "adder", "nand2 cells each", "area of", "_weights")
    found = []
    for path in SOURCES:
        if path.relative_to(PACKAGE).parts[0] not in COST_ROOMS:
            continue
        for node in parsed(path).body:
            if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
                continue
            numbers = [c for c in ast.walk(node.value) if isinstance(c, ast.Constant) and isinstance(c.value, float)]
            target = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target).lower()
            if numbers and any(word in target for word in words):
                found.append(where(path, node))
    return found


def used_names() -> Counter[str]:
    """How often each name is read in the package, the front doors of rooms and the definitions left out."""
    counts: Counter[str] = Counter()
    for path in SOURCES:
        if path.name == "__init__.py" and path.parent != PACKAGE:
            continue
        for node in nodes(path):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                counts[node.id] += 1
            elif isinstance(node, ast.Attribute):
                counts[node.attr] += 1
    return counts


def uncalled() -> list[str]:
    """Public functions and classes of some rooms that nothing in the product reads."""
    counts, found = used_names(), []
    for path in SOURCES:
        if path.relative_to(PACKAGE).parts[0] in CALLED_ROOMS and path.name != "__init__.py":
            defined = [node for node in parsed(path).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
            public = [node for node in defined if not node.name.startswith("_")]
            found += [where(path, node, node.name) for node in public if not counts[node.name]]
    return found


def code_lines(path: Path) -> int:
    """Lines with code: no blank ones, no comments, no docstrings."""
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = {number for number, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")}
    documentation: set[int] = set()
    for node in nodes(path):
        if isinstance(node, ast.Constant | ast.JoinedStr):
            kept |= _lines_of(node)
        is_scope = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if is_scope and ast.get_docstring(node, clean=False) is not None:
            documentation |= _lines_of(node.body[0])
    return len(kept - documentation)


def _lines_of(node: ast.expr | ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def lines_by_room() -> dict[str, int]:
    """Lines of code by room."""
    counts: Counter[str] = Counter()
    for path in SOURCES:
        counts[path.relative_to(PACKAGE).parts[0].removesuffix(".py")] += code_lines(path)
    return dict(sorted(counts.items()))


def arrays_lent() -> list[str]:
    """Calls by compiled functions that count who holds an array, of borrowing ones that give one back uncounted."""
    functions = [(path, node) for path in SOURCES for node in nodes(path) if isinstance(node, ast.FunctionDef)]
    lenders, found = set[str](), []
    for _, node in functions:
        gives = ast.unparse(node.returns) if node.returns else ""
        is_number = all(word in NUMBERS for word in re.findall(r"[\w.]+", gives))
        if _is(node, "borrowing") and not is_number:
            lenders.add(node.name)
    for path, node in functions:
        if _is(node, "entry", "compiled"):
            calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
            found += [where(path, call) for call in calls if getattr(call.func, "id", "") in lenders]
    return found


def _is(function: ast.FunctionDef, *decorators: str) -> bool:
    return any(getattr(each, "id", "") in decorators for each in function.decorator_list)


MEASURES = {
    "isinstance on models, stages or decisions": isinstance_on_models,
    "comparisons of decisions as strings": decision_strings,
    "circles of files": file_circles,
    "cost constants outside GateCosts": cost_constants,
    "public functions of approx, prune, opt, arith without a caller": uncalled,
    "arrays given back uncounted to functions that count": arrays_lent,
}


def report() -> Iterator[str]:
    """The measures as lines of text."""
    for name, measure in MEASURES.items():
        places = measure()
        yield f"{name}: {len(places)}"
        yield from (f"    {place}" for place in places)
    rooms = lines_by_room()
    yield f"lines of code: {sum(rooms.values()):,}"
    yield "    " + ", ".join(f"{room} {count:,}" for room, count in rooms.items())


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")
