"""Finds the environment variables that a handler reads, by following names through the package."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING, Final

from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCES: Final = ROOT / "lambda_src"

type Symbol = tuple[str, str]
"""A module and a name in it."""


def variables_read_by(module: str, name: str = "handler") -> set[str]:
    """Return the environment variables that ``name`` in ``module`` reads, itself or through what it refers to."""
    found: set[str] = set()
    seen: set[Symbol] = set()
    waiting: list[Symbol] = [(module, name)]
    while waiting:
        symbol = waiting.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        for node in _definitions(*symbol):
            found |= set(_reads(node))
            waiting += _references(symbol[0], node)
    return found


def modules() -> list[str]:
    """Return the names of all modules of the package."""
    files = sorted(SOURCES.glob("changegate/**/*.py"))
    return [".".join(file.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__") for file in files]


def variables_in(module: str) -> set[str]:
    """Return all environment variables that a module reads."""
    return set(_reads(_tree(module)))


def variables_read_on_import(module: str) -> set[str]:
    """Return the environment variables that a module reads outside functions and classes."""
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {name for node in _tree(module).body if not isinstance(node, definitions) for name in _reads(node)}


def _files(module: str) -> list[Path]:
    path = SOURCES.joinpath(*module.split("."))
    return [file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()]


@cache
def _tree(module: str) -> ast.Module:
    (file,) = _files(module)
    return ast.parse(file.read_text("utf-8"))


@cache
def _imports(module: str) -> dict[str, Symbol]:
    """Return what a module imports from the package, by the name it has there; an imported module has an empty name."""
    found: dict[str, Symbol] = {}
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "changegate":
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                symbol = (submodule, "") if _files(submodule) else (node.module, alias.name)
                found[alias.asname or alias.name] = symbol
    return found


def _definitions(module: str, name: str) -> Iterator[ast.AST]:
    """Yield what defines a name in a module, or in the module that it is imported from."""
    if name in _imports(module):
        source, imported = _imports(module)[name]
        if imported:
            yield from _definitions(source, imported)
    for node in _tree(module).body:
        match node:
            case ast.FunctionDef(name=defined) | ast.AsyncFunctionDef(name=defined) | ast.ClassDef(name=defined):
                names = [defined]
            case ast.Assign(targets=targets):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=defined)):
                names = [defined]
            case _:
                names = []
        if name in names:
            yield node


def _references(module: str, node: ast.AST) -> Iterator[Symbol]:
    imports = _imports(module)
    for part in ast.walk(node):
        match part:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in imports and not imports[name][1]:
                yield imports[name][0], attribute
            case ast.Name(id=name):
                yield imports.get(name, (module, name))


def _reads(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Subscript(value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(name))):
                yield name
            case ast.Call(
                func=ast.Attribute(attr="getenv") | ast.Attribute(value=ast.Attribute(attr="environ")),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
