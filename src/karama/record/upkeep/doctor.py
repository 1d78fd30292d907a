"""What ails the service today: each check is one line with its remedy; none of them changes anything."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.checks import run_checks
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.timezone import localdate, localtime

from karama.foundation.errors import BadInputError
from karama.foundation.postgres.programs import OLDEST
from karama.record.journal.anchoring import read_anchors
from karama.record.journal.verifying import Fault, counted, verify
from karama.record.rights import faults_of_role
from karama.record.scope import SYSTEM, acting_as
from karama.record.workers import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from karama.record.journal.anchoring import Anchor

_GIB = 2**30
_LITTLE_SPACE, _NO_SPACE = 10 * _GIB, 1 * _GIB
_DRIFT, _FAR_DRIFT = dt.timedelta(seconds=2), dt.timedelta(minutes=1)
_UNSEALED = dt.timedelta(hours=24)
_NEWEST = 3
"""Batches whose events are hashed again each time; the chain of all is short."""
_ANCHORED = dt.timedelta(days=2)


class Status(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    subject: str
    status: Status
    says: str
    remedy: str = ""


def examine(unconfirmed: dict[str, int], *, whole_journal: bool = False) -> list[Finding]:
    """Every check in its order.

    Args:
        unconfirmed: the number of unconfirmed parameters in force of each programme.
        whole_journal: look at every event of the journal, not only at the chain and the newest batches.
    """
    found = [*_settings(), *_database()]
    if all(one.status is not Status.FAIL for one in found if one.subject == "database"):
        checks: tuple[Callable[[], Iterator[Finding]], ...] = (_role, _migrations)
        found += [one for check in checks for one in check()]
        if all(one.status is not Status.FAIL for one in found):
            always = (*_clock(), *_hours(), *_journal(), *_chain(whole=whole_journal))
            found += [*always, *_register(), *_workers(), *_jobs()]
    return [*found, *_lake(), *_space(), *_law(unconfirmed)]


def _settings() -> Iterator[Finding]:
    faults = [str(one.msg) for one in run_checks(tags=["karama"], include_deployment_checks=True) if one.is_serious()]
    for fault in faults:
        says, _, remedy = fault.partition(": ")
        yield Finding("settings", Status.FAIL, says, remedy)
    if not faults:
        yield Finding("settings", Status.OK, "safe to serve" if not settings.ENVIRONMENT.demo else "those of a demo")


def _database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version')"
            )
            major, version = cursor.fetchone()
    except OperationalError as error:
        why = " ".join(str(error).split())
        yield Finding("database", Status.FAIL, f"not reached ({why})", "start it, or correct DATABASE_URL")
        return
    if major < OLDEST:
        yield Finding("database", Status.FAIL, f"PostgreSQL {version}", f"move to PostgreSQL {OLDEST} or later")
    else:
        yield Finding("database", Status.OK, f"PostgreSQL {version}")


def _role() -> Iterator[Finding]:
    faults = faults_of_role(connection)
    for fault in faults:
        yield Finding("role", Status.FAIL, fault, "give DATABASE_URL another role and run 'karama migrate'")
    if not faults:
        yield Finding("role", Status.OK, f"{connection.settings_dict['USER']} is held by row-level security")


def unapplied() -> list[str]:
    """The migrations that the database has not seen, as ``app.name``."""
    executor = MigrationExecutor(connection)
    return [f"{one.app_label}.{one.name}" for one, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def _migrations() -> Iterator[Finding]:
    if waiting := unapplied():
        yield Finding("migrations", Status.FAIL, f"{len(waiting)} are not applied", "run 'karama migrate'")
    else:
        yield Finding("migrations", Status.OK, "all applied")


def _clock() -> Iterator[Finding]:
    """The machine's clock beside the database's, and the journal's last event beside both."""
    before = dt.datetime.now(tz=dt.UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), karama_now() - clock_timestamp()")
        theirs, ahead = cursor.fetchone()
    ours = before + (dt.datetime.now(tz=dt.UTC) - before) / 2
    drift = abs(theirs - ours)
    remedy = "have both machines keep their time (timedatectl, chrony)"
    if drift > _DRIFT:
        status = Status.FAIL if drift > _FAR_DRIFT else Status.WARN
        yield Finding("clock", status, f"{drift.total_seconds():.1f} s between this machine and the database", remedy)
    elif ahead > _DRIFT:
        says = f"the last event of the journal is {ahead.total_seconds():.0f} s ahead of the clock, which has gone back"
        yield Finding("clock", Status.WARN, says, remedy)
    else:
        yield Finding("clock", Status.OK, f"{drift.total_seconds():.1f} s between this machine and the database")


def _hours() -> Iterator[Finding]:
    """Whether the database tells the country's time as the service does; else their days end at different moments."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT moment, moment AT TIME ZONE %s FROM clock_timestamp() moment", [settings.TIME_ZONE])
        moment, theirs = cursor.fetchone()
    ours = localtime(moment).replace(tzinfo=None)
    if theirs != ours:
        says = f"it is {ours:%H:%M} in {settings.TIME_ZONE} for the service, {theirs:%H:%M} for the database"
        yield Finding("hours", Status.WARN, says, "update the time zones of the database's machine (package tzdata)")
    else:
        yield Finding("hours", Status.OK, f"those of {settings.TIME_ZONE}, for the database too")


def _journal() -> Iterator[Finding]:
    """How long events have waited for their seal."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM record_unsealed), (SELECT max(number) FROM record_seal),"
            " (SELECT now() - min(e.at) FROM record_unsealed u JOIN record_event e ON e.id = u.event_id)"
        )
        waiting, last, longest = cursor.fetchone()
    sealed = f"seal {last}" if last is not None else "no seal yet"
    if longest is not None and longest > _UNSEALED:
        says = f"{waiting} events are not sealed, the oldest for {longest.total_seconds() / 3600:.0f} h ({sealed})"
        yield Finding("journal", Status.WARN, says, "have 'karama serve' do the jobs: sealing is one of them")
    else:
        yield Finding("journal", Status.OK, f"{waiting} events wait for their seal ({sealed})")


