"""Giving files out."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core.errors import ActionError
from hengwei.core.models import StoredFile

from .access import may_read
from .store import store
from .thumbnails import thumbnail_path

#: What may be shown in the page; everything else is a download.
INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}


def read_file(request: HttpRequest, pk: uuid.UUID, name: str) -> FileResponse:
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


def read_thumbnail(request: HttpRequest, pk: uuid.UUID) -> FileResponse | HttpResponseRedirect:
    """A small picture of a file, to those who may read the file; where there is none, the way to the file itself."""
    file = get_object_or_404(StoredFile, pk=pk)
    if not may_read(request.user, file):
        raise Http404
    path = thumbnail_path(file)
    if path is None:
        return HttpResponseRedirect(file.get_absolute_url())
    response = FileResponse(default_storage.open(path), content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400"
    return response


@login_required
@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """Keep a file before the words it belongs to are sent; answers with its id, or says what is wrong with it."""
    given = request.FILES.get("file")
    if given is None:
        return JsonResponse({"title": _("No file was sent.")}, status=422)
    try:
        file = store(given.read(), given.name or "file", user=request.user)
    except ActionError as error:
        return JsonResponse({"title": str(error), "code": error.code}, status=error.status)
    return JsonResponse({"id": str(file.pk), "name": file.name, "size": file.size, "url": file.get_absolute_url()}, status=201)
