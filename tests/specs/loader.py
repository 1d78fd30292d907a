"""Reads the dated household tables of this folder; `README.md` describes their shape.

Every file is checked strictly: an unknown key, a duplicate key, lines that do not add up to the amount, a person who
is not in the household or an impossible date is a `SpecError` naming the file, the case and the month. Nothing here
knows how an amount is computed: the expected values come from the files alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent
LANGUAGES = ("fr", "ar", "en")
CLOCKS = ("paid", "legal")

FILE_KEYS = frozenset({"title", "programme", "defaults", "cases"})
STEP_KEYS = frozenset(
    {"month", "clock", "programme", "parameters", "household", "expect", "lines", "reasons", "values", "error"}
)
CASE_KEYS = STEP_KEYS | {"name", "members", "ward", "months", "why"}
EXPECT_KEYS = frozenset({"eligible", "aid", "amount", "score"})
HOUSEHOLD_KEYS = frozenset(
    {
        "milieu",
        "commune",
        "claim_month",
        "score",
        "score_effective_from",
        "previous_score",
        "score_inputs",
        "resident",
        "other_family_allowance",
        "state_pay",
        "pension",
        "fonds_entraide_familiale",
        "social_security_months",
        "monthly_income",
        "altitude",
        "heating_fuel",
    }
)
WARD_KEYS = frozenset({"id", "commune", "sex", "born", "category", "admitted", "left_on", "claim_month"})
# Short word of the tables -> field of the household as the law receives it.
MEMBER_FIELDS = {
    "id": "person_id",
    "role": "role",
    "sex": "sex",
    "born": "birth_date",
    "died": "death_date",
    "in_rnp": "in_rnp",
    "marital": "marital_status",
    "enrolled": "enrolled",
    "level": "school_level",
    "public": "public_school",
    "disabled": "severe_disability",
    "father_deceased": "father_deceased",
    "mother": "mother_id",
    "live_birth_order": "live_birth_order",
    "birth_order": "birth_order",
    "grant_claimed": "birth_grant_claim_date",
    "family_allowance": "receives_family_allowance",
    "state_pay": "receives_state_pay",
    "pension": "receives_pension",
}
ROLES = frozenset({"head", "spouse", "child", "kafala_child", "ward", "other"})
LEVELS = frozenset({"none", "preschool", "primary", "lower_secondary", "upper_secondary", "vocational", "higher"})
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")
LINE_WIDTH = 4


class SpecError(ValueError):
    """A spec file does not have the documented shape or contradicts itself."""


@dataclass(frozen=True, order=True)
class SpecLine:
    """One expected line: benefit, person (empty for the family), rank (0 where none is given), centimes."""

    benefit: str
    person_id: str
    rank: int
    amount_centimes: int


@dataclass(frozen=True)
class Step:
    """One household in one month on one clock, with what the law must answer (None: not stated by the case)."""

    id: str
    name: str
    why: str
    programme: str
    month: str
    clock: str
    parameters: dict[str, object]
    household: dict[str, Any]
    members: tuple[dict[str, Any], ...]
    eligible: bool | None = None
    aid: str | None = None
    amount_centimes: int | None = None
    score: Decimal | None = None
    lines: tuple[SpecLine, ...] = ()
    reasons: tuple[str, ...] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    error: str | None = None


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML with exact decimals and no silent overwriting of a key."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twice = [key for key, times in Counter(keys).items() if times > 1]
    if twice:
        raise SpecError(f"line {node.start_mark.line + 1}: key {twice[0]!r} is written twice")
    return {key: loader.construct_object(value, deep=True) for key, (_, value) in zip(keys, node.value, strict=True)}


_StrictLoader.add_constructor("tag:yaml.org,2002:float", _decimal)
_StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def _require(holds: object, where: str, message: str) -> None:
    if not holds:
        raise SpecError(f"{where}: {message}")


def _only(mapping: dict[str, Any], allowed: frozenset[str], where: str) -> None:
    unknown = sorted(set(mapping) - allowed)
    _require(not unknown, where, f"unknown key {unknown}; allowed: {sorted(allowed)}")


def spec_files() -> list[Path]:
    """Return every spec file of this folder, in a stable order."""
    return sorted(path for path in ROOT.glob("*/*.yaml") if not path.name.startswith("_"))


def centimes(amount: Decimal | int) -> int:
    """Return an amount written in whole currency units as centimes; a finer amount is a `SpecError`."""
    exact = Decimal(amount) * 100
    _require(exact == int(exact), str(amount), "an amount has at most two decimals")
    return int(exact)


def read_file(path: Path) -> dict[str, Any]:
    """Return the checked content of one spec file."""
    where = str(path.relative_to(ROOT))
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except (yaml.YAMLError, SpecError) as error:
        raise SpecError(f"{where}: {error}") from error
    _only(content, FILE_KEYS, where)
    _require({"title", "programme", "cases"} <= set(content), where, "title, programme and cases are required")
    _require(set(content["title"]) == set(LANGUAGES), where, "the title is given in fr, ar and en")
    _only(content.get("defaults", {}), HOUSEHOLD_KEYS | {"clock"}, f"{where} defaults")
    names = [case.get("name") for case in content["cases"]]
    _require(len(set(names)) == len(names), where, "two cases have the same name")
    return dict(content)


@cache
def score_columns() -> dict[str, str]:
    """Return the kind (flag, count, share, spending) of every score input column."""
    table = yaml.safe_load((ROOT / "rsu" / "_columns.yaml").read_text(encoding="utf-8"))
    return {column: kind for kind, columns in table.items() for column in columns}


def _score_inputs(given: dict[str, Any], where: str) -> dict[str, Any]:
    columns = score_columns()
    _only(given, frozenset(columns), f"{where} score_inputs")
    filled: dict[str, Any] = {column: False if kind == "flag" else 0 for column, kind in columns.items()}
    for column, value in given.items():
        right = isinstance(value, bool) if columns[column] == "flag" else type(value) is int and value >= 0
        _require(right, where, f"{column} is a {columns[column]}, not {value!r}")
    return filled | given


def _iso(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _member(row: dict[str, Any], where: str, *, full: bool) -> dict[str, Any]:
    _only(row, frozenset(MEMBER_FIELDS), where)
    required = {"id", "born"} | ({"role", "sex"} if full else set())
    _require(required <= set(row), where, f"a member needs {sorted(required)}: {row}")
    if full:
        _require(row["role"] in ROLES and row["sex"] in {"F", "M"}, where, f"role or sex of {row}")
    _require(row.get("level", "none") in LEVELS, where, f"school level of {row}")
    for key in ("born", "died", "grant_claimed"):
        _require(isinstance(row.get(key, row["born"]), dt.date), where, f"{key} of {row['id']} is not a date")
        _require(row.get(key, row["born"]) >= row["born"], where, f"{row['id']} has {key} before its birth")
    return {MEMBER_FIELDS[key]: _iso(value) for key, value in row.items()}


def _household(case: dict[str, Any], step: dict[str, Any], spec: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the household (or ward) as the law receives it."""
    if "ward" in case:
        ward = case["ward"]
        _only(ward, WARD_KEYS, where)
        renamed = {MEMBER_FIELDS.get(key, key): _iso(value) for key, value in ward.items()}
        base = {"establishment_id": "E1", "commune": "061810901", "sex": "F", "category": "orphan", "left_on": None}
        return base | renamed
    own = case.get("household", {}) | step.get("household", {})
    _only(own, HOUSEHOLD_KEYS, where)
    defaults = {key: value for key, value in spec.get("defaults", {}).items() if key != "clock"}
    values = {key: _iso(value) for key, value in (defaults | own).items()}
    if values.get("score_inputs") is not None:
        values["score_inputs"] = _score_inputs(values["score_inputs"], where)
    for key in ("claim_month", "score_effective_from"):
        _require(values.get(key) is None or MONTH.match(str(values[key])), where, f"{key} is not YYYY-MM")
    full = spec["programme"] != "bolsa_familia"
    members = [_member(row, where, full=full) for row in case["members"]]
    ids = [member["person_id"] for member in members]
    _require(len(set(ids)) == len(ids), where, "two members have the same id")
    return {"household_id": "H1"} | values | {"members": members}


