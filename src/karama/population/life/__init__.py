"""Life events from one month to the next: for each a module, and a file of rates with their meaning and source.

State is the register as it is *known*; what has happened and is not yet known waits beside it (`PENDING` columns, day
and month of a death, a birth's month of declaration).  Draws are keyed by person or household and month, partners and
hosts are sought inside a census cell: a batch of cells needs no other, a longer run begins with a shorter one's months.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.population.life.births import give_birth
from karama.population.life.deaths import die, settle_deaths
from karama.population.life.jobs import become_disabled, change_jobs, retire
from karama.population.life.moves import join_family, leave, move_homes
from karama.population.life.school_year import SEPTEMBER, learn_of_school, start_school_year
from karama.population.life.unions import divorce, marry

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws
    from karama.population.life.facts import Facts
    from karama.population.register import Register


def advance(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Carry the register from the month before to this one; scores and claims are updated afterwards.

    The order is fixed: those known to have died are followed by their heirs, then come unions, births, departures,
    moves, deaths, jobs and school.

    Args:
        register: changed in place.
        month: reached by this step.
        draws: of the seed.
        facts: receives what becomes known this month.
    """
    settle_deaths(register, month, draws, facts)
    divorce(register, month, draws, facts)
    marry(register, month, draws, facts)
    give_birth(register, month, draws, facts)
    leave(register, month, draws, facts)
    join_family(register, month, draws, facts)
    move_homes(register, month, draws, facts)
    die(register, month, draws, facts)
    change_jobs(register, month, draws, facts)
    retire(register, month, draws, facts)
    become_disabled(register, month, draws, facts)
    if month.month == SEPTEMBER:
        start_school_year(register, month, draws)
    learn_of_school(register, month, facts)
