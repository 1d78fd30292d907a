"""The monthly child aid: who counts, at which rank, how much."""

from __future__ import annotations

import numpy as np
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.openfisca_asd.entities import Household, Person
from benchmarks.openfisca_asd.ties import settle_ties


class is_present(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Born by the end of the month and not dead before it"

    def formula(person, period):
        born = person("birth_date", period) <= np.datetime64(str(period.stop))
        return born & (person("death_date", period) >= np.datetime64(str(period.start)))


class is_counted_child(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "A child of the family under the age limit"

    def formula(person, period, parameters):
        years = parameters(period).child_aid.age_limit
        youngest = np.datetime64(str(period.start.offset(-int(years), "year")))
        of_the_family = (
            person.has_role(Household.CHILD) | person.has_role(Household.KAFALA_CHILD) | person.has_role(Household.WARD)
        )
        return of_the_family & person("is_present", period) & (person("birth_date", period) > youngest)


class counts_as_at_school(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Under six or at school"

    def formula(person, period, parameters):
        years = parameters(period).child_aid.preschool_age_limit
        youngest = np.datetime64(str(period.start.offset(-int(years), "year")))
        return (person("birth_date", period) > youngest) | person("enrolled", period)


class amount_at_first_ranks(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH
    label = "What the child brings at ranks 1 to 3"

    def formula(person, period, parameters):
        rates = parameters(period).child_aid.first_ranks
        at_school = person("counts_as_at_school", period)
        orphan = person("father_deceased", period)
        return np.select(
            [at_school & orphan, at_school, orphan],
            [rates.orphan_at_school, rates.at_school, rates.orphan_not_at_school],
            default=rates.not_at_school,
        )


class amount_at_next_ranks(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH
    label = "What the child brings at ranks 4 to 6"

    def formula(person, period, parameters):
        rates = parameters(period).child_aid.next_ranks
        at_school = person("counts_as_at_school", period)
        orphan = person("father_deceased", period)
        return np.select(
            [at_school & orphan, at_school, orphan],
            [rates.orphan_at_school, rates.at_school, rates.orphan_not_at_school],
            default=rates.not_at_school,
        )


class disability_supplement_at_any_rank(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH
    label = "What a severe disability adds"

    def formula(person, period, parameters):
        return person("severe_disability", period) * parameters(period).child_aid.disability_supplement


class child_rank(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Rank among the counted children, from 1; 0 for who is not one"

    def formula(person, period, parameters):
        counted = person("is_counted_child", period)
        days = (person("birth_date", period) - np.datetime64("1900-01-01")).astype(np.int64)
        place_in_file = np.arange(person.count)
        by_age = person.get_rank(person.household, days * person.count + place_in_file, condition=counted)
        supplement = person("disability_supplement_at_any_rank", period)
        following = person("amount_at_next_ranks", period) + supplement
        gain = person("amount_at_first_ranks", period) + supplement - following
        last_first = parameters(period).child_aid.last_first_rank
        families = person.household.reference_entity.members_entity_id
        settled = settle_ties(
            by_age, counted, families, days=days, gain=gain, following=following, last_first=last_first
        )
        return np.where(counted, settled + 1, 0)


class child_aid(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Amount of the child by its rank"

    def formula(person, period, parameters):
        rates = parameters(period).child_aid
        rank = person("child_rank", period)
        return np.select(
            [rank == 0, rank <= rates.last_first_rank, rank <= rates.children_limit],
            [0, person("amount_at_first_ranks", period), person("amount_at_next_ranks", period)],
            default=0,
        )


class disability_supplement(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Supplement of a disabled child that counts"

    def formula(person, period, parameters):
        rank = person("child_rank", period)
        due = (rank > 0) & (rank <= parameters(period).child_aid.children_limit)
        return due * person("disability_supplement_at_any_rank", period)


class counted_children(Variable):
    value_type = int
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Number of counted children"

    def formula(household, period):
        return household.sum(household.members("is_counted_child", period))


class monthly_aid(Variable):
    value_type = float
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Child aid raised to its floor, or flat aid"

    def formula(household, period, parameters):
        rates = parameters(period)
        children = household.sum(household.members("child_aid", period))
        supplements = household.sum(household.members("disability_supplement", period))
        raised = np.maximum(children + supplements, rates.child_aid.family_floor)
        return np.where(household("counted_children", period) > 0, raised, rates.flat_aid.amount)
