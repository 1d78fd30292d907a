"""Personal data (law 09-08): how long it is kept, a person's own copy of it, and extracts that name nobody."""

from __future__ import annotations

from pathlib import Path

from karama.law.engine.parameter_file import ParameterFile

PARAMETERS = ParameterFile(Path(__file__).parent / "parameters.yaml")
"""Every parameter of personal data, with its status."""
