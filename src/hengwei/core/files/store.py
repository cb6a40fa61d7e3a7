"""Taking files in."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import filetype
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from hengwei.core.errors import Refused
from hengwei.core.models import StoredFile

#: Types that a browser would run as a page of ours are served as plain bytes.
DANGEROUS = re.compile(r"html|xml|svg|javascript|ecmascript", re.IGNORECASE)
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


def clean_name(name: str) -> str:
    """A file's name as every file system takes it, its ending kept."""
    name = _UNFIT.sub("_", name.strip()).strip(". ") or "file"
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= 200 else f"{stem[: 199 - len(ending)]}{dot}{ending}"[:200]


def sniff(content: bytes, name: str) -> str:
    """The type of a file by its first bytes; by its name where they do not tell."""
    found = filetype.guess_mime(content[:8192])
    guessed = found or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return "application/octet-stream" if DANGEROUS.search(guessed) and not found else guessed


def store(content: bytes, name: str, *, user: Any = None) -> StoredFile:
    """Keep a file. Raises Refused when it is empty or larger than the installation allows (MAX_FILE_BYTES)."""
    if not content:
        raise Refused(_("The file '%(name)s' is empty.") % {"name": name}, code="empty_file", field="files")
    if len(content) > settings.MAX_FILE_BYTES:
        raise Refused(
            _("The file '%(name)s' is larger than %(limit)d MB.") % {"name": name, "limit": settings.MAX_FILE_BYTES // 2**20},
            code="file_too_large", field="files",
        )
    name = clean_name(name)
    file = StoredFile(
        name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content), content_type=sniff(content, name), uploaded_by=user,
    )
    if not default_storage.exists(file.path):
        default_storage.save(file.path, ContentFile(content))
    file.save(force_insert=True)
    return file


def files_of(ids: Sequence[str], *, user: Any) -> list[StoredFile]:
    """The person's own uploads of these ids, in their order; Refused when one is not his."""
    if not ids:
        return []
    try:
        wanted = [uuid.UUID(str(one)) for one in ids]
    except ValueError:
        raise Refused(_("This is no file."), code="unknown_file", field="files") from None
    found = StoredFile.objects.filter(uploaded_by=user).in_bulk(wanted)
    if len(found) != len(set(wanted)):
        raise Refused(_("One of the files is not yours, or is gone."), code="unknown_file", field="files")
    return [found[one] for one in wanted]


def still_there(ids: Sequence[str], *, user: Any) -> list[StoredFile]:
    """Those of a form that comes back to its writer: his own uploads of these ids; what is none is left out."""
    wanted = []
    for one in ids:
        with suppress(ValueError):
            wanted.append(uuid.UUID(str(one)))
    found = StoredFile.objects.filter(uploaded_by=user).in_bulk(wanted) if user is not None and user.is_authenticated else {}
    return [found[one] for one in wanted if one in found]