def _line(row: list[Any], people: set[str], where: str) -> SpecLine:
    _require(len(row) == LINE_WIDTH, where, f"a line is [benefit, person, rank, amount], not {row}")
    benefit, person, rank, amount = row
    _require(person is None or person in people, where, f"line {row} names nobody of the household")
    _require(rank is None or (type(rank) is int and rank > 0), where, f"rank of line {row}")
    _require(centimes(amount) > 0, where, f"line {row} is not positive")
    return SpecLine(benefit=benefit, person_id=person or "", rank=rank or 0, amount_centimes=centimes(amount))


def _check_outcome(step: Step, where: str) -> None:
    if step.error is not None:
        nothing = step.amount_centimes is None and not step.lines and not step.reasons
        _require(nothing and step.error, where, "an error leaves nothing else to expect")
        return
    total = sum(line.amount_centimes for line in step.lines)
    _require(step.amount_centimes in {None, total}, where, f"lines add up to {total}, not {step.amount_centimes}")
    _require(step.amount_centimes is not None or step.score is not None, where, "neither amount nor score expected")
    _require(len(set(step.lines)) == len(step.lines), where, "the same line twice")
    if step.eligible is False:
        _require(
            not total and step.aid in {None, "none"} and step.reasons, where, "a refusal: no line, aid none, reasons"
        )
    if step.eligible:
        _require(not step.reasons and step.aid != "none", where, "eligible: no reasons, an aid")


