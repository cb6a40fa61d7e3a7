"""Keeping the catalogue, and asking for what it offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import NotFound, Refused
from hengwei.desk import fields as rules
from hengwei.desk import permissions as perms
from hengwei.desk.models import CatalogueEntry, CatalogueVersion
from hengwei.org.models import User
from hengwei.work import kinds
from hengwei.work.actions.intake import open_item
from hengwei.work.models import WorkItem


class Unanswered(Refused):
    """Some answers are missing or wrong: `params['errors']` says what, by field key."""

    code = "invalid"


@transaction.atomic
def publish(entry: CatalogueEntry, *, by: Actor, fields: Sequence[dict[str, Any]], kind: str = "request", at: datetime | None = None, **facts: Any) -> CatalogueVersion:
    """A new version of an entry, offered from now on; items keep the one they were made with."""
    by.require(perms.CATALOGUE)
    entry = CatalogueEntry.objects.select_for_update().get(pk=entry.pk)
    try:
        rules.check(fields)
        if not kinds.get(kind).for_requesters:
            raise Refused(_("Requesters cannot ask for work of this kind."), code="invalid", field="kind")
    except rules.BadDefinition as error:
        raise Refused(str(error), code="bad_fields", field="fields") from None
    except KeyError:
        raise Refused(_("There is no kind of work '%(kind)s'.") % {"kind": kind}, code="unknown_kind", field="kind") from None
    last = entry.versions.order_by("-number").first()
    version = CatalogueVersion.objects.create(
        entry=entry, number=last.number + 1 if last else 1, kind=kind, fields=list(fields), published_by=by.user, published_at=at or timezone.now(), **facts,
    )
    entry.published, entry.archived_at = version, None
    entry.save(update_fields=["published", "archived_at"])
    return version


@transaction.atomic
def archive(entry: CatalogueEntry, *, by: Actor, at: datetime | None = None) -> None:
    """Offer it no more; what was asked for stays as it is."""
    by.require(perms.CATALOGUE)
    CatalogueEntry.objects.filter(pk=entry.pk).update(archived_at=at or timezone.now())


def offered(key: str, user: User) -> CatalogueEntry:
    """The entry of this key, if it is offered to the person."""
    entry = CatalogueEntry.objects.offered_to(user).select_related("published", "published__team", "published__category").filter(key=key).first()
    if entry is None:
        raise NotFound(_("The catalogue does not offer this."), field="catalogue_key")
    return entry


def submit(
    entry: CatalogueEntry, *, by: Actor, title: str, answers: dict[str, Any], description: str = "", requester: User | None = None,
    files: Sequence[Any] = (), source: str = "", at: datetime | None = None, received_at: datetime | None = None,
) -> WorkItem:
    """Ask for what an entry offers. Raises Unanswered with what is wrong beside each field."""
    version = entry.published
    assert version is not None
    kept, errors = rules.clean(version.fields, answers)
    if errors:
        raise Unanswered(_("Some answers are missing or wrong."), field=next(iter(errors)), errors=errors)
    labels = {field["key"]: field["label"] for field in version.fields}
    return open_item(
        version.kind, title=title.strip() or entry.label, description=description, by=by, requester=requester, category=version.category,
        impact=version.impact, urgency=version.urgency, team=version.team, catalogue_key=entry.key, labels=version.labels,
        form={labels[key]: value for key, value in kept.items()}, files=files, source=source, at=at, received_at=received_at,
        entry_details={"catalogue_version": version.number},
    )
