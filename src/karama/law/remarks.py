"""Remarks, units and sources of the law's files in three languages, by their English text."""

from __future__ import annotations

from karama.foundation.languages import Label

_CITED = (
    ("official ASD page", "page officielle de l'ASD", "الصفحة الرسمية للدعم الاجتماعي المباشر"),
    ("no source", "aucune source", "بدون مصدر"),
    ("inferred", "déduite", "مستنتج"),
    ("unknown", "inconnue", "غير معروف"),
    ("alternative reading", "autre lecture", "قراءة أخرى"),
    ("due from the month of the claim", "dû dès le mois de la demande", "مستحق ابتداء من شهر الطلب"),
    ("one household is one family", "un ménage est une famille", "الأسرة المعيشية أسرة واحدة"),
    (
        "no source says whether ranks are recomputed",
        "aucune source ne dit si les rangs sont recalculés",
        "لا مصدر يبين هل يعاد حساب الرتب",
    ),
    (
        "the press also writes 'whatever the number of children'",
        "la presse écrit aussi « quel que soit le nombre d'enfants »",
        "كتبت الصحافة أيضا «كيفما كان عدد الأطفال»",
    ),
    ("first-time twins 2,000 + 1,000", "premiers jumeaux : 2 000 + 1 000", "توأم أول: 2000 + 1000"),
    (
        "the first six pupils by birth order",
        "les six premiers élèves par ordre de naissance",
        "أوائل ستة تلاميذ حسب ترتيب الولادة",
    ),
    (
        "BO (Arabic) 7011 of 9 August 2021",
        "BO (arabe) 7011 du 9 août 2021",
        "الجريدة الرسمية 7011 بتاريخ 9 غشت 2021",
    ),
    ("BO 7253 of 4 December 2023", "BO 7253 du 4 décembre 2023", "الجريدة الرسمية 7253 بتاريخ 4 دجنبر 2023"),
    (
        "two public transcriptions",
        "deux transcriptions publiques",
        "نقلان عموميان",
    ),
    ("the Bulletin not read", "le Bulletin n'a pas été lu", "لم تتم قراءة الجريدة"),
    (
        "two public transcriptions, the Bulletin not read",
        "deux transcriptions publiques, le Bulletin n'a pas été lu",
        "نقلان عموميان، ولم تتم قراءة الجريدة",
    ),
    ("invented for the demonstration", "inventé pour la démonstration", "مبتكر لأغراض العرض"),
    ("derived, never typed in", "calculé, jamais saisi", "محسوب ولا يدخل يدويا"),
    (
        "the period exists, its length is unknown",
        "la durée existe, sa longueur est inconnue",
        "المدة موجودة وطولها غير معروف",
    ),
    ("inferred from the ordinary amount", "déduit du montant ordinaire", "مستنتج من المبلغ العادي"),
    (
        "the grant starts in September 2024",
        "l'aide commence en septembre 2024",
        "تبتدئ المنحة في شتنبر 2024",
    ),
    ("blocked until 18", "bloqué jusqu'à 18 ans", "مجمد إلى غاية 18 سنة"),
    ("from memory", "de mémoire", "من الذاكرة"),
    ("not checked", "non vérifié", "غير مدقق"),
    (
        "from memory, law 14.601/2023 (lei 14.601/2023), not checked",
        "de mémoire, loi 14.601/2023 du Brésil, non vérifié",
        "من الذاكرة، القانون البرازيلي 14.601/2023، غير مدقق",
    ),
)
_NOTES = (
    ("0.00011 in the other transcription", "0,00011 dans l'autre transcription", "0.00011 في النقل الآخر"),
    (
        "at least one member covered by a scheme other than RAMED",
        "au moins un membre couvert par un autre régime que le RAMED",
        "فرد واحد على الأقل مشمول بنظام غير راميد",
    ),
    ("degree of invalidity: unknown", "degré d'invalidité : inconnu", "درجة العجز: غير معروفة"),
    (
        "first month inferred from the number of the decree",
        "premier mois déduit du numéro du décret",
        "أول شهر مستنتج من رقم المرسوم",
    ),
    (
        "both transcriptions divide by all members, the text says members aged 15+",
        "les deux transcriptions divisent par tous les membres, le texte dit les membres de 15 ans et plus",
        "يقسم النقلان على جميع الأفراد، والنص يقول الأفراد بعمر 15 سنة فأكثر",
    ),
    (
        "divided by all members, the text says members aged 15+",
        "divisé par tous les membres, le texte dit les membres de 15 ans et plus",
        "مقسوم على جميع الأفراد، والنص يقول الأفراد بعمر 15 سنة فأكثر",
    ),
    ("exclusive in one transcription", "exclusif dans une transcription", "حصري في أحد النقلين"),
    (
        "exclusive of the previous flag in one transcription",
        "exclut l'indicateur précédent dans une transcription",
        "يستثني المؤشر السابق في أحد النقلين",
    ),
    (
        "first month paid inferred from the 29 billion budget",
        "premier mois payé déduit du budget de 29 milliards",
        "أول شهر مؤدى مستنتج من ميزانية 29 مليارا",
    ),
    (
        "from a bank, a financial institution or the employer",
        "d'une banque, d'un organisme financier ou de l'employeur",
        "من بنك أو مؤسسة مالية أو المشغل",
    ),
    ("interest on the capital: 0, inferred", "intérêts du capital : 0, déduit", "فوائد الرأسمال: 0، مستنتج"),
    ("owned or worked", "possédée ou exploitée", "مملوكة أو مستغلة"),
    (
        "paid from the end of November 2025 (head of government, 25 Nov 2025)",
        "payé à partir de fin novembre 2025 (chef du gouvernement, 25 novembre 2025)",
        "يؤدى ابتداء من نهاية نونبر 2025 (رئيس الحكومة، 25 نونبر 2025)",
    ),
    (
        "present in one transcription only",
        "présent dans une seule transcription",
        "موجود في نقل واحد فقط",
    ),
    (
        "reading of the dummy: persons per room <= 2",
        "lecture de l'indicateur : au plus deux personnes par pièce",
        "قراءة المؤشر: شخصان على الأكثر في الغرفة",
    ),
    (
        "region 07 urban: 0.194 in one transcription, 0.197 in the other",
        "région 07, urbain : 0,194 dans une transcription, 0,197 dans l'autre",
        "الجهة 07، حضري: 0.194 في أحد النقلين و0.197 في الآخر",
    ),
    (
        "the ordinary not-at-school amount is assumed",
        "le montant ordinaire de l'enfant non scolarisé est supposé",
        "يفترض المبلغ العادي للطفل غير المتمدرس",
    ),
    (
        "villa, flat, traditional house, rural house of dry stone or stone and earth",
        "villa, appartement, maison traditionnelle, maison rurale en pierre sèche ou en pierre et terre",
        "فيلا أو شقة أو منزل تقليدي أو منزل قروي من الحجر الجاف أو من الحجر والتراب",
    ),
    (
        "other readings: births claimable when the aid began, or from the day of the Bulletin",
        "autres lectures : naissances dont le délai courait au début de l'aide, ou depuis le jour du Bulletin",
        "قراءات أخرى: الولادات التي كان أجلها ساريا عند بداية الإعانة، أو ابتداء من يوم صدور الجريدة",
    ),
)
_UNITS = (
    ("BRL per child and month", "BRL par enfant et par mois", "ريال برازيلي للطفل في الشهر"),
    ("BRL per family and month", "BRL par famille et par mois", "ريال برازيلي للأسرة في الشهر"),
    ("BRL per person and month", "BRL par personne et par mois", "ريال برازيلي للفرد في الشهر"),
    ("BRL per month", "BRL par mois", "ريال برازيلي في الشهر"),
    ("MAD per year", "MAD par an", "درهم في السنة"),
    ("MAD per birth", "MAD par naissance", "درهم للولادة"),
    ("MAD per child", "MAD par enfant", "درهم للطفل"),
    ("MAD per child and month", "MAD par enfant et par mois", "درهم للطفل في الشهر"),
    ("MAD per family and month", "MAD par famille et par mois", "درهم للأسرة في الشهر"),
    ("MAD per pupil and year", "MAD par élève et par an", "درهم للتلميذ في السنة"),
    ("children", "enfant|enfants", "طفل|أطفال"),
    ("metres", "mètre|mètres", "متر|أمتار"),
    ("members", "membre|membres", "فرد|أفراد"),
    ("persons", "personne|personnes", "شخص|أشخاص"),
    ("date", "date", "تاريخ"),
    ("month", "mois", "شهر"),
    ("month of the year", "mois de l'année", "شهر السنة"),
    ("months", "mois", "شهر|أشهر"),
    ("months after the birth", "mois après la naissance", "شهر بعد الولادة|أشهر بعد الولادة"),
    ("months; 0 = off", "mois (0 : règle non appliquée)", "أشهر (0: قاعدة غير مطبقة)"),
    ("pupils", "élève|élèves", "تلميذ|تلاميذ"),
    ("rank", "rang", "رتبة"),
    ("reading of the decree", "lecture du décret", "قراءة المرسوم"),
    ("reading of the law", "lecture de la loi", "قراءة القانون"),
    ("score", "indice", "مؤشر"),
    (
        "score per MAD per head and year",
        "indice par MAD, par tête et par an",
        "مؤشر لكل درهم للفرد في السنة",
    ),
    ("score per unit", "indice par unité", "مؤشر لكل وحدة"),
    ("score per whole household", "indice pour tout le ménage", "مؤشر للأسرة كلها"),
    ("score per yes", "indice si oui", "مؤشر في حالة الإيجاب"),
    ("years", "an|ans", "سنة|سنوات"),
    ("yes or no", "oui ou non", "نعم أو لا"),
)
_SOURCES = (
    ("Entraide nationale", "Entraide nationale", "التعاون الوطني"),
    ("Massar", "Massar", "منظومة مسار"),
    ("the household's claim", "la demande du ménage", "طلب الأسرة"),
    ("Cadastro Único", "Cadastro Único", "السجل البرازيلي الموحد"),
    ("first two digits of the commune", "deux premiers chiffres de la commune", "الرقمان الأولان للجماعة"),
)
_STATUSES = (
    ("confirmed", "confirmée", "مؤكد"),
    ("press", "presse", "صحافة"),
)

_SINGULARS = {
    "children": "child",
    "members": "member",
    "metres": "metre",
    "months": "month",
    "persons": "person",
    "pupils": "pupil",
    "years": "year",
}

REMARKS = {
    en: Label(fr, ar, f"{_SINGULARS[en]}|{en}" if en in _SINGULARS else en)
    for en, fr, ar in (*_CITED, *_NOTES, *_UNITS, *_SOURCES, *_STATUSES)
}
"""What the files say beside acts and articles; ``singular|plural`` where a number may stand before it."""

CITED = tuple(en for en, _, _ in _CITED)
"""The remarks that stand inside a citation."""
