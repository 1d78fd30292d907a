"""What is known of persons and households: wide typed rows, each over a period and known from a moment on.

The exclusion constraints forbid two values of one subject at once among what is known now; the triggers of the
migrations refuse any other change than closing ``known``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from karama.law.inputs import CATEGORY_LABELS, MARITAL_STATUSES, MILIEU_LABELS, ROLES, SCHOOL_LEVELS
from karama.law.rsu.score.variables import VARIABLES
from karama.registry.models.subjects import Establishment, Household, Person
from karama.registry.states import Source


class UpperInfinite(Func):
    """PostgreSQL's ``upper_inf``: what is known now has no end."""

    function = "upper_inf"
    output_field = models.BooleanField()


def never_twice(name: str, *key: str) -> ExclusionConstraint:
    """Forbid two values of the same key over one day among what is known now."""
    return ExclusionConstraint(
        name=name,
        expressions=[*((one, RangeOperators.EQUAL) for one in key), ("validity", RangeOperators.OVERLAPS)],
        condition=Q(UpperInfinite(F("known"))),
    )


def one_of(name: str, column: str, allowed: Any) -> models.CheckConstraint:  # noqa: ANN401 - any collection of codes
    """A code of the law's dictionary, or unknown where the column may be."""
    return models.CheckConstraint(condition=Q(**{f"{column}__in": list(allowed)}) | Q(**{column: None}), name=name)


class Fact(models.Model):
    """What every fact carries."""

    validity = DateRangeField()
    """Days over which it holds, the end left out."""
    known = DateTimeRangeField()
    """From when it was known to the record until it was superseded."""
    source = models.CharField(max_length=20, choices=Source.choices)
    proof = models.CharField(max_length=200, blank=True)
    """A document's reference, a file and its row, or a claim."""
    origin = models.BigIntegerField(null=True)
    """The import that brought it."""

    key: ClassVar[tuple[str, ...]] = ()
    """Columns that name the subject."""

    class Meta:
        """No table of its own."""

        abstract = True

    @classmethod
    def values(cls) -> tuple[str, ...]:
        """The columns that hold what is known, as the database names them."""
        carried = {"id", "validity", "known", "source", "proof", "origin", *cls.key}
        columns = (str(field.column) for field in cls._meta.local_concrete_fields)
        return tuple(name for name in columns if name not in carried)


class PersonFact(Fact):
    """What is known of a person."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    key: ClassVar[tuple[str, ...]] = ("person_id",)

    class Meta:
        """No table of its own."""

        abstract = True


class HouseholdFact(Fact):
    """What is known of a household."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    key: ClassVar[tuple[str, ...]] = ("household_id",)

    class Meta:
        """No table of its own."""

        abstract = True


class Civil(PersonFact):
    """Civil status (état civil), from the RNP: names, birth, death, marriage, filiation."""

    family_name_fr = models.CharField(max_length=100, blank=True)
    given_name_fr = models.CharField(max_length=100, blank=True)
    family_name_ar = models.CharField(max_length=100, blank=True)
    given_name_ar = models.CharField(max_length=100, blank=True)
    sex = models.CharField(max_length=1)
    birth_date = models.DateField()
    birth_commune = models.CharField(max_length=9, blank=True)
    death_date = models.DateField(null=True)
    in_rnp = models.BooleanField(default=True)
    marital_status = models.CharField(max_length=10, null=True)  # noqa: DJ001 - unknown is not a status
    father_deceased = models.BooleanField(default=False)
    mother_idcs = models.CharField(max_length=32, null=True)  # noqa: DJ001 - unknown is not a mother
    live_birth_order = models.SmallIntegerField(null=True)
    birth_order = models.SmallIntegerField(null=True)

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            never_twice("civil_never_twice", "person_id"),
            one_of("civil_sex_known", "sex", ("F", "M")),
            one_of("civil_marital_status_known", "marital_status", MARITAL_STATUSES),
            models.CheckConstraint(
                condition=Q(death_date=None) | Q(death_date__gte=F("birth_date")), name="civil_death_after_birth"
            ),
        ]


class Schooling(PersonFact):
    """Schooling, from Massar."""

    enrolled = models.BooleanField()
    school_level = models.CharField(max_length=16)
    public_school = models.BooleanField()

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            never_twice("schooling_never_twice", "person_id"),
            one_of("schooling_level_known", "school_level", SCHOOL_LEVELS),
        ]


class Health(PersonFact):
    """Severe disability (handicap lourd): a health fact, apart from the others, behind a right of its own."""

    severe_disability = models.BooleanField()

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [never_twice("health_never_twice", "person_id")]


class Income(PersonFact):
    """State pay, pension or family allowances of a person, from TGR, CMR and CNSS."""

    receives_family_allowance = models.BooleanField()
    receives_state_pay = models.BooleanField()
    receives_pension = models.BooleanField()

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [never_twice("income_never_twice", "person_id")]


class BirthGrantClaim(PersonFact):
    """The date at which the birth grant (prime à la naissance) of a child was claimed."""

    claimed_on = models.DateField()

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [never_twice("birth_grant_claim_never_twice", "person_id")]