def _step(case: dict[str, Any], row: dict[str, Any], spec: dict[str, Any], path: Path, number: int) -> Step:
    slug = re.sub(r"[^a-z0-9]+", "_", case["name"].lower()).strip("_")
    month = str(row.get("month", case.get("month")))
    clock = row.get("clock", case.get("clock", spec.get("defaults", {}).get("clock", "paid")))
    where = f"{path.relative_to(ROOT)}: {case['name']!r}, month {month}"
    _require(MONTH.match(month), where, "month is not YYYY-MM")
    _require(clock in CLOCKS, where, f"clock {clock!r} is neither paid nor legal")
    expect = row.get("expect", {})
    _only(expect, EXPECT_KEYS, where)
    household = _household(case, row, spec, where)
    people = {member["person_id"] for member in household.get("members", [household])}
    reasons = row.get("reasons", [] if expect.get("eligible") else None)
    part = f"-{number}" if "months" in case else ""
    step = Step(
        id=f"{path.parent.name}/{path.stem}-{month}-{clock}{part}-{slug[:90]}",
        name=case["name"],
        why=case["why"],
        programme=row.get("programme", case.get("programme", spec["programme"])),
        month=month,
        clock=clock,
        parameters=case.get("parameters", {}) | row.get("parameters", {}),
        household=household,
        members=tuple(case.get("members", [case.get("ward")])),
        eligible=expect.get("eligible"),
        aid=expect.get("aid"),
        amount_centimes=centimes(expect["amount"]) if "amount" in expect else None,
        score=expect.get("score"),
        lines=tuple(sorted(_line(line, people, where) for line in row.get("lines", []))),
        reasons=None if reasons is None else tuple(reasons),
        values=row.get("values", {}),
        error=row.get("error"),
    )
    _check_outcome(step, where)
    return step


