"""Calls of the API as programs make them: real requests through Django's stack, answers checked against OpenAPI."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

ROOT = "/api/v1"


def client(address: str = "127.0.0.1") -> Client:
    """A browser or a program at an address, which holds its cookies."""
    return Client(enforce_csrf_checks=True, SERVER_NAME="localhost", REMOTE_ADDR=address)


@dataclass
class Api:
    """Somebody who calls: nobody, or whoever holds the token."""

    token: str | None = None
    client: Client = field(default_factory=client)

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """One call; a body that is no text is sent as JSON."""
        sent = body if isinstance(body, str | bytes) else json.dumps(body)
        known = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            known["Authorization"] = f"Bearer {self.token}"
        kind = known.pop("Content-Type", "application/json")
        data = {"data": sent, "content_type": kind} if body is not None else {}
        response = self.client.generic(method, ROOT + path, headers=known, **data)
        return Answer(response)

    def get(self, path: str, **headers: str) -> Answer:
        """Read."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: object = None, key: str | None = None, **headers: str) -> Answer:
        """Write, with a key where one is given."""
        if key is not None:
            headers["Idempotency_Key"] = key
        return self.call("POST", path, body, **headers)


@dataclass
class Answer:
    """What came back."""

    response: Any

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.response.content)

    @property
    def problem(self) -> str:
        """The end of the problem's name."""
        assert self.response["Content-Type"] == "application/problem+json", self.response["Content-Type"]
        told = self.json
        assert told["status"] == self.status
        return str(told["type"].removeprefix("urn:karama:problem:"))

    def __getitem__(self, header: str) -> str:
        return str(self.response[header])
