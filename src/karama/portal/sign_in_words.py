"""What the pages of signing in say, in three languages, and what their library answers to a slip."""

from __future__ import annotations

from karama.foundation.languages import Label

SIGN_IN_WORDS: dict[str, Label] = {
    "sign_in": Label("Se connecter", "تسجيل الدخول", "Sign in"),
    "sign_out": Label("Se déconnecter", "تسجيل الخروج", "Sign out"),
    "sign_out_sure": Label(
        "Voulez-vous fermer votre session ?", "هل تريدون إنهاء جلستكم؟", "Do you want to end your session?"
    ),
    "signed_out": Label("Votre session est fermée.", "تم إنهاء جلستكم.", "Your session has ended."),
    "username": Label("Nom du compte", "اسم الحساب", "Account name"),
    "password": Label("Mot de passe", "كلمة السر", "Password"),
    "forgotten": Label(
        "Mot de passe oublié ou pas de compte ? Adressez-vous à l'administrateur de votre service ou au guichet.",
        "نسيتم كلمة السر أو ليس لكم حساب؟ اتصلوا بالمسؤول عن النظام في مصلحتكم أو بالشباك.",
        "Password forgotten, or no account? Ask the administrator of your office, or at the counter.",
    ),
    "or_provider": Label("Ou avec le fournisseur d'identité", "أو عبر مزود الهوية", "Or with the identity provider"),
    "provider_go": Label("Continuer avec", "المتابعة عبر", "Continue with"),
    "provider_note": Label(
        "Vous allez être identifié par un autre service, puis ramené ici.",
        "ستعرّف بهويتكم خدمة أخرى ثم تعودون إلى هنا.",
        "Another service will tell who you are, then bring you back here.",
    ),
    "provider_failed": Label(
        "L'identification n'a pas abouti", "لم يتم التعرف على الهوية", "You could not be identified"
    ),
    "provider_failed_note": Label(
        "Le fournisseur d'identité n'a pas confirmé qui vous êtes, ou vous n'avez pas encore de compte ici.",
        "لم يؤكد مزود الهوية من تكونون، أو ليس لكم حساب هنا بعد.",
        "The identity provider did not confirm who you are, or you have no account here yet.",
    ),
    "provider_cancelled": Label("Identification abandonnée", "تم إلغاء التعرف على الهوية", "Cancelled"),
    "closed": Label("Pas d'inscription en ligne", "لا يوجد تسجيل عبر الإنترنت", "No registration online"),
    "closed_note": Label(
        "Un administrateur ouvre les comptes, parce qu'il connaît la personne. Adressez-vous à lui ou au guichet.",
        "يفتح المسؤول عن النظام الحسابات لأنه يعرف الشخص. اتصلوا به أو بالشباك.",
        "An administrator opens accounts, because he knows the person. Ask him, or at the counter.",
    ),
    "inactive": Label("Compte fermé", "حساب مغلق", "Account closed"),
    "inactive_note": Label(
        "Ce compte a été fermé. Adressez-vous à l'administrateur.",
        "تم إغلاق هذا الحساب. اتصلوا بالمسؤول عن النظام.",
        "This account has been closed. Ask the administrator.",
    ),
    "locked": Label("Trop d'essais", "محاولات كثيرة", "Too many attempts"),
    "locked_note": Label(
        "Après cinq mots de passe faux, ce compte ne s'ouvre plus d'ici pendant une heure. Attendez, ou adressez-vous"
        " à l'administrateur.",
        "بعد خمس كلمات سر خاطئة، لا يفتح هذا الحساب من هنا لمدة ساعة. انتظروا أو اتصلوا بالمسؤول عن النظام.",
        "After five wrong passwords this account does not open from here for an hour. Wait, or ask the administrator.",
    ),
    # ------------------------------------------------------------------------------------------------- the password
    "change_password": Label("Changer le mot de passe", "تغيير كلمة السر", "Change the password"),
    "old_password": Label("Mot de passe actuel", "كلمة السر الحالية", "Present password"),
    "new_password": Label("Nouveau mot de passe", "كلمة السر الجديدة", "New password"),
    "new_password_again": Label(
        "Nouveau mot de passe, encore une fois", "كلمة السر الجديدة مرة ثانية", "New password once more"
    ),
    "password_changed": Label("Le mot de passe est changé.", "تم تغيير كلمة السر.", "The password has been changed."),
    "set_password": Label("Choisir un mot de passe", "اختيار كلمة سر", "Choose a password"),
    "reauthenticate": Label("Confirmez que c'est vous", "أكدوا هويتكم", "Confirm that it is you"),
    "reauthenticate_note": Label(
        "Avant de toucher à la sécurité du compte, prouvez encore une fois qui vous êtes.",
        "قبل تغيير ما يحمي الحساب، أثبتوا هويتكم مرة أخرى.",
        "Before the security of the account is touched, prove once more who you are.",
    ),
    "confirm": Label("Confirmer", "تأكيد", "Confirm"),
    "cancel": Label("Abandonner", "إلغاء", "Cancel"),
    "otherwise": Label("Autrement", "بطريقة أخرى", "Another way"),
    "by_password": Label("Avec le mot de passe", "بكلمة السر", "With the password"),
    "by_code": Label("Avec un code de l'application", "برمز من التطبيق", "With a code of the application"),
    "by_key": Label("Avec une clé de sécurité", "بمفتاح أمان", "With a security key"),
    # -------------------------------------------------------------------------------------------- the second factor
    "second_factor": Label("Second facteur", "عامل التحقق الثاني", "Second factor"),
    "second_factor_note": Label(
        "En plus du mot de passe, une preuve que vous seul avez en main. Elle est obligatoire pour les agents.",
        "إضافة إلى كلمة السر، دليل لا يملكه غيركم. وهو إلزامي للأعوان.",
        "Beside the password, a proof that only you have in hand. Staff must have one.",
    ),
    "challenge_note": Label(
        "Entrez le code que montre votre application, ou l'un de vos codes de secours.",
        "أدخلوا الرمز الذي يظهره تطبيقكم، أو أحد رموز الطوارئ.",
        "Enter the code that your application shows, or one of your recovery codes.",
    ),
    "one_time_code": Label("Code à usage unique", "رمز للاستعمال مرة واحدة", "One-time code"),
    "application": Label("Application à codes", "تطبيق الرموز", "Application with codes"),
    "on": Label("En service", "مفعل", "In use"),
    "off": Label("Pas encore installé", "غير مفعل بعد", "Not set up yet"),
    "set_up": Label("Installer", "تفعيل", "Set up"),
    "take_away": Label("Retirer", "إزالة", "Take away"),
    "set_up_application": Label("Installer l'application à codes", "تفعيل تطبيق الرموز", "Set up the application"),
    "scan": Label(
        "Photographiez ce dessin avec une application à codes (TOTP), puis entrez le code qu'elle montre.",
        "صوروا هذا الرسم بتطبيق للرموز (TOTP)، ثم أدخلوا الرمز الذي يظهره.",
        "Photograph this picture with an application for codes (TOTP), then enter the code that it shows.",
    ),
    "picture": Label(
        "Le secret ci-dessous, à photographier", "السر أدناه، للتصوير", "The secret below, to be photographed"
    ),
    "secret": Label(
        "Ou recopiez ce secret dans l'application :",
        "أو انسخوا هذا السر في التطبيق:",
        "Or copy this secret into the application:",
    ),
    "application_on": Label(
        "L'application à codes est en service.", "تم تفعيل تطبيق الرموز.", "The application is set up."
    ),
    "application_off": Label(
        "L'application à codes est retirée.", "تمت إزالة تطبيق الرموز.", "The application is taken away."
    ),
    "take_away_application": Label("Retirer l'application à codes", "إزالة تطبيق الرموز", "Take the application away"),
    "take_away_sure": Label(
        "Sans second facteur, un agent ne peut plus rien faire ici avant d'en installer un autre. Retirer celui-ci ?",
        "بدون عامل ثان، لا يستطيع العون القيام بأي شيء هنا قبل تفعيل عامل آخر. هل تريدون إزالته؟",
        "Without a second factor a member of the staff can do nothing here before setting up another. Take it away?",
    ),
    # ------------------------------------------------------------------------------------------------ recovery codes
    "recovery_codes": Label("Codes de secours", "رموز الطوارئ", "Recovery codes"),
    "recovery_note": Label(
        "Chacun ouvre une fois, quand l'application manque. Gardez-les sur papier, ailleurs que dans le téléphone.",
        "يفتح كل رمز مرة واحدة عند غياب التطبيق. احتفظوا بها على ورق، في غير الهاتف.",
        "Each opens once, where the application is missing. Keep them on paper, elsewhere than in the telephone.",
    ),
    "codes_left": Label("Codes encore bons :", "الرموز المتبقية:", "Codes that are left:"),
    "no_codes": Label("Aucun", "لا شيء", "None"),
    "see": Label("Voir", "عرض", "See"),
    "download": Label("Télécharger", "تحميل", "Download"),
    "new_codes": Label("Faire de nouveaux codes", "إنشاء رموز جديدة", "Make new codes"),
    "new_codes_sure": Label(
        "Les codes d'avant ne vaudront plus. En faire de nouveaux ?",
        "لن تبقى الرموز السابقة صالحة. هل تريدون إنشاء رموز جديدة؟",
        "Former codes will no longer count. Make new ones?",
    ),
    "codes_made": Label(
        "De nouveaux codes de secours sont faits.", "تم إنشاء رموز طوارئ جديدة.", "New codes are made."
    ),
    # ------------------------------------------------------------------------------------------------- security keys
    "keys": Label("Clés de sécurité", "مفاتيح الأمان", "Security keys"),
    "keys_note": Label(
        "Une clé USB ou NFC, ou celle que garde l'ordinateur ou le téléphone (WebAuthn).",
        "مفتاح USB أو NFC، أو المفتاح الذي يحفظه الحاسوب أو الهاتف (WebAuthn).",
        "A USB or NFC key, or the one that a computer or a telephone holds (WebAuthn).",
    ),
    "add_key": Label("Ajouter une clé", "إضافة مفتاح", "Add a key"),
    "key_name": Label("Nom de la clé", "اسم المفتاح", "Name of the key"),
    "rename_key": Label("Renommer la clé", "تغيير اسم المفتاح", "Rename the key"),
    "rename": Label("Renommer", "تغيير الاسم", "Rename"),
    "save": Label("Enregistrer", "حفظ", "Save"),
    "added_on": Label("ajoutée le", "أضيف يوم", "added on"),
    "take_away_key": Label("Retirer la clé", "إزالة المفتاح", "Take the key away"),
    "key_added": Label("La clé est ajoutée.", "تمت إضافة المفتاح.", "The key has been added."),
    "key_gone": Label("La clé est retirée.", "تمت إزالة المفتاح.", "The key has been taken away."),
    "key_failed": Label(
        "La clé n'a pas répondu, ou le navigateur la refuse à cette adresse : recommencez, ou prenez un autre moyen.",
        "لم يستجب المفتاح، أو رفضه المتصفح على هذا العنوان: أعيدوا المحاولة أو استعملوا طريقة أخرى.",
        "The key did not answer, or the browser refuses it at this address: try again, or take another way.",
    ),
    "needs_script": Label(
        "Une clé de sécurité demande JavaScript ; un code de l'application n'en demande pas.",
        "يتطلب مفتاح الأمان جافا سكريبت؛ أما رمز التطبيق فلا يتطلبه.",
        "A security key needs JavaScript; a code of the application does not.",
    ),
}
"""Texts of the pages by name."""

