"""Giving files out."""

from __future__ import annotations

import uuid

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from hengwei.core.models import StoredFile

from .access import may_read

#: What may be shown in the page; everything else is a download.
INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}


def read_file(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """The bytes of a file, to those who may read it; to everyone else it does not exist."""
    file = get_object_or_404(StoredFile, pk=pk)
    if not may_read(request.user, file):
        raise Http404
    response = FileResponse(
        default_storage.open(file.path), as_attachment=file.content_type not in INLINE, filename=file.name, content_type=file.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400"
    return response
