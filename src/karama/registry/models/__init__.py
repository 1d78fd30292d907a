"""The tables of the registry: who exists, and what is known of them."""

from karama.registry.models.facts import (
    FACTS,
    BirthGrantClaim,
    Civil,
    Declaration,
    Enrolment,
    Fact,
    Health,
    Income,
    LegacyAid,
    Membership,
    PaymentAccount,
    Placement,
    Residence,
    RsuVariables,
    Schooling,
    Score,
    Situation,
)
from karama.registry.models.imports import Import, Rejection
from karama.registry.models.subjects import Establishment, Household, Person

__all__ = [
    "FACTS",
    "BirthGrantClaim",
    "Civil",
    "Declaration",
    "Enrolment",
    "Establishment",
    "Fact",
    "Health",
    "Household",
    "Import",
    "Income",
    "LegacyAid",
    "Membership",
    "PaymentAccount",
    "Person",
    "Placement",
    "Rejection",
    "Residence",
    "RsuVariables",
    "Schooling",
    "Score",
    "Situation",
]
