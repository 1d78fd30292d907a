"""The lesson as a notebook: its own cells are run in order, and what they answer is saved in it.

The notebook is its own source: change a cell, in Jupyter or in the file, and `make reference` writes its outputs again.
"""

from __future__ import annotations

import ast
import io
import json
import linecache
from contextlib import redirect_stdout
from typing import Any

import polars as pl

from tests.house.repository import DOCS

PAGE = DOCS / "tutorial" / "costed-reform.ipynb"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def page() -> str:
    """The text of the notebook, run again."""
    return written(run_again(json.loads(PAGE.read_text(encoding="utf-8"))))


def written(notebook: dict[str, Any]) -> str:
    """The notebook as the file holds it: keys in order, one line for each line of a cell."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def run_again(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with the outputs of its cells, run from the first to the last in one namespace."""
    names: dict[str, Any] = {"__name__": "__main__"}
    cells, count = [], 0
    with pl.Config():  # the lesson says how its tables are printed; others keep their own
        for number, cell in enumerate(notebook["cells"], 1):
            source = "".join(cell["source"])
            kept = {"cell_type": cell["cell_type"], "id": f"cell-{number:02d}", "metadata": {}, "source": lines(source)}
            if cell["cell_type"] == "code":
                count += 1
                kept |= {"execution_count": count, "outputs": outputs(source, names, count)}
            cells.append(kept)
    return {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


def outputs(source: str, names: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """What a cell prints, then the value of its last expression: a picture as SVG, anything else as text."""
    place = f"<cell {count}>"
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
    body = ast.parse(source, place).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(ast.Module(body, []), place, "exec"), names)
        value = eval(compile(ast.Expression(last.value), place, "eval"), names) if isinstance(last, ast.Expr) else None
    found: list[dict[str, Any]] = []
    if printed.getvalue():
        found.append({"name": "stdout", "output_type": "stream", "text": lines(printed.getvalue())})
    if value is not None:
        data = {"text/plain": lines(repr(value))}
        if hasattr(value, "_repr_svg_"):
            data["image/svg+xml"] = lines(value._repr_svg_())
        found.append({"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"})
    return found


def lines(text: str) -> list[str]:
    """A text as notebooks hold it: its lines, each with its end."""
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
