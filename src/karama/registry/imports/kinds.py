"""The kinds of update files as data: columns, rules of a row, and the facts that a good row tells.

Expressions over a row are SQL of DuckDB in ``rules`` (the row as it is read) and of PostgreSQL over ``s`` in ``writes``
and ``checks`` (the row beside the record, its subjects found and all that earlier rows tell of them told).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from karama.cycle.register import PAYMENT_COLUMNS
from karama.foundation import rib
from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.inputs import InputColumn
from karama.law.engine.types import DATE, TEXT, choice
from karama.law.inputs import REGISTER
from karama.registry.models import (
    Civil,
    Health,
    Income,
    Membership,
    PaymentAccount,
    Residence,
    Schooling,
    Score,
    Situation,
)
from karama.registry.states import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.registry.models import Fact


@dataclass(frozen=True)
class Rule:
    """A rule of one row; ``broken`` is true where it does not hold.

    In the rules of a file ``text_`` and a column's name is the value as it was written.
    """

    code: str
    column: str
    broken: str
    sentence: str
    remedy: str

    @property
    def told(self) -> str:
        """What is wrong and what to do."""
        return f"{self.sentence}: {self.remedy}"


@dataclass(frozen=True)
class Write:
    """A fact that a row tells where ``when`` holds: some of its columns, over days.

    ``ends`` says that nothing holds from ``until`` on, whatever was known.  ``adds`` says that what a row leaves empty
    stays as it is known; else nothing told is unknown, where the fact may be unknown.  ``final``
    says that it holds over all later days, whatever is known to begin then.
    """

    fact: type[Fact]
    values: Mapping[str, str]
    since: str = "s.since"
    until: str = "s.until"
    when: str = "true"
    ends: bool = False
    adds: bool = False
    final: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of update file.

    ``subject`` is the column that names whom a row is about.  ``makes_persons`` and ``makes_households`` say (SQL over
    ``s``) which rows may name somebody the record does not know yet.  ``day`` is the column from which a row holds;
    ``event`` the one that, with subject and day, makes two rows the same.  ``in_turns`` orders a subject's rows that
    must be told one after another; else each holds until the next begins.
    """

    name: str
    says: str
    source: Source
    subject: str
    day: str
    columns: tuple[InputColumn, ...]
    writes: tuple[Write, ...]
    rules: tuple[Rule, ...] = ()
    checks: tuple[Rule, ...] = ()
    makes_persons: str = "false"
    makes_households: str = "false"
    event: str = ""
    in_turns: str = ""

    @property
    def persons(self) -> bool:
        """Whether its rows name persons."""
        return any(one.name == "person_id" for one in self.columns)

    @property
    def households(self) -> bool:
        """Whether its rows name households."""
        return any(one.name == "household_id" for one in self.columns)


def _of_law(name: str, *, required: bool) -> InputColumn:
    """A column as the law's dictionary has it; where it need not be told, nothing told is unknown."""
    found = next((one for one in (*REGISTER.columns, *PAYMENT_COLUMNS) if one.name == name), None)
    if found is None:
        raise LookupError(name)
    kind = found.type.known() if required else found.type.or_unknown()
    return InputColumn(
        name, found.entity, kind, found.label, found.source, found.unit,
        **({} if required else {"default": None}),
        month=found.month, least=found.least, most=found.most, code_labels=found.code_labels,
    )  # fmt: skip


def _required(*names: str) -> tuple[InputColumn, ...]:
    return tuple(_of_law(name, required=True) for name in names)


def _optional(*names: str) -> tuple[InputColumn, ...]:
    return tuple(_of_law(name, required=False) for name in names)


def _text(name: str, fr: str, ar: str, en: str) -> InputColumn:
    return InputColumn(name, Entity.PERSON, TEXT.or_unknown(), Label(fr, ar, en), "RNP", default=None)


