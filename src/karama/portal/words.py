"""What the pages say, in three languages; those of signing in stand in a file of their own."""

from __future__ import annotations

from karama.foundation.languages import Label
from karama.portal.sign_in_words import SIGN_IN_WORDS

WORDS: dict[str, Label] = {
    # ------------------------------------------------------------------------------------------------- every page
    "service": Label("Aide sociale directe", "الدعم الاجتماعي المباشر", "Direct social aid"),
    "skip": Label("Aller au contenu", "انتقل إلى المحتوى", "Skip to the content"),
    "choose_language": Label("Langue de la page", "لغة الصفحة", "Language of the page"),
    "synthetic": Label("Données synthétiques", "معطيات اصطناعية", "Synthetic data"),
    "synthetic_note": Label(
        "Démonstration : aucune personne, aucun ménage, aucune décision n'est réel.",
        "عرض تجريبي: لا يوجد هنا أي شخص أو أسرة أو قرار حقيقي.",
        "A demonstration: no person, no household and no decision is real.",
    ),
    "back_to_start": Label("Retour à l'accueil", "العودة إلى صفحة الاستقبال", "Back to the start page"),
    # --------------------------------------------------------------------------------------------- the start page
    "start_title": Label("Accueil", "صفحة الاستقبال", "Start"),
    "start_intro": Label(
        "Ce service reçoit les demandes d'aide, décide selon la loi, explique chaque décision et entend les recours.",
        "تتلقى هذه الخدمة طلبات الدعم، وتبت فيها وفق القانون، وتشرح كل قرار، وتنظر في التظلمات.",
        "This service takes claims for aid, decides them by the law, explains each decision and hears appeals.",
    ),
    "you": Label("Vous êtes connecté", "أنت متصل", "You are signed in"),
    "your_name": Label("Nom", "الاسم", "Name"),
    "your_account": Label("Compte", "الحساب", "Account"),
    "your_roles": Label("Fonctions", "المهام", "Roles"),
    "no_role": Label("aucune", "لا شيء", "none"),
    "no_pages_yet": Label(
        "Les pages des dossiers et des demandes n'existent pas encore : les programmes passent par l'interface (API).",
        "لا توجد بعد صفحات للملفات والطلبات: تعمل البرامج عبر الواجهة البرمجية (API).",
        "Pages for files and claims do not exist yet: programs work through the interface (API).",
    ),
    "sign_in_card": Label(
        "Pour les agents et les personnes qui ont un compte. Un compte est ouvert par un administrateur.",
        "للأعوان ولمن له حساب. يفتح المسؤول عن النظام الحسابات.",
        "For staff and for whoever has an account. An administrator opens accounts.",
    ),
    "check_card": Label(
        "Chaque lettre et chaque SMS de décision porte un code. Vérifiez qu'il vient de ce service.",
        "تحمل كل رسالة وكل رسالة قصيرة بقرار رمزا. تحققوا من أنها صادرة عن هذه الخدمة.",
        "Each letter and each text message of a decision bears a code. Check that it comes from this service.",
    ),
    "report": Label("Le rapport des mois", "تقرير الأشهر", "The report of the months"),
    "report_card": Label(
        "Qui reçoit quoi, mois par mois, dans un pays inventé : tableaux, cartes et une famille expliquée.",
        "من يستفيد وبماذا، شهرا بشهر، في بلد متخيل: جداول وخرائط وشرح حالة أسرة.",
        "Who receives what, month by month, in an invented country: tables, charts and one family explained.",
    ),
    "api": Label("L'interface des programmes (API)", "الواجهة البرمجية (API)", "The interface of programs (API)"),
    "api_card": Label(
        "Adresses, formats et droits, décrits en OpenAPI, pour les partenaires et leurs programmes.",
        "العناوين والصيغ والصلاحيات موصوفة بمعيار OpenAPI، للشركاء وبرامجهم.",
        "Addresses, formats and rights, described in OpenAPI, for partners and their programs.",
    ),
    # ------------------------------------------------------------------------------------------ checking a notice
    "check_title": Label("Vérifier un avis", "التحقق من إشعار", "Check a notice"),
    "check_intro": Label(
        "Entrez le code imprimé sur la lettre ou reçu par SMS. La page dit s'il vient de ce service, et rien de la"
        " personne.",
        "أدخلوا الرمز المطبوع على الرسالة أو الوارد في الرسالة القصيرة. تخبركم الصفحة هل هو صادر عن هذه الخدمة،"
        " دون أي معطى عن الشخص.",
        "Enter the code printed on the letter or received by text message. The page tells whether it comes from this"
        " service, and nothing of the person.",
    ),
    "code": Label("Code", "الرمز", "Code"),
    "code_help": Label(
        "Douze chiffres et lettres, par exemple K7F3-Q2A9-XQTB. Les tirets ne comptent pas.",
        "اثنا عشر رقما وحرفا، مثل K7F3-Q2A9-XQTB. لا أهمية للشرطات.",
        "Twelve digits and letters, such as K7F3-Q2A9-XQTB. Dashes do not matter.",
    ),
    "check": Label("Vérifier", "تحقق", "Check"),
    "code_slip": Label(
        "Ce code ne peut pas être juste : un caractère est faux, manque ou est déplacé. Comparez-le encore une fois"
        " avec le papier.",
        "لا يمكن أن يكون هذا الرمز صحيحا: فيه حرف خاطئ أو ناقص أو في غير مكانه. قارنوه مرة أخرى مع الورقة.",
        "This code cannot be right: a character is wrong, missing or displaced. Compare it with the paper once more.",
    ),
    "genuine": Label(
        "Ce code est authentique : ce service l'a donné.",
        "هذا الرمز صحيح: صدر عن هذه الخدمة.",
        "This code is genuine: this service gave it.",
    ),
    "not_genuine": Label(
        "Aucun avis de ce service ne porte ce code. Ne donnez ni argent ni renseignement à qui vous l'a remis, et"
        " demandez au guichet.",
        "لا يحمل أي إشعار من هذه الخدمة هذا الرمز. لا تعطوا مالا ولا معلومات لمن سلمه إليكم، واسألوا الشباك.",
        "No notice of this service bears this code. Give neither money nor information to whoever handed it to you,"
        " and ask at the counter.",
    ),
    "subject": Label("Objet", "الموضوع", "Subject"),
    "came_on": Label("Reçu le", "تاريخ الاستلام", "Received on"),
    "programme": Label("Programme", "البرنامج", "Programme"),
    "month": Label("Mois", "الشهر", "Month"),
    "notified_on": Label("Notifié le", "تاريخ الإشعار", "Notified on"),
    "replaced": Label(
        "Une décision plus récente la remplace : demandez la dernière lettre.",
        "حل محله قرار أحدث: اطلبوا آخر رسالة.",
        "A later decision stands in its place: ask for the latest letter.",
    ),
    "compare": Label(
        "Comparez ces indications avec la lettre : si elles diffèrent, elle a été changée.",
        "قارنوا هذه المعطيات مع الرسالة: إذا اختلفت فقد تم تغييرها.",
        "Compare this with the letter: where they differ, it was changed.",
    ),
    # ------------------------------------------------------------------------------------------ what went wrong
    "nothing_here": Label("Il n'y a pas de page ici", "لا توجد صفحة هنا", "There is no page here"),
    "nothing_here_note": Label(
        "L'adresse est fausse ou la page n'existe plus.",
        "العنوان خاطئ أو لم تعد الصفحة موجودة.",
        "The address is wrong or the page is no more.",
    ),
    "not_allowed": Label("Demande refusée", "الطلب مرفوض", "Refused"),
    "not_allowed_note": Label(
        "Vous n'avez pas ce droit, ou la page était ouverte depuis trop longtemps : revenez à l'accueil et"
        " recommencez.",
        "ليست لكم هذه الصلاحية، أو ظلت الصفحة مفتوحة مدة طويلة: عودوا إلى صفحة الاستقبال وأعيدوا المحاولة.",
        "You have no such right, or the page was open for too long: go back to the start page and try again.",
    ),
    "too_often": Label("Trop de demandes", "طلبات كثيرة", "Too many requests"),
    "too_often_note": Label(
        "Attendez un moment, puis recommencez.", "انتظروا قليلا ثم أعيدوا المحاولة.", "Wait a moment, then try again."
    ),
    **SIGN_IN_WORDS,
}
"""Every text of the pages by its name."""

SUBJECTS: dict[str, Label] = {
    "decision": Label("décision", "قرار", "decision"),
    "announcement": Label(
        "annonce d'une fin ou d'une baisse de droit",
        "إعلان بانتهاء حق أو انخفاضه",
        "announcement that a right ends or falls",
    ),
    "appeal": Label("recours", "تظلم", "appeal"),
    "complaint": Label("réclamation", "شكاية", "complaint"),
}
"""What a code that is checked may name."""
