"""Karama runs, explains, steers and evaluates a direct social aid programme.

The packages below this one are floors: each imports only the floors beneath it (see CONTRIBUTING.md). Nothing is
imported here, so that one floor can be used without loading the others.
"""

from __future__ import annotations

from importlib.metadata import version

__version__ = version("karama")
