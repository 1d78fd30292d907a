"""The words of the reports in French, Arabic and English."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law import programme_named
from karama.law.inputs import MILIEU_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

AIDS: Mapping[str, Label] = {
    "child": Label("aide à l'enfance", "إعانة الطفولة", "child aid"),
    "flat": Label("aide forfaitaire", "الإعانة الجزافية", "flat aid"),
}
MILIEUX: Mapping[str, Label] = MILIEU_LABELS
KINDS: Mapping[str, Label] = {
    "entry": Label("entrée", "دخول", "entry"),
    "exit": Label("sortie", "خروج", "exit"),
    "increase": Label("hausse", "زيادة", "increase"),
    "decrease": Label("baisse", "نقصان", "decrease"),
}
_REASONS: Mapping[str, Label] = {
    "claimed": Label("demande déposée", "تم إيداع الطلب", "claim made"),
    "first_month_due_reached": Label("premier mois dû", "أول شهر مستحق", "first month due"),
    "score_known": Label("indice désormais connu", "أصبح المؤشر معروفا", "score now known"),
    "score_fell": Label("indice repassé sous le seuil", "نزل المؤشر تحت العتبة", "score no longer above"),
    "readmitted": Label("retour dans l'établissement", "العودة إلى المؤسسة", "back in the establishment"),
    "new_in_register": Label("nouveau dans le registre", "جديد في السجل", "new in the register"),
    "accepted_at_intake": Label("données désormais recevables", "أصبحت المعطيات مقبولة", "data now accepted"),
    "left_register": Label("n'est plus dans le registre", "لم يعد في السجل", "no longer in the register"),
    "rejected_at_intake": Label("données rejetées au contrôle", "معطيات مرفوضة عند المراقبة", "data rejected"),
    "child_born": Label("naissance d'un enfant", "ولادة طفل", "a child was born"),
    "child_added": Label("un enfant rejoint la famille", "طفل انضم إلى الأسرة", "a child joined the family"),
    "child_reached_age_limit": Label("un enfant a 21 ans", "بلغ أحد الأبناء 21 سنة", "a child turned 21"),
    "child_died": Label("décès d'un enfant", "وفاة طفل", "a child died"),
    "child_left": Label("un enfant a quitté la famille", "طفل غادر الأسرة", "a child left the family"),
    "father_died": Label("décès du père", "وفاة الأب", "the father died"),
    "orphanhood_corrected": Label("situation d'orphelin corrigée", "تصحيح وضعية اليتم", "orphanhood corrected"),
    "disability_changed": Label("handicap lourd modifié", "تغير وضعية الإعاقة الشديدة", "severe disability changed"),
    "child_turned_six": Label(
        "un enfant non scolarisé a 6 ans", "طفل غير متمدرس بلغ 6 سنوات", "a child not at school turned six"
    ),
    "school_changed": Label("scolarité modifiée", "تغير التمدرس", "schooling changed"),
    "rank_changed": Label("rang d'un enfant modifié", "تغيرت رتبة أحد الأبناء", "a child's rank changed"),
    "rate_changed": Label("montants de la loi modifiés", "تغيرت مبالغ القانون", "the law's amounts changed"),
    "aid_began": Label("l'aide n'existait pas encore", "لم تكن الإعانة قائمة من قبل", "the aid did not exist yet"),
    "majority_reached": Label("majorité d'un enfant placé", "بلوغ طفل مودع سن الرشد", "a child in care came of age"),
    "birth_grant_due": Label("prime à la naissance versée", "أداء منحة الولادة", "birth grant due"),
    "birth_grant_ended": Label("prime à la naissance déjà versée", "منحة الولادة أديت من قبل", "birth grant was paid"),
    "back_to_school_grant_due": Label("aide à la rentrée versée", "أداء منحة الدخول المدرسي", "school grant due"),
    "back_to_school_grant_ended": Label(
        "aide à la rentrée déjà versée", "منحة الدخول المدرسي أديت من قبل", "school grant already paid"
    ),
    "institution_top_up_due": Label("complément de majorité versé", "أداء تكملة الرشد", "top-up at majority due"),
    "institution_top_up_ended": Label(
        "complément de majorité déjà versé", "تكملة الرشد أديت من قبل", "top-up at majority already paid"
    ),
    "other": Label("autre", "سبب آخر", "other"),
}
_ENDED, _CHANGED = "_ended", "_changed"


@cache
def reasons() -> Mapping[str, Label]:
    """Words for the codes of ``changes.parquet``: those of the cycle, and the law's refusals that began or ended."""
    found = dict(_REASONS)
    for name in ("asd", "asd_institution"):
        programme = programme_named(name)
        for one in programme.conditions:
            found.setdefault(one.refusal, one.refusal_label)
            found.setdefault(f"{one.refusal}{_ENDED}", _no_more(one.refusal_label))
        for benefit in programme.benefits:
            if benefit.one_off:
                label = benefits()[benefit.formula]
                found.setdefault(f"{benefit.formula}{_CHANGED}", _another_amount(label))
    return found


def _no_more(label: Label) -> Label:
    return Label(f"plus le cas : {label.fr}", f"لم يعد قائما: {label.ar}", f"no longer: {label.en}")


def _another_amount(label: Label) -> Label:
    return Label(f"{label.fr} : autre montant", f"{label.ar}: مبلغ آخر", f"{label.en}: another amount")


@cache
def benefits() -> Mapping[str, Label]:
    """Words for each benefit, from the law's own formulas, in the law's order."""
    found: dict[str, Label] = {}
    for name in ("asd", "asd_institution"):
        found.update(programme_named(name).benefit_labels)
    return found
