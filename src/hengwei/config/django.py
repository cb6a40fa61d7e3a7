"""Django's settings, derived from ours. What a company may change is in settings.py; what it may not is here."""

from __future__ import annotations

import os
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from hengwei.config.rooms import ROOMS
from hengwei.config.settings import settings

SETTINGS = settings()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = SETTINGS.secret_key()
DEBUG = SETTINGS.debug
ALLOWED_HOSTS = SETTINGS.allowed_hosts
SITE_URL = SETTINGS.base_url.rstrip("/") or f"http://{SETTINGS.host}:{SETTINGS.port}"
BASE_URL_IS_SET = bool(SETTINGS.base_url)
OUTGOING_ALLOW = SETTINGS.outgoing_allow
METRICS_TOKEN = SETTINGS.metrics_token
CSRF_TRUSTED_ORIGINS = [SETTINGS.base_url] if SETTINGS.base_url else []

INSTALLED_APPS = [
    # First, so that our templates and words come before those of libraries.
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "pgtrigger",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_filters",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hengwei.ui.middleware.ContentSecurity",
    "hengwei.ui.middleware.Person",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "hengwei.org.middleware.Due",
]

ROOT_URLCONF = "hengwei.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hengwei.ui.context.frame",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "hengwei"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        # Values go to the server beside the statement, so that `core.database.prepared` can keep it.
        # Connections are kept in a pool, not with threads. Tests empty their tables, the append-only ones too.
        "OPTIONS": {"server_side_binding": True}
        | ({"options": "-c hengwei.emptying=on"} if "PYTEST_VERSION" in os.environ else {"pool": {"min_size": 1, "max_size": 16, "timeout": 15}}),
        # With the plugin of core/database/testing.py the tables are a copy of those made once.
        "TEST": {
            "NAME": os.environ.get("HENGWEI_TEST_DATABASE", "test_hengwei"), "TEMPLATE": os.environ.get("HENGWEI_TEST_TEMPLATE"),
            "MIGRATE": "HENGWEI_TEST_TEMPLATE" not in os.environ,
        },
    }


DATABASES = {"default": _database(SETTINGS.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Passkeys need https, except on this very machine.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SETTINGS.base_url.startswith("https")
MFA_TOTP_ISSUER = "Hengwei"
ACCOUNT_ADAPTER = "hengwei.org.sign_in.ClosedAdapter"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SETTINGS.base_url.startswith("https")
# Our own passwords first, then the company's directories.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend", "hengwei.org.directory.DirectoryBackend"]
# Wrong passwords are counted by org.lockout; what else the library limits is counted in a cache that all processes share.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "1000/m/ip"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
SOCIALACCOUNT_ADAPTER = "hengwei.org.single_sign_on.Adapter"
# The way to a provider is a link: no browser follows a form to another site under our policy.
SOCIALACCOUNT_LOGIN_ON_GET = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["username", "name", "email"]}},
    {"NAME": "hengwei.org.passwords.NotUsedBefore"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = SETTINGS.language
# What settings and commands say of themselves: no room, so no app.
LOCALE_PATHS = [PACKAGE / "config/locale"]
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = SETTINGS.timezone
USE_TZ = True
USE_I18N = True

# Whatever goes wrong leaves its traceback in the log of the process, which the supervisor shows. Django's own handlers
# are for its debug mode and for mail to administrators; a refused request is the client's, not ours.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"log": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["log"], "level": "WARNING"},
    "loggers": {"django": {"handlers": []}, "django.request": {"level": "ERROR"}},
}

STATIC_URL = "/static/"
# Read from the installed package itself: there is nothing to collect.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

MEDIA_ROOT = SETTINGS.data_dir / "media"
#: The largest file that anyone may attach, in bytes.
SAMPLE_ITEMS = SETTINGS.sample_items
CLOSE_AFTER_DAYS = SETTINGS.close_after_days
MAX_FILE_BYTES = SETTINGS.max_file_mb * 2**20
MAX_MAIL_BYTES = SETTINGS.max_mail_mb * 2**20