def _chain(*, whole: bool) -> Iterator[Finding]:
    """Whether the journal is what was sealed, and the chain what was published."""
    anchors, about_anchors = _anchors()
    with acting_as(SYSTEM):
        report = verify(anchors, newest=None if whole else _NEWEST)
    if report.findings:
        first = [one.says for one in report.findings[:3]]
        says = f"not as it was written ({counted(report)}): {'; '.join(first)}"
        remedy = "stop the service, keep the database as it is, and run 'karama audit verify'"
        yield Finding("chain", Status.FAIL, says, remedy)
    else:
        looked_at = "all" if report.whole == report.seals else f"those of the newest {report.whole} seals"
        says = f"{report.seals:,} seals follow from each other; of {report.events:,} events, {looked_at} are as sealed"
        yield Finding("chain", Status.OK, says)
    if about_anchors:
        yield about_anchors
    elif not any(one.fault is Fault.NOT_AS_PUBLISHED for one in report.findings):
        yield Finding(
            "anchors", Status.OK, f"the chain is as published {len(anchors)} times, last on {anchors[-1].day}"
        )


def _anchors() -> tuple[list[Anchor], Finding | None]:
    """What was published of the chain, and what is wrong with that: no place, nothing there, nothing new."""
    if not settings.ANCHORS:
        says = "no place outside this machine: whoever holds the database could rewrite the whole journal unseen"
        return [], Finding("anchors", Status.WARN, says, "set KARAMA_ANCHORS to a folder or an address on another one")
    try:
        anchors = read_anchors(settings.ANCHORS)
    except BadInputError as error:
        says, _, remedy = str(error).rpartition(": ")
        return [], Finding("anchors", Status.WARN, says, f"{remedy}, or have 'karama serve' publish one each night")
    age = localdate() - dt.date.fromisoformat(anchors[-1].day)
    if age > _ANCHORED:
        says = f"the last was published on {anchors[-1].day}, {age.days} days ago"
        return anchors, Finding(
            "anchors", Status.WARN, says, "have 'karama serve' do the jobs: one publishes each night"
        )
    return anchors, None


def _workers() -> Iterator[Finding]:
    """Each worker that is connected, and whether as many have lately said that they live."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '2 minutes'")
        ((living,),) = cursor.fetchall()
    there = running()
    missing = [name for name, runs in there.items() if not runs]
    if missing:
        yield Finding("workers", Status.WARN, f"{', '.join(missing)}: not running", "run 'karama serve'")
    elif living < len(there):
        says = f"{', '.join(there)}: connected, but only {living} gave a sign of life in two minutes"
        yield Finding("workers", Status.WARN, says, "look at the log of 'karama serve', and start it again")
    else:
        yield Finding("workers", Status.OK, f"{', '.join(there)}: running")


def _register() -> Iterator[Finding]:
    """A first load that has taken the registry's constraints away and has not given them back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM registry_import WHERE state = 'running' AND rebuilt <> '[]'")
        for number, name in cursor.fetchall():
            says = f"the load of the first register '{name}' (import {number}) has not ended: constraints are missing"
            remedy = "let it end, or give the same folder again with --first"
            yield Finding("register", Status.FAIL, says, remedy)


def _jobs() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'),"
            " (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
            " AND coalesce(scheduled_at, now()) < now() - interval '10 minutes')"
        )
        failed, late = cursor.fetchone()
    if failed:
        yield Finding("jobs", Status.WARN, f"{failed} jobs have failed", "read why in the log of 'karama serve'")
    if late:
        yield Finding("jobs", Status.WARN, f"{late} jobs are late", "run 'karama serve'")
    if not failed and not late:
        yield Finding("jobs", Status.OK, "none has failed, none is late")


def _lake() -> Iterator[Finding]:
    lake: Path = settings.LAKE
    if not lake.is_dir():
        yield Finding("lake", Status.OK, f"{lake}: no month was decided yet")
        return
    months = [one for one in lake.rglob("manifest.json") if not any(part.startswith(".") for part in one.parts[-3:])]
    left = [one.name for one in lake.rglob(".*.part-*")]
    if left:
        remedy = "run the month again, which removes what a kill left"
        yield Finding("lake", Status.WARN, f"{lake}: {len(left)} folders were left half-made", remedy)
    else:
        yield Finding("lake", Status.OK, f"{lake}: {len(months)} folders with a manifest")


def _space() -> Iterator[Finding]:
    places = {settings.ENVIRONMENT.data, settings.LAKE}
    seen: set[int] = set()
    for place in sorted(places):
        there = next(one for one in (place, *place.parents) if one.exists())
        if (device := there.stat().st_dev) in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(there).free
        says = f"{free / _GIB:.1f} GiB free at {there}"
        if free < _LITTLE_SPACE:
            status = Status.FAIL if free < _NO_SPACE else Status.WARN
            yield Finding("disk", status, says, "free some space, or move KARAMA_DATA or KARAMA_LAKE")
        else:
            yield Finding("disk", Status.OK, says)


def _law(unconfirmed: dict[str, int]) -> Iterator[Finding]:
    for programme, count in unconfirmed.items():
        if count:
            remedy = f"a lawyer checks: karama law parameters --unconfirmed --programme {programme}"
            yield Finding("law", Status.WARN, f"{programme}: {count} values in force are not confirmed", remedy)
        else:
            yield Finding("law", Status.OK, f"{programme}: every value in force is confirmed")
