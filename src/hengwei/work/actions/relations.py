"""Links between items: related, part of, merged, split off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit
from hengwei.org.models import User
from hengwei.work import permissions as perms
from hengwei.work.clocks import joining
from hengwei.work.events import ItemMerged
from hengwei.work.models import Closure, Entry, MergeRecord, Relation, Watcher, WorkItem
from hengwei.work.workflow import Phase

from .writing import moment, writing

#: What a merge changes on the merged item itself, and an undoing puts back.
_KEPT = ("state", "phase", "closure", "waiting_for", "waiting_until", "resolved_at", "closed_at")


def final_target(item: WorkItem) -> WorkItem:
    """Where the chain of merges leads."""
    seen = set()
    while item.merged_into is not None and item.pk not in seen:
        seen.add(item.pk)
        item = item.merged_into
    return item


@transaction.atomic
def link(source: WorkItem, target: WorkItem, *, by: Actor, kind: str = Relation.Kind.RELATED) -> Relation:
    """Link two items; a link that exists already stays as it is."""
    by.require(perms.LINK)
    if kind not in Relation.Kind.values:
        raise Refused(_("There is no such kind of link."), code="invalid", field="kind")
    if source.pk == target.pk:
        raise Refused(_("An item cannot be linked to itself."), code="itself", field="target")
    relation, _made = Relation.objects.get_or_create(source=source, target=target, kind=kind, defaults={"created_by": by.user})
    return relation


@transaction.atomic
def set_parent(item: WorkItem, parent: WorkItem | None, *, by: Actor, version: int | None = None, at: datetime | None = None) -> WorkItem:
    """Make an item part of another (a report of a major incident), or of none; never in a circle."""
    at = moment(at)
    by.require(perms.LINK)
    item = item.locked(version)
    above = parent
    while above is not None:
        if above.pk == item.pk:
            raise Refused(_("An item cannot be part of itself."), code="circle", field="parent")
        above = above.parent
    with writing(item, by=by, at=at) as log:
        before, item.parent = item.parent, parent
        log.record(Entry.Kind.RELATION, details={"parent": str(parent or ""), "parent_before": str(before or "")})
    return item


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do: who is joined in copy and so sees the target's public timeline, and what stands in the way."""

    target: WorkItem
    items: list[WorkItem]
    #: People who would see the target and do not now.
    joined: list[User]
    #: Those of them who belong to another customer than the target.
    strangers: list[User]
    #: People who see the target now and would see what was said publicly in the items too.
    readers: list[User]
    #: Those of them who belong to another customer than one of the items.
    foreign_readers: list[User]
    refused: list[tuple[WorkItem, str]]

    @property
    def possible(self) -> bool:
        return bool(self.items) and not self.refused


def preview_merge(items: Sequence[WorkItem], *, into: WorkItem, by: Actor) -> Preview:
    """What merging these items would do, without doing it."""
    target = final_target(into)
    refused = [(item, reason) for item in items if (reason := _why_not(item, target, by))]
    people: set[int] = set()
    for item in items:
        people |= _people_of(item, target)
    watching = set(target.watchers.values_list("user_id", flat=True))
    known = User.objects.select_related("customer").order_by("name", "id")
    joined = list(known.filter(pk__in=people - watching))
    strangers = [person for person in joined if person.customer_id != target.customer_id and not person.is_agent]
    readers = [person for person in known.filter(pk__in={*watching, target.requester_id} - {None}) if not person.is_agent]
    customers = {item.customer_id for item in items}
    foreign = [person for person in readers if customers - {person.customer_id}]
    return Preview(target, list(items), joined, strangers, readers, foreign, refused)


def _why_not(item: WorkItem, target: WorkItem, by: Actor) -> str:
    if item.pk == target.pk:
        return _("An item cannot be merged into itself.")
    if item.merged_into_id:
        return _("%(number)s is merged already.") % {"number": item.number}
    if item.customer_id != target.customer_id and not by.may(perms.LINK_ACROSS):
        return _("%(number)s belongs to another customer; only a lead may merge it.") % {"number": item.number}
    return ""


def _people_of(item: WorkItem, target: WorkItem) -> set[int]:
    return {pk for pk in (item.requester_id, *item.watchers.values_list("user_id", flat=True)) if pk is not None and pk != target.requester_id}


