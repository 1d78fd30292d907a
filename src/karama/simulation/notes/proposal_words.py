"""The words of the proposal to the Government."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.inputs import MILIEU_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.languages import Language

TITLE = Label("Proposition au Gouvernement", "مقترح إلى الحكومة", "Proposal to the Government")
FOOTER = Label(
    "Karama · mois comparé : {0} · scénario : {1}",
    "كرامة · الشهر المقارن: {0} · السيناريو: {1}",
    "Karama · month compared: {0} · scenario: {1}",
)
STATUSES: Mapping[str, Label] = {
    "draft": Label("projet", "مشروع", "draft"),
    "submitted": Label("soumise", "مقدم", "submitted"),
    "adopted": Label("adoptée", "معتمد", "adopted"),
    "refused": Label("refusée", "مرفوض", "refused"),
}
PROPOSED = Label("nouveau", "جديد", "new")
FACTS: Mapping[str, Label] = {
    "author": Label("auteur", "صاحب المقترح", "author"),
    "status": Label("statut", "الوضعية", "status"),
    "programme": Label("programme", "البرنامج", "programme"),
    "data": Label("données de", "معطيات", "data of"),
    "share": Label("part du registre", "نسبة السجل", "share of the register"),
    "stands_on": Label("s'ajoute à", "يضاف إلى", "stands on"),
}
TITLES: Mapping[str, Label] = {
    "changes": Label("Paramètres et articles touchés", "المقتضيات والمواد المعنية", "Parameters and articles touched"),
    "costs_year": Label("Coût annuel (millions MAD)", "الكلفة السنوية (مليون درهم)", "Yearly cost (million MAD)"),
    "costs_month": Label("Coût du mois (millions MAD)", "كلفة الشهر (مليون درهم)", "Cost of the month (million MAD)"),
    "movements": Label("Entrées et sorties", "الدخول والخروج", "Entries and exits"),
    "coverage": Label("Couverture", "التغطية", "Coverage"),
    "winners": Label(
        "Gagnants et perdants (ménages)", "الرابحون والخاسرون (الأسر المعيشية)", "Winners and losers (households)"
    ),
    "poverty": Label(
        "Pauvreté et inégalité, après aide", "الفقر والتفاوت بعد الدعم", "Poverty and inequality after aid"
    ),
    "limits": Label("À ne pas oublier", "للتذكير", "Not to be forgotten"),
}
CARDS: Mapping[str, Label] = {
    "year": Label("par an ({0} du coût actuel)", "في السنة ({0} من الكلفة الحالية)", "a year ({0} of today's cost)"),
    "month": Label("par mois ({0} du coût actuel)", "في الشهر ({0} من الكلفة الحالية)", "a month ({0} of today's)"),
    "winners": Label("ménages gagnent", "أسرة معيشية رابحة", "households gain"),
    "losers": Label("ménages perdent", "أسرة معيشية خاسرة", "households lose"),
}
ROWS: Mapping[str, Label] = {
    "parameter": Label("paramètre ou règle", "المقتضى أو القاعدة", "parameter or rule"),
    "old": Label("en vigueur", "الجاري به العمل", "in force"),
    "new": Label("proposé", "المقترح", "proposed"),
    "from": Label("à partir de", "ابتداء من", "from"),
    "reference": Label("texte en vigueur", "النص الجاري به العمل", "act in force"),
    "status": Label("statut", "الوضعية", "status"),
    "benefit": Label("prestation", "الإعانة", "benefit"),
    "in_force": Label("loi en vigueur", "القانون الحالي", "law in force"),
    "proposed": Label("proposition", "المقترح", "proposal"),
    "difference": Label("différence", "الفرق", "difference"),
    "monthly": Label("par mois", "في الشهر", "a month"),
    "total": Label("Total", "المجموع", "Total"),
    "covered": Label("aidés", "المستفيدون", "aided"),
    "families": Label("familles", "الأسر", "families"),
    "decile": Label("décile selon l'indice", "العشير حسب المؤشر", "decile by score"),
    "movement": Label("mouvement", "الحركة", "movement"),
    "reason": Label(
        "motif de refus, levé à l'entrée ou opposé à la sortie",
        "سبب الرفض، زال عند الدخول أو ظهر عند الخروج",
        "ground of refusal, gone at entry or arisen at exit",
    ),
    "amount": Label("M MAD/mois", "م.د/شهر", "M MAD/month"),
    "milieu": Label("milieu", "الوسط", "milieu"),
    "region": Label("région", "الجهة", "region"),
    "winners": Label("gagnent", "الرابحة", "gain"),
    "losers": Label("perdent", "الخاسرة", "lose"),
    "unchanged": Label("inchangées", "دون تغيير", "unchanged"),
    "gain": Label("gain, M MAD/mois", "الربح، م.د/شهر", "gain, M MAD/month"),
    "loss": Label("perte, M MAD/mois", "الخسارة، م.د/شهر", "loss, M MAD/month"),
    "headcount": Label("taux de pauvreté", "معدل الفقر", "poverty rate"),
    "gap": Label("intensité", "شدة الفقر", "gap"),
    "severity": Label("sévérité", "حدة الفقر", "severity"),
    "gini": Label("indice de Gini", "مؤشر جيني", "Gini index"),
}
SIDES: Mapping[str, Label] = {
    "gain": Label("gagné par mois", "المربوح في الشهر", "gained a month"),
    "loss": Label("perdu par mois", "المفقود في الشهر", "lost a month"),
}
PICTURE_UNIT = Label("millions MAD par mois", "مليون درهم في الشهر", "million MAD a month")
PICTURE_ALTERNATIVE = Label(
    "Montants gagnés et perdus par décile ; les valeurs sont dans le tableau suivant.",
    "المبالغ المربوحة والمفقودة حسب العشير؛ القيم في الجدول الموالي.",
    "Amounts gained and lost by decile; the values are in the next table.",
)
BEFORE_AFTER = Label(
    "Avec l'aide de la loi, puis avec celle de la réforme.",
    "مع إعانة القانون، ثم مع إعانة الإصلاح.",
    "With the law's aid, then with the reform's.",
)
FROM_TO: Mapping[Language, str] = {"fr": "{0} → {1}", "ar": "{0} ← {1}", "en": "{0} → {1}"}
"""The arrow points the way the language is read."""
NOTHING = Label(
    "Ce scénario ne change rien à la loi.",
    "هذا السيناريو لا يغير القانون في شيء.",
    "This scenario changes nothing in the law.",
)
NOT_COMPUTED = Label(
    "Non calculé : la comparaison n'a pas produit ce tableau.",
    "لم يحتسب: لم تنتج المقارنة هذا الجدول.",
    "Not computed: the comparison did not produce this table.",
)
MORE = Label("Autres changements : {0}.", "تغييرات أخرى: {0}.", "Other changes: {0}.")
LIMITS: Mapping[str, Label] = {
    "static": Label(
        "Effet sur le registre du mois comparé, sans changement de comportement ni de population.",
        "الأثر على سجل الشهر المقارن، دون تغير في السلوك ولا في الساكنة.",
        "Effect on the register of the month compared, with no change of behaviour or population.",
    ),
    "sample": Label(
        "Le registre est un échantillon : chaque ménage en représente {0}.",
        "السجل عينة: كل أسرة معيشية تمثل {0}.",
        "The register is a sample: each household stands for {0}.",
    ),
    "unsure": Label(
        "La valeur en vigueur n'est pas confirmée par un texte lu : {0}.",
        "القيمة الجاري بها العمل غير مؤكدة بنص مقروء: {0}.",
        "The value in force is not confirmed by an act that was read: {0}.",
    ),
}
COMMA: Mapping[Language, str] = {"fr": " ; ", "ar": "؛ ", "en": "; "}
COVERED: Mapping[str, Label] = {
    "families": Label("familles", "الأسر", "families"),
    "families_child": Label("dont aide à l'enfance", "منها إعانة الطفولة", "of which child aid"),
    "families_flat": Label("dont aide forfaitaire", "منها الإعانة الجزافية", "of which flat aid"),
    "children": Label("enfants", "الأطفال", "children"),
    "persons": Label("personnes", "الأشخاص", "persons"),
}
MOVEMENTS: Mapping[str, Label] = {
    "entry": Label("entrée", "دخول", "entry"),
    "exit": Label("sortie", "خروج", "exit"),
}
_COUNTRY = Label("ensemble", "المجموع", "all")


def territory(level: str, code: str, language: Language) -> str:
    """The words of the country or of a milieu; the code where nobody named it."""
    if level == "country":
        return _COUNTRY.get(language)
    return MILIEU_LABELS[code].get(language) if code in MILIEU_LABELS else code
