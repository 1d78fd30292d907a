"""Writes of appeals and complaints; each is one transaction and leaves an event in the file's timeline."""

from karama.delivery.appeals.actions.complaining import (
    answer_complaint,
    assign_complaint,
    close_complaint,
    escalate_complaint,
    escalate_those_passed,
    receive_complaint,
)
from karama.delivery.appeals.actions.executing import execute
from karama.delivery.appeals.actions.finding import Correction, Ending, Joining
from karama.delivery.appeals.actions.hearing import (
    admit,
    ask_evidence,
    assign_judge,
    begin_review,
    judge,
    refuse_to_hear,
    resume_review,
)
from karama.delivery.appeals.actions.receiving import add_evidence, receive_appeal, withdraw_appeal
from karama.delivery.appeals.actions.reminding import remind_those_due
from karama.delivery.appeals.actions.walling_off import wall_off

__all__ = [
    "Correction",
    "Ending",
    "Joining",
    "add_evidence",
    "admit",
    "answer_complaint",
    "ask_evidence",
    "assign_complaint",
    "assign_judge",
    "begin_review",
    "close_complaint",
    "escalate_complaint",
    "escalate_those_passed",
    "execute",
    "judge",
    "receive_appeal",
    "receive_complaint",
    "refuse_to_hear",
    "remind_those_due",
    "resume_review",
    "wall_off",
    "withdraw_appeal",
]
