"""The rows refused by an import: a list of their faults, and the rows themselves in the format in which they came."""

from __future__ import annotations

import csv
from contextlib import closing
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from karama.cycle.engine import literal
from karama.foundation.errors import BadInputError
from karama.foundation.storage import write_json
from karama.record.scope import SYSTEM, acting_as
from karama.registry.imports import ledger
from karama.registry.imports.folder import PARTIAL, manifest_of
from karama.registry.imports.update_file import format_of, source_of
from karama.registry.models import Import

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WRITTEN = {"parquet": "FORMAT parquet", "csv": "FORMAT csv, HEADER", "ndjson": "FORMAT json"}


def import_of(number: int | None) -> Import:
    """An import by its number, the latest one by default.

    Raises:
        BadInputError: there is none.
    """
    found = Import.objects.order_by("-id").filter(**({} if number is None else {"pk": number})).first()
    if found is None:
        raise BadInputError(
            f"no import {'' if number is None else number} is in the record: see 'karama registry import'"
        )
    return found


def faults_of(of: Import) -> Iterator[tuple[object, ...]]:
    """Every fault, in the order of files and rows, as the columns `ledger.REJECTED`."""
    with acting_as(SYSTEM):
        yield from of.rejections.values_list(*ledger.REJECTED).iterator(chunk_size=10_000)


def write_faults(of: Import, target: Path) -> int:
    """Write all faults to a CSV file; how many."""
    written = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(ledger.REJECTED)
        for fault in faults_of(of):
            lines.writerow(fault)
            written += 1
    return written


def write_rows(of: Import, source: Path, target: Path) -> None:
    """Write the refused rows of an update file beside it, in its own format: corrected, they are a file to import.

    Raises:
        BadInputError: the source is not there any more.
    """
    form = format_of(source)
    with closing(duckdb.connect()) as duck:
        _give(duck, of, source.name)
        rows = f"(SELECT *, row_number() OVER () AS its_row FROM {source_of(source, form)})"
        query = f"SELECT * EXCLUDE its_row FROM {rows} WHERE its_row IN (SELECT place FROM refused) ORDER BY its_row"
        duck.execute(f"COPY ({query}) TO {literal(str(target))} ({_WRITTEN[form]})")


def write_folder(of: Import, source: Path, target: Path) -> None:
    """Write the refused households with all their persons, and the refused wards, as a register folder of their own.

    Its manifest says that it is a part: whoever is not in it is not gone.

    Raises:
        BadInputError: the source is not there any more.
    """
    if of.month is None:
        raise BadInputError(f"import {of.pk} is no register folder: give the file it came from")
    target.mkdir(parents=True, exist_ok=True)
    folder = next(
        (one for one in (source / f"{of.month:%Y-%m}", source) if (one / "households.parquet").exists()), None
    )
    if folder is None:
        raise BadInputError(f"{source}: holds no households.parquet: give the folder that was imported")
    with closing(duckdb.connect()) as duck:
        for name in ("households", "persons", "wards", "score_inputs"):
            path = folder / f"{name}.parquet"
            if path.exists():
                _give(duck, of, path.name)
                known = "" if name == "wards" else " OR household_id IN (SELECT owner FROM refused_households)"
                query = (
                    f"SELECT * EXCLUDE file_row_number FROM read_parquet({literal(str(path))}, file_row_number = true)"
                    f" WHERE file_row_number + 1 IN (SELECT place FROM refused){known} ORDER BY file_row_number"
                )
                duck.execute(f"COPY ({query}) TO {literal(str(target / path.name))} (FORMAT parquet)")
        if (names := folder / "names.parquet").exists():
            persons = f"SELECT person_id FROM read_parquet({literal(str(target / 'persons.parquet'))})"
            query = f"SELECT * FROM read_parquet({literal(str(names))}) WHERE person_id IN ({persons})"
            duck.execute(f"COPY ({query}) TO {literal(str(target / names.name))} (FORMAT parquet)")
    write_json(target / "manifest.json", {**manifest_of(folder), PARTIAL: True, "month": f"{of.month:%Y-%m}"})


def _give(duck: duckdb.DuckDBPyConnection, of: Import, file: str) -> None:
    """Name the refused rows of a file, and the refused households of the whole import."""
    with acting_as(SYSTEM):
        places = list(of.rejections.filter(file=file).values_list("row", flat=True).distinct().order_by("row"))
        owners = list(of.rejections.exclude(owner="").values_list("owner", flat=True).distinct().order_by("owner"))
    duck.register("refused", pa.table({"place": pa.array(places, pa.int64())}))
    duck.register("refused_households", pa.table({"owner": pa.array(owners, pa.string())}))
