"""What every test shares: generated cases that are the same on every machine and every day."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A failure on one machine must be a failure on all of them, so generated cases are derived from the test, not drawn;
# slowness is measured by the benchmarks, not by Hypothesis on a busy machine.
settings.register_profile(
    "karama", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("karama")
