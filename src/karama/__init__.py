"""Karama runs, explains, steers and evaluates a direct social aid programme.

The packages below this one are floors: each imports only the floors beneath it (see CONTRIBUTING.md). Nothing is
imported here, so that one floor can be used without loading the others.
"""

from __future__ import annotations


def __getattr__(name: str) -> str:
    """``__version__`` when it is asked for: reading it costs a tenth of a second."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - the reason above

        return version("karama")
    raise AttributeError(f"module 'karama' has no attribute '{name}'")
