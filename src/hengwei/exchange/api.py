"""Imports over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound
from hengwei.core.files import store
from hengwei.core.rest import Page, actor_of, keyset

from . import actions
from . import permissions as perms
from .models import Import

router = Router(tags=["imports"])


class ImportOut(Schema):
    """An import and how far it is."""

    id: int
    origin: str
    target: str
    state: str
    total: int | None
    position: int
    created: int
    updated: int
    skipped: int
    failed: int
    error: str
    mapping: dict[str, str]
    made_at: datetime
    ended_at: datetime | None


class RefusedOut(Schema):
    """A row that was refused: its line, what stood in it, and why by field."""

    number: int
    values: dict[str, Any]
    errors: dict[str, str]


class MappingIn(Schema):
    """Which column each field comes from, and what stands where a row has nothing."""

    columns: dict[str, str]
    defaults: dict[str, str] = {}
    existing: str = Field("skip", pattern="^(skip|update)$")


class RemoteIn(Schema):
    """Another system to read from."""

    origin: str = Field(pattern="^(zammad|glpi)$")
    url: str
    token: str
    app_token: str = ""


def _find(request: HttpRequest, pk: int) -> Import:
    run = Import.objects.filter(pk=pk).first() if signed_in(request).may(perms.IMPORT) else None
    if run is None:
        raise NotFound(_("There is nothing here that you may see."))
    return run


@router.get("/imports", response=Page[ImportOut], summary="List imports")
def list_imports(request: HttpRequest, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    actor_of(request).require(perms.IMPORT)
    return keyset(Import.objects.all(), cursor=cursor, limit=limit)


@router.post("/imports", response={201: ImportOut}, summary="Begin an import from a file")
def begin(request: HttpRequest, file: File[UploadedFile], target: Form[str]) -> tuple[int, Import]:
    """`target` is items, people, customers or articles. Columns are matched by their headings; see the mapping in the answer."""
    by = actor_of(request)
    by.require(perms.IMPORT)
    return 201, actions.begin_file(by=by, file=store(file.read(), file.name or "file", user=by.user), target=target)


@router.post("/imports/remote", response={201: ImportOut}, summary="Begin an import from Zammad or GLPI")
def begin_remote(request: HttpRequest, payload: RemoteIn) -> tuple[int, Import]:
    return 201, actions.begin_remote(by=actor_of(request), **payload.dict())


@router.get("/imports/{int:pk}", response=ImportOut, summary="Read an import")
def read(request: HttpRequest, pk: int) -> Import:
    return _find(request, pk)


@router.put("/imports/{int:pk}/mapping", response=ImportOut, summary="Say which column means what")
def set_mapping(request: HttpRequest, pk: int, payload: MappingIn) -> Import:
    return actions.set_mapping(_find(request, pk), by=actor_of(request), **payload.dict())


@router.post("/imports/{int:pk}/trial", response=ImportOut, summary="Try it without keeping anything")
def trial(request: HttpRequest, pk: int) -> Import:
    return actions.start(_find(request, pk), by=actor_of(request), trial=True)


@router.post("/imports/{int:pk}/run", response=ImportOut, summary="Import, or go on")
def run(request: HttpRequest, pk: int) -> Import:
    return actions.start(_find(request, pk), by=actor_of(request), trial=False)


@router.post("/imports/{int:pk}/stop", response=ImportOut, summary="Stop")
def stop(request: HttpRequest, pk: int) -> Import:
    return actions.stop(_find(request, pk), by=actor_of(request))


@router.get("/imports/{int:pk}/refused", response=Page[RefusedOut], summary="Rows that were refused")
def refused(request: HttpRequest, pk: int, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    return keyset(_find(request, pk).refused.all(), order=("number",), cursor=cursor, limit=limit)
