"""That words or evidence of an appeal tell of health may be said at any time; it is never taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.delivery.appeals.actions.receiving import held
from karama.delivery.appeals.actions.telling import tell
from karama.delivery.appeals.models import Evidence, Statement
from karama.delivery.appeals.permissions import may_wall
from karama.delivery.appeals.walling import wall
from karama.foundation.errors import BadInputError
from karama.record.clock import now
from karama.record.permissions import require
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    from karama.delivery.appeals.models import Appeal
    from karama.record.scope import Actor


def wall_off(*, appeal_id: int, by: Actor, sha256: str = "") -> Appeal:
    """Say that an appeal tells of health: its document of that digest, or all that was said in it.

    From then on nobody reads it without the right to health facts, whoever says so included.  Of what is walled
    already nothing changes.  It may be said of an appeal that is over.

    Raises:
        BadInputError: the appeal has no such document.
        NotAllowedError: there is no such appeal that the actor may see, or he may not say so.
    """
    with acting_as(by):
        appeal = held(appeal_id)
        require(may_wall(by, appeal), "saying that this appeal tells of health")
        at, evidence = now(), Evidence.objects.filter(appeal=appeal, sha256=sha256)
        with acting_as(SYSTEM):
            if sha256 and not evidence.exists():
                raise BadInputError(f"appeal {appeal.reference} holds no document {sha256}: choose one of its evidence")
            more = wall(evidence if sha256 else Statement.objects.filter(appeal=appeal), at)
        if more:
            tell("walled", appeal, by=by, at=at, **({"evidence": more} if sha256 else {"words": more}))
        return appeal
