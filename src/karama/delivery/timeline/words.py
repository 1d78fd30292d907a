"""The words of a file's timeline in French, Arabic and English: one sentence for each kind of event.

``{code}`` is the reference of what the event is about; ``{day}``, ``{month}``, ``{amount}`` and ``{what}`` are its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.delivery.appeals.states import ComplaintCategory
from karama.delivery.decisions.notice.outcome import Kind
from karama.delivery.decisions.states import Change
from karama.foundation.languages import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENTS: Mapping[str, Label] = {
    "claim.opened": Label("Demande {code} commencée", "بدء الطلب {code}", "Claim {code} begun"),
    "claim.answered": Label("Demande {code} remplie", "تعبئة الطلب {code}", "Claim {code} filled in"),
    "claim.proof_added": Label(
        "Pièce jointe à la demande {code}", "إرفاق وثيقة بالطلب {code}", "Proof added to claim {code}"
    ),
    "claim.submitted": Label(
        "Demande {code} déposée, réponse au plus tard le {day}",
        "إيداع الطلب {code}، الجواب في أجل أقصاه {day}",
        "Claim {code} submitted, answer by {day} at the latest",
    ),
    "claim.correction_asked": Label(
        "Correction de la demande {code} à faire", "طلب تصحيح الطلب {code}", "Correction of claim {code} asked for"
    ),
    "claim.withdrawn": Label("Demande {code} retirée", "سحب الطلب {code}", "Claim {code} withdrawn"),
    "claim.decided": Label("Demande {code} décidée", "البت في الطلب {code}", "Claim {code} decided"),
    "payment.changed": Label(
        "Versement changé par la demande {code} : {what}",
        "تغيير الأداء بالطلب {code}: {what}",
        "Payment changed by claim {code}: {what}",
    ),
    "claim.closed": Label("Demande {code} close", "إغلاق الطلب {code}", "Claim {code} closed"),
    "child.placed": Label(
        "Un enfant du ménage est placé en établissement",
        "إيداع طفل من الأسرة بمؤسسة للرعاية الاجتماعية",
        "A child of the household is placed in an establishment",
    ),
    "decision.taken": Label(
        "Décision {code} à partir de {month} : {what}, {amount} par mois",
        "القرار {code} ابتداء من {month}: {what}، {amount} شهريا",
        "Decision {code} from {month}: {what}, {amount} a month",
    ),
    "notice.made": Label("Notification {code}", "إشعار {code}", "Notice {code}"),
    "message.queued": Label("SMS à la famille", "رسالة قصيرة إلى الأسرة", "Text message to the family"),
    "appeal.received": Label(
        "Recours {code} reçu, réponse au plus tard le {day}",
        "تلقي التظلم {code}، الجواب في أجل أقصاه {day}",
        "Appeal {code} received, answer by {day} at the latest",
    ),
    "appeal.admitted": Label("Recours {code} recevable", "قبول التظلم {code} شكلا", "Appeal {code} can be heard"),
    "appeal.inadmissible": Label(
        "Recours {code} irrecevable", "عدم قبول التظلم {code} شكلا", "Appeal {code} cannot be heard"
    ),
    "appeal.assigned": Label(
        "Recours {code} confié à un agent", "إسناد التظلم {code} إلى موظف", "Appeal {code} put to an officer"
    ),
    "appeal.review_began": Label("Examen du recours {code}", "دراسة التظلم {code}", "Review of appeal {code}"),
    "appeal.evidence_asked": Label(
        "Pièces demandées pour le recours {code}",
        "طلب وثائق بخصوص التظلم {code}",
        "Evidence asked for in appeal {code}",
    ),
    "appeal.evidence_added": Label(
        "Pièce jointe au recours {code}", "إرفاق وثيقة بالتظلم {code}", "Evidence added to appeal {code}"
    ),
    "appeal.evidence_received": Label(
        "Pièces du recours {code} reçues", "توصل بوثائق التظلم {code}", "Evidence of appeal {code} received"
    ),
    "appeal.walled": Label(
        "Recours {code} : signalé comme parlant de santé",
        "التظلم {code}: أشير إلى أنه يتعلق بالصحة",
        "Appeal {code}: said to tell of health",
    ),
    "appeal.upheld": Label("Recours {code} accueilli", "قبول التظلم {code}", "Appeal {code} upheld"),
    "appeal.partly_upheld": Label(
        "Recours {code} accueilli en partie", "قبول التظلم {code} جزئيا", "Appeal {code} upheld in part"
    ),
    "appeal.rejected": Label("Recours {code} rejeté", "رفض التظلم {code}", "Appeal {code} rejected"),
    "appeal.executed": Label(
        "Recours {code} exécuté, à partir de {month}",
        "تنفيذ التظلم {code} ابتداء من {month}",
        "Appeal {code} executed, from {month}",
    ),
    "appeal.waits": Label(
        "Recours {code} : une personne est aussi inscrite ailleurs, un agent doit trancher avant la nouvelle décision",
        "التظلم {code}: شخص مسجل أيضا في مكان آخر، يجب أن يبت موظف في ذلك قبل القرار الجديد",
        "Appeal {code}: a person is also known elsewhere, which an officer settles before the new decision",
    ),
    "appeal.withdrawn": Label("Recours {code} retiré", "سحب التظلم {code}", "Appeal {code} withdrawn"),
    "appeal.reminded": Label(
        "Rappel : répondre au recours {code} au plus tard le {day}",
        "تذكير: الجواب على التظلم {code} في أجل أقصاه {day}",
        "Reminder: answer appeal {code} by {day}",
    ),
    "complaint.received": Label(
        "Réclamation {code} ({what}) reçue, réponse au plus tard le {day}",
        "تلقي الشكاية {code} ({what})، الجواب في أجل أقصاه {day}",
        "Complaint {code} ({what}) received, answer by {day} at the latest",
    ),
    "complaint.assigned": Label(
        "Réclamation {code} confiée à un agent", "إسناد الشكاية {code} إلى موظف", "Complaint {code} put to an officer"
    ),
    "complaint.escalated": Label(
        "Réclamation {code} transmise au responsable",
        "إحالة الشكاية {code} على المسؤول",
        "Complaint {code} put before the manager",
    ),
    "complaint.reopened": Label(
        "Réclamation {code} rouverte devant le responsable",
        "إعادة فتح الشكاية {code} أمام المسؤول",
        "Complaint {code} opened again before the manager",
    ),
    "complaint.answered": Label("Réclamation {code} : réponse", "الشكاية {code}: جواب", "Complaint {code} answered"),
    "complaint.closed": Label("Réclamation {code} close", "إغلاق الشكاية {code}", "Complaint {code} closed"),
    "transition.both_aids": Label(
        "Deux aides en {month} : {what} et l'aide qui la remplace",
        "إعانتان في {month}: {what} والإعانة التي حلت محلها",
        "Two aids in {month}: {what} and the one that replaces it",
    ),
}
"""What is told of each kind of event; other kinds are for the journal and not for the file."""

ANNOUNCEMENTS: Mapping[str, Label] = {
    f"notice.made:{Kind.ENDING}": Label(
        "Annonce {code} : le droit doit prendre fin en {month}",
        "إعلام {code}: من المنتظر أن ينتهي الحق في {month}",
        "Announcement {code}: the right is to end in {month}",
    ),
    f"notice.made:{Kind.DECREASING}": Label(
        "Annonce {code} : le montant doit diminuer en {month}",
        "إعلام {code}: من المنتظر أن ينخفض المبلغ في {month}",
        "Announcement {code}: the amount is to fall in {month}",
    ),
}
"""What is told of a notice that announces something: no decision was taken."""

DIFFERENCES: Mapping[str, Label] = {
    "appeal.executed:arrears": Label(
        "Recours {code} exécuté, à partir de {month} : {amount} dus en plus jusqu'à ce jour (rappel)",
        "تنفيذ التظلم {code} ابتداء من {month}: {amount} مستحقة زيادة إلى غاية اليوم (متأخرات)",
        "Appeal {code} executed, from {month}: {amount} more due up to this day (arrears)",
    ),
    "appeal.executed:overpayment": Label(
        "Recours {code} exécuté, à partir de {month} : {amount} accordés en trop jusqu'à ce jour",
        "تنفيذ التظلم {code} ابتداء من {month}: {amount} ممنوحة زيادة عن المستحق إلى غاية اليوم",
        "Appeal {code} executed, from {month}: {amount} more granted than was due up to this day (overpayment)",
    ),
}
"""What is told of a judgment that gives past months more, or less, than they gave."""

CHANGES: Mapping[str, Label] = {
    Change.GRANT: Label("aide accordée", "منح الإعانة", "aid granted"),
    Change.REFUSAL: Label("refus", "رفض", "refusal"),
    Change.ENTRY: Label("entrée", "استفادة", "entry"),
    Change.EXIT: Label("sortie", "توقيف", "exit"),
    Change.INCREASE: Label("augmentation", "زيادة", "increase"),
    Change.DECREASE: Label("diminution", "نقصان", "decrease"),
    Change.ONCE: Label("prime", "منحة", "grant due once"),
    Change.SAME: Label("sans changement", "بدون تغيير", "no change"),
}

CATEGORIES: Mapping[str, Label] = {
    ComplaintCategory.DELAY: Label("délai", "الأجل", "delay"),
    ComplaintCategory.PAYMENT: Label("paiement", "الأداء", "payment"),
    ComplaintCategory.RECEPTION: Label("accueil", "الاستقبال", "reception"),
    ComplaintCategory.DATA: Label("données", "المعطيات", "data"),
}

RESERVED = Label("Élément réservé", "عنصر محفوظ", "Reserved entry")
"""What stands for an event about something that the reader may not see: a health fact."""
