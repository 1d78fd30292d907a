"""Queries for `karama.registry.facts.supersede` of those who tell some columns only: the others stay as they are known.

A death tells the date and nothing of the marital status; a register without a column tells nothing about it.

A row holds until its end, or until what is known to begin later: which of two files comes first makes no difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.registry.facts import begins_after, table_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from karama.registry.models import Fact


def told(
    fact: type[Fact],
    staged: str,
    given: Mapping[str, str],
    defaults: Mapping[str, str],
    untold: Collection[str] = (),
    *,
    day: str = "lower(s.validity)",
    all_later: bool = False,
) -> str:
    """A query over the staged rows.

    Args:
        fact: what is told.
        staged: a relation or query in brackets with the fact's key, ``validity``, ``source`` and ``proof``.
        given: SQL over ``s``, the staged row, of each column told.
        defaults: SQL of each other column where nothing is known; without one of them nothing is written there.
        untold: columns of ``given`` that a row leaves as they are by giving no value.
        day: SQL over ``s`` of the day after which a value must begin to stand beside what is told.
        all_later: whether what is told holds over all later days, whatever is known to begin then.
    """
    if set(given) == set(fact.values()) and not untold and not all_later:
        return _until_the_later(fact, staged, given, day)
    over = _over_the_known(
        fact,
        staged,
        {name: f"coalesce({value}, k.{name})" if name in untold else value for name, value in given.items()},
        "" if all_later else day,
    )
    if set(given) | set(defaults) < set(fact.values()):
        return over
    fresh = {
        name: f"coalesce({value}, {defaults[name]})" if name in untold and name in defaults else value
        for name, value in given.items()
    }
    return f"{over} UNION ALL {_where_nothing_is_known(fact, staged, {**defaults, **fresh})}"


def worth_telling(fact: type[Fact], staged: str, ordinary: str) -> str:
    """The staged rows, without those that say what is ordinary (SQL over ``s``) where nothing is known."""
    return (
        f"(SELECT s.* FROM {staged} s WHERE NOT ({ordinary}) OR EXISTS (SELECT 1 FROM {table_of(fact)} k"
        f" WHERE {_same_subject(fact)} AND upper_inf(k.known) AND k.validity && s.validity))"
    )


def _until_the_later(fact: type[Fact], staged: str, given: Mapping[str, str], day: str) -> str:
    """Every column is told: the days of which something is known that begins later are left out."""
    columns = ", ".join((*_key(fact), *(f"{given[name]} AS {name}" for name in fact.values())))
    key = ", ".join(f"k.{name}" for name in fact.key)
    later = (
        f"SELECT {key}, s.validity, range_agg(k.validity) AS days FROM {staged} s JOIN {table_of(fact)} k"
        f" ON {_same_subject(fact)} WHERE upper_inf(k.known) AND k.validity && s.validity AND {begins_after(fact, day)}"
        f" GROUP BY {key}, s.validity"
    )
    return (
        f"SELECT {columns}, part AS validity, s.source, s.proof FROM {staged} s"
        f" LEFT JOIN ({later}) k ON {_same_subject(fact)} AND k.validity = s.validity"
        " CROSS JOIN LATERAL unnest(datemultirange(s.validity) - coalesce(k.days, '{}'::datemultirange)) AS part"
    )


def _over_the_known(fact: type[Fact], staged: str, given: Mapping[str, str], day: str) -> str:
    """Some columns are told: each until it is known to change later, where ``day`` says what is later."""
    told = {name: _until_it_changes(fact, name, value, day) if day else value for name, value in given.items()}
    values = (f"{told[name]} AS {name}" if name in told else f"k.{name}" for name in fact.values())
    return (
        f"SELECT {', '.join((*_key(fact), *values))}, k.validity * s.validity AS validity, s.source, s.proof"
        f" FROM {staged} s JOIN {table_of(fact)} k ON {_same_subject(fact)}"
        " WHERE upper_inf(k.known) AND k.validity && s.validity"
    )


def _until_it_changes(fact: type[Fact], name: str, value: str, day: str) -> str:
    """The value told of a column, or the one known where another is known to begin in between."""
    table = table_of(fact)
    changes = (
        f"SELECT 1 FROM {table} c WHERE {_same_subject(fact, 'c')} AND upper_inf(c.known)"
        f" AND lower(c.validity) <= lower(k.validity) AND {begins_after(fact, day, 'c')} AND NOT EXISTS"
        f" (SELECT 1 FROM {table} b WHERE {_same_subject(fact, 'b')} AND upper_inf(b.known)"
        f" AND upper(b.validity) = lower(c.validity) AND b.{name} IS NOT DISTINCT FROM c.{name})"
    )
    return f"CASE WHEN lower(k.validity) > {day} AND EXISTS ({changes}) THEN k.{name} ELSE {value} END"


def _where_nothing_is_known(fact: type[Fact], staged: str, values: Mapping[str, str]) -> str:
    columns = ", ".join((*_key(fact), *(f"{values[name]} AS {name}" for name in fact.values())))
    known = (
        f"SELECT range_agg(k.validity) FROM {table_of(fact)} k WHERE {_same_subject(fact)}"
        " AND upper_inf(k.known) AND k.validity && s.validity"
    )
    return (
        f"SELECT {columns}, part AS validity, s.source, s.proof FROM {staged} s CROSS JOIN LATERAL"
        f" unnest(datemultirange(s.validity) - coalesce(({known}), '{{}}'::datemultirange)) AS part"
    )


def _key(fact: type[Fact]) -> tuple[str, ...]:
    return tuple(f"s.{name}" for name in fact.key)


def _same_subject(fact: type[Fact], row: str = "k") -> str:
    return " AND ".join(f"{row}.{name} = s.{name}" for name in fact.key)
