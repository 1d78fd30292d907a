"""The floors: who may import whom, and nothing that the distribution does not declare."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING

from tests.house.repository import ROOT, SOURCE, files_ending, name_of, project_file

if TYPE_CHECKING:
    from pathlib import Path


def test_each_floor_imports_only_the_floors_below_it() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    result = subprocess.run(
        [*command, "--no-logo", "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_floor_and_room_says_what_it_is_for() -> None:
    silent = [
        name_of(path)
        for path in files_ending(".py", under=SOURCE)
        # A migration is written by Django and says in its name what it does.
        if path.parent.name != "migrations" and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_folder_of_code_is_missing_from_the_package() -> None:
    folders = {path.parent for path in files_ending(".py", under=SOURCE)}
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_only_declared_libraries_are_imported() -> None:
    declared = {re.split(r"[=<>\[ ;]", line)[0].lower() for line in project_file()["project"]["dependencies"]}
    declared |= {"karama", "pyspark", "django"}  # pyspark is an extra; Django is kept to its floors by import-linter
    provided = packages_distributions()
    undeclared = set()
    for path in files_ending(".py", under=SOURCE):
        for module in imported_modules(path):
            owners = {owner.lower() for owner in provided.get(module, [module])}
            if module not in sys.stdlib_module_names and not owners & declared:
                undeclared.add(f"{name_of(path)} imports {module}, which pyproject.toml does not declare")
    assert sorted(undeclared) == []


def imported_modules(path: Path) -> set[str]:
    """The top-level names of the modules that a file imports, wherever in the file it does."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module.split(".")[0])
    return modules
