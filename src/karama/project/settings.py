"""Django's settings, made from the environment.

The application's role is ``default``.  ``owner`` exists only where its address is known: it migrates and loads in bulk.
"""

from __future__ import annotations

from importlib.util import find_spec

from csp.constants import NONE, SELF

from karama.foundation.documents import FONTS
from karama.foundation.months import TIME_ZONE as _TIME_ZONE
from karama.project import environment as _environment

ENVIRONMENT = _environment.read()

SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = list(ENVIRONMENT.former_secret_keys)
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

_OURS = (
    "karama.record",
    "karama.record.messages",
    "karama.registry",
    "karama.registry.matching",
    "karama.delivery.claims",
    "karama.delivery.decisions",
    "karama.delivery.appeals",
)
INSTALLED_APPS = [
    "karama.project",
    "karama.portal",  # before allauth, whose templates it replaces
    # An app that is not written yet is left out until it is.
    *(name for name in _OURS if find_spec(name) and find_spec(f"{name}.apps")),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
]
AUTH_USER_MODEL = "record.Account"

STATIC_URL = "static/"
STATIC_ROOT = ENVIRONMENT.data / "static"
STATICFILES_DIRS = [("karama/fonts", FONTS)]
_COLLECTED = (STATIC_ROOT / "staticfiles.json").exists()
"""`karama serve` collects the files of the pages, each named after its content; before, they are found one by one."""

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    *(["whitenoise.middleware.WhiteNoiseMiddleware"] if _COLLECTED else []),
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "karama.portal.language.PageLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "karama.record.middleware.SecondFactorMiddleware",
    "karama.registry.middleware.ScopeMiddleware",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
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
                "karama.portal.language.frame",
            ]
        },
    }
]

# ------------------------------------------------------------------------------------------------------------ the data
DATABASES = {"default": _environment.database(ENVIRONMENT.database_url)}
if ENVIRONMENT.owner_database_url:
    DATABASES["owner"] = _environment.database(ENVIRONMENT.owner_database_url)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LAKE = ENVIRONMENT.lake
ANCHORS = ENVIRONMENT.anchors

# ------------------------------------------------------------------------------------------------------------- sign-in
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses a locked account before anybody looks at the password
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": "karama.project.sign_in.LongEnoughValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "karama.project.sign_in.AccountAdapter"
MFA_ADAPTER = "karama.project.sign_in.SecondFactorAdapter"
SOCIALACCOUNT_ADAPTER = "karama.project.sign_in.ProviderAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are opened by an administrator, who knows the person
# Beside the lock of axes: slows down guesses at one account from many addresses, without giving anybody its lock.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,20/300s/key"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Karama"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = {}
if ENVIRONMENT.provider:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "state",
                "name": "OpenID Connect",
                "client_id": ENVIRONMENT.provider.client,
                "secret": ENVIRONMENT.provider.secret,
                "settings": {"server_url": ENVIRONMENT.provider.issuer},
            }
        ],
    }
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1  # hour
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # so that a stranger cannot lock somebody else out
AXES_CLIENT_IP_CALLABLE = "karama.project.sign_in.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "karama/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# ------------------------------------------------------------------------------------------------------------ sessions
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENVIRONMENT.https
if ENVIRONMENT.https:
    # A browser takes a cookie of this name only with HTTPS, for this host and no other.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
CSRF_COOKIE_HTTPONLY = True

# ---------------------------------------------------------------------------------------------- what browsers are told
if ENVIRONMENT.proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
    ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # to be listed in browsers for ever is the choice of the name's owner
SECURE_REDIRECT_EXEMPT = ["^health$"]  # asked from the machine itself, without HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# -------------------------------------------------------------------------------------------------- words and messages
MESSAGES = ENVIRONMENT.messages
MESSAGES_SECRET = ENVIRONMENT.messages_secret
MESSAGES_ORIGIN = ENVIRONMENT.messages_origin
VERIFICATION = ENVIRONMENT.verification
SYNTHETIC = ENVIRONMENT.demo
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("ar", "العربية"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = ENVIRONMENT.https
TIME_ZONE = _TIME_ZONE
USE_TZ = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"errors": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["errors"], "level": "INFO"},
    "loggers": {"procrastinate": {"level": "WARNING"}, "axes": {"level": "WARNING"}},
}
