"""The pages of ``karama demo`` served on this machine."""

from __future__ import annotations

import errno
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import typer

from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line on the terminal for each."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    """Answers each request in a thread of its own."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away before its answer was whole."""


def make(port: int, folder: Path) -> ThreadingHTTPServer:
    """A server of the folder on this machine only, its port taken before the long work begins.

    Raises:
        BadInputError: the port is in use, or not allowed to this user.
    """
    try:
        return _Server((HOST, port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        other = port + 1 if 1024 <= port < 65535 else 8001  # noqa: PLR2004 - ports free to all users
        reason = "is used by another program" if error.errno == errno.EADDRINUSE else "is not allowed to this user"
        message = f"port {port} {reason}: use --port {other}, or --no-serve to only write the pages"
        raise BadInputError(message) from error


def serve(server: ThreadingHTTPServer) -> None:
    """Serve until the user stops it."""
    typer.echo(f"\nThe page: http://{HOST}:{server.server_port}/ (Ctrl-C stops)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        typer.echo("stopped")
