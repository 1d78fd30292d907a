"""Dependencies: each has a reason, an exact version, hashes for every step of the installation, and a free licence."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import Distribution, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.repository import ROOT, project_file

EXACT = re.compile(r"[A-Za-z0-9._-]+(?:\[[a-z,-]+\])?==[^\s;]+")
LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)
COPYLEFT = re.compile(r"\b(?:A?GPL|GNU (?:Affero )?General Public)", re.IGNORECASE)
LOCKS = ("bench", "build", "dev", "run", "spark")


def declared_lines() -> list[str]:
    """The lines of pyproject.toml that declare a dependency."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.findall(r'^    "[a-z0-9-]+(?:\[[a-z,-]+\])?==.*$', text, re.MULTILINE)


@pytest.mark.parametrize("line", declared_lines())
def test_a_dependency_is_pinned_and_says_why_it_is_there(line: str) -> None:
    requirement, _, reason = line.strip().partition("#")
    assert EXACT.fullmatch(requirement.strip().strip('",'))
    assert len(reason.split()) >= 3


def test_every_declared_dependency_was_looked_at() -> None:
    project = project_file()["project"]
    groups = [*project["optional-dependencies"].values(), *project_file()["dependency-groups"].values()]
    declared = [*project["dependencies"], *(line for group in groups for line in group)]
    assert len(declared_lines()) == len(declared)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_hashes_every_package_and_names_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def locked(lock: str) -> dict[str, str]:
    """The version of each package of a lock."""
    return dict(LOCKED.findall((ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")))


def test_the_locks_agree_with_each_other_and_with_the_project() -> None:
    project = project_file()["project"]
    for lock in LOCKS:
        common = locked(lock).keys() & locked("dev").keys()
        assert {name: locked(lock)[name] for name in common} == {name: locked("dev")[name] for name in common}
    declared = dict(re.sub(r"\[.*\]", "", line).split("==") for line in project["dependencies"])
    assert {name: locked("run")[name] for name in declared} == declared
    assert locked("run").items() <= locked("dev").items()


@cache
def run_time_closure() -> dict[str, Distribution]:
    """What an installation of karama without extras needs on this machine, karama left out."""
    found: dict[str, Distribution] = {}
    waiting = [(Requirement(line), {""}) for line in project_file()["project"]["dependencies"]]
    while waiting:
        requirement, extras = waiting.pop()
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        if (name in found and not requirement.extras) or (
            marker and not any(marker.evaluate({"extra": extra}) for extra in extras)
        ):
            continue
        found[name] = distribution(name)
        waiting += [(Requirement(line), requirement.extras | {""}) for line in found[name].requires or ()]
    return found


def licence(package: Distribution) -> str:
    """All that a package's metadata says of its licence, in one line."""
    metadata = package.metadata
    classifiers = [line for line in metadata.get_all("Classifier") or () if line.startswith("License ::")]
    stated = [metadata["License-Expression"] or "", (metadata["License"] or "").strip().partition("\n")[0]]
    return " · ".join(text for text in [*stated, *classifiers] if text)


@pytest.mark.parametrize("name", sorted(run_time_closure()))
def test_no_package_used_at_run_time_is_gpl_or_agpl(name: str) -> None:
    stated = licence(run_time_closure()[name])
    assert stated
    assert not COPYLEFT.search(stated), stated


@pytest.mark.parametrize(
    ("stated", "refused"),
    [("AGPL-3.0-or-later", True), ("GNU General Public License v3", True), ("LGPL-2.1", False), ("MIT", False)],
)
def test_copyleft_licences_are_seen(stated: str, refused: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert bool(COPYLEFT.search(stated)) is refused
