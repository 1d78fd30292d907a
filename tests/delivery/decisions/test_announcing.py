"""What is to come is told beforehand, once: a right that would end, a monthly aid that would be lower."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils.timezone import localdate

from karama.delivery.checking import check
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.announcing import announce
from karama.delivery.decisions.batch import decide_claims
from karama.delivery.decisions.letters import letter_of
from karama.delivery.decisions.models import Decision, Notice
from karama.delivery.decisions.notice.outcome import Kind
from karama.delivery.decisions.states import Change
from karama.foundation.money import format_money
from karama.foundation.months import Month
from karama.record.clock import now
from karama.record.messages.models import Message
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Membership, Schooling, Score
from tests.delivery import families
from tests.delivery.decisions.test_notices import claimed, decided, shown

if TYPE_CHECKING:
    from karama.registry.models import Household

pytestmark = pytest.mark.usefixtures("march")


def today_month() -> Month:
    return Month.of(localdate(now()))


def reassessed(household: Household, month: Month) -> Decision | None:
    subject = decisions.Subject(household_id=household.pk)
    return decisions.reassess(subject=subject, programme="asd", month=month, by=SYSTEM)


def ending() -> Household:
    """A family whose score rises above the threshold from next month on."""
    household = families.household()
    decided(household)
    follows = (today_month() + 1).first_day
    families.write(Score, follows, household_id=household.pk, score="10.5", effective_from=follows)
    return household


def test_a_right_about_to_end_is_announced_once_and_nothing_is_decided() -> None:
    household = ending()
    decided(families.household())
    assert (announce(programme="asd"), announce(programme="asd")) == (1, 0)
    with acting_as(SYSTEM):
        notice = Notice.objects.get(decision=None)
        assert Decision.objects.filter(household=household).count() == 1
    assert (notice.household_id, notice.kind, notice.appeal_until) == (household.pk, Kind.ENDING, None)
    assert Month.of(notice.month) == today_month() + 1
    assert "l'indice dépasse le seuil" in notice.text_fr
    assert "Ceci n'est pas une décision" in notice.text_fr
    assert notice.message_key == f"notice:{notice.reference}"


def test_its_letter_says_why_and_that_there_is_time() -> None:
    household = ending()
    announce(programme="asd")
    with acting_as(SYSTEM):
        notice = Notice.objects.get(decision=None)
    html = shown(letter_of(notice_id=notice.pk, by=families.citizen(household)))
    assert "Le droit va prendre fin" in html
    assert "L'indice dépasse le seuil" in html
    found = check(notice.reference)
    assert (found.genuine, found.subject) == (True, "announcement")


def test_how_long_before_is_a_parameter() -> None:
    ending()
    assert announce(programme="asd", ahead=0) == 0
    assert announce(programme="asd", ahead=2) == 1


def grown_up() -> Household:
    """A family whose eldest child turns 21 this month, and no longer counts from the next."""
    household = families.household(children=(families.months_ago(21 * 12), "2014-05-05", "2016-05-05", "2018-05-05"))
    claimed(household, language="ar")
    assert decide_claims(programme="asd").granted == 1
    reassessed(household, today_month())
    return household


def test_a_decrease_to_come_is_announced_once_with_the_amount_that_the_law_then_gives() -> None:
    household = grown_up()
    decided(families.household())
    assert (announce(programme="asd"), announce(programme="asd")) == (1, 0)
    with acting_as(SYSTEM):
        notice = Notice.objects.get(decision=None)
        before = Decision.objects.filter(household=household).latest("id")
        event = Event.objects.get(subject_type="notice", subject_id=notice.reference)
    after = reassessed(household, today_month() + 1)
    assert after is not None
    assert (after.change, notice.kind, notice.household_id) == (Change.DECREASE, Kind.DECREASING, household.pk)
    assert (notice.month, notice.appeal_until) == (after.month, None)
    told = [format_money(one.monthly_centimes, "fr").replace(",00", "") for one in (before, after)]
    assert f"l'aide passera de {told[0].removesuffix(' MAD')} à {told[1]} par mois" in notice.text_fr
    assert "Ceci n'est pas une décision" in notice.text_fr
    assert (event.household_id, event.data["kind"], event.data["month"]) == (
        household.pk,
        "decreasing",
        str(today_month() + 1),
    )
    with acting_as(SYSTEM):
        assert Message.objects.get(key=notice.message_key).language == "ar"
    assert announce(programme="asd") == 0


def test_the_letter_of_a_decrease_says_what_changes() -> None:
    household = grown_up()
    announce(programme="asd")
    with acting_as(SYSTEM):
        notice = Notice.objects.get(decision=None)
    html = shown(letter_of(notice_id=notice.pk, by=families.citizen(household)))
    assert "aide va diminuer" in html
    assert "Ce qui a changé" in html
    assert check(notice.reference).subject == "announcement"


def test_a_rise_that_passes_is_no_decrease_and_a_fall_is_told_beside_the_end() -> None:
    household = families.household(children=("2010-05-05", "2012-05-05", "2014-05-05", "2016-05-05"))
    decided(household)
    this = today_month()
    reassessed(household, this)
    with acting_as(SYSTEM):
        child = Membership.objects.filter(household=household, role="child").order_by("id").first()
    assert child is not None

    def school(month: Month, *, enrolled: bool) -> None:
        level = {"enrolled": enrolled, "school_level": "primary" if enrolled else "none", "public_school": True}
        families.write(Schooling, month.first_day, "Massar", person_id=child.person_id, **level)

    school(this, enrolled=False)
    reassessed(household, this)
    school(this + 1, enrolled=True)
    school(this + 2, enrolled=False)
    assert announce(programme="asd", ahead=2) == 0
    school(this, enrolled=True)
    school(this + 2, enrolled=False)
    reassessed(household, this)
    families.write(
        Score, (this + 3).first_day, household_id=household.pk, score="10.5", effective_from=(this + 3).first_day
    )
    assert announce(programme="asd", ahead=1) == 0
    assert announce(programme="asd", ahead=3) == 2
    with acting_as(SYSTEM):
        told = list(Notice.objects.filter(decision=None).order_by("month").values_list("month", "kind"))
    assert told == [((this + 2).first_day, Kind.DECREASING), ((this + 3).first_day, Kind.ENDING)]
    assert announce(programme="asd", ahead=3) == 0
