"""The formulas of a scenario, read from a Python file of the same shape as the law's own."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

from karama.foundation.errors import BadInputError, KaramaError, LawError
from karama.law.engine.formulas import formulas_of

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from karama.law.engine.formulas import Formula


def load_formulas(path: Path) -> tuple[Formula, ...]:
    """The formulas that a Python file declares; the file is run.

    Raises:
        BadInputError: no such file, or it cannot be run; names file and line.
        LawError: it declares no formula, or one that is none.
    """
    if not path.is_file():
        raise BadInputError(f"{path}: no such file: paths are those beside the scenario")
    found = tuple(formulas_of(_run(path)))
    if not found:
        raise LawError(f"{path}: declares no formula: write functions under @formula, as the files of the law do")
    return found


def _run(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"karama_scenario_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise BadInputError(f"{path}: is no Python file: end its name in .py")
    module = importlib.util.module_from_spec(spec)
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # nothing is left beside the scenario
    try:
        spec.loader.exec_module(module)
    except KaramaError as error:
        raise LawError(f"{path}: {error}") from error
    except Exception as error:
        line = getattr(error, "lineno", None) or _line_in(path, error)
        raise BadInputError(f"{path}, line {line}: cannot be run ({type(error).__name__}: {error})") from error
    finally:
        sys.dont_write_bytecode = before
    return module


def _line_in(path: Path, error: BaseException) -> int:
    """The last line of the file on the way to the error."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
