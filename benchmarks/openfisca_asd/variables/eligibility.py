"""Who is eligible, and the amount of the month."""

from __future__ import annotations

import numpy as np
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.openfisca_asd.entities import Household, Person


class score_in_force(Variable):
    value_type = int
    entity = Household
    definition_period = DateUnit.MONTH
    label = "The latest score effective by the first day; 0 without one"

    def formula(household, period):
        effective = household("score_effective_from", period) <= np.datetime64(str(period.start))
        score = household("score", period)
        return np.where((score > 0) & effective, score, household("previous_score", period))


class score_at_or_under_threshold(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "A score is in force and at or under the threshold"

    def formula(household, period, parameters):
        score = household("score_in_force", period)
        return (score > 0) & (score <= parameters(period).eligibility.score_threshold)


class income_counts(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Whose income excludes the family"

    def formula(person, period):
        return person("is_present", period) & (person.has_role(Household.HEAD) | person.has_role(Household.SPOUSE))


class every_member_in_rnp(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Every member present is in the population registry"

    def formula(household, period):
        outside = household.members("is_present", period) & ~household.members("in_rnp", period)
        return ~household.any(outside)


class no_other_family_allowance(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "No other family allowance"

    def formula(household, period):
        receiving = household.members("income_counts", period) & household.members("receives_family_allowance", period)
        return ~(household("other_family_allowance", period) | household.any(receiving))


class no_state_pay(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "No pay from the State"

    def formula(household, period):
        receiving = household.members("income_counts", period) & household.members("receives_state_pay", period)
        return ~(household("state_pay", period) | household.any(receiving))


class no_pension(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "No pension"

    def formula(household, period):
        receiving = household.members("income_counts", period) & household.members("receives_pension", period)
        return ~(household("pension", period) | household.any(receiving))


class eligible(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Eligible in the month"

    def formula(household, period):
        return (
            (household("claim_month", period) <= np.datetime64(str(period.start)))
            & household("score_at_or_under_threshold", period)
            & household("resident", period)
            & household("every_member_in_rnp", period)
            & household("no_other_family_allowance", period)
            & household("no_state_pay", period)
            & household("no_pension", period)
            & ~household("fonds_entraide_familiale", period)
            & household.any(household.members("is_present", period))
        )


class amount(Variable):
    value_type = float
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Amount of the month in dirhams"

    def formula(household, period):
        grants = household.sum(household.members("birth_grant", period))
        return household("eligible", period) * (household("monthly_aid", period) + grants)
