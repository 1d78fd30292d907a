"""A small OpenID Connect provider on a port of its own: one person, one client, codes with PKCE, signed tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT, SECRET = "karama", "shared-with-the-provider"


@dataclass
class Provider:
    """Who it would say is there, and what it was asked."""

    address: str = ""
    person: dict[str, str] = field(default_factory=lambda: {"sub": "s-1", "preferred_username": "amina"})
    waiting: dict[str, dict[str, str]] = field(default_factory=dict)
    """Codes given and not yet exchanged, with what was asked for them."""
    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))
    token_issuer: str = ""
    """Who signs, where that is a lie."""

    def configuration(self) -> dict[str, Any]:
        here = self.address
        return {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "userinfo_endpoint": f"{here}/userinfo",
            "jwks_uri": f"{here}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.waiting[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, given: dict[str, str]) -> dict[str, Any]:
        """A code is exchanged once, by the client that asked for it and kept its verifier."""
        asked = self.waiting.pop(given["code"])
        assert (given["client_id"], given["client_secret"]) == (CLIENT, SECRET)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).rstrip(b"=")
        assert challenge.decode() == asked["code_challenge"]
        now = int(time.time())
        issuer = self.token_issuer or self.address
        claims = {**self.person, "iss": issuer, "aud": CLIENT, "iat": now, "exp": now + 60}
        token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": token}


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, answering on this machine until the end of the block."""
    provider = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            words = {name: value for name, (value, *_) in parse_qs(asked.query).items()}
            if asked.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(words))
                self.end_headers()
            elif asked.path == "/userinfo":
                assert self.headers["Authorization"] == "Bearer access"
                self._say(provider.person)
            elif asked.path.startswith("/.well-known"):
                self._say(provider.configuration())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(provider.exchange({name: value for name, (value, *_) in parse_qs(body).items()}))

        def _say(self, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        provider.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