LONG_ENOUGH = Label(
    "Le mot de passe doit avoir au moins {0} caractères.",
    "يجب أن تتكون كلمة السر من {0} حرفا على الأقل.",
    "The password must have at least {0} characters.",
)

SLIPS: dict[str, Label] = {
    "account_inactive": SIGN_IN_WORDS["inactive_note"],
    "enter_current_password": Label(
        "Ce n'est pas le mot de passe actuel.", "هذه ليست كلمة السر الحالية.", "This is not the present password."
    ),
    "incorrect_password": Label("Ce mot de passe est faux.", "كلمة السر هذه خاطئة.", "This password is wrong."),
    "incorrect_code": Label(
        "Ce code est faux ou n'est plus valable : entrez celui que l'application montre maintenant.",
        "هذا الرمز خاطئ أو لم يعد صالحا: أدخلوا الرمز الذي يظهره التطبيق الآن.",
        "This code is wrong or no longer counts: enter the one that the application shows now.",
    ),
    "too_many_login_attempts": Label(
        "Trop d'essais : attendez quelques minutes.",
        "محاولات كثيرة: انتظروا بضع دقائق.",
        "Too many attempts: wait a few minutes.",
    ),
    "rate_limited": Label(
        "Trop d'essais : attendez un moment.", "محاولات كثيرة: انتظروا قليلا.", "Too many attempts: wait a moment."
    ),
    "username_password_mismatch": Label(
        "Ce nom et ce mot de passe ne vont pas ensemble.",
        "اسم الحساب وكلمة السر غير متطابقين.",
        "This name and this password do not belong together.",
    ),
    "cannot_delete_authenticator": Label(
        "Ce second facteur ne peut pas être retiré.",
        "لا يمكن إزالة عامل التحقق هذا.",
        "This second factor cannot be taken away.",
    ),
    "cannot_generate_recovery_codes": Label(
        "Installez d'abord un second facteur.", "فعّلوا أولا عامل تحقق ثانيا.", "Set up a second factor first."
    ),
}
"""What the library of sign-in says of a slip, by its own names, put into our words."""
