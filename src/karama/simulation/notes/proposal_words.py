"""The words of the proposal to the Government."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.inputs import MILIEU_LABELS, SEX_LABELS
from karama.territory import region_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.languages import Language

TITLE = Label("Proposition au Gouvernement", "مقترح إلى الحكومة", "Proposal to the Government")
FOOTER = Label(
    "Karama · mois comparé : {0} · loi : {1}",
    "كرامة · الشهر المقارن: {0} · القانون: {1}",
    "Karama · month: {0} · law: {1}",
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
    "costs": Label("Coût annuel (millions MAD)", "الكلفة السنوية (مليون درهم)", "Yearly cost (million MAD)"),
    "coverage": Label("Couverture", "التغطية", "Coverage"),
    "winners": Label("Gagnants et perdants (familles)", "الرابحون والخاسرون (الأسر)", "Winners and losers (families)"),
    "poverty": Label(
        "Pauvreté et inégalité, après aide", "الفقر والتفاوت بعد الدعم", "Poverty and inequality after aid"
    ),
    "limits": Label("À ne pas oublier", "للتذكير", "Not to be forgotten"),
}
CARDS: Mapping[str, Label] = {
    "cost": Label("par an ({0} du coût actuel)", "في السنة ({0} من الكلفة الحالية)", "a year ({0} of today's cost)"),
    "winners": Label("familles gagnent", "أسرة رابحة", "families gain"),
    "losers": Label("familles perdent", "أسرة خاسرة", "families lose"),
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
    "children": Label("enfants", "الأطفال", "children"),
    "persons": Label("personnes", "الأشخاص", "persons"),
    "decile": Label("décile de dépense", "عشير الإنفاق", "decile of spending"),
    "milieu": Label("milieu", "الوسط", "milieu"),
    "region": Label("région", "الجهة", "region"),
    "winners": Label("gagnent", "الرابحة", "gain"),
    "losers": Label("perdent", "الخاسرة", "lose"),
    "unchanged": Label("inchangées", "دون تغيير", "unchanged"),
    "gain": Label("gain, M MAD/mois", "الربح، م.د/شهر", "gain, M MAD/month"),
    "loss": Label("perte, M MAD/mois", "الخسارة، م.د/شهر", "loss, M MAD/month"),
    "fgt0": Label("taux de pauvreté", "معدل الفقر", "poverty rate"),
    "fgt1": Label("intensité", "شدة الفقر", "gap"),
    "fgt2": Label("sévérité", "حدة الفقر", "severity"),
    "gini": Label("indice de Gini", "مؤشر جيني", "Gini index"),
}
SIDES: Mapping[str, Label] = {
    "gain": Label("gagné par mois", "المربوح في الشهر", "gained a month"),
    "loss": Label("perdu par mois", "المفقود في الشهر", "lost a month"),
}
PICTURE_UNIT = Label("millions MAD par mois", "مليون درهم في الشهر", "million MAD a month")
PICTURE_ALTERNATIVE = Label(
    "Montants gagnés et perdus par décile de dépense ; les valeurs sont dans le tableau suivant.",
    "المبالغ المربوحة والمفقودة حسب عشير الإنفاق؛ القيم في الجدول الموالي.",
    "Amounts gained and lost by decile of spending; the values are in the next table.",
)
SPENDING = Label(
    "Valeurs avant et après la réforme. La dépense par tête est déduite de l'indice : c'est une interprétation.",
    "القيم قبل الإصلاح وبعده. الإنفاق الفردي مستنتج من المؤشر: وهو تأويل.",
    "Values before and after the reform. Spending per head is implied by the score: an interpretation.",
)
FROM_TO = Label("{0} → {1}", "{0} ← {1}", "{0} → {1}")
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
MORE = Label("Et {0} autres.", "وعدد آخر: {0}.", "And {0} others.")
LIMITS: Mapping[str, Label] = {
    "static": Label(
        "Effet du mois comparé, sans changement de comportement ; le coût annuel répète ce mois avec ses primes.",
        "أثر الشهر المقارن دون تغير في السلوك؛ الكلفة السنوية تكرر هذا الشهر مع منحه.",
        "Effect of the month compared, without a change of behaviour; the yearly cost repeats it with its grants.",
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
_COUNTRY = Label("ensemble", "المجموع", "all")
_FIRST = Label("{0} (le plus pauvre)", "{0} (الأفقر)", "{0} (poorest)")
_POOREST = "1"


def group(by: str, code: object, language: Language) -> str:
    """The words of a group: a decile, a milieu, a sex or a region; its code where nobody named it."""
    if code is None:
        return _COUNTRY.get(language)
    named = {"milieu": MILIEU_LABELS, "region": region_names(), "sex": SEX_LABELS}.get(by, {})
    text = str(code)
    if by == "decile":
        return _FIRST.get(language).format(text) if text == _POOREST else text
    return named[text].get(language) if text in named else text
