"""Whom a household's money goes to: told by claims alone, left as known by every file, in the months that go out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import Error, connection, transaction

from karama.foundation.rib import rib_key
from karama.record.clock import now
from karama.record.scope import SYSTEM, acting_as
from karama.registry.export import export_month
from karama.registry.facts import correct
from karama.registry.imports import import_register
from karama.registry.models import Household, PaymentAccount, Person
from tests.registry.record import facts_of
from tests.registry.test_update_files import DECEMBER, NOVEMBER, told

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service_database import Database

HEAD = "9990000000000000000042"
RIB = HEAD + rib_key(HEAD)


@pytest.fixture
def named(record: Database) -> int:  # noqa: ARG001 - its two families
    """The mother of H1 receives its money from December on."""
    with acting_as(SYSTEM):
        mother = Person.objects.get(idcs="H1-0").pk
        correct(
            PaymentAccount,
            key={"household_id": Household.objects.get(number="H1").pk},
            values={"recipient_id": mother},
            validity=(dt.date(2025, 12, 1), None),
            source="ASD",
            proof="claim",
            known_at=now(),
        )
    return mother


def exported(folder: Path, month: object) -> list[tuple[str, str, str | None, str | None]]:
    import duckdb  # noqa: PLC0415 - reads what was written, and nothing else

    export_month(folder, month=month, known_at=now())  # type: ignore[arg-type]
    columns = "household_id, payment_channel, payment_account, payment_recipient"
    path = folder / str(month) / "households.parquet"
    return duckdb.execute(f"SELECT {columns} FROM '{path}' ORDER BY 1").fetchall()


@pytest.mark.usefixtures("named")
def test_a_month_names_the_recipient_from_the_day_on(tmp_path: Path) -> None:
    cash = "payment_establishment"
    assert exported(tmp_path, NOVEMBER) == [("H1", cash, None, None), ("H2", cash, None, None)]
    assert exported(tmp_path, DECEMBER) == [("H1", cash, None, "H1-0"), ("H2", cash, None, None)]


@pytest.mark.usefixtures("named")
def test_a_file_of_accounts_leaves_the_recipient_as_known(tmp_path: Path) -> None:
    row = {"payment_channel": "bank_account", "since": "2025-12-01", "payment_account": RIB}
    told(tmp_path / "a.csv", "payment_accounts", {"household_id": "H1", **row}, {"household_id": "H2", **row})
    bank = ("bank_account", RIB)
    assert exported(tmp_path, DECEMBER) == [("H1", *bank, "H1-0"), ("H2", *bank, None)]


@pytest.mark.usefixtures("named")
def test_a_month_that_went_out_changes_nothing_when_it_comes_back(tmp_path: Path) -> None:
    export_month(tmp_path, month=DECEMBER, known_at=now())
    known = facts_of()
    import_register(tmp_path, month=DECEMBER, by=SYSTEM)
    assert facts_of()["PaymentAccount"] == known["PaymentAccount"]


def _name(person: int, days: str) -> None:
    """Write a recipient of days of long ago by hand, and have the keys looked at."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_paymentaccount (household_id, channel, account, recipient_id, validity, known,"
            " source, proof) SELECT household_id, channel, account, %s, %s::daterange, known, source, proof"
            " FROM registry_paymentaccount WHERE proof = 'claim' AND validity @> DATE '2026-01-01'",
            [person, days],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_who_is_not_in_the_record_is_a_recipient(named: int) -> None:
    with acting_as(SYSTEM):
        nobody = Person.objects.order_by("-id").values_list("id", flat=True)[0] + 1
        _name(named, "[1990-01-01,1990-02-01)")
        with pytest.raises(Error, match="recipient"):
            _name(nobody, "[1990-03-01,1990-04-01)")
