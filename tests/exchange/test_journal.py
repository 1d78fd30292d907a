"""The journal over the API: every line for the auditor, its verification also for the administrator."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from karama.record.journal.sealing import seal_waiting
from karama.record.states import STAFF_ROLES, Role
from tests.delivery import families
from tests.exchange import people

if TYPE_CHECKING:
    from tests.exchange.calls import Api
    from tests.service_database import Database


def _lines(who: Api, asked: str = "") -> list[dict[str, object]]:
    found = who.get(f"/journal?limit=100{asked}")
    assert found.status == 200, found.json
    lines: list[dict[str, object]] = found.json["items"]
    return lines


@pytest.mark.usefixtures("db")
@pytest.mark.usefixtures("db")
def test_the_auditor_reads_who_read_a_file_and_his_own_reading_stands_there_too() -> None:
    auditor, agent = people.staff(Role.AUDITOR), people.staff(Role.COUNTER_AGENT, "06181")
    household, other = families.household(), families.household()
    assert agent.get(f"/households/{household.number}").status == 200
    (line,) = _lines(auditor, f"&household={household.number}&kind=file.read")
    assert (line["household"], line["subject"], line["kind"]) == (household.number, household.number, "file.read")
    assert line["by"] == agent.get("/me").json["account"]
    assert _lines(auditor, f"&by={line['by']}&kind=file.read") == [line]
    assert _lines(auditor, f"&household={other.number}&kind=file.read") == []
    assert _lines(auditor, "&household=H-none") == []
    tomorrow = timezone.localdate() + dt.timedelta(days=2)
    assert _lines(auditor, f"&since={tomorrow}") == []
    newest, before, *_ = _lines(auditor)
    assert (newest["kind"], newest["data"]) == ("journal.read", {"since": str(tomorrow)})
    assert (before["kind"], before["data"]) == ("journal.read", {"household": "H-none"})


@pytest.mark.usefixtures("db")
@pytest.mark.usefixtures("db")
def test_the_journal_comes_in_pages_without_a_gap() -> None:
    auditor, agent, household = (
        people.staff(Role.AUDITOR),
        people.staff(Role.COUNTER_AGENT, "06181"),
        families.household(),
    )
    for _ in range(5):
        agent.get(f"/households/{household.number}/facts")
    asked, numbers, cursor = f"/journal?limit=2&household={household.number}&kind=facts.read", [], ""
    while True:
        page = auditor.get(f"{asked}{cursor}").json
        numbers += [line["number"] for line in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(numbers) == len(set(numbers)) == 5
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.usefixtures("db")
@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_only_the_auditor_reads_it_and_the_administrator_verifies_it(role: Role) -> None:
    who = people.staff(role, "" if role in {Role.AUDITOR, Role.ADMINISTRATOR} else "06181")
    assert who.get("/journal").status == (200 if role is Role.AUDITOR else 403)
    verifies = role in {Role.AUDITOR, Role.ADMINISTRATOR}
    assert who.get("/journal/verification").status == (200 if verifies else 403)


def test_a_line_that_was_altered_is_named(own_database: Database) -> None:
    auditor = people.staff(Role.AUDITOR)
    assert list(seal_waiting())
    sound = auditor.get("/journal/verification").json
    assert (sound["faults"], sound["first"], sound["seals"], sound["looked_at"]) == (0, [], 1, 1)
    assert sound["events"] > 0
    with own_database.server.connect_as_owner(own_database.name) as owner:
        owner.execute("SET session_replication_role = 'replica'")
        owner.execute("UPDATE record_event SET actor = 'nobody' WHERE id = (SELECT min(id) FROM record_event)")
    found = auditor.get("/journal/verification?newest=1").json
    assert (found["faults"], found["first"][0]["fault"]) == (1, "altered")
