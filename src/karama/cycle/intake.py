"""The register taken in: faults listed with their rule, the other rows given to the law under its table names.

A household with a row at fault is left out with all its persons, since deciding on a part of it would be wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from karama.cycle.engine import literal, quoted, single, union
from karama.cycle.register import ROW_NUMBER, open_household_file, open_person_file
from karama.cycle.rules import BAD_COMMUNES, LARGEST, REMEDIES, Rule, place_rules, row_rules
from karama.cycle.tables import REJECTED
from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from karama.cycle.engine import Engine, Part
    from karama.cycle.register import RegisterFile
    from karama.foundation.months import Month
    from karama.law.engine.inputs import Inputs

FAULTS = "faults"
"""Relation of the faults of one part: the columns of ``rejected``, then the ``owner`` left out and its ``unit``."""
ALL_FAULTS = "all_faults"
"""The same for all parts so far."""
_SHOWN = 5
_NINE_DIGITS = re.compile(r"[0-9]{9}")
_REGIONS = range(1, 13)


def open_register(
    engine: Engine,
    folder: Path,
    inputs: Inputs,
    wards: Inputs | None,
    communes: frozenset[str] | None,
    *,
    partial: bool = False,
) -> Register:
    """Open the files of a register month and look for identifiers given twice anywhere in the country.

    Args:
        engine: what computes.
        folder: of the month.
        inputs: of the programme.
        wards: of those who stand alone, if they are decided too and their file is there.
        communes: codes of the census, None where the country has others.
        partial: whether it is some of a month's rows only; no household may be among them.

    Raises:
        BadInputError: a file is missing, unreadable or empty, a column missing or of another type.
    """
    files = tuple(_open_files(engine, folder, inputs, wards))
    for file in files:
        if not (file.rows or file.may_be_empty or partial):
            raise BadInputError(f"{file.path}: holds no row: export the register again")
        with engine.reading(file.path):
            twice = engine.repeated(file.whole, file.key)
        if twice:
            engine.give(_twice(file), pa.table({file.key: pa.array(twice, pa.string())}))
            files = tuple(replace(one, repeated=True) if one.name == file.name else one for one in files)
    return Register(files, inputs, communes)


def _open_files(engine: Engine, folder: Path, inputs: Inputs, wards: Inputs | None) -> Iterator[RegisterFile]:
    yield open_household_file(engine, folder, inputs)
    yield open_person_file(engine, folder, inputs)
    if wards is not None and (folder / f"{wards.household_table}.parquet").exists():
        yield replace(open_household_file(engine, folder, wards), may_be_empty=True)


def _twice(file: RegisterFile) -> str:
    return f"twice_{file.name}"


@dataclass
class Register:
    """The files of a register month, taken in part after part, and what was found at fault so far.

    The first file is that of the households, the second that of their persons: a month is run for households, and those
    who stand alone come with them.
    """

    files: tuple[RegisterFile, ...]
    inputs: Inputs
    communes: frozenset[str] | None
    faults: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def file(self, name: str | None) -> RegisterFile | None:
        """The file of a table of the law, if the register has it."""
        return next((one for one in self.files if one.name == name), None)

    @property
    def households(self) -> RegisterFile:
        """The file of those whose identifiers cut the country into parts."""
        return self.files[0]

    def of(self, part: Part) -> list[RegisterFile]:
        """The files read in a part: those who stand alone belong to the first."""
        return [one for one in self.files if part.first or one.unit == self.inputs.household_table]

    def take_in(self, engine: Engine, part: Part, month: Month) -> None:
        """List the faults of a part in the relation ``faults``, and name its good rows as the law calls them.

        All that is read of a file, rows at fault included, enters its hash; so a damaged page is met here.
        Afterwards the engine knows the law's input tables (``households``, ``persons``, in the first part ``wards``)
        without the rows left out.
        """
        found: list[str] = []
        for file in self.of(part):
            condition = part.holds(file.owner) if file.unit == self.inputs.household_table else "true"
            with engine.reading(file.path):
                clustered = engine.clustered(file.whole, file.owner)
                engine.define(file.raw, file.raw_query(condition), kept=not clustered)
                engine.define(file.typed, file.typed_query())
                engine.digest(file.name, f"SELECT * FROM {file.typed}", file.order)
                found += _row_faults(engine, file, self.communes)
        found += self._faults_between_files(engine, part, month)
        engine.define(FAULTS, union(found) if found else _no_fault(), kept=True)
        if found:
            engine.add(ALL_FAULTS, f"SELECT * FROM {FAULTS}")
            self.faults += Counter(dict(engine.rows(f"SELECT rule, count(*) FROM {FAULTS} GROUP BY rule")))
        for file in self.of(part):
            self.left_out[file.name] += _name_good_rows(engine, file, faulty=bool(found))

    def _faults_between_files(self, engine: Engine, part: Part, month: Month) -> list[str]:
        """Persons without household, households without persons or without exactly one living head, children twice."""
        households, persons = self.files[:2]
        found = _head_faults(engine, households, persons, month)
        wards = self.file("wards")
        if wards is not None and part.first and wards.rows:
            row = _fault(wards, "ward_in_household", "person_id", "person_id")
            listed = f"SELECT {row} FROM {wards.raw} SEMI JOIN {persons.whole} USING (person_id)"
            if single(engine, f"SELECT count(*) FROM ({listed}) q"):
                found.append(listed)
        return found

    def refusal(self, engine: Engine, folder: Path) -> str:
        """The message of a strict run: how many rows, and the first ones."""
        query = f'SELECT file, "row", key, "column", value, rule, remedy FROM {ALL_FAULTS} ORDER BY ALL LIMIT {_SHOWN}'
        shown = "; ".join(
            f"{file}, row {row} ({key}): column '{column}' is {found!r}: {rule}: {remedy}"
            for file, row, key, column, found, rule, remedy in engine.rows(query)
        )
        return f"{folder}: {self.faults.total()} faults; nothing was decided; {shown}"


def rejected_query(*, faulty: bool) -> str:
    """All rows at fault, as ``rejected`` holds them."""
    columns = ", ".join(quoted(name) for name in REJECTED.names)
    return f"SELECT {columns} FROM {ALL_FAULTS if faulty else f'({_no_fault()}) q'}"


def _no_fault() -> str:
    """The relation of faults without a row."""
    further = "CAST(NULL AS VARCHAR) AS owner, CAST(NULL AS VARCHAR) AS unit"
    return f"SELECT *, {further} FROM ({REJECTED.nothing}) q"


def _fault(file: RegisterFile, code: str, column: str, shown: str) -> str:
    """The columns of ``faults`` for a row of the file's raw relation."""
    owner = quoted(file.owner)
    household = owner if file.owner == "household_id" else "CAST(NULL AS VARCHAR)"
    values = (
        literal(file.path.name),
        f"CAST({ROW_NUMBER} + 1 AS BIGINT)",
        f"CAST({household} AS VARCHAR)",
        f"CAST({quoted(file.key)} AS VARCHAR)",
        literal(column),
        _shown(file, shown),
        literal(code),
        literal(REMEDIES[code]),
        f"CAST({owner} AS VARCHAR)",
        literal(file.unit),
    )
    names = (*REJECTED.names, "owner", "unit")
    return ", ".join(f"{value} AS {quoted(name)}" for value, name in zip(values, names, strict=True))