def read_steps(path: Path) -> list[Step]:
    """Return every dated expectation of one file, in its order."""
    spec = read_file(path)
    steps = []
    for case in spec["cases"]:
        where = f"{path.relative_to(ROOT)}: {case.get('name')!r}"
        _only(case, CASE_KEYS, where)
        _require({"name", "why"} <= set(case), where, "a case has a name and a why")
        _require(("members" in case) != ("ward" in case), where, "a case has members, or one ward")
        forms = sum(key in case for key in ("months", "expect", "error"))
        _require(forms == 1, where, "a case has expect, an error, or a list of months")
        rows = case.get("months", [{key: case[key] for key in STEP_KEYS & set(case)}])
        for number, row in enumerate(rows, start=1):
            _only(row, STEP_KEYS, where)
            steps.append(_step(case, row, spec, path, number))
    return steps


def all_steps() -> list[Step]:
    """Return the dated expectations of every file."""
    return [step for path in spec_files() for step in read_steps(path)]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_cell(item)}" for key, item in value.items())
    return "none" if value is None else str(value).replace("|", "\\|")


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    """Return a Markdown table without its empty columns."""
    kept = [place for place in range(len(header)) if any(row[place] for row in rows)]
    lines = [[header[place] for place in kept], ["---" for _ in kept]]
    lines += [[row[place] for place in kept] for row in rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _money(amount: Decimal | int) -> str:
    return f"{Decimal(amount):,.2f}"


def _outcome(row: dict[str, Any], case: dict[str, Any], spec: dict[str, Any]) -> list[str]:
    """Return one row: month, clock, what differs in this row, what must come out."""
    expect = row.get("expect", {})
    lines = [
        f"{benefit}{f' {person}' if person else ''}{f' (rank {rank})' if rank else ''} {_money(amount)}"
        for benefit, person, rank, amount in row.get("lines", [])
    ]
    programme = row.get("programme", spec["programme"])
    asked = [programme] if programme != spec["programme"] else []
    asked += [_cell(row[key]) for key in ("parameters", "household") if row.get(key) and "months" in case]
    clock = row.get("clock", case.get("clock", "paid"))
    return [
        str(row.get("month", case.get("month"))),
        clock if clock != "paid" else "",
        "; ".join(asked),
        row.get("error") or {True: "eligible", False: "refused", None: ""}[expect.get("eligible")],
        "" if expect.get("aid", "none") == "none" else expect["aid"],
        "<br>".join(lines),
        _money(expect["amount"]) if "amount" in expect else "",
        _cell(expect["score"]) if "score" in expect else "",
        "<br>".join(row.get("reasons", [])),
        _cell(row.get("values", {})),
    ]


def _case_markdown(case: dict[str, Any], spec: dict[str, Any]) -> list[str]:
    people = case.get("members", [case.get("ward")])
    words = dict.fromkeys([*MEMBER_FIELDS, *sorted(WARD_KEYS)])
    keys = [word for word in words if any(word in person for person in people)]
    clauses = [
        f"{label}: {_cell(case[key])}."
        for key, label in (("household", "Household"), ("parameters", "Switches"))
        if case.get(key)
    ]
    rows = case.get("months", [case])
    header = ["month", "clock", "asked with", "outcome", "aid", "lines", "amount", "score", "reasons", "account"]
    return [
        f"## {case['name']}",
        "",
        *([" ".join(clauses), ""] if clauses else []),
        *_table(keys, [[_cell(person[key]) if key in person else "" for key in keys] for person in people]),
        "",
        *_table(header, [_outcome(row, case, spec) for row in rows]),
        "",
        case["why"].strip(),
        "",
    ]


def as_markdown(path: Path, language: str = "en") -> str:
    """Return a spec file as a page: each case with its members, its months, the lines and the reason.

    Args:
        path: a file of this folder.
        language: language of the title (`fr`, `ar` or `en`); the cases themselves are in English.
    """
    spec = read_file(path)
    defaults = _cell(spec.get("defaults", {}))
    common = [f"Unless a case says otherwise: {defaults}.", ""] if defaults else []
    parts = [f"# {spec['title'][language]}", "", f"Programme `{spec['programme']}`, {len(spec['cases'])} cases.", ""]
    for case in spec["cases"]:
        common += _case_markdown(case, spec)
    return "\n".join(parts + common).rstrip() + "\n"
