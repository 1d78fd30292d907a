"""The whole API against its own OpenAPI document: what it allows and what it forbids, as several callers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from karama.exchange import gate
from karama.project.wsgi import application
from karama.record.rates import Allowance
from karama.record.states import Role
from tests import service_database
from tests.delivery import families
from tests.exchange import people
from tests.exchange.calls import client

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("served")
FEW, MANY = 6, 200
DOCUMENT = client().get("/api/v1/openapi.json").json()
CALLERS = ("nobody", "citizen", "counter agent", "claims officer", "appeals officer", "auditor", "analyst")


@pytest.fixture(scope="module")
def served(service: service_database.Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A database of these tests alone: what the calls write is committed, as on a server."""
    data = tmp_path_factory.mktemp("served")
    with (
        service_database.copy_of_the_template(service.server, f"{service.name}_schema", data) as database,
        service_database.connected_to(database),
    ):
        yield


def schema() -> schemathesis.schemas.BaseSchema:
    found = schemathesis.openapi.from_dict(DOCUMENT)
    found.app = application
    found.config.update(base_url="http://localhost")
    found.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    # A rule that no schema can say (a code that exists, a month within reach, a proof by its content) is told by 422.
    checks = found.config.checks
    checks.positive_data_acceptance.expected_statuses = [*checks.positive_data_acceptance.expected_statuses, "422"]
    checks.negative_data_rejection.expected_statuses = [
        *checks.negative_data_rejection.expected_statuses,
        *("405", "409", "411", "413", "415"),
    ]
    return found


OPERATIONS = [one.ok().label for one in schema().get_all_operations() if isinstance(one, Ok)]


def caller(name: str) -> dict[str, str]:
    household = families.household()
    who = {
        "nobody": lambda: None,
        "citizen": lambda: people.citizen(household).token,
        "counter agent": lambda: people.staff(Role.COUNTER_AGENT, "06181").token,
        "claims officer": lambda: people.staff(Role.CLAIMS_OFFICER, "", health=True).token,
        "appeals officer": lambda: people.staff(Role.APPEALS_OFFICER, "", health=True).token,
        "auditor": lambda: people.staff(Role.AUDITOR).token,
        "analyst": lambda: people.staff(Role.ANALYST).token,
    }[name]()
    return {"Authorization": f"Bearer {who}"} if who else {}


def hold(name: str, label: str, examples: int) -> None:
    method, _, path = label.partition(" ")
    operation = schema()[path][method]
    headers = caller(name)

    @seed(0)
    @settings(
        max_examples=examples,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        deadline=None,
    )
    @given(case=operation.as_strategy())
    def calls(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers)

    calls()


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_address_holds_to_its_description(label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STRANGERS", "CALLERS"):
        monkeypatch.setattr(gate, name, Allowance(burst=1_000_000, per_second=1_000_000))
    turn = CALLERS[OPERATIONS.index(label) % len(CALLERS)]
    hold(turn, label, FEW)
    if turn != "claims officer":
        hold("claims officer", label, FEW)


@pytest.mark.long
@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize("label", OPERATIONS)
def test_an_address_holds_to_its_description_for_everybody(
    label: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in ("STRANGERS", "CALLERS"):
        monkeypatch.setattr(gate, one, Allowance(burst=1_000_000, per_second=1_000_000))
    hold(name, label, int(os.environ.get("KARAMA_SCHEMA_EXAMPLES", MANY)))
