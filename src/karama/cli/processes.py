"""The processes ``karama serve`` keeps running: ``python -m karama.cli.processes web``, and one for each worker.

Each ends with the process that started it, however that one ends: a port is never left taken.
"""

from __future__ import annotations

import os
import sys

from karama.foundation.supervision import end_with

WEB = "web"


def commands(*, address: str, workers: int, threads: int) -> dict[str, list[str]]:
    """The command of each process, by its name: the web, and the workers."""
    from karama.record.workers import QUEUES

    start = [sys.executable, "-m", "karama.cli.processes"]
    parent = str(os.getpid())
    options = ["--worker-class", "gthread", "--threads", str(threads), "--workers", str(workers), "--bind", address]
    quiet = ["--log-level", "warning", "--graceful-timeout", "20", "--timeout", "60"]
    web = [*start, WEB, parent, *options, *quiet, "karama.project.wsgi:application"]
    return {WEB: web, **{worker: [*start, worker, parent] for worker in QUEUES}}


def main() -> None:
    """Become the process named by the first word, for the parent named by the second."""
    kind, parent, *rest = sys.argv[1:]
    end_with(int(parent))
    if kind == WEB:
        from gunicorn.app.wsgiapp import run

        sys.argv = ["gunicorn", *rest]
        run()
        return
    import django
    from django.core.management import call_command

    from karama.record.workers import QUEUES, known_as

    os.environ["PGAPPNAME"] = known_as(kind)
    django.setup()
    call_command("procrastinate", "worker", "--name", f"{kind}-{os.getpid()}", "--queues", ",".join(QUEUES[kind]))


if __name__ == "__main__":
    main()
