"""What the register says, as OpenFisca holds it.  An unknown date is 9999-12-31, an unknown number 0."""

from __future__ import annotations

import datetime as dt

from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.openfisca_asd.entities import Household, Person

NEVER = dt.date(9999, 12, 31)


class claim_month(Variable):
    value_type = dt.date
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Month of the claim"
    default_value = NEVER


class score(Variable):
    value_type = int
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Score in hundred-millionths, rounded up"


class score_effective_from(Variable):
    value_type = dt.date
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Month from which the score counts"


class previous_score(Variable):
    value_type = int
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Score before it, in hundred-millionths, rounded up"


class resident(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "The head lives in Morocco"


class other_family_allowance(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Another family allowance"


class state_pay(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Pay from the State"


class pension(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "A pension"


class fonds_entraide_familiale(Variable):
    value_type = bool
    entity = Household
    definition_period = DateUnit.MONTH
    label = "Fonds d'entraide familiale"


class birth_date(Variable):
    value_type = dt.date
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Date of birth"


class death_date(Variable):
    value_type = dt.date
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Date of death"
    default_value = NEVER


class in_rnp(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "In the population registry"


class enrolled(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "At school"


class severe_disability(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Severe disability"


class father_deceased(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "The father is dead"


class mother_number(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Number of the mother, where an order of birth is not recorded"


class live_birth_order(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Order among the mother's births"


class birth_grant_claim_date(Variable):
    value_type = dt.date
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Date of the claim of a grant"
    default_value = NEVER


class receives_family_allowance(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Receives a family allowance"


class receives_state_pay(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Is paid by the State"


class receives_pension(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH
    label = "Receives a pension"
