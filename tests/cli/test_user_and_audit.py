"""``karama user``, ``karama audit`` and ``karama privacy`` on a database of their own."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from karama.record.models import Event, Token
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from tests.delivery import families
from tests.exchange.calls import Api

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.runner import Karama
    from tests.service_database import Database


def test_accounts_from_opening_to_lock(karama: Karama, own_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_database
    monkeypatch.setattr("sys.stdin", io.StringIO("olive-tree-in-the-north-wind\n"))
    assert karama("user add amina").code == 0
    given = karama("user role amina claims_officer --territory 06181 --health")
    assert (given.code, given.err) == (0, "")
    second = karama("user role amina claims_officer --territory 06183")
    assert (second.code, "reads health facts no longer" in second.err) == (0, True)
    assert karama("user role amina claims_officer --territory 06183 --revoke").err == ""
    refused = karama("user role amina payment_approver")
    assert refused.code == 10
    assert "cannot be held together with claims_officer" in refused.err
    assert karama("user role amina king").code == 3
    assert karama("user lock amina --reason left").code == 0
    (line,) = karama("user list --format json").json
    assert (line["username"], line["locked"], line["roles"]) == ("amina", True, ["claims_officer 06181 +health"])
    assert karama("user unlock amina").code == 0
    assert karama("user reset-mfa amina").code == 0
    assert karama("user role amina claims_officer --territory 06181 --revoke").code == 0
    assert "no role" in karama("user list").out
    unknown = karama("user lock nobody --reason x")
    assert (unknown.code, "no account is named 'nobody'" in unknown.err) == (4, True)
    with acting_as(SYSTEM):
        assert all(name.startswith("operator ") for name in Event.objects.values_list("actor", flat=True))


def test_a_journal_sealed_verified_and_altered(karama: Karama, own_database: Database, tmp_path: Path) -> None:
    household = families.household()
    anchors = str(tmp_path / "anchors")
    assert karama(f"audit timeline {household.number}").code == 0
    sealed = karama(f"audit seal --anchors {anchors}")
    assert (sealed.code, "anchor of" in sealed.out) == (0, True)
    verified = karama(f"audit verify --anchors {anchors}")
    assert (verified.code, "nothing wrong" in verified.out) == (0, True)
    with own_database.server.connect_as_owner(own_database.name) as owner:
        owner.execute("SET session_replication_role = 'replica'")
        owner.execute("UPDATE record_event SET actor = 'nobody'")
    found = karama("audit verify --format json")
    assert found.code == 6
    assert [one["fault"] for one in found.json["findings"]] == ["altered"]
    assert "file.read" in karama(f"audit timeline {household.number}").out
    assert karama("audit timeline H-none").code == 4


def test_personal_data_kept_copied_and_told_to_an_analyst(
    karama: Karama, own_database: Database, tmp_path: Path
) -> None:
    assert own_database
    household = families.household()
    assert "(unknown)" in karama("privacy retention").out
    assert len(karama("privacy retention --format json").json) == 8
    with acting_as(SYSTEM):
        idcs = families.Membership.objects.filter(household=household).first().person.idcs
    assert karama(f"privacy copy {idcs} --out copy").code == 0
    assert {one.name for one in (tmp_path / "copy").iterdir()} == {"data.json", "page.html"}
    staff = families.staff(Role.TERRITORIAL_MANAGER)
    asked = f"privacy extract {staff.name} --register . --month 2026-03"
    assert karama(f"{asked} --out x --purpose p").code == 9


def test_a_token_is_made_used_listed_and_ended(
    karama: Karama, own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_database
    monkeypatch.setattr("sys.stdin", io.StringIO("olive-tree-in-the-north-wind\n"))
    assert karama("user add partner").code == 0
    made = karama("token create partner --name bridge --scope facts:read --scope claims:read --days 2")
    assert made.code == 0
    told, secret = made.out.split("\n")[:2]
    assert (told.startswith("token "), secret.startswith("karama_")) == (True, True)
    number = told.split()[1]
    with acting_as(SYSTEM):
        assert secret not in str(list(Token.objects.values())), "only its hash is kept"
    me = Api(secret).get("/me").json
    assert (me["account"], me["scopes"]) == ("partner", ["claims:read", "facts:read"])
    (line,) = karama("token list --format json").json
    assert (line["account"], line["name"], line["revoked"]) == ("partner", "bridge", None)
    assert sorted(line["scopes"].split()) == ["claims:read", "facts:read"]
    assert line["last_used"]
    ended = karama(f"token revoke {number}")
    assert (ended.code, "is revoked" in ended.out) == (0, True)
    assert Api(secret).get("/me").problem == "unauthorized"
    assert "revoked 20" in karama("token list --account partner").out
    for wrong in (
        "token create nobody --name x --scope facts:read",
        "token create partner --name x --scope everything",
        "token create partner --name x --scope facts:read --days 1000",
        "token revoke 999999",
        "token list --account nobody",
    ):
        assert karama(wrong).code in {3, 4}, wrong
