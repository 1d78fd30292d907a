"""Queries for `karama.registry.facts.supersede` of those who tell some columns only: the others stay as they are known.

A death tells the date and nothing of the marital status; a register without a column tells nothing about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.registry.facts import table_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from karama.registry.models import Fact


def told(
    fact: type[Fact],
    staged: str,
    given: Mapping[str, str],
    defaults: Mapping[str, str],
    untold: Collection[str] = (),
) -> str:
    """A query over the staged rows.

    Args:
        fact: what is told.
        staged: a relation or query in brackets with the fact's key, ``validity``, ``source`` and ``proof``.
        given: SQL over ``s``, the staged row, of each column told.
        defaults: SQL of each other column where nothing is known; without one of them nothing is written there.
        untold: columns of ``given`` that a row leaves as they are by giving no value.
    """
    if set(given) == set(fact.values()) and not untold:
        columns = ", ".join((*_key(fact), *(f"{given[name]} AS {name}" for name in fact.values())))
        return f"SELECT {columns}, s.validity, s.source, s.proof FROM {staged} s"
    over = _over_the_known(
        fact,
        staged,
        {name: f"coalesce({value}, k.{name})" if name in untold else value for name, value in given.items()},
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


def _over_the_known(fact: type[Fact], staged: str, given: Mapping[str, str]) -> str:
    values = (f"{given[name]} AS {name}" if name in given else f"k.{name}" for name in fact.values())
    return (
        f"SELECT {', '.join((*_key(fact), *values))}, k.validity * s.validity AS validity, s.source, s.proof"
        f" FROM {staged} s JOIN {table_of(fact)} k ON {_same_subject(fact)}"
        " WHERE upper_inf(k.known) AND k.validity && s.validity"
    )


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


def _same_subject(fact: type[Fact]) -> str:
    return " AND ".join(f"k.{name} = s.{name}" for name in fact.key)
