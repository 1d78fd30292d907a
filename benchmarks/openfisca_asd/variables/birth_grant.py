"""The birth grant: the first two births of a mother, claimed within six months."""

from __future__ import annotations

import numpy as np
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.openfisca_asd.entities import Household, Person
from benchmarks.openfisca_asd.ties import order_in_group


class birth_grant_claimed(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "A grant claimed in the month and in time"

    def formula(person, period, parameters):
        rates = parameters(period).birth_grant
        born = person("birth_date", period)
        claimed = person("birth_grant_claim_date", period)
        this_month = (claimed >= np.datetime64(str(period.start))) & (claimed <= np.datetime64(str(period.stop)))
        month_born, month_claimed = born.astype("datetime64[M]"), claimed.astype("datetime64[M]")
        months = (month_claimed - month_born).astype(np.int64)
        same_day_or_before = claimed - month_claimed <= born - month_born
        in_time = (months < rates.claim_months) | ((months == rates.claim_months) & same_day_or_before)
        of_the_programme = born >= np.datetime64("2023-12-01")
        return person.has_role(Household.CHILD) & this_month & (claimed >= born) & in_time & of_the_programme


class mother_birth_order(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Order among the mother's births, where a grant is claimed"

    def formula(person, period):
        claimed = person("birth_grant_claimed", period)
        recorded = person("live_birth_order", period)
        if not (claimed & (recorded == 0)).any():
            return recorded
        born = person.has_role(Household.CHILD) & (person("birth_date", period) <= np.datetime64(str(period.stop)))
        families = person.household.reference_entity.members_entity_id
        counted = order_in_group(born, families, person("mother_number", period), person("birth_date", period))
        return np.where(recorded == 0, counted, recorded)


class birth_grant(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Grant of a birth"

    def formula(person, period, parameters):
        rates = parameters(period).birth_grant
        order = person("mother_birth_order", period)
        amount = np.select([order == 1, order == 2], [rates.first, rates.second], default=0)
        return person("birth_grant_claimed", period) * amount