SINCE = InputColumn("since", Entity.PERSON, DATE, Label("depuis le", "ابتداء من", "since"), "")
UNTIL = InputColumn(
    "until",
    Entity.PERSON,
    DATE.or_unknown(),
    Label("jusqu'au (exclu)", "إلى غاية", "until, left out"),
    "",
    default=None,
)
EVENTS = {
    "birth": Label("naissance", "ولادة", "birth"),
    "death": Label("décès", "وفاة", "death"),
    "marriage": Label("mariage", "زواج", "marriage"),
    "divorce": Label("divorce", "طلاق", "divorce"),
    "widowhood": Label("veuvage", "ترمل", "widowhood"),
}
_NAMES = (
    _text("family_name_fr", "nom", "الاسم العائلي بالفرنسية", "family name in Latin letters"),
    _text("given_name_fr", "prénom", "الاسم الشخصي بالفرنسية", "given name in Latin letters"),
    _text("family_name_ar", "nom en arabe", "الاسم العائلي", "family name in Arabic"),
    _text("given_name_ar", "prénom en arabe", "الاسم الشخصي", "given name in Arabic"),
    _text("birth_commune", "commune de naissance", "جماعة الازدياد", "commune of birth"),
)
_ENDS_AFTER = Rule(
    "until_before_since",
    "until",
    "until <= since",
    "a period ends after it begins",
    "give a later day, or leave 'until' empty where no end is known",
)
_BIRTH = "event = 'birth'"
_SPOUSES = "('marriage', 'divorce', 'widowhood')"

_RNP_EVENTS = Kind(
    "rnp_events",
    "births, deaths, marriages, divorces and widowhoods of the population register",
    Source.RNP,
    "person_id",
    "event_date",
    (
        InputColumn("event", Entity.PERSON, choice(*EVENTS), Label("événement", "الواقعة", "event"), "RNP",
                    code_labels=EVENTS),
        *_required("person_id"),
        InputColumn("event_date", Entity.PERSON, DATE, Label("date", "التاريخ", "date"), "RNP"),
        *_optional("household_id", "sex", "role", "mother_id", "live_birth_order", "birth_order"),
        *_NAMES,
    ),
    (
        Write(
            Civil,
            {
                "sex": "s.sex", "birth_date": "s.event_date", "mother_idcs": "s.mother_id",
                "live_birth_order": "s.live_birth_order", "birth_order": "s.birth_order",
                **{one.name: f"s.{one.name}" for one in _NAMES},
            },
            since="s.event_date", until="NULL", when=f"s.{_BIRTH}", adds=True,
        ),
        # A birth told again, in a list of the whole year, brings nobody back to the household of that day.
        Write(Membership, {"role": "coalesce(s.role, 'child')"}, "s.event_date", "NULL",
              f"s.{_BIRTH} AND NOT EXISTS (SELECT 1 FROM registry_membership m WHERE m.person_id = s.person"
              " AND upper_inf(m.known))"),
        # The day of death is told of the whole month: the month's aid is judged by it.
        Write(Civil, {"death_date": "s.event_date"}, "date_trunc('month', s.event_date)::date", "NULL",
              "s.event = 'death'", final=True),
        Write(
            Civil,
            {"marital_status": "CASE s.event WHEN 'marriage' THEN 'married' WHEN 'divorce' THEN 'divorced'"
                               " ELSE 'widowed' END"},
            "s.event_date", "NULL", f"s.event IN {_SPOUSES}",
        ),
    ),
    (
        Rule("birth_without_household", "household_id", f"{_BIRTH} AND household_id IS NULL",
             "a child is born into a household", "give the mother's household"),
        Rule("birth_without_sex", "sex", f"{_BIRTH} AND sex IS NULL", "a birth tells the child's sex", "give F or M"),
    ),
    (
        Rule("nobody_known", "event_date",
             "NOT s.event = 'birth' AND NOT EXISTS (SELECT 1 FROM registry_civil k WHERE k.person_id = s.person"
             " AND upper_inf(k.known) AND coalesce(upper(k.validity) > s.event_date, true))",
             "the record knows neither birth nor sex of this person then", "correct the date, or tell the birth first"),
        Rule("event_before_birth", "event_date",
             "NOT s.event = 'birth' AND EXISTS (SELECT 1 FROM registry_civil k WHERE k.person_id = s.person"
             " AND upper_inf(k.known) AND k.birth_date > s.event_date)",
             "nothing happens to a person before birth", "correct the date, or the person"),
        Rule("birth_differs", "event_date",
             "s.event = 'birth' AND EXISTS (SELECT 1 FROM registry_civil k WHERE k.person_id = s.person"
             " AND upper_inf(k.known) AND (k.birth_date, k.sex) IS DISTINCT FROM (s.event_date, s.sex))",
             "a person is born once", "another birth is known of this person: correct the identifier"),
    ),
    makes_persons="s.event = 'birth'",
    event="event",
    in_turns="event_date, event <> 'birth'",
)  # fmt: skip

