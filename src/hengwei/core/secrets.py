"""Secrets at rest: passwords of mail servers, tokens of other systems. Encrypted with a key derived from the installation's."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from .errors import Refused

_PURPOSE = b"hengwei secrets at rest, 1"


@lru_cache(maxsize=4)
def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(text: str) -> str:
    """Encrypt; '' stays ''."""
    return _fernet(settings.SECRET_KEY).encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Decrypt. Raises Refused when the installation's secret is not the one it was sealed with."""
    if not sealed:
        return ""
    try:
        return _fernet(settings.SECRET_KEY).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Refused(_("A stored password cannot be read: the installation's secret key has changed. Please enter it again."), code="sealed") from None


class SecretField(models.TextField):
    """Text that stands encrypted in the database."""

    def get_prep_value(self, value: Any) -> Any:
        return seal(value) if isinstance(value, str) else value

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        return unseal(value) if value else value
