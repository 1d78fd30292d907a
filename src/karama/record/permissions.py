"""Who may do what: named predicates that read as sentences, put together with ``&``, ``|`` and ``~``.

This is the first wall; row-level security is the second.  The rights over claims, decisions and appeals stand beside
them, and are made of the same words.  The table of roles and rights in the reference is made by asking these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules.predicates import Predicate

from karama.foundation.errors import NotAllowedError
from karama.record.states import AccountKind, Role

if TYPE_CHECKING:
    from karama.record.scope import Actor


@dataclass(frozen=True)
class File:
    """What a right is asked about: a household's file, or that of the children of an establishment."""

    commune: str
    household_id: int | None = None
    establishment: str = ""
    idcs: str = ""
    """The person, where the right is about one."""
    answers: str = ""
    """The IDCS of who answers for that person, a minor; empty for anybody else."""


# ---------------------------------------------------------------------------------------------------------- the words
def holds_over(actor: Actor, role: Role, commune: str) -> bool:
    """The actor holds the role over the commune's territory."""
    return any(commune.startswith(place) for place in actor.territories_of.get(role, ()))


def is_the_service(actor: Actor) -> bool:
    """The service itself acts: an import, a job, a command on its own machine."""
    return actor.kind == AccountKind.SERVICE and actor.nation and actor.account_id is None


def _holds(role: Role) -> Predicate:
    def check(actor: Actor) -> bool:
        return role in actor.roles

    return Predicate(check, name=f"is_{role}")


def _holds_there(*roles: Role) -> Predicate:
    def check(actor: Actor, file: File) -> bool:
        return any(holds_over(actor, role, file.commune) for role in roles)

    return Predicate(check, name=f"is_{'_or_'.join(roles)}_there")


def _own_household(actor: Actor, file: File) -> bool:
    return file.household_id is not None and file.household_id in actor.households


def _oneself(actor: Actor, file: File) -> bool:
    return bool(file.idcs) and file.idcs == actor.idcs


def _answers_for(actor: Actor, file: File) -> bool:
    return bool(file.answers) and file.answers == actor.idcs


def _own_establishment(actor: Actor, file: File) -> bool:
    return bool(file.establishment) and file.establishment == actor.establishment


def _himself(actor: Actor, account_id: int | None) -> bool:
    return account_id is not None and account_id == actor.account_id


def _reads_health(actor: Actor) -> bool:
    return actor.health


is_own_household = Predicate(_own_household, name="is_own_household")
is_oneself = Predicate(_oneself, name="is_oneself")
answers_for_the_minor = Predicate(_answers_for, name="answers_for_the_minor")
is_own_establishment = Predicate(_own_establishment, name="is_own_establishment")
is_himself = Predicate(_himself, name="is_himself")
may_read_health = Predicate(_reads_health, name="may_read_health")
"""Health facts are a right of their own (law 09-08); a citizen has it for his own."""
service = Predicate(is_the_service, name="is_the_service")
administrator, auditor, analyst = map(_holds, (Role.ADMINISTRATOR, Role.AUDITOR, Role.ANALYST))
file_staff_there = _holds_there(Role.COUNTER_AGENT, Role.CLAIMS_OFFICER, Role.APPEALS_OFFICER, Role.TERRITORIAL_MANAGER)
counter_agent_there = _holds_there(Role.COUNTER_AGENT)
manager_there = _holds_there(Role.TERRITORIAL_MANAGER)
reviewer_there = _holds_there(Role.CLAIMS_OFFICER, Role.TERRITORIAL_MANAGER)

# --------------------------------------------------------------------------------------------------------- the rights
see_file = is_own_household | is_own_establishment | file_staff_there | auditor | service
see_health_facts = see_file & may_read_health
take_own_data = is_oneself | answers_for_the_minor | counter_agent_there | service
see_figures_of_territory = manager_there | auditor | analyst
take_research_extract = analyst
read_journal = auditor
verify_journal = auditor | administrator | service
report_retention = auditor | administrator | service
run_imports = administrator | service
review_register = reviewer_there | service
search_register = administrator | service
manage_accounts = administrator | service
grant_roles = manage_accounts & ~is_himself

RIGHTS: dict[str, tuple[str, Predicate]] = {
    "see_file": ("Read a file: what is known of a household or of a child placed", see_file),
    "see_health_facts": ("Read its health facts, where the role was granted with that right", see_health_facts),
    "take_own_data": (
        "Take a copy of all that is known of a person: that person, or who answers for a minor",
        take_own_data,
    ),
    "see_figures_of_territory": ("See the figures of a territory, no name among them", see_figures_of_territory),
    "take_research_extract": ("Take a pseudonymised extract", take_research_extract),
    "read_journal": ("Read the journal beyond one file", read_journal),
    "verify_journal": ("Verify the journal against its seals and anchors", verify_journal),
    "report_retention": ("See what is kept past its retention period", report_retention),
    "run_imports": ("Import registers and update files", run_imports),
    "review_register": ("Judge whether two persons are one, and where a person in two places belongs", review_register),
    "search_register": ("Search the whole register for them", search_register),
    "manage_accounts": ("Open, lock and unlock accounts, reset a second factor", manage_accounts),
    "grant_roles": ("Give and take away roles, never his own", grant_roles),
}
"""The rights of this floor by name: what each allows, and to whom."""


def require(allowed: bool, right: str) -> None:  # noqa: FBT001 - reads as a sentence: require(see_file.test(actor, file), "…")
    """Go on only where it is allowed.

    Raises:
        NotAllowedError: it is not; names the right.
    """
    if not allowed:
        raise NotAllowedError(f"not allowed: {right}")