class Membership(PersonFact):
    """A person in a household, and the role there; two households at once are a conflict put to a person."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)
    key: ClassVar[tuple[str, ...]] = ("person_id", "household_id")

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            never_twice("membership_never_twice", "person_id", "household_id"),
            one_of("membership_role_known", "role", ROLES),
        ]


class Residence(HouseholdFact):
    """Where a household lives, from the RSU."""

    commune = models.CharField(max_length=9)
    milieu = models.CharField(max_length=5)

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            never_twice("residence_never_twice", "household_id"),
            one_of("residence_milieu_known", "milieu", tuple(MILIEU_LABELS)),
        ]


class Situation(HouseholdFact):
    """What the law asks of a household beside its score."""

    resident = models.BooleanField()
    other_family_allowance = models.BooleanField()
    state_pay = models.BooleanField()
    pension = models.BooleanField()
    fonds_entraide_familiale = models.BooleanField()
    social_security_months = models.SmallIntegerField()

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [never_twice("situation_never_twice", "household_id")]


class PaymentAccount(HouseholdFact):
    """Where a household is paid, and to whom: a channel, an account and the recipient (attributaire)."""

    channel = models.CharField(max_length=24)
    account = models.CharField(max_length=40, blank=True)
    recipient = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    """A member of the household when it was told; unknown where no claim named one."""

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [never_twice("payment_account_never_twice", "household_id")]
        indexes: ClassVar = [
            models.Index(fields=["recipient"], condition=Q(recipient__isnull=False), name="payment_account_recipient")
        ]


class Contact(HouseholdFact):
    """How a household is reached, from the RSU: a telephone number and the language of its messages."""

    phone = models.CharField(max_length=20)
    language = models.CharField(max_length=2, default="ar")

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            never_twice("contact_never_twice", "household_id"),
            one_of("contact_language_known", "language", ("fr", "ar")),
            models.CheckConstraint(
                condition=Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"), name="contact_phone_has_its_country"
            ),
        ]


class Enrolment(HouseholdFact):
    """The month in which a household claimed a programme's aid; from it the aid is due."""

    programme = models.CharField(max_length=40)
    claim_month = models.DateField()
    key: ClassVar[tuple[str, ...]] = ("household_id", "programme")

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [never_twice("enrolment_never_twice", "household_id", "programme")]


class Declaration(HouseholdFact):
    """What a household declared in its claim for a programme: the columns its law reads that no registry holds."""

    programme = models.CharField(max_length=40)
    declared = models.JSONField()
    """The answers by column, each checked against the law's dictionary."""
    key: ClassVar[tuple[str, ...]] = ("household_id", "programme")

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [never_twice("declaration_never_twice", "household_id", "programme")]


class Score(HouseholdFact):
    """One score (indice socio-économique) of the RSU; it counts from its month of effect on."""

    score = models.DecimalField(max_digits=12, decimal_places=9)
    effective_from = models.DateField(null=True)
    """Unknown for a score of which only the value is told, as the one before the score in force."""

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [never_twice("score_never_twice", "household_id")]


class _RsuVariables(HouseholdFact):
    class Meta:
        abstract = True


def _rsu_field(kind: str) -> models.Field[Any, Any]:
    return models.BooleanField(null=True) if kind == "flag" else models.IntegerField(null=True)


RsuVariables = type(
    "RsuVariables",
    (_RsuVariables,),
    {
        "__module__": __name__,
        "__doc__": "The variables of the RSU's score, as decree 2-21-582 lists them, but the derived ones.",
        **{one.column: _rsu_field(one.kind) for one in VARIABLES if not one.derived},
        "Meta": type(
            "Meta",
            (),
            {"constraints": [never_twice("rsu_variables_never_twice", "household_id")], "db_table": "registry_rsu"},
        ),
    },
)


class Placement(PersonFact):
    """A child in a social protection establishment (enfant placé), who belongs to no household."""

    establishment = models.ForeignKey(Establishment, models.PROTECT, related_name="+")
    category = models.CharField(max_length=10)
    admitted = models.DateField()
    left_on = models.DateField(null=True)
    claim_month = models.DateField()

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            never_twice("placement_never_twice", "person_id"),
            one_of("placement_category_known", "category", tuple(CATEGORY_LABELS)),
        ]


class LegacyAid(PersonFact):
    """An aid of before, received by a person: from the list of its scheme."""

    scheme = models.CharField(max_length=40)
    amount_centimes = models.BigIntegerField()
    """A month."""
    key: ClassVar[tuple[str, ...]] = ("person_id", "scheme")

    class Meta:
        """Database constraints."""

        constraints: ClassVar = [
            never_twice("legacy_aid_never_twice", "person_id", "scheme"),
            models.CheckConstraint(condition=Q(amount_centimes__gte=0), name="legacy_aid_not_negative"),
        ]


FACTS: tuple[type[Fact], ...] = (
    Civil,
    Schooling,
    Health,
    Income,
    BirthGrantClaim,
    Membership,
    Residence,
    Situation,
    PaymentAccount,
    Contact,
    Enrolment,
    Declaration,
    Score,
    RsuVariables,
    Placement,
    LegacyAid,
)
"""Every table of facts."""