def _shown(file: RegisterFile, column: str) -> str:
    """A value at fault as text; a float in plain decimals, since engines spell it each in their way."""
    if file.types.get(column.strip('"')) not in {"DOUBLE", "FLOAT"}:
        return f"CAST({column} AS VARCHAR)"
    digits = f"rtrim(CAST(TRY_CAST({column} AS DECIMAL(38, 12)) AS VARCHAR), '0')"
    return (
        f"CASE WHEN {column} IS NULL THEN NULL WHEN {column} = CAST('NaN' AS DOUBLE) THEN 'nan'"
        f" WHEN {column} > {LARGEST} THEN 'inf' WHEN {column} < -{LARGEST} THEN '-inf'"
        f" WHEN {digits} LIKE '%.' THEN {digits} || '0' ELSE COALESCE({digits}, 'more than 26 digits') END"
    )


def _row_faults(engine: Engine, file: RegisterFile, communes: frozenset[str] | None) -> list[str]:
    """Queries of the rows at fault; one pass counts them for every rule, only rules broken are looked at again."""
    rules = list(row_rules(file))
    listed: list[Rule] = []
    if file.has_communes and communes is not None:
        bad = _bad_communes(engine, file, communes)
        places = list(place_rules(file, bad_communes=bad))
        rules, listed = (rules, places) if bad else ([*rules, *places], [])
    counted = ", ".join(f"count_if({rule.broken}) AS c{number}" for number, rule in enumerate(rules))
    counts = engine.rows(f"SELECT {counted} FROM {file.raw}")[0] if rules else ()
    listed += [rule for rule, count in zip(rules, counts, strict=True) if count]
    found = [
        f"SELECT {_fault(file, one.code, one.column, quoted(one.column))} FROM {file.raw} WHERE {one.broken}"
        for one in listed
    ]
    if file.repeated:
        row = _fault(file, "duplicate_id", file.key, quoted(file.key))
        found.append(f"SELECT {row} FROM {file.raw} SEMI JOIN {_twice(file)} USING ({quoted(file.key)})")
    return found