@transaction.atomic
def merge(items: Sequence[WorkItem], *, into: WorkItem, by: Actor, at: datetime | None = None) -> WorkItem:
    """Merge items into one: a pointer, not a move. Their people are joined to it in copy; all of it can be undone.

    Refused in a circle, and across customers without the right to that.
    """
    at = moment(at)
    by.require(perms.LINK)
    target = final_target(into).locked()
    for item in sorted(items, key=lambda one: one.pk):
        item = item.locked()
        if item.pk == target.pk:
            raise Refused(_("An item cannot be merged into itself."), code="circle", field="into")
        if item.merged_into_id:
            raise Refused(_("%(number)s is merged already.") % {"number": item.number}, code="merged", field="items")
        if item.customer_id != target.customer_id and not by.may(perms.LINK_ACROSS):
            raise Refused(
                _("%(number)s belongs to another customer; only a lead may merge it.") % {"number": item.number},
                code="other_customer", field="items",
            )
        _merge_one(item, target, by=by, at=at)
        emit(ItemMerged(item_id=item.pk, target_id=target.pk, actor=by, at=at))
    return target


def _merge_one(item: WorkItem, target: WorkItem, *, by: Actor, at: datetime) -> None:
    people = _people_of(item, target)
    known = set(target.watchers.values_list("user_id", flat=True))
    added = sorted(people - known)
    Watcher.objects.bulk_create(Watcher(item=target, user_id=pk, kind=Watcher.Kind.CC, added_by=by.user) for pk in added)
    before: dict[str, Any] = {name: getattr(item, name) for name in _KEPT}
    MergeRecord.objects.create(
        item=item, target=target, added_watchers=added, merged_by=by.user, merged_at=at,
        before={name: value.isoformat() if isinstance(value, datetime) else value for name, value in before.items()},
    )
    with writing(target, by=by, at=at) as log:
        joining.merged(item, target, at=at, by=by)
        log.record(Entry.Kind.RELATION, details={"merged": item.number})
    closed = next(state for state in reversed(item.workflow.states) if state.phase is Phase.CLOSED)
    with writing(item, by=by, at=at) as log:
        item.merged_into, item.state, item.phase, item.closure = target, closed.key, Phase.CLOSED, Closure.MERGED
        item.waiting_for, item.waiting_until, item.closed_at = "", None, at
        log.record(Entry.Kind.RELATION, details={"merged_into": target.number})


@transaction.atomic
def unmerge(item: WorkItem, *, by: Actor, at: datetime | None = None) -> WorkItem:
    """Undo a merge exactly: state, times, clocks, and the people whom it had added."""
    at = moment(at)
    by.require(perms.LINK)
    item = item.locked()
    record = MergeRecord.objects.filter(item=item, undone_at=None).order_by("-id").select_related("target").first()
    if record is None or item.merged_into_id is None:
        raise Refused(_("%(number)s is not merged.") % {"number": item.number}, code="not_merged")
    target = record.target.locked()
    Watcher.objects.filter(item=target, user__in=record.added_watchers, kind=Watcher.Kind.CC).delete()
    with writing(item, by=by, at=at) as log:
        for name, value in record.before.items():
            setattr(item, name, parse_datetime(value) if name.endswith(("_at", "_until")) and value else value)
        item.merged_into = None
        log.record(Entry.Kind.RELATION, details={"unmerged_from": target.number})
    with writing(target, by=by, at=at) as log:
        joining.unmerged(item, target, at=at, by=by)
        log.record(Entry.Kind.RELATION, details={"unmerged": item.number})
    item.save(update_fields=["next_due_at", "next_due_measure", "next_due_from"])
    record.undone_at = at
    record.save(update_fields=["undone_at"])
    emit(ItemMerged(item_id=item.pk, target_id=target.pk, undone=True, actor=by, at=at))
    return item


@transaction.atomic
def split(entry: Entry, *, by: Actor, title: str, at: datetime | None = None) -> WorkItem:
    """Make a public message of the requester an item of its own; its clocks start at that message's arrival."""
    from .intake import open_item

    at = moment(at)
    by.require(perms.LINK)
    if not entry.public or entry.by_staff or not entry.has_words:
        raise Refused(_("Only what the requester wrote can be split off."), code="not_splittable")
    item = entry.item
    files = [(a.file, {"name": a.name, "inline": a.inline, "content_id": a.content_id}) for a in entry.attachments.select_related("file")]
    made = open_item(
        item.kind, title=title, description=entry.text, html=entry.html, by=by, requester=entry.author or item.requester,
        customer=item.customer, site=item.site, source=item.source, received_at=entry.happened_at, files=files, at=at,
    )
    Relation.objects.create(source=made, target=item, kind=Relation.Kind.SPLIT_FROM, created_by=by.user)
    return made
