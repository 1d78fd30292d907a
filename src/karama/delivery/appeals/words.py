"""What is sent to a family's telephone about its appeal or its complaint: at most two SMS, no name, no fact, no reason.

The reasons stand in the file, which the family reads in its space or has read to it at the counter: they may hold what
nobody else in the house should read.  The decision that executes a judgment has a notice of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

_WHERE = Label("Voir votre espace ou le guichet.", "انظروا فضاءكم أو الشباك.", "See your space or the counter.")


def _and_where(fr: str, ar: str, en: str) -> Label:
    return Label(f"{fr} {_WHERE.fr}", f"{ar} {_WHERE.ar}", f"{en} {_WHERE.en}")


TEXTS: Mapping[str, Label] = {
    "appeal.received": Label(
        "Recours {code} reçu. Réponse au plus tard le {day}.",
        "تم تلقي تظلمكم {code}. الجواب في أجل أقصاه {day}.",
        "Appeal {code} received. Answer by {day} at the latest.",
    ),
    "appeal.inadmissible": _and_where(
        "Votre recours {code} ne peut pas être examiné.",
        "تعذر النظر في تظلمكم {code}.",
        "Your appeal {code} cannot be heard.",
    ),
    "appeal.evidence_asked": _and_where(
        "Des pièces sont demandées pour votre recours {code}.",
        "المرجو الإدلاء بوثائق بخصوص تظلمكم {code}.",
        "Evidence is asked for in your appeal {code}.",
    ),
    "appeal.upheld": Label(
        "Votre recours {code} est accueilli. Une nouvelle décision suit.",
        "تم قبول تظلمكم {code}. سيليه قرار جديد.",
        "Your appeal {code} is upheld. A new decision follows.",
    ),
    "appeal.partly_upheld": _and_where(
        "Votre recours {code} est accueilli en partie. Une nouvelle décision suit.",
        "تم قبول تظلمكم {code} جزئيا. سيليه قرار جديد.",
        "Your appeal {code} is upheld in part. A new decision follows.",
    ),
    "appeal.rejected": _and_where(
        "Votre recours {code} est rejeté.", "تم رفض تظلمكم {code}.", "Your appeal {code} is rejected."
    ),
    "appeal.withdrawn": Label(
        "Votre recours {code} est retiré.", "تم سحب تظلمكم {code}.", "Your appeal {code} is withdrawn."
    ),
    "complaint.received": Label(
        "Réclamation {code} reçue. Réponse au plus tard le {day}.",
        "تم تلقي شكايتكم {code}. الجواب في أجل أقصاه {day}.",
        "Complaint {code} received. Answer by {day} at the latest.",
    ),
    "complaint.escalated": Label(
        "Votre réclamation {code} est transmise au responsable, qui y répondra.",
        "أحيلت شكايتكم {code} على المسؤول الذي سيجيب عنها.",
        "Your complaint {code} was put before the manager, who will answer it.",
    ),
    "complaint.answered": _and_where(
        "Votre réclamation {code} a une réponse.", "تم الجواب على شكايتكم {code}.", "Your complaint {code} is answered."
    ),
}
"""By kind of event; of the other kinds nothing is sent."""

QUESTIONS: Mapping[str, Label] = {
    "grounds": Label(
        "Ce que vous écrivez parle-t-il de la santé de quelqu'un (maladie, handicap, soins) ?",
        "هل يتعلق ما تكتبونه بصحة شخص ما (مرض، إعاقة، علاج)؟",
        "Does what you write tell of somebody's health (illness, disability, care)?",
    ),
    "evidence": Label(
        "Ce document parle-t-il de la santé de quelqu'un (certificat médical, ordonnance, carte de handicap) ?",
        "هل تتعلق هذه الوثيقة بصحة شخص ما (شهادة طبية، وصفة، بطاقة إعاقة)؟",
        "Does this document tell of somebody's health (medical certificate, prescription, disability card)?",
    ),
}
"""What whoever hands in words or a document is asked; where there is no answer it is kept as if it were yes."""

WITHHELD = Label(
    "Une partie parle de santé : votre droit ne permet pas de la lire. Confiez le recours à un agent qui le peut.",
    "جزء يتعلق بالصحة ولا تسمح صلاحيتكم بقراءته. أحيلوا التظلم على موظف مخول.",
    "A part tells of health, which your right does not let you read. Pass the appeal to an officer who may.",
)
"""What an officer is told who may not read all of an appeal."""
