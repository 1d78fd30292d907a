"""The words of the letters in French, Arabic and English: short sentences, the same in a page and in print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.delivery.decisions.notice.outcome import Kind
from karama.foundation.languages import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.languages import Language

TITLES: Mapping[Kind, Label] = {
    Kind.GRANTED: Label("Votre demande est acceptée", "تم قبول طلبكم", "Your claim is accepted"),
    Kind.REFUSED: Label("Votre demande est refusée", "تم رفض طلبكم", "Your claim is refused"),
    Kind.INCREASED: Label("Le montant de l'aide augmente", "زيادة في مبلغ الإعانة", "The amount of the aid rises"),
    Kind.DECREASED: Label("Le montant de l'aide diminue", "نقصان في مبلغ الإعانة", "The amount of the aid falls"),
    Kind.UNCHANGED: Label("Le droit ne change pas", "لا تغيير في الحق", "The right does not change"),
    Kind.ENDED: Label("Le droit prend fin", "انتهاء الحق", "The right ends"),
    Kind.GRANT: Label("Une prime vous est accordée", "تم منحكم إعانة تصرف مرة واحدة", "A grant is awarded to you"),
    Kind.GRANT_REFUSED: Label(
        "La prime demandée est refusée", "تم رفض طلب المنحة", "The grant that you claimed is refused"
    ),
    Kind.ENDING: Label("Le droit va prendre fin", "سينتهي الحق قريبا", "The right is about to end"),
    Kind.DECREASING: Label(
        "Le montant de l'aide va diminuer", "سينخفض مبلغ الإعانة قريبا", "The amount of the aid is about to fall"
    ),
}
LEADS: Mapping[Kind, Label] = {
    Kind.GRANTED: Label(
        "À partir de {month}, le droit est ouvert : {aid}, {amount} par mois.",
        "ابتداء من {month}، الحق مفتوح: {aid}، {amount} شهريا.",
        "From {month}, the right is open: {aid}, {amount} a month.",
    ),
    Kind.REFUSED: Label(
        "Pour {month}, le droit n'est pas ouvert. Voici pourquoi.",
        "الحق غير مفتوح عن {month}. وهذا هو السبب.",
        "For {month}, the right is not open. This is why.",
    ),
    Kind.INCREASED: Label(
        "À partir de {month}, le montant passe de {before} à {amount} par mois.",
        "ابتداء من {month}، يرتفع المبلغ من {before} إلى {amount} شهريا.",
        "From {month}, the amount rises from {before} to {amount} a month.",
    ),
    Kind.DECREASED: Label(
        "À partir de {month}, le montant passe de {before} à {amount} par mois.",
        "ابتداء من {month}، ينخفض المبلغ من {before} إلى {amount} شهريا.",
        "From {month}, the amount falls from {before} to {amount} a month.",
    ),
    Kind.UNCHANGED: Label(
        "Après examen de vos données, le montant reste de {amount} par mois.",
        "بعد مراجعة معطياتكم، يبقى المبلغ {amount} شهريا.",
        "After a review of your data, the amount stays at {amount} a month.",
    ),
    Kind.ENDED: Label(
        "À partir de {month}, le droit n'est plus ouvert. Voici pourquoi.",
        "ابتداء من {month}، لم يعد الحق مفتوحا. وهذا هو السبب.",
        "From {month}, the right is no longer open. This is why.",
    ),
    Kind.GRANT: Label(
        "Pour {month}, une somme versée une seule fois s'ajoute à l'aide de {amount} par mois.",
        "عن {month}، يضاف مبلغ يصرف مرة واحدة إلى الإعانة الشهرية {amount}.",
        "For {month}, a sum paid once is added to the aid of {amount} a month.",
    ),
    Kind.GRANT_REFUSED: Label(
        "Pour {month}, la prime n'est pas due. L'aide de {amount} par mois n'est pas touchée.",
        "المنحة غير مستحقة عن {month}. ولا يؤثر ذلك في الإعانة الشهرية {amount}.",
        "For {month}, the grant is not due. The aid of {amount} a month is not affected.",
    ),
    Kind.ENDING: Label(
        "D'après les données connues aujourd'hui, le droit prendra fin à partir de {month}. Ceci n'est pas une"
        " décision : si une donnée est fausse, il est encore temps de la corriger.",
        "حسب المعطيات المتوفرة اليوم، سينتهي الحق ابتداء من {month}. ليس هذا قرارا: إذا كان أحد المعطيات خاطئا فما"
        " زال بإمكانكم تصحيحه.",
        "With the data known today, the right will end from {month}. This is no decision: if a fact is wrong, there is"
        " still time to correct it.",
    ),
    Kind.DECREASING: Label(
        "D'après les données connues aujourd'hui, le montant passera de {before} à {amount} par mois à partir de"
        " {month}. Ceci n'est pas une décision : si une donnée est fausse, il est encore temps de la corriger.",
        "حسب المعطيات المتوفرة اليوم، سينخفض المبلغ من {before} إلى {amount} شهريا ابتداء من {month}. ليس هذا قرارا:"
        " إذا كان أحد المعطيات خاطئا فما زال بإمكانكم تصحيحه.",
        "With the data known today, the amount will fall from {before} to {amount} a month from {month}. This is no"
        " decision: if a fact is wrong, there is still time to correct it.",
    ),
}
WITHOUT_AMOUNT: Mapping[Kind, Label] = {
    Kind.GRANTED: Label(
        "À partir de {month}, le droit est ouvert : {aid}.",
        "ابتداء من {month}، الحق مفتوح: {aid}.",
        "From {month}, the right is open: {aid}.",
    ),
    Kind.UNCHANGED: Label(
        "Après examen de vos données, le droit reste ouvert : {aid}.",
        "بعد مراجعة معطياتكم، يبقى الحق مفتوحا: {aid}.",
        "After a review of your data, the right stays open: {aid}.",
    ),
}

_WORDS: Mapping[str, Label] = {
    "mark": Label(
        "DONNÉES SYNTHÉTIQUES : cette lettre ne concerne aucune personne réelle",
        "معطيات اصطناعية: لا تخص هذه الرسالة أي شخص حقيقي",
        "SYNTHETIC DATA: this letter concerns nobody real",
    ),
    "reference": Label("Décision", "رقم القرار", "Decision"),
    "announcement": Label("Annonce", "رقم الإعلام", "Announcement"),
    "decided_on": Label("Date", "التاريخ", "Date"),
    "recipient": Label("Destinataire", "المرسل إليه", "Addressee"),
    "household": Label("Ménage", "الأسرة المعيشية", "Household"),
    "establishment": Label("Établissement", "المؤسسة", "Establishment"),
    "claim": Label("Demande", "الطلب", "Claim"),
    "claimed_on": Label("Déposée le", "تاريخ إيداع الطلب", "Made on"),
    "month": Label("Mois examiné", "الشهر المعني", "Month examined"),
    "appeal_until": Label("Recours jusqu'au", "أجل التظلم", "Appeal until"),
    "monthly": Label("par mois", "شهريا", "a month"),
    "refusals": Label("Pourquoi ?", "لماذا؟", "Why?"),
    "correct_at": Label("À corriger auprès de : {place}.", "يصحح لدى: {place}.", "To be corrected at: {place}."),
    "compared": Label(
        "{value}, pour une limite de {limit}", "{value}، والحد هو {limit}", "{value}, the limit is {limit}"
    ),
    "changed": Label("Ce qui a changé", "ما الذي تغير", "What has changed"),
    "was": Label(
        "Décision précédente ({code}, {month}) : {amount} par mois.",
        "القرار السابق ({code}، {month}): {amount} شهريا.",
        "Decision before ({code}, {month}): {amount} a month.",
    ),
    "was_open": Label(
        "Décision précédente ({code}, {month}) : droit ouvert.",
        "القرار السابق ({code}، {month}): الحق مفتوح.",
        "Decision before ({code}, {month}): the right was open.",
    ),
    "was_refused": Label(
        "Décision précédente ({code}, {month}) : droit non ouvert.",
        "القرار السابق ({code}، {month}): الحق غير مفتوح.",
        "Decision before ({code}, {month}): the right was not open.",
    ),
    "no_longer": Label(
        "N'est plus un obstacle : {reason}.", "لم يعد عائقا: {reason}.", "No longer in the way: {reason}."
    ),
    "now": Label("Nouveau : {reason}.", "جديد: {reason}.", "New: {reason}."),
    "same_data": Label(
        "Les données lues et les montants de la loi sont les mêmes.",
        "المعطيات ومبالغ القانون هي نفسها.",
        "The data read and the amounts of the law are the same.",
    ),
    "what": Label("Donnée", "المعطى", "Fact"),
    "before": Label("Avant", "من قبل", "Before"),
    "after": Label("Maintenant", "الآن", "Now"),
    "law": Label("la loi", "القانون", "the law"),
    "absent": Label("absent", "غير موجود", "absent"),
    "conditions": Label("Les conditions", "الشروط", "The conditions"),
    "condition": Label("Condition", "الشرط", "Condition"),
    "result": Label("Résultat", "النتيجة", "Result"),
    "found": Label("Ce qui a été comparé", "ما تمت مقارنته", "What was compared"),
    "article": Label("Texte", "النص القانوني", "Text"),
    "met": Label("remplie", "مستوفى", "met"),
    "unmet": Label("non remplie", "غير مستوفى", "not met"),
    "amounts": Label("Le calcul", "الحساب", "The amounts"),
    "benefit": Label("Aide", "الإعانة", "Benefit"),
    "whom": Label("Pour", "لفائدة", "For"),
    "family": Label("la famille", "الأسرة", "the family"),
    "child_in_care": Label("l'enfant", "الطفل", "the child"),
    "rank": Label("Rang", "الرتبة", "Rank"),
    "amount": Label("Montant", "المبلغ", "Amount"),
    "total": Label("Total de {month}", "مجموع {month}", "Total of {month}"),
    "used": Label(
        "Montants de la loi utilisés : {said}.", "مبالغ القانون المستعملة: {said}.", "Amounts of the law: {said}."
    ),
    "data": Label("Les données utilisées", "المعطيات المستعملة", "The data used"),
    "data_note": Label(
        "Si une donnée est fausse, faites-la corriger là où c'est indiqué : le droit est alors examiné à nouveau.",
        "إذا كان أحد المعطيات خاطئا، اطلبوا تصحيحه لدى الجهة المبينة: وتعاد حينئذ مراجعة الحق.",
        "If a fact is wrong, have it corrected where it is said: the right is then examined again.",
    ),
    "value": Label("Valeur", "القيمة", "Value"),
    "source": Label("Source", "المصدر", "Source"),
    "law_corrected": Label(
        "La loi, telle qu'elle est inscrite ici, a été corrigée depuis cette décision. Les motifs et les montants sont"
        " ceux de la décision ; pour le détail du calcul, adressez-vous à un agent, ou formez un recours.",
        "تم تصحيح القانون كما هو مدون هنا بعد هذا القرار. الأسباب والمبالغ هي التي وردت في القرار؛ لتفاصيل الحساب"
        " اتصلوا بموظف أو قدموا تظلما.",
        "The law as written here was corrected since this decision. Reasons and amounts are those of the decision;"
        " for the detail of the computation ask an agent, or appeal.",
    ),
    "grant_refused": Label(
        "La prime demandée n'est pas due ; le motif est donné plus bas.",
        "المنحة المطلوبة غير مستحقة؛ والسبب مبين أدناه.",
        "The grant claimed is not due; the reason is given below.",
    ),
    "since": Label("Valable depuis", "صالح منذ", "Valid since"),
    "known": Label("Connue le", "تاريخ العلم به", "Known on"),
    "where": Label("Où la corriger", "أين يصحح", "Where to correct"),
    "hidden": Label(
        "Cette copie est sans donnée de santé, ni rien de ce qui en dépend.",
        "هذه النسخة خالية من المعطيات الصحية ومن كل ما يتوقف عليها.",
        "This copy is without facts of health, and without whatever depends on one.",
    ),
    "unconfirmed": Label("Points non confirmés", "نقاط غير مؤكدة", "Unconfirmed points"),
    "lawyer": Label(
        "Ces points ont compté ici. Leur texte n'a pas encore été vérifié par un juriste.",
        "كان لهذه النقاط أثر هنا. ولم يتحقق خبير قانوني بعد من نصها.",
        "These points mattered here. A lawyer has not checked their text yet.",
    ),
    "appeal": Label("Si vous n'êtes pas d'accord", "إذا لم تكونوا موافقين", "If you do not agree"),
    "appeal_how": Label(
        "Vous pouvez former un recours jusqu'au {day} inclus, dans l'espace ASD ou dans une représentation"
        " territoriale, avec le code de cette décision. La réponse est due dans les {days} jours.",
        "يمكنكم تقديم تظلم إلى غاية {day} بما فيه هذا اليوم، في فضاء الدعم الاجتماعي المباشر أو لدى تمثيلية ترابية،"
        " مع رمز هذا القرار. ويكون الجواب داخل أجل {days} يوما.",
        "You may appeal until {day} included, in the ASD space or at a territorial representation, with the code of"
        " this decision. The answer is due within {days} days.",
    ),
    "appeal_late": Label(
        "Un recours plus tardif est enregistré et soumis à un agent.",
        "وكل تظلم بعد هذا الأجل يسجل ويعرض على موظف.",
        "A later appeal is recorded and put to an officer.",
    ),
    "verify": Label("Vérifier cette lettre", "التحقق من هذه الرسالة", "Check this letter"),
    "verify_how": Label(
        "Le code {code} se vérifie à l'adresse {address}, sans montrer de donnée personnelle.",
        "يمكن التحقق من الرمز {code} على العنوان {address} دون عرض أي معطى شخصي.",
        "The code {code} can be checked at {address}, which shows no personal data.",
    ),
    "agency": Label(
        "Agence nationale du soutien social", "الوكالة الوطنية للدعم الاجتماعي", "National agency of social support"
    ),
    "page_of": Label("page {page} sur {pages}", "صفحة {page} من {pages}", "page {page} of {pages}"),
}


def page_of(language: Language) -> str:
    """How a page says its number, the gaps left."""
    return _WORDS["page_of"].get(language)


def say(name: str, language: Language, **values: str) -> str:
    """A word or a sentence of the letters, its gaps filled."""
    return _WORDS[name].get(language).format(**values)
