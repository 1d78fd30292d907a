"""Facts of health behind a decision: no row, letter or journal tells them to an officer without the right to them."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.db import connection, connections

from karama.delivery.appeals import actions as appeals
from karama.delivery.appeals.models import Appeal, Evidence
from karama.delivery.claims import actions as claims
from karama.delivery.claims.proofs import add_proof
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.batch import reassess_programme
from karama.delivery.decisions.letters import letter_of
from karama.delivery.decisions.models import Decision, Notice, Trace
from karama.delivery.decisions.notice.letter import part
from karama.foundation.months import Month
from karama.record.rights import grant
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Health, Household, Membership
from tests.delivery import families
from tests.delivery.decisions.notice.families import decided, family, former, record
from tests.delivery.test_claim_to_decision import PNG

MARCH = Month(2026, 3)
WORDS = ("disab", "handicap", "إعاقة", "medical", "health_fact")


def with_a_disabled_child() -> Household:
    """A family granted its aid, then the supplement, both as its claims asked."""
    household = families.household(children=["2015-05-05", "2017-01-01"])
    mother, officer = families.citizen(household), families.staff(Role.CLAIMS_OFFICER, "06181", health=True)
    with acting_as(SYSTEM):
        child = Membership.objects.filter(household=household, role="child").order_by("person_id").first()
    assert child is not None
    asked = {"programme": "asd", "by": mother, "household_id": household.pk, "claim_month": MARCH}
    claim = claims.open_claim(kind="family", **asked)
    decisions.decide_claim(claim_id=claims.submit(claim_id=claim.pk, by=mother).pk, by=officer)
    claim = claims.open_claim(kind="disability", person_id=child.person_id, answers={"since": "2026-02-01"}, **asked)
    add_proof(claim_id=claim.pk, kind="medical_certificate", name="medical.png", content=PNG, by=mother)
    claims.submit(claim_id=claim.pk, by=mother)
    claims.ask_correction(claim_id=claim.pk, text="the medical certificate cannot be read", by=officer)
    claims.submit(claim_id=claim.pk, by=mother)
    decisions.decide_claim(claim_id=claim.pk, by=officer)
    with acting_as(SYSTEM):
        notice = Notice.objects.filter(household=household).order_by("-id").first()
        decision_id = Decision.objects.filter(household=household).latest("id").pk
    assert notice is not None
    letter_of(notice_id=notice.pk, by=mother)
    appeal = appeals.receive_appeal(decision_id=decision_id, grounds="It is due since last year.", by=mother)
    appeals.add_evidence(appeal_id=appeal.pk, kind="letter", name="medical.png", content=PNG, by=mother)
    return household


def tables_that_tell() -> set[str]:
    """The tables in which whoever acts sees a row that says something about health, as PostgreSQL shows them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
            " AND relname NOT LIKE 'django%%' AND relname NOT LIKE 'auth%%' AND relname NOT LIKE 'record_rolegrant'"
            " AND has_table_privilege(oid, 'SELECT')"
        )
        found = set()
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE to_jsonb(t)::text ~* %s', ["|".join(WORDS)])
            found |= {table} if cursor.fetchone()[0] else set()
        return found


@pytest.mark.usefixtures("march")
def test_no_row_tells_an_officer_without_the_right_that_a_child_is_disabled() -> None:
    household = with_a_disabled_child()
    blind, seeing = (families.staff(Role.CLAIMS_OFFICER, "06181", health=one) for one in (False, True))
    with acting_as(blind):
        assert Decision.objects.filter(household=household).count() == 2
        assert tables_that_tell() == set()
        assert (Trace.objects.count(), Appeal.objects.count(), Evidence.objects.count()) == (0, 1, 0)
    for actor in (seeing, families.citizen(household)):
        with acting_as(actor):
            assert Trace.objects.filter(decision__household=household).count() == 2
            assert {
                "registry_health",
                "claims_claim",
                "claims_proof",
                "decisions_trace",
                "decisions_letter",
                "appeals_evidence",
            } <= tables_that_tell()
    with acting_as(families.citizen(families.household())):
        assert Trace.objects.count() == 0


