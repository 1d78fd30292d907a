"""``python -m karama``: the same as the ``karama`` command."""

from __future__ import annotations

from karama.cli import main

main()
