"""What the calls of this room share: the regulation asked for, its draft, and how versions and people are shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from hengwei.core.asked import signed_in
from hengwei.core.errors import NotFound, Refused
from hengwei.governance import permissions as perms
from hengwei.governance.models import Binding, Regulation, RegulationVersion
from hengwei.org.models import User


def regulation_of(request: HttpRequest, pk: int) -> Regulation:
    """The regulation, if this person may see it."""
    row = Regulation.objects.visible_to(signed_in(request)).select_related("owner", "body").filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such regulation."))
    return row


def draft_of(request: HttpRequest, pk: int) -> RegulationVersion:
    """What is being written or approved."""
    version = regulation_of(request, pk).draft()
    if version is None:
        raise Refused(_("There is no draft. Begin a new version."), code="no_draft")
    return version


def in_force(regulation: Regulation) -> RegulationVersion:
    """The version that holds."""
    version = regulation.published()
    if version is None:
        raise Refused(_("This regulation is not in force."), code="not_in_force")
    return version


def shown_version(request: HttpRequest, regulation: Regulation) -> RegulationVersion:
    """What is in force; for those who write, else what is being written."""
    return (regulation.current() if signed_in(request).may(perms.MANAGE) else None) or in_force(regulation)


def binding_of(request: HttpRequest, pk: int, binding: int, **facts: Any) -> Binding:
    """A proof of a regulation that this person may see, not taken off."""
    return get_object_or_404(regulation_of(request, pk).bindings.filter(removed_at=None, **facts), pk=binding)


def person_of(pk: int | None) -> User | None:
    """A colleague by id; Refused when there is none."""
    if pk is None:
        return None
    person = User.objects.staff().filter(pk=pk).first()
    if person is None:
        raise Refused(_("There is no such colleague."), code="unknown_person")
    return person


def person_out(person: User | None) -> dict[str, Any] | None:
    return {"id": person.pk, "name": str(person)} if person else None


def version_out(version: RegulationVersion) -> dict[str, Any]:
    """A version with its clauses, in both languages."""
    return {
        "regulation": version.regulation_id, "version": version.number, "state": version.state, "note": version.change_note,
        "effective_from": version.effective_from, "approved_at": version.approved_at, "published_at": version.published_at,
        "clauses": [
            {
                "key": c.key, "parent": c.parent.key if c.parent else None, "kind": c.kind, "number": c.number, "title": c.title, "title_en": c.title_en,
                "text": c.text, "text_en": c.text_en, "requirements": c.requirements,
            } for c in version.tree()
        ],
    }