@pytest.mark.usefixtures("march")
def test_who_decides_without_the_right_keeps_the_trace_and_does_not_see_it() -> None:
    household = families.household()
    families.member(household, "2018-01-01", "child", disabled=True)
    mother, officer = families.citizen(household), families.staff(Role.CLAIMS_OFFICER, "06181")
    claim = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk, claim_month=MARCH)
    claims.submit(claim_id=claim.pk, by=mother)
    decision = decisions.decide_claim(claim_id=claim.pk, by=officer)
    with acting_as(officer):
        assert not Trace.objects.exists()
        assert decisions.replay(decision).same
    with acting_as(mother):
        lines = Trace.objects.get(decision=decision).content["lines"]
    assert "disability_supplement" in [one[0] for one in lines]


@pytest.mark.usefixtures("march")
def test_a_batch_keeps_the_traces_and_a_changed_one_is_found() -> None:
    household = with_a_disabled_child()
    with acting_as(SYSTEM):
        families.write(
            Health,
            dt.date(2026, 4, 1),
            person_id=Health.objects.get(known__endswith=None, severe_disability=True).person_id,
            severe_disability=False,
        )
    (done,) = reassess_programme(programme="asd", month=Month(2026, 4))
    assert done.decided == 1
    with acting_as(SYSTEM):
        last = Decision.objects.filter(household=household).latest("id")
        assert last.trace.content["household"]["counted_children"] == 2
        assert decisions.replay(last).same
        bare = Decision(**{one.attname: getattr(last, one.attname) for one in Decision._meta.concrete_fields})
        bare.id, bare.reference, bare.previous_id, bare.kind = last.pk + 1, "another", last.pk, "appeal"
        bare.save(force_insert=True)
        Trace.objects.create(decision=bare, content={**last.trace.content, "lines": []})
        assert [one.partition(":")[0] for one in decisions.replay(bare).differences] == ["trace"]


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_two_families_that_differ_in_health_alone_have_the_same_letter_without_it(language: str) -> None:
    """Under the family floor the supplement changes no amount: then nothing in the letter may differ."""

    def told(*, disabled: bool, before: bool, health: bool) -> str:
        pair = [family(score=8.2) for _ in range(2)]
        for one, is_disabled in zip(pair, (disabled, before), strict=True):
            one["members"] = [one["members"][0], {**one["members"][3], "severe_disability": is_disabled}]
        now_, then = decided(pair[0]), decided(pair[1], Month(2026, 2))
        assert now_.decision.amount_centimes == 50_000
        facts = record(with_health=health, previous=former(then))
        document = part(now_, facts, language)
        return "\n".join(map(str, (document.title, document.subtitle, *document.blocks)))

    said = {told(disabled=one, before=other, health=False) for one in (True, False) for other in (True, False)}
    assert len(said) == 1
    assert len({told(disabled=one, before=False, health=True) for one in (True, False)}) == 2


def test_a_child_who_counts_only_for_a_disability_is_not_shown_to_count() -> None:
    """A son of twenty-two counts when he is severely disabled: no line, fact or result may show that he does."""

    def family_with_a_son(*, disabled: bool) -> set[str]:
        household = family()
        household["members"][2] |= {"birth_date": "2003-04-20", "severe_disability": disabled}
        one = part(decided(household), record(with_health=False, people={}), "fr")
        return set("\n".join(map(str, one.blocks)).split("0003")[1:])

    assert family_with_a_son(disabled=True) == family_with_a_son(disabled=False)


@pytest.mark.long
@pytest.mark.usefixtures("own_database")
def test_traces_move_out_of_the_decisions_taken_before_and_back() -> None:
    household = with_a_disabled_child()
    with acting_as(SYSTEM):
        before = dict(Trace.objects.values_list("decision_id", "content"))
        taken = Decision.objects.filter(household=household).count()
    assert len(before) == taken >= 2
    call_command("migrate", "decisions", "0004", database="owner", verbosity=0)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id, trace::text FROM decisions_decision")
        assert {key: json.loads(told) for key, told in cursor.fetchall()} == before
    call_command("migrate", database="owner", verbosity=0)
    grant(connections["owner"], connection.settings_dict["USER"])
    with acting_as(SYSTEM):
        assert dict(Trace.objects.values_list("decision_id", "content")) == before
        assert all(decisions.replay(one).same for one in Decision.objects.filter(household=household))