def _bad_communes(engine: Engine, file: RegisterFile, communes: frozenset[str]) -> bool:
    """Name the communes of a part that are none of the census; whether there are any."""
    codes = [row[0] for row in engine.rows(f"SELECT DISTINCT commune FROM {file.raw}")]
    bad = [code for code in codes if code not in communes]
    if bad:
        rows: dict[str, list[Any]] = {"code": [], "nine_digits": [], "well_formed": []}
        for code in (one for one in bad if one is not None):
            digits = _NINE_DIGITS.fullmatch(code) is not None
            for name, value in zip(rows, (code, digits, digits and int(code[:2]) in _REGIONS), strict=True):
                rows[name].append(value)
        kinds = {"code": pa.string(), "nine_digits": pa.bool_(), "well_formed": pa.bool_()}
        engine.give(BAD_COMMUNES, pa.table({name: pa.array(rows[name], kind) for name, kind in kinds.items()}))
    return bool(bad)


def _head_faults(engine: Engine, households: RegisterFile, persons: RegisterFile, month: Month) -> list[str]:
    """Queries of the rows whose household or head is missing or several times there."""
    key = quoted(households.key)
    heads, living = "CAST(NULL AS BIGINT)", "CAST(NULL AS BIGINT)"
    if "role" in persons.types:
        dead = f"death_date < DATE '{month.first_day}'" if "death_date" in persons.types else "false"
        alive = f"birth_date <= DATE '{month.last_day}' AND NOT COALESCE({dead}, false)"
        heads, living = "count_if(role = 'head')", f"count_if(role = 'head' AND {alive})"
    engine.define(
        "families",
        f"SELECT {key}, {heads} AS heads, {living} AS living_heads FROM {persons.raw} WHERE {key} IS NOT NULL"
        f" GROUP BY {key}",
        kept=True,
    )
    known = f"SELECT {key}, true AS there FROM {households.raw} WHERE {key} IS NOT NULL"
    counts = engine.rows(
        f"SELECT count_if(k.there IS NULL), count_if(f.{key} IS NULL), count_if(f.heads = 0),"
        f" count_if(f.living_heads > 1) FROM families f FULL JOIN ({known}) k ON f.{key} = k.{key}"
    )[0]
    rows = (
        (persons, "household_unknown", households.key, key, f"ANTI JOIN ({known}) k"),
        (households, "household_without_persons", households.key, key, "ANTI JOIN families"),
        (households, "no_head", "role", "'0 heads'", "SEMI JOIN (SELECT * FROM families WHERE heads = 0) f"),
        (
            households,
            "several_heads",
            "role",
            "'more than one'",
            "SEMI JOIN (SELECT * FROM families WHERE living_heads > 1) f",
        ),
    )
    return [
        f"SELECT {_fault(file, code, column, shown)} FROM {file.raw} {join} USING ({key}) WHERE {key} IS NOT NULL"
        for count, (file, code, column, shown, join) in zip(counts, rows, strict=True)
        if count
    ]


def _name_good_rows(engine: Engine, file: RegisterFile, *, faulty: bool) -> int:
    """Give the rows without fault their table's name in the law; the count of those left out."""
    if not faulty:
        engine.define(file.name, f"SELECT * FROM {file.typed}")
        return 0
    owner, left_out = quoted(file.owner), f"left_out_{file.unit}"
    listed = f"SELECT DISTINCT owner AS {owner} FROM {FAULTS} WHERE unit = {literal(file.unit)} AND owner IS NOT NULL"
    engine.define(left_out, listed, kept=True)
    named = f"{quoted(file.key)} <> '' AND {owner} <> ''"
    engine.define(file.name, f"SELECT * FROM {file.typed} ANTI JOIN {left_out} USING ({owner}) WHERE {named}")
    counts = [single(engine, f"SELECT count(*) FROM {name}") for name in (file.typed, file.name)]
    return int(counts[0]) - int(counts[1])
