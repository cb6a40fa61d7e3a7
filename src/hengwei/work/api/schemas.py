"""The shapes in which work items travel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from ninja import Schema
from pydantic import Field

from hengwei.core.rest import Out
from hengwei.org.models import User
from hengwei.work.answers import answers_of
from hengwei.work.models import NEVER, Attachment, Clock, Entry, WorkItem


class PersonOut(Out):
    id: int
    name: str
    email: str | None = None


class NamedOut(Out):
    id: int
    name: str
    key: str | None = None


class ItemOut(Out):
    """A work item as lists show it."""

    number: str
    kind: str
    title: str
    state: str
    phase: str
    waiting_for: str | None
    impact: int | None
    urgency: int | None
    priority: int | None
    category: NamedOut | None
    source: str
    requester: PersonOut | None
    customer: NamedOut | None
    team: NamedOut | None
    owner: PersonOut | None
    received_at: datetime
    responded_at: datetime | None = Field(description="First answered; empty while the answer can still be taken back.")
    resolved_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    due_at: datetime | None = Field(description="When the next promise falls due; null when none runs.")
    due_measure: str | None
    version: int = Field(description="Send it back with a change: a stale one is refused with 409.")


class AnswerOut(Out):
    """A question of the form that an item was made with, and what was answered."""

    label: str
    answer: str


class ItemDetailOut(ItemOut):
    """A work item with all that belongs to it."""

    description: str
    subject: str
    labels: list[str]
    catalogue_key: str
    form: dict[str, Any]
    answers: list[AnswerOut] = Field(description="The same in the language of the call.")
    cause: str | None = Field(description="For staff only.")
    solution: str
    closure: str
    merged_into: str | None
    parent: str | None
    transitions: list[TransitionOut] = Field(description="What you may do now.")


class TransitionOut(Out):
    key: str
    label: str
    target: str
    demands: list[str]


class AttachmentOut(Out):
    id: int
    name: str
    size: int
    content_type: str
    url: str


class EntryOut(Out):
    id: int
    kind: str
    public: bool
    author: PersonOut | None
    by_staff: bool
    text: str
    html: str
    details: dict[str, Any]
    happened_at: datetime
    #: A reply that can still be taken back is seen by nobody outside until then.
    held_until: datetime | None
    attachments: list[AttachmentOut]


class ClockOut(Out):
    id: int
    measure: str
    state: str
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    breached_at: datetime | None
    elapsed_business_seconds: int = Field(description="Used up in the stretches that have ended.")


class ItemIn(Schema):
    """A new request, incident, complaint or suggestion; staff may make every kind, on behalf of others too."""

    kind: str = "incident"
    title: str = Field(max_length=300)
    description: str = ""
    requester: int | None = Field(None, description="Id of the person it is for; you, unless given.")
    customer: int | None = None
    site: int | None = None
    category: str | None = Field(None, description="Key of a category.")
    impact: int | None = Field(None, ge=1, le=4)
    urgency: int | None = Field(None, ge=1, le=4)
    team: str | None = Field(None, description="Key of a team; routed by the rules, unless given.")
    owner: int | None = None
    parent: str | None = None
    catalogue_key: str = ""
    subject: str = Field("", max_length=200)
    labels: list[str] = []
    form: dict[str, Any] = {}
    files: list[str] = Field([], description="Ids of uploaded files.")


class ItemPatch(Schema):
    """Facts to change; what is absent stays."""

    version: int | None = None
    title: str | None = None
    description: str | None = None
    category: str | None = None
    impact: int | None = Field(None, ge=1, le=4)
    urgency: int | None = Field(None, ge=1, le=4)
    priority: int | None = Field(None, ge=1, le=4)
    subject: str | None = None
    labels: list[str] | None = None
    customer: int | None = None
    requester: int | None = None
    cause: str | None = None
    solution: str | None = None
    why: str = Field("", description="Shown in the timeline.")


class WordsIn(Schema):
    text: str
    files: list[str] = []
    version: int | None = None


class ReplyIn(WordsIn):
    #: So long nothing of it is seen outside, and it can be taken back.
    undo_seconds: int = Field(0, ge=0, le=60)


class CallIn(Schema):
    text: str
    inbound: bool = True
    reached: bool = True
    started_at: datetime | None = None
    seconds: int = Field(0, ge=0)
    callback_at: datetime | None = None


class AssignIn(Schema):
    owner: int | None = None
    team: str | None = None
    reason: str = ""
    version: int | None = None


class TransitionIn(Schema):
    """A step of the workflow with the facts that it demands (see `transitions` of the item)."""

    transition: str
    comment: str = ""
    solution: str | None = None
    cause: str | None = None
    closure: str | None = None
    waiting_for: str | None = None
    waiting_until: datetime | None = None
    resolved_remotely: bool | None = None
    version: int | None = None


ItemDetailOut.model_rebuild()


def person(user: User | None, *, reader: User) -> dict[str, Any] | None:
    """A person as this reader may see him: a requester gets the names of staff, not their addresses."""
    if user is None:
        return None
    open_to_reader = reader.is_agent or reader.pk == user.pk
    return {"id": user.pk, "name": user.name, "email": user.email if open_to_reader else None}


def _named(row: Any, *, keyed: bool = False) -> dict[str, Any] | None:
    return None if row is None else {"id": row.pk, "name": row.label, "key": row.key if keyed else None}


def with_held(rows: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """Items for a list, each knowing whether its first answer is still held: one question for all."""
    return rows.annotate(answer_held=Exists(Entry.objects.held().filter(item=OuterRef("pk"), happened_at=OuterRef("responded_at"))))


def _answered(item: WorkItem) -> datetime | None:
    """When it was first answered. The clocks have stopped when a reply was written; outside, one within its seconds of undo has not happened."""
    held = getattr(item, "answer_held", None)
    if held is None and item.responded_at is not None:
        held = item.entries.held().filter(happened_at=item.responded_at).exists()  # type: ignore[attr-defined]
    return None if held else item.responded_at


def item_out(item: WorkItem, *, reader: User) -> dict[str, Any]:
    """An item for lists; needs `with_people()`."""
    return {
        "number": item.number, "kind": item.kind, "title": item.title, "state": item.state, "phase": item.phase,
        "waiting_for": item.waiting_for or None, "impact": item.impact, "urgency": item.urgency, "priority": item.priority,
        "category": _named(item.category, keyed=True), "source": item.source, "requester": person(item.requester, reader=reader),
        "customer": _named(item.customer), "team": _named(item.team, keyed=True), "owner": person(item.owner, reader=reader),
        "received_at": item.received_at, "responded_at": _answered(item), "resolved_at": item.resolved_at,
        "closed_at": item.closed_at, "updated_at": item.updated_at,
        "due_at": None if item.next_due_at >= NEVER else item.next_due_at, "due_measure": item.next_due_measure or None,
        "version": item.version,
    }


def item_detail(item: WorkItem, *, by: Any) -> dict[str, Any]:
    """An item with all that its reader may see."""
    staff = by.user.is_agent
    return {
        **item_out(item, reader=by.user), "description": item.description, "subject": item.subject, "labels": item.labels,
        "catalogue_key": item.catalogue_key, "form": item.form, "answers": [{"label": label, "answer": str(answer)} for label, answer in answers_of(item)], "cause": item.cause if staff else None, "solution": item.solution,
        "closure": item.closure, "merged_into": item.merged_into.number if item.merged_into else None,
        "parent": item.parent.number if item.parent else None,
        "transitions": [
            {"key": t.key, "label": str(t.label), "target": t.target, "demands": list(t.demands)} for t in item.possible_transitions(by)
        ],
    }


def attachment_out(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": attachment.pk, "name": attachment.name, "size": attachment.file.size, "content_type": attachment.file.content_type,
        "url": attachment.file.get_absolute_url(),
    }


def entry_out(entry: Entry, *, reader: User) -> dict[str, Any]:
    """An entry of the timeline; `details` of facts are for staff."""
    return {
        "id": entry.pk, "kind": entry.kind, "public": entry.public, "author": person(entry.author, reader=reader),
        "by_staff": entry.by_staff, "text": entry.words, "html": entry.html, "details": entry.details if reader.is_agent else {},
        "happened_at": entry.happened_at, "held_until": entry.held_until, "attachments": [attachment_out(a) for a in entry.attachments.all()],
    }


def clock_out(clock: Clock) -> dict[str, Any]:
    """A promise as it stands."""
    names = set(ClockOut.model_fields) - {"elapsed_business_seconds"}
    return {name: getattr(clock, name) for name in names} | {"elapsed_business_seconds": clock.elapsed}
