"""``karama decide``: the claims that wait, a month's reassessment, and the replay of decisions taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karama.cli.choices import Format
from karama.foundation.errors import BadInputError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from karama.delivery.decisions.actions import Replay
    from karama.delivery.decisions.batch import BatchResult

app = typer.Typer(no_args_is_help=True, help="Decisions of the service: claims, reassessments, replays.")

Programme = Annotated[str, typer.Option(help="Programme to decide.")]


@app.command("claims")
def claims_command(
    programme: Programme,
    most: Annotated[int, typer.Option(help="Claims of one batch, which is one transaction.", min=1)] = 100_000,
    output: Annotated[Format, typer.Option("--format", help="A line of text, or JSON.")] = Format.TEXT,
) -> None:
    """Decide the submitted claims that ask nothing of a person first, the oldest deadline first."""
    from karama.cli.opened import open_service

    with open_service():
        from karama.delivery.decisions.batch import decide_claims

        def batches() -> Iterator[BatchResult]:
            done = decide_claims(programme=programme, most=most)
            yield done
            while done.decided:
                done = decide_claims(programme=programme, most=most)
                yield done

        _report(batches(), output)


@app.command("reassess")
def reassess_command(
    programme: Programme,
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="Month from which the new decisions count.")],
    changed_since: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Only those of whom something was learnt since.")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="A line of text, or JSON.")] = Format.TEXT,
) -> None:
    """Decide again all who claimed the programme and keep what changes; goes on where it was stopped."""
    import datetime as dt

    from karama.cli.opened import open_service
    from karama.foundation.months import Month

    asked = Month.parse(month)
    try:
        since = dt.datetime.fromisoformat(changed_since).astimezone() if changed_since else None
    except ValueError as error:
        raise BadInputError(f"--changed-since: '{changed_since}' is no date: write YYYY-MM-DD") from error
    with open_service():
        from karama.delivery.decisions.batch import reassess_programme

        _report(reassess_programme(programme=programme, month=asked, changed_since=since), output)


@app.command("replay")
def replay_command(
    code: Annotated[str | None, typer.Argument(help="Reference of one decision, as on its notice.")] = None,
    sample: Annotated[int, typer.Option(help="Instead: that many decisions drawn at random.", min=0)] = 0,
) -> None:
    """Take decisions again from the facts as they were known then, and compare: facts, law, outcome, trace."""
    from karama.cli.opened import open_service

    if (code is None) == (sample == 0):
        raise BadInputError("karama decide replay: give a reference, or --sample N")
    with open_service():
        _replayed(code, sample)


def _replayed(code: str | None, sample: int) -> None:
    from karama.delivery.decisions.actions import replay
    from karama.delivery.decisions.models import Decision
    from karama.foundation.reference_codes import read_code
    from karama.record.scope import SYSTEM, acting_as

    with acting_as(SYSTEM):
        chosen = (
            Decision.objects.order_by("?")[:sample]
            if code is None
            else Decision.objects.filter(reference=read_code(code))
        )
        found = [replay(one) for one in chosen]
    if not found:
        raise BadInputError(f"'{code}' is no decision of this record: compare it with the notice")
    _say_replays(found)


def _say_replays(found: list[Replay]) -> None:
    for one in found:
        for difference in one.differences:
            typer.echo(f"{one.decision.reference}: {difference}", err=True)
    wrong = sum(1 for one in found if not one.same)
    if wrong:
        raise IntegrityError(f"{wrong} of {len(found)} decisions are not what their facts and law give")
    typer.echo(f"{len(found)} decisions replayed: facts, law, outcome and trace are the same")


def _report(batches: Iterable[BatchResult], output: Format) -> None:
    """Print what every batch did together."""
    from karama.delivery.decisions.batch import BatchResult

    total = BatchResult(0, 0, 0, 0)
    for done in batches:
        total += done
    if output is Format.JSON:
        from dataclasses import asdict
        from json import dumps

        typer.echo(dumps(asdict(total)))
        return
    typer.echo(
        f"{total.looked_at:,} looked at, {total.decided:,} decided ({total.granted:,} granted), "
        f"{total.unchanged:,} unchanged"
    )
