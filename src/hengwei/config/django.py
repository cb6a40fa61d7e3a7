"""Django's settings, derived from ours. What a company may change is in settings.py; what it may not is here."""

from __future__ import annotations

import os
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from hengwei.config.settings import settings

SETTINGS = settings()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = os.environ.get("HENGWEI_SECRET_KEY", "insecure-until-the-launcher-makes-one")
DEBUG = SETTINGS.debug
ALLOWED_HOSTS = ["*"]

#: The rooms of the house, from the ground up (docs/architecture.md).
ROOMS = [
    "hengwei.core",
    "hengwei.org",
    "hengwei.calendars",
    "hengwei.ui",
    "hengwei.work",
    "hengwei.knowledge",
    "hengwei.desk",
    "hengwei.channels",
    "hengwei.flows",
    "hengwei.governance",
    "hengwei.site",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_filters",
    *ROOMS,
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
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "hengwei.site.urls"
ASGI_APPLICATION = "hengwei.config.asgi.application"
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
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {},
        "TEST": {"NAME": os.environ.get("HENGWEI_TEST_DATABASE", "test_hengwei")},
    }


DATABASES = {"default": _database(SETTINGS.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = SETTINGS.language
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = SETTINGS.timezone
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = SETTINGS.data_dir / "static"

MEDIA_ROOT = SETTINGS.data_dir / "media"
#: The largest file that anyone may attach, in bytes.
MAX_FILE_BYTES = SETTINGS.max_file_mb * 2**20
