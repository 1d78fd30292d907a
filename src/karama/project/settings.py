"""Django's settings, made from the environment.

The application's role is ``default``.  ``owner`` exists only where its address is known: it migrates and loads in bulk.
"""

from __future__ import annotations

from importlib.util import find_spec

from karama.project import environment as _environment

ENVIRONMENT = _environment.read()

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

_OURS = (
    "karama.record",
    "karama.registry",
    "karama.delivery.claims",
    "karama.delivery.decisions",
    "karama.delivery.appeals",
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    # An app that is not written yet is left out until it is.
    *(name for name in _OURS if find_spec(name) and find_spec(f"{name}.apps")),
]
if "karama.record" in INSTALLED_APPS:
    AUTH_USER_MODEL = "record.Account"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "karama.project.urls"
WSGI_APPLICATION = "karama.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": _environment.database(ENVIRONMENT.database_url)}
if ENVIRONMENT.owner_database_url:
    DATABASES["owner"] = _environment.database(ENVIRONMENT.owner_database_url)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("ar", "العربية"), ("en", "English")]
TIME_ZONE = "Africa/Casablanca"
USE_TZ = True

STATIC_URL = "static/"
LAKE = ENVIRONMENT.data / "lake"
PROOFS = ENVIRONMENT.data / "proofs"
