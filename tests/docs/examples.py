"""Runs the examples of one page in a folder of its own; CONTRIBUTING.md tells writers the conventions."""

from __future__ import annotations

import doctest
import io
import os
import re
import shlex
import subprocess
import sysconfig
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tests.house.repository import Block, blocks_of, name_of

if TYPE_CHECKING:
    from pathlib import Path

# A console line is run when it starts with one of these; set-up commands (make, git…) are only checked to exist.
RUN = frozenset({"cat", "echo", "head", "karama", "ls", "python"})
SECONDS = 300  # for one command; long pages say so with <!-- long -->
EXECUTED = frozenset({"console", "pycon", "python"})


class ExampleError(AssertionError):
    """An example of a page does not do what the page says."""


@dataclass
class Command:
    """One command of a console block and what the page says it answers."""

    line: str
    number: int
    expected: str = ""


@dataclass
class PageRun:
    """The state that the examples of one page share: a folder, and the names its Python blocks define."""

    page: Path
    folder: Path
    names: dict[str, Any] = field(default_factory=dict)

    def run(self) -> int:
        """Run every executed block in order; the number of blocks run."""
        blocks = blocks_of(self.page)
        after = {id(block): following for block, following in pairwise([*blocks, Block("", "", 0, "")])}
        done = 0
        for block in blocks:
            if block.comment.startswith("file:"):
                self.write(block)
            elif is_executed(block) and not self.is_left_out(block):
                self.execute(block, after[id(block)])
                done += 1
        return done

    def is_left_out(self, block: Block) -> bool:
        """Whether the page gives a reason not to run a block: `<!-- not run: reason -->`."""
        mark, _, reason = block.comment.partition(":")
        if mark.strip() == "not run" and not reason.strip():
            raise self.fault(block.line, "a block that is not run gives its reason")
        return mark.strip() == "not run"

    def write(self, block: Block) -> None:
        """Write a block marked `<!-- file: NAME -->` into the page's folder."""
        target = self.folder / block.comment.removeprefix("file:").strip()
        if not target.resolve().is_relative_to(self.folder.resolve()):
            raise self.fault(block.line, "a file is written into the page's own folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, encoding="utf-8")

    def execute(self, block: Block, following: Block) -> None:
        """Run one block by its language."""
        if block.language == "console":
            self.run_console(block)
        elif block.language == "pycon":
            self.run_session(block)
        else:
            printed = self.run_script(block)
            if following.language == "text" and following.comment == "":
                self.compare(following.text, printed, following.line)

    def run_console(self, block: Block) -> None:
        """Run the commands of a console block; each must succeed unless `$ echo $?` follows, and answer as shown."""
        for command, following in pairwise([*run_commands(block), Command("", 0)]):
            if command.line == "echo $?":
                continue
            code, answer = self.shell(command.line)
            wanted = int(following.expected) if following.line == "echo $?" else 0
            if code != wanted:
                raise self.fault(command.number, f"`{command.line}` ended with {code}, not {wanted}:\n{answer}")
            if command.expected:
                self.compare(command.expected, answer, command.number)

    def shell(self, line: str) -> tuple[int, str]:
        """Run one line as a reader would, in the page's folder; its exit code, and all it printed."""
        path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
        plain = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env={**os.environ, **plain, "PATH": path},
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )
        return done.returncode, done.stdout

    def run_script(self, block: Block) -> str:
        """Run a Python block with the names of those before it; what it printed."""
        printed = io.StringIO()
        code = compile("\n" * block.line + block.text, name_of(self.page), "exec")
        with chdir(self.folder), redirect_stdout(printed):
            exec(code, self.names)
        return printed.getvalue()

    def run_session(self, block: Block) -> None:
        """Run a block of `>>>` lines as a doctest with the names of the blocks before it."""
        name = name_of(self.page)
        test = doctest.DocTestParser().get_doctest(block.text, self.names, name, name, block.line)
        report = io.StringIO()
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        with chdir(self.folder):
            runner.run(test, out=report.write, clear_globs=False)
        if runner.failures:
            raise self.fault(block.line, report.getvalue())
        self.names.update(test.globs)

    def compare(self, expected: str, answer: str, number: int) -> None:
        """Refuse an answer that differs from the page; `...` stands for anything, spaces at line ends do not count."""
        if not matches(expected, answer):
            raise self.fault(number, f"the page says\n{expected}\nbut the answer is\n{answer}")

    def fault(self, number: int, what: str) -> ExampleError:
        """An error that names the page and the line."""
        return ExampleError(f"{name_of(self.page)}:{number}: {what}")


def commands_of(block: Block) -> list[Command]:
    """The commands of a console block: lines after `$ `, continued by a backslash, then the answer up to the next."""
    commands: list[Command] = []
    open_line = False
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if open_line:
            commands[-1].line += " " + line.strip().removesuffix("\\").strip()
        elif line.startswith("$ "):
            commands.append(Command(line.removeprefix("$ ").removesuffix("\\").strip(), number))
        elif commands:
            commands[-1].expected += line + "\n"
            continue
        open_line = line.endswith("\\")
    return commands


def run_commands(block: Block) -> list[Command]:
    """The commands of a console block that are run; the others set a machine up."""
    return [command for command in commands_of(block) if shlex.split(command.line, comments=True)[0] in RUN]


def is_executed(block: Block) -> bool:
    """Whether a block has something to run."""
    return bool(run_commands(block)) if block.language == "console" else block.language in EXECUTED


def matches(expected: str, answer: str) -> bool:
    """Whether an answer is the expected one, `...` standing for any text, also over several lines."""

    def stripped(text: str) -> str:
        return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())

    pattern = ".*?".join(re.escape(part) for part in stripped(expected).split("..."))
    return re.fullmatch(pattern, stripped(answer), re.DOTALL) is not None
