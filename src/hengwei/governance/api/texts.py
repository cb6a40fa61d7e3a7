"""The text over REST: built-in regulations, import, the draft and its tree, versions, comparison, files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Schema, UploadedFile
from pydantic import Field

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound, Refused
from hengwei.core.rest import actor_of
from hengwei.governance import packs
from hengwei.governance import permissions as perms
from hengwei.governance.actions import packing, writing
from hengwei.governance.models import Regulation
from hengwei.governance.pages.files import text_file
from hengwei.governance.pages.reading import compared, versions_for
from hengwei.governance.pages.writing import document_of
from hengwei.org.models import Team

from .asked import draft_of, person_of, regulation_of, shown_version, version_out

router = Router()


class TextIn(Schema):
    """A text as pasted: run-on, in lines, or Markdown."""

    text: str
    name: str = ""
    code: str = ""
    regulation: int | None = Field(None, description="Make it the next version of this regulation.")


class FileIn(Schema):
    """What is said beside a file."""

    name: str = ""
    code: str = ""
    regulation: int | None = None


class AdoptIn(Schema):
    """Who carries a built-in regulation out, and who answers for it."""

    body: int | None = Field(None, description="Id of the team that carries it out.")
    owner: int | None = Field(None, description="Who keeps it; you, when it is not said.")
    attester: int | None = Field(None, description="Who confirms what no record proves; its keeper, when it is not said.")


class ClauseIn(Schema):
    """A correction of a draft's tree; `do` is move, split, merge, change, add, remove or renumber."""

    do: str
    key: str = ""
    parent: str = ""
    after: str = ""
    at: int = 0
    facts: dict[str, str] = {}


@router.get("/regulations/packs", summary="The built-in regulations, in both languages")
def list_packs(request: HttpRequest) -> Any:
    actor_of(request).require(perms.VIEW)
    adopted = dict(Regulation.objects.filter(archived_at=None).exclude(pack="").values_list("pack", "pk"))
    return [
        {
            "key": pack.key, "code": pack.code, "adopted": adopted.get(pack.key), **pack.words(),
            "clauses": [
                {"kind": c.kind, "number": c.number, "text": c.text, "text_en": c.text_en, "requirements": list(c.requirements), "controls": [p.control for p in c.proofs if p.control]}
                for c in pack.clauses
            ],
        } for pack in packs.every()
    ]


@router.post("/regulations/adopt/{pack}", summary="Adopt a built-in regulation")
def adopt(request: HttpRequest, pack: str, body: AdoptIn | None = None) -> Any:
    asked = body or AdoptIn(body=None, owner=None, attester=None)
    team = None
    if asked.body is not None and (team := Team.objects.filter(pk=asked.body, archived_at=None).first()) is None:
        raise Refused(_("There is no such team."), code="unknown_team", field="body")
    return version_out(packing.adopt(pack, by=actor_of(request), body=team, owner=person_of(asked.owner), attester=person_of(asked.attester)))


def _import(request: HttpRequest, text: str, upload: Any, asked: TextIn | FileIn) -> Any:
    document, source = document_of(text, upload)
    if asked.name:
        document.title = asked.name
    regulation = regulation_of(request, asked.regulation) if asked.regulation else None
    return version_out(writing.import_document(document, by=actor_of(request), source=source, regulation=regulation, code=asked.code))


@router.post("/regulations/import", summary="A draft from a text")
def import_text(request: HttpRequest, body: TextIn) -> Any:
    actor_of(request).require(perms.MANAGE)
    return _import(request, body.text, None, body)


@router.post("/regulations/import/file", summary="A draft from a Word, Markdown or text file")
def import_file(request: HttpRequest, file: File[UploadedFile], asked: Form[FileIn]) -> Any:
    actor_of(request).require(perms.MANAGE)
    return _import(request, "", file, asked)


@router.get("/regulations/{int:pk}/versions", summary="Its versions, the newest first")
def versions(request: HttpRequest, pk: int) -> Any:
    actor_of(request).require(perms.VIEW)
    return [
        {"version": v.number, "state": v.state, "note": v.change_note, "approved_at": v.approved_at, "published_at": v.published_at,
         "published_by": str(v.published_by or ""), "effective_from": v.effective_from, "superseded_at": v.superseded_at}
        for v in versions_for(signed_in(request), regulation_of(request, pk)).select_related("published_by")
    ]


@router.get("/regulations/{int:pk}/versions/{int:number}", summary="The text of a version")
def one_version(request: HttpRequest, pk: int, number: int) -> Any:
    actor_of(request).require(perms.VIEW)
    return version_out(get_object_or_404(versions_for(signed_in(request), regulation_of(request, pk)), number=number))


@router.get("/regulations/{int:pk}/draft", summary="The text that is being written")
def draft(request: HttpRequest, pk: int) -> Any:
    actor_of(request).require(perms.MANAGE)
    return version_out(draft_of(request, pk))


@router.post("/regulations/{int:pk}/draft", summary="Begin the next version")
def begin(request: HttpRequest, pk: int) -> Any:
    return version_out(writing.start_draft(regulation_of(request, pk), by=actor_of(request)))


@router.post("/regulations/{int:pk}/draft/clauses", summary="Correct the tree of a draft")
def correct_tree(request: HttpRequest, pk: int, body: ClauseIn) -> Any:
    version, by = draft_of(request, pk), actor_of(request)
    allowed = {name: value for name, value in body.facts.items() if name in ("kind", "number", "title", "title_en", "text", "text_en")}
    deeds: dict[str, Any] = {
        "move": lambda: writing.move_clause(version, body.key, by=by, parent=body.parent, after=body.after),
        "split": lambda: writing.split_clause(version, body.key, by=by, at=body.at),
        "merge": lambda: writing.merge_clause(version, body.key, by=by),
        "change": lambda: writing.change_clause(version, body.key, by=by, **allowed),
        "remove": lambda: writing.remove_clause(version, body.key, by=by),
        "renumber": lambda: writing.renumber(version, by=by),
        "add": lambda: writing.add_clause(
            version, by=by, kind=allowed.get("kind", "article"), after=body.after, number=allowed.get("number", ""), title=allowed.get("title", ""), text=allowed.get("text", "")),
    }
    if body.do not in deeds:
        raise Refused(_("The tree is corrected by move, split, merge, change, add, remove or renumber."), code="invalid", field="do")
    deeds[body.do]()
    return version_out(version)


@router.get("/regulations/{int:pk}/compare", summary="Two versions, clause by clause")
def compare(request: HttpRequest, pk: int, before: int, after: int) -> Any:
    actor_of(request).require(perms.VIEW)
    known = versions_for(signed_in(request), regulation_of(request, pk))
    rows = compared(get_object_or_404(known, number=before), get_object_or_404(known, number=after))
    return [{"key": r["clause"].key, "number": r["clause"].number, "what": r["what"], "parts": r["parts"]} for r in rows]


@router.get("/regulations/{int:pk}/text/{form}", summary="The text as a file: docx, pdf or md")
def text(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    actor_of(request).require(perms.VIEW)
    regulation = regulation_of(request, pk)
    if form not in ("docx", "pdf", "md"):
        raise NotFound(_("The text is offered as docx, pdf and md."))
    return text_file(regulation, shown_version(request, regulation), form)
