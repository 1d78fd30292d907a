"""The repository as its own tests see it: files, pages, code blocks, links and commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "karama"
DOCS = ROOT / "docs"
SHELL_LANGUAGES = frozenset({"bash", "console", "sh", "shell"})
MADE_BY_TOOLS = frozenset({".git", ".venv", ".venv-bench", "build", "dist", "out", "__pycache__"})


@cache
def project_file() -> dict[str, Any]:
    """The content of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def files() -> tuple[Path, ...]:
    """Every file that is in the repository or about to be, sorted; ignored files are left out."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
        found = [ROOT / name for name in listed if name]
    else:  # an unpacked source archive
        found = [path for path in ROOT.rglob("*") if not MADE_BY_TOOLS & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def files_ending(*endings: str, under: Path = ROOT) -> list[Path]:
    """The repository's files with one of these endings below a folder."""
    return [path for path in files() if path.suffix in endings and path.is_relative_to(under)]


def pages() -> list[Path]:
    """Every Markdown page."""
    return files_ending(".md")


def name_of(path: Path) -> str:
    """A file's path from the root, as a test's name and in messages."""
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    language: str
    text: str
    line: int
    comment: str  # the hidden HTML comment directly before the block, without its marks; empty without one


@cache
def tokens_of(page: Path) -> tuple[Token, ...]:
    """A page's Markdown tokens, tables included."""
    return tuple(MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8")))


def hidden_comments(page: Path) -> list[str]:
    """The hidden HTML comments of a page, in order, without their marks."""
    found = (token.content for token in tokens_of(page) if token.type == "html_block")
    return [comment.strip() for html in found for comment in re.findall(r"<!--(.*?)-->", html, re.DOTALL)]


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found: list[Block] = []
    comment = ""
    for token in tokens_of(page):
        if token.type == "html_block":
            match = re.fullmatch(r"<!--(.*?)-->", token.content.strip(), re.DOTALL)
            comment = match[1].strip() if match else ""
            continue
        if token.type == "fence":
            start = token.map[0] + 1 if token.map else 0
            found.append(Block(token.info.strip(), token.content, start, comment))
        comment = ""
    return found


def inline_tokens(page: Path, kind: str) -> list[Token]:
    """The inline tokens of one kind (`link_open`, `image`, `code_inline`) of a page."""
    return [child for token in tokens_of(page) for child in token.children or () if child.type == kind]


def shell_lines(page: Path) -> list[str]:
    """Every command a page shows: the lines of its shell blocks (after `$ ` in consoles) and its inline code."""
    lines = [token.content for token in inline_tokens(page, "code_inline")]
    for block in blocks_of(page):
        if block.language in SHELL_LANGUAGES:
            shown = block.text.replace("\\\n", " ").splitlines()
            prompt = "$ " if block.language == "console" else ""
            lines += [line.removeprefix(prompt) for line in shown if line.startswith(prompt)]
    return [re.sub(r"\s+#\s.*", "", line).strip() for line in lines]


def anchors_of(page: Path) -> set[str]:
    """The anchors a forge gives to the headings of a page."""
    tokens = tokens_of(page)
    headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    plain = (re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading)).strip().lower() for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}
