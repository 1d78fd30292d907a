"""The words of the budget note and of its workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.languages import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLES: Mapping[str, Label] = {
    "years": Label(
        "Coût par prestation et par exercice, face aux crédits (millions MAD)",
        "الكلفة حسب الإعانة والسنة المالية مقارنة بالاعتمادات (مليون درهم)",
        "Cost by benefit and fiscal year, beside the appropriation (million MAD)",
    ),
    "caseload": Label(
        "Effectifs en fin d'exercice", "أعداد المستفيدين في نهاية السنة المالية", "Caseload at year's end"
    ),
    "fan": Label("Dispersion du coût (millions MAD)", "تشتت الكلفة (مليون درهم)", "Spread of the cost (million MAD)"),
    "tornado": Label(
        "Sensibilité : les hypothèses qui comptent",
        "الحساسية: الفرضيات الأكثر تأثيرا",
        "Sensitivity: the assumptions that matter",
    ),
    "cash": Label(
        "Calendrier de trésorerie (millions MAD)", "جدول الخزينة (مليون درهم)", "Cash-flow calendar (million MAD)"
    ),
    "backtest": Label(
        "Épreuve du passé : prévision et chiffres publiés",
        "اختبار الماضي: التوقعات والأرقام المنشورة",
        "Back-test: forecast and published figures",
    ),
    "assumptions": Label("Hypothèses et leur statut", "الفرضيات ووضعيتها", "Assumptions and their status"),
    "sources": Label("Sources", "المصادر", "Sources"),
    "summary": Label("Synthèse", "الملخص", "Summary"),
    "costs": Label("Coûts mensuels", "الكلفة الشهرية", "Monthly costs"),
    "fan_years": Label(
        "Dispersion par exercice (millions MAD)",
        "التشتت حسب السنة المالية (مليون درهم)",
        "Spread by year (million MAD)",
    ),
    "notes": Label("Notes de lecture", "ملاحظات للقراءة", "Reading notes"),
}
ROWS: Mapping[str, Label] = {
    "benefit": Label("prestation", "الإعانة", "benefit"),
    "total": Label("Total", "المجموع", "Total"),
    "months": Label("Mois comptés", "الشهور المحتسبة", "Months counted"),
    "appropriation": Label("Crédits ouverts", "الاعتمادات المفتوحة", "Appropriation"),
    "left": Label("Crédits moins coût", "الاعتمادات ناقص الكلفة", "Appropriation less cost"),
    "used": Label("Part consommée", "نسبة الاستهلاك", "Share used"),
    "category": Label("catégorie", "الفئة", "category"),
    "count": Label("effectif", "العدد", "count"),
    "recipients": Label("bénéficiaires", "المستفيدون", "recipients"),
    "amount": Label("montant (MAD)", "المبلغ (درهم)", "amount (MAD)"),
    "month": Label("mois", "الشهر", "month"),
    "year": Label("exercice", "السنة المالية", "fiscal year"),
    "central": Label("trajectoire centrale", "المسار المركزي", "central path"),
    "percentile": Label("centile", "المئين", "percentile"),
    "assumption": Label("hypothèse", "الفرضية", "assumption"),
    "total_low": Label("coût, basse (MAD)", "كلفة الدنيا (درهم)", "cost, low (MAD)"),
    "total_high": Label("coût, haute (MAD)", "كلفة العليا (درهم)", "cost, high (MAD)"),
    "label": Label("libellé", "التسمية", "label"),
    "low": Label("valeur basse", "القيمة الدنيا", "low value"),
    "high": Label("valeur haute", "القيمة العليا", "high value"),
    "cost_low": Label("effet, basse", "أثر الدنيا", "effect, low"),
    "cost_high": Label("effet, haute", "أثر العليا", "effect, high"),
    "value": Label("valeur", "القيمة", "value"),
    "meaning": Label("signification", "المعنى", "meaning"),
    "name": Label("nom", "الاسم", "name"),
    "status": Label("statut", "الوضعية", "status"),
    "source": Label("source", "المصدر", "source"),
    "figure": Label("chiffre publié", "الرقم المنشور", "published figure"),
    "date": Label("date", "التاريخ", "date"),
    "unit": Label("unité", "الوحدة", "unit"),
    "published": Label("publié", "المنشور", "published"),
    "forecast": Label("prévu", "المتوقع", "forecast"),
    "error": Label("écart", "الفرق", "error"),
    "use": Label("usage", "الاستعمال", "use"),
}
UNITS: Mapping[str, Label] = {
    "factor": Label("facteur", "معامل", "factor"),
    "months": Label("mois", "شهر", "months"),
    "points of score": Label("points d'indice", "نقط المؤشر", "points of score"),
    "points of score a year": Label("points d'indice par an", "نقط المؤشر في السنة", "points of score a year"),
    "relative change a year": Label("variation par an", "التغير في السنة", "relative change a year"),
    "share": Label("part", "نسبة", "share"),
    "share of the children in establishments": Label("part des enfants placés", "نسبة أطفال المؤسسات", "share"),
    "share of the register's households": Label("part des ménages", "نسبة الأسر المعيشية", "share of households"),
    "share; points of score": Label("part ; points d'indice", "نسبة؛ نقط المؤشر", "share; points of score"),
    "yes or no": Label("oui ou non", "نعم أو لا", "yes or no"),
}
"""Units of the assumptions, as the files of the rates write them."""
WHY: Mapping[str, Label] = {
    "costs": Label("Aucun coût mensuel.", "لا توجد كلفة شهرية.", "No monthly cost."),
    "years": Label("Aucun exercice n'est compté.", "لم تحتسب أي سنة مالية.", "No fiscal year was counted."),
    "caseload": Label("Les effectifs manquent.", "أعداد المستفيدين غير متوفرة.", "The caseload is missing."),
    "fan": Label(
        "Sans tirages, la note ne dit rien de la dispersion.",
        "بدون سحوبات لا تقول المذكرة شيئا عن التشتت.",
        "Without draws the note says nothing of the spread.",
    ),
    "fan_years": Label(
        "Sans tirages, aucune dispersion par exercice.",
        "بدون سحوبات لا يوجد تشتت حسب السنة المالية.",
        "Without draws there is no spread by fiscal year.",
    ),
    "tornado": Label(
        "Les hypothèses n'ont pas été variées une à une.",
        "لم يتم تغيير الفرضيات واحدة تلو الأخرى.",
        "The assumptions were not varied one by one.",
    ),
    "cash": Label(
        "Le calendrier des paiements manque.", "جدول الأداءات غير متوفر.", "The calendar of payments is missing."
    ),
    "backtest": Label(
        "La prévision n'a pas été comparée aux chiffres publiés.",
        "لم تقارن التوقعات بالأرقام المنشورة.",
        "The forecast was not compared with published figures.",
    ),
    "assumptions": Label(
        "Les hypothèses ne sont pas jointes : ne pas utiliser ces montants sans elles.",
        "الفرضيات غير مرفقة: لا تستعمل هذه المبالغ بدونها.",
        "The assumptions are not attached: do not use these amounts without them.",
    ),
}
CARD_LEFT = Label("{0} · crédits {1} · reste {2}", "{0} · اعتمادات {1} · باق {2}", "{0} · appropriation {1} · left {2}")
CARD_WANTING = Label(
    "{0} · crédits {1} · manque {2}", "{0} · اعتمادات {1} · خصاص {2}", "{0} · appropriation {1} · wanting {2}"
)
CARD_ALONE = Label("{0} · sans crédits à comparer", "{0} · بلا اعتمادات للمقارنة", "{0} · no appropriation to compare")
PARTIAL = Label(
    "Un exercice dont tous les mois ne sont pas prévus n'est pas comparé à ses crédits.",
    "السنة المالية التي لا تشمل التوقعات كل شهورها لا تقارن باعتماداتها.",
    "A fiscal year of which not all months are forecast is not compared with its appropriation.",
)
UNKNOWN_APPROPRIATION = Label(
    "— : les crédits de l'exercice ne sont pas publiés.",
    "—: اعتمادات السنة المالية غير منشورة.",
    "—: the appropriation of the year is not published.",
)
THOUSANDS = Label("en milliers", "بالآلاف", "in thousands")
PERCENTILE = Label("centile {0}", "المئين {0}", "percentile {0}")
SIDES: Mapping[str, Label] = {
    "low": Label("valeur basse de l'hypothèse", "القيمة الدنيا للفرضية", "low value of the assumption"),
    "high": Label("valeur haute de l'hypothèse", "القيمة العليا للفرضية", "high value of the assumption"),
}
TORNADO_UNIT = Label(
    "écart au coût total de la période, millions MAD",
    "الفرق عن الكلفة الإجمالية للفترة، مليون درهم",
    "difference to the total cost of the period, million MAD",
)
TORNADO_ALTERNATIVE = Label(
    "Effet de chaque hypothèse sur le coût de la période ; les valeurs sont dans le tableau suivant.",
    "أثر كل فرضية على كلفة الفترة؛ القيم في الجدول الموالي.",
    "Effect of each assumption on the cost of the period; the values are in the next table.",
)
MORE_MONTHS = Label(
    "Mois suivants, sur la figure et dans le classeur : {0}.",
    "الشهور الموالية في الرسم وفي المصنف: {0}.",
    "Months that follow, in the picture and in the workbook: {0}.",
)
MORE_ROWS = Label("Autres, dans le classeur : {0}.", "الباقي في المصنف: {0}.", "Others, in the workbook: {0}.")
BACKTEST_READING = Label(
    "« Ajusté » : le chiffre a guidé une hypothèse. « Seulement comparé » : rien n'a été réglé sur lui.",
    "«للمعايرة»: الرقم وجه فرضية. «للمقارنة فقط»: لم يضبط عليه أي شيء.",
    "“Fitted”: the figure guided an assumption. “Only compared”: nothing was set on it.",
)
ASSUMPTIONS_READING = Label(
    "{0} hypothèses sur {1} ne sont pas confirmées par un texte ou une publication ; elles viennent en premier.",
    "عدد الفرضيات غير المؤكدة بنص أو نشر: {0} من أصل {1}؛ وهي الواردة أولا.",
    "{0} assumptions of {1} are not confirmed by an act or a publication; they come first.",
)
SOURCES = Label("Sources citées : {0}.", "المصادر المذكورة: {0}.", "Sources cited: {0}.")
A_TABLE = Label("voir le classeur", "انظر المصنف", "see the workbook")
MADE_WITH = Label("Calculé avec : {0}.", "احتسب بواسطة: {0}.", "Computed with: {0}.")
READING = (
    Label(
        "Les totaux de la synthèse sont des formules sur les coûts mensuels, calculées à l'ouverture du fichier.",
        "مجاميع الملخص صيغ حسابية على ورقة الكلفة الشهرية؛ وتحتسب عند فتح الملف.",
        "The totals of the summary are formulas over the monthly costs, computed when the file opens.",
    ),
    Label(
        "Les crédits, en bleu, sont la seule donnée à modifier : l'écart et la part suivent.",
        "الاعتمادات، باللون الأزرق، هي المعطى الوحيد القابل للتغيير: الفرق والنسبة يتبعانها.",
        "The appropriation, in blue, is the only figure to change: what is left and the share follow.",
    ),
    Label(
        "Les montants sont en MAD, au centime près ; la ligne de contrôle doit rester à zéro.",
        "المبالغ بالدرهم وبدقة السنتيم؛ سطر المراقبة يجب أن يبقى صفرا.",
        "Amounts are in MAD, exact to the centime; the line of the check must stay at zero.",
    ),
    Label(
        "Un statut surligné n'est confirmé par aucun texte ni publication.",
        "الوضعية المظللة غير مؤكدة بأي نص أو نشر.",
        "A status on a coloured ground is confirmed by no act and no publication.",
    ),
    Label(
        "L'exercice est l'année civile ; un exercice incomplet n'est pas comparé à ses crédits.",
        "السنة المالية هي السنة الميلادية؛ والسنة غير المكتملة لا تقارن باعتماداتها.",
        "The fiscal year is the calendar year; a year that is not whole is not compared with its appropriation.",
    ),
)
"""What a reader of the workbook must know."""
