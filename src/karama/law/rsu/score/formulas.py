"""The score (indice socio-économique): a constant, the region's effect and 35 (urban) or 28 (rural) weighted variables.

Every contribution is a formula of its own, so that an explanation is a selection of columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity, total
from karama.law.engine.formulas import Formula, formula
from karama.law.engine.language import (
    case,
    completed_years,
    count_of,
    greatest_of,
    ratio,
    when,
    years_before,
)
from karama.law.rsu.score.variables import VARIABLES, Variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.law.engine.expressions import Node, Parameter

HOUSEHOLD, PERSON = Entity.HOUSEHOLD, Entity.PERSON
REFERENCE = "décret 2-21-582, annexes 1 and 2"
FILE = "score/formulas.py"
RATIO_PLACES = 12
SCORE_PLACES = 9


@formula(
    entity=PERSON,
    label=Label("âge", "السن", "age"),
    reference="counting rule 9",
    unit="years",
)
def age(birth_date: Node) -> Node:
    """Completed years on the first day of the month."""
    return completed_years(birth_date)


def _household(label: Label) -> Callable[[Callable[..., Node]], Formula]:
    return formula(entity=HOUSEHOLD, label=label, reference=f"{REFERENCE}; derived, never typed in (counting rule 9)")


@_household(Label("taille du ménage", "حجم الأسرة", "household size"))
def household_size(is_present: Node) -> Node:
    """Members this month."""
    return count_of(is_present)


@_household(Label("taille du ménage au carré", "مربع حجم الأسرة", "household size squared"))
def household_size_squared(household_size: Node) -> Node:
    """Square of the size."""
    return household_size * household_size


@_household(Label("âge du chef de ménage", "سن رب الأسرة", "age of the head"))
def head_age(is_present: Node, role: Node, age: Node) -> Node:
    """Completed years of the head."""
    return greatest_of(age, where=is_present & role.equals("head"), otherwise=0)


@_household(Label("âge du chef de ménage au carré", "مربع سن رب الأسرة", "age of the head squared"))
def head_age_squared(head_age: Node) -> Node:
    """Square of the head's age."""
    return head_age * head_age


@_household(Label("membres de 19 à 29 ans", "أفراد من 19 إلى 29 سنة", "members aged 19-29"))
def members_19_29(is_present: Node, birth_date: Node) -> Node:
    """Members of 19 to 29 completed years."""
    return count_of(is_present & (birth_date <= years_before(19)) & (birth_date > years_before(30)))


@_household(Label("membres de 30 à 59 ans", "أفراد من 30 إلى 59 سنة", "members aged 30-59"))
def members_30_59(is_present: Node, birth_date: Node) -> Node:
    """Members of 30 to 59 completed years."""
    return count_of(is_present & (birth_date <= years_before(30)) & (birth_date > years_before(60)))


@_household(Label("membres de 60 ans et plus", "أفراد بعمر 60 سنة فأكثر", "members aged 60 and over"))
def members_60_plus(is_present: Node, birth_date: Node) -> Node:
    """Members of 60 completed years and over."""
    return count_of(is_present & (birth_date <= years_before(60)))


@_household(Label("base des parts", "أساس النسب", "base of the shares"))
def share_denominator(household_size: Node, is_present: Node, birth_date: Node, share_base: Node) -> Node:
    """All members, as both transcriptions divide; under the other reading, those aged 15 and over."""
    adults = count_of(is_present & (birth_date <= years_before(15)))
    return case((share_base.equals("members_15_plus"), adults), otherwise=household_size)


@_household(
    Label(
        "au plus trois personnes par pièce, retenu",
        "ثلاثة أشخاص على الأكثر في الغرفة، معتمد",
        "three per room, as counted",
    )
)
def three_per_room_counted(
    at_most_three_persons_per_room: Node, at_most_two_persons_per_room: Node, three_per_room_excludes_two: Node
) -> Node:
    """The flag itself; under the other reading it excludes the two-per-room one."""
    return at_most_three_persons_per_room & ~(three_per_room_excludes_two & at_most_two_persons_per_room)


def _arguments(variable: Variable) -> tuple[str, ...]:
    if variable.name == "at_most_three_persons_per_room":
        return ("three_per_room_counted",)
    base = {"share": ("share_denominator",), "spending": ("household_size",)}.get(variable.kind, ())
    return (variable.column, *base)


def _contribution(variable: Variable, milieu: str) -> Formula:
    """Coefficient times value, where the household lives in the milieu."""

    def build(where: Node, coefficient: Node, value: Node, base: Node | None = None) -> Node:
        here = where.equals(milieu)
        if variable.kind == "flag":
            return when(here & value, coefficient)
        exact = value if base is None else ratio(value, base, RATIO_PLACES)
        return when(here, coefficient * exact)

    names = {"urban": ("urbain", "حضري"), "rural": ("rural", "قروي")}[milieu]
    label = variable.label
    return Formula(
        name=f"{milieu}_{variable.name}_contribution",
        entity=HOUSEHOLD,
        arguments=("milieu", f"{milieu}_{variable.name}_coefficient", *_arguments(variable)),
        build=build,
        label=Label(f"{label.fr} ({names[0]})", f"{label.ar} ({names[1]})", f"{label.en} ({milieu})"),
        reference=REFERENCE,
        file=FILE,
        unit="score",
        description="Coefficient times value; 0 in the other milieu.",
    )


CONTRIBUTIONS = tuple(
    _contribution(variable, milieu)
    for milieu in ("urban", "rural")
    for variable in VARIABLES
    if milieu in variable.milieus
)


@_household(Label("constante et région", "الثابت والجهة", "constant and region"))
def base_contribution(
    milieu: Node, region: Node, urban_constant: Node, rural_constant: Node, urban_zone: Parameter, rural_zone: Parameter
) -> Node:
    """The milieu's constant and the region's effect."""
    return case(
        (milieu.equals("urban"), urban_constant + urban_zone.at(region)),
        otherwise=rural_constant + rural_zone.at(region),
    )


def _sum_and_round(*terms: Node) -> Node:
    return total(*terms).rounded(SCORE_PLACES)


COMPUTED_SCORE = Formula(
    name="computed_score",
    entity=HOUSEHOLD,
    arguments=("base_contribution", *(one.name for one in CONTRIBUTIONS)),
    build=_sum_and_round,
    label=Label("indice socio-économique", "المؤشر الاجتماعي والاقتصادي", "socio-economic score"),
    reference=REFERENCE,
    file=FILE,
    unit="score",
    description="Sum of the contributions, exact, rounded half up to nine places; a lower score is poorer.",
)
