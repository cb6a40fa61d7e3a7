"""Keeping the catalogue, and asking for what it offers (A1, A2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import NotFound, Refused
from hengwei.core.files import files_of
from hengwei.core.i18n import listed
from hengwei.core.models import StoredFile
from hengwei.desk import design
from hengwei.desk import fields as rules
from hengwei.desk import permissions as perms
from hengwei.desk.models import Asked, CatalogueEntry, CatalogueVersion
from hengwei.org.models import Customer, Team, User
from hengwei.work import kinds
from hengwei.work.actions.intake import open_item
from hengwei.work.actions.settings import next_place
from hengwei.work.models import ApprovalPlan, Category, WorkItem

from .promised_steps import begin


class Unanswered(Refused):
    """Some answers are missing or wrong: `params['errors']` says what, by field key."""

    code = "invalid"


# --- designing ---------------------------------------------------------------------------------------------------


@transaction.atomic
def save_entry(
    entry: CatalogueEntry | None, *, by: Actor, customers: Sequence[Customer] = (), teams: Sequence[Team] = (), **facts: Any,
) -> CatalogueEntry:
    """Make an entry or change what stands on its card: name, words, icon, order, for whom. Its form is designed apart."""
    by.require(perms.CATALOGUE)
    row = entry or CatalogueEntry(order=next_place(CatalogueEntry.objects.all()))
    for name, value in facts.items():
        setattr(row, name, value)
    if not row.name.strip():
        raise Refused(_("Please give it a name."), code="missing", field="name")
    row.key = row.key or _free_key(row.name_en)
    if CatalogueEntry.objects.filter(key=row.key).exclude(pk=row.pk).exists():
        raise Refused(_("The key %(key)s is used twice.") % {"key": row.key}, code="taken", field="key")
    if row.audience == CatalogueEntry.Audience.CUSTOMERS and not customers:
        raise Refused(_("Please choose for which customers."), code="missing", field="customers")
    if row.audience == CatalogueEntry.Audience.TEAMS and not teams:
        raise Refused(_("Please choose for which teams."), code="missing", field="teams")
    row.save()
    row.customers.set(customers)
    row.teams.set(teams)
    return row


def _free_key(name: str) -> str:
    """A key that no entry has: from the English name, else a number."""
    wanted = slugify(name)[:40] or "service"
    taken = set(CatalogueEntry.objects.filter(key__startswith=wanted).values_list("key", flat=True))
    return next(key for key in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def design_of(version: CatalogueVersion | None) -> dict[str, Any]:
    """A version as the designer takes it; an empty design for None."""
    if version is None:
        return design.complete({})
    return {
        "kind": version.kind, "fields": version.fields, "category": version.category.key if version.category else "", "team": version.team.key if version.team else "",
        "impact": version.impact, "urgency": version.urgency, "labels": version.labels, "plan": version.plan_id or "", "approvals": version.approvals, "checklist": version.checklist, "tasks": version.tasks,
    }


def _known() -> dict[str, set[Any]]:
    return {
        "kinds": {kind.key for kind in kinds.every() if kind.for_requesters}, "teams": set(Team.objects.filter(archived_at=None).values_list("key", flat=True)),
        "categories": set(Category.objects.filter(archived_at=None).values_list("key", flat=True)),
        "plans": set(ApprovalPlan.objects.kept().values_list("pk", flat=True)),
    }


@transaction.atomic
def save_draft(entry: CatalogueEntry, *, by: Actor, draft: Mapping[str, Any], at: datetime | None = None) -> CatalogueEntry:
    """Keep a design that is not offered yet. One that could not be published is kept too: work in progress may be wrong."""
    by.require(perms.CATALOGUE)
    entry = CatalogueEntry.objects.select_for_update().get(pk=entry.pk)
    entry.draft, entry.draft_by, entry.draft_at = design.complete(draft), by.user, at or timezone.now()
    entry.save(update_fields=["draft", "draft_by", "draft_at"])
    return entry


@transaction.atomic
def discard_draft(entry: CatalogueEntry, *, by: Actor) -> CatalogueEntry:
    """Throw away what was designed and not published."""
    by.require(perms.CATALOGUE)
    entry.draft, entry.draft_by, entry.draft_at = None, None, None
    entry.save(update_fields=["draft", "draft_by", "draft_at"])
    return entry


def faults(draft: Mapping[str, Any]) -> str:
    """Why the design cannot be published; '' when it can."""
    try:
        design.check(draft, **_known())
    except rules.BadDefinition as error:
        return str(error)
    return ""


@transaction.atomic
def publish_draft(entry: CatalogueEntry, *, by: Actor, note: str = "", at: datetime | None = None) -> CatalogueVersion:
    """Offer the design from now on. Refused when it cannot work, or changes nothing."""
    by.require(perms.CATALOGUE)
    entry = CatalogueEntry.objects.select_for_update(of=("self",)).select_related("published__team", "published__category").get(pk=entry.pk)
    if entry.draft is None:
        raise Refused(_("Nothing was changed since the last version."), code="unchanged")
    whole = design.complete(entry.draft)
    if entry.published is not None and not design.differences(design_of(entry.published), whole):
        raise Refused(_("Nothing was changed since the last version."), code="unchanged")
    wrong = faults(whole)
    if wrong:
        raise Refused(wrong, code="bad_fields", field="fields")
    team = Team.objects.filter(key=whole.pop("team") or None).first()
    category = Category.objects.filter(key=whole.pop("category") or None).first()
    version = publish(entry, by=by, team=team, category=category, plan_id=whole.pop("plan") or None, note=note.strip(), at=at, **whole)
    discard_draft(CatalogueEntry.objects.get(pk=entry.pk), by=by)
    return version


@transaction.atomic
def publish(entry: CatalogueEntry, *, by: Actor, fields: Sequence[dict[str, Any]], kind: str = "request", at: datetime | None = None, **facts: Any) -> CatalogueVersion:
    """A new version of an entry, offered from now on; items keep the one they were made with."""
    by.require(perms.CATALOGUE)
    entry = CatalogueEntry.objects.select_for_update().get(pk=entry.pk)
    try:
        rules.check(fields)
        design.check_approvals(list(facts.get("approvals", [])))
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


@transaction.atomic
def restore(entry: CatalogueEntry, *, by: Actor) -> None:
    """Offer an archived entry again, in its last version."""
    by.require(perms.CATALOGUE)
    CatalogueEntry.objects.filter(pk=entry.pk).update(archived_at=None)


@transaction.atomic
def reorder(keys: Sequence[str], *, by: Actor) -> None:
    """Put the entries in this order."""
    by.require(perms.CATALOGUE)
    for place, key in enumerate(keys, 1):
        CatalogueEntry.objects.filter(key=key).update(order=place * 10)


# --- asking ------------------------------------------------------------------------------------------------------


def offered(key: str, user: User | None) -> CatalogueEntry:
    """The entry of this key, if it is offered to the person; None stands for somebody who is not signed in."""
    rows = CatalogueEntry.objects.offered_to(user) if user is not None else CatalogueEntry.objects.offered_to_strangers()
    entry = rows.select_related("published", "published__team", "published__category").filter(key=key).first()
    if entry is None:
        raise NotFound(_("The catalogue does not offer this."), field="catalogue_key")
    return entry


@transaction.atomic
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
    by_key = {field["key"]: field for field in version.fields}
    brought = {key: files_of(value, user=by.user) for key, value in kept.items() if by_key[key]["type"] == "file"}
    item = open_item(
        version.kind, title=title.strip() or entry.label, description=description, by=by, requester=requester, category=version.category,
        impact=version.impact, urgency=version.urgency, team=version.team, catalogue_key=entry.key, labels=version.labels,
        form={by_key[key]["label"]: _read(by_key[key], value, brought) for key, value in kept.items()},
        files=[*files, *(file for some in brought.values() for file in some)], source=source, at=at, received_at=received_at,
        entry_details={"catalogue_version": version.number},
    )
    asked = Asked.objects.create(item=item, version=version, answers=kept)
    begin(asked, by=by, at=at or item.created_at)
    return item


def _read(field: Mapping[str, Any], value: Any, brought: Mapping[str, Sequence[StoredFile]]) -> Any:
    """An answer as people read it on the item."""
    if field["type"] == "file":
        return listed(file.name for file in brought.get(field["key"], ()))
    return rules.said(field, value)