_RSU_SCORES = Kind(
    "rsu_scores",
    "scores of the social register, each with the month from which it counts",
    Source.RSU,
    "household_id",
    "score_effective_from",
    _required("household_id", "score", "score_effective_from"),
    (Write(Score, {"score": "s.score", "effective_from": "s.score_effective_from"}, "s.score_effective_from"),),
)

_SITUATION = (
    "resident", "other_family_allowance", "state_pay", "pension", "fonds_entraide_familiale", "social_security_months",
)  # fmt: skip

_RSU_HOUSEHOLDS = Kind(
    "rsu_households",
    "where households live, and their situation; a household not known yet is made",
    Source.RSU,
    "household_id",
    "since",
    (*_required("household_id"), SINCE, *_required("commune", "milieu"), *_optional(*_SITUATION)),
    (
        Write(Residence, {"commune": "s.commune", "milieu": "s.milieu"}),
        Write(Situation, {name: f"s.{name}" for name in _SITUATION}),
    ),
    makes_households="true",
)

_RSU_MEMBERS = Kind(
    "rsu_members",
    "who belongs to which household, from when to when",
    Source.RSU,
    "person_id",
    "since",
    (*_required("person_id", "household_id", "role"), SINCE, UNTIL),
    (Write(Membership, {"role": "s.role"}, ends=True),),
    (_ENDS_AFTER,),
    event="household_id",
    in_turns="since",
)

_MASSAR = Kind(
    "massar_enrolment",
    "who is at school, at which level, in a public school or not",
    Source.MASSAR,
    "person_id",
    "since",
    (*_required("person_id", "enrolled", "school_level"), SINCE, UNTIL, *_optional("public_school")),
    (Write(Schooling, {name: f"s.{name}" for name in ("enrolled", "school_level", "public_school")}),),
    (
        _ENDS_AFTER,
        Rule("enrolled_without_level", "school_level", "enrolled AND school_level = 'none'",
             "a pupil has a level", "give the level, or say that the child is not at school"),
    ),
)  # fmt: skip

_CNSS = Kind(
    "cnss_employment",
    "family allowances, State pay and pensions of persons",
    Source.CNSS,
    "person_id",
    "since",
    (
        *_required("person_id"), SINCE, UNTIL,
        *_optional("receives_family_allowance", "receives_state_pay", "receives_pension"),
    ),
    (Write(Income, {name: f"s.{name}" for name in Income.values()}),),
    (_ENDS_AFTER,),
)  # fmt: skip

_DISABILITY = Kind(
    "disability",
    "severe disabilities recognised or ended",
    Source.ASD,
    "person_id",
    "since",
    (*_required("person_id", "severe_disability"), SINCE, UNTIL),
    (Write(Health, {"severe_disability": "s.severe_disability"}),),
    (_ENDS_AFTER,),
)

_ACCOUNTS = Kind(
    "payment_accounts",
    "where households are paid",
    Source.ASD,
    "household_id",
    "since",
    (*_required("household_id", "payment_channel"), SINCE, *_optional("payment_account")),
    (Write(PaymentAccount, {"channel": "s.payment_channel", "account": "coalesce(s.payment_account, '')"}),),
    (
        Rule("account_missing", "payment_account", "payment_channel = 'bank_account' AND payment_account IS NULL",
             "a bank account has its number", "give the 24 digits of the account (RIB)"),
        *(Rule(one.code, "payment_account",
               f"payment_channel = 'bank_account' AND {one.broken.format('payment_account')}", one.sentence, one.remedy)
          for one in rib.RULES),
    ),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        _RNP_EVENTS,
        _RSU_SCORES,
        _RSU_HOUSEHOLDS,
        _RSU_MEMBERS,
        _MASSAR,
        _CNSS,
        _DISABILITY,
        _ACCOUNTS,
    )
}
"""Every kind of update file by its name."""
