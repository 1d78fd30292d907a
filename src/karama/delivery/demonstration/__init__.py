"""A synthetic register in the service, with a month of life: claims at every stage, decisions, appeals, complaints.

For demonstrations alone: all persons are invented, and so are the times at which things happened.
"""

from karama.delivery.demonstration.loading import load_register
from karama.delivery.demonstration.people import DemoAccount, make_accounts
from karama.delivery.demonstration.story import live_a_month

__all__ = ["DemoAccount", "live_a_month", "load_register", "make_accounts"]
