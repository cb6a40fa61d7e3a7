"""Bringing in work that was done elsewhere: many items at once, with their history, as they were.

Such items were confirmed, answered and closed by another system: nothing is routed, no promise runs, nobody is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from hengwei.core.acting import Actor
from hengwei.core.jobs import enqueue
from hengwei.core.numbering import next_numbers
from hengwei.work import jobs, kinds, priorities
from hengwei.work import permissions as perms
from hengwei.work.models import Closure, Entry, WaitingFor, WorkItem
from hengwei.work.workflow import Phase, State, Workflow

from .writing import excerpt, moment


@dataclass
class Said:
    """One thing that was said on an item elsewhere."""

    text: str
    at: datetime
    author_id: int | None = None
    #: Who it was, where he is nobody of ours.
    author_name: str = ""
    public: bool = True
    by_staff: bool = False
    html: str = ""


@dataclass
class Brought:
    """An item as another system had it. `facts` are further fields of WorkItem (ids for rows)."""

    kind: str
    title: str
    received_at: datetime
    phase: Phase = Phase.CLOSED
    description: str = ""
    said: list[Said] = field(default_factory=list)
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    #: Its number there, kept as a label that the search finds.
    foreign_number: str = ""


def _state(workflow: Workflow, phase: Phase) -> State:
    """The first state of the phase that an item can be in for long."""
    return next((state for state in workflow.states if state.phase is phase), workflow.initial)


def _item(brought: Brought, number: str, at: datetime, by: Actor) -> WorkItem:
    workflow = kinds.get(brought.kind).workflow
    state = _state(workflow, brought.phase)
    facts = dict(brought.facts)
    ended = brought.phase in (Phase.RESOLVED, Phase.CLOSED)
    resolved = (brought.resolved_at or brought.closed_at or brought.received_at) if ended else None
    closed = (brought.closed_at or resolved) if brought.phase is Phase.CLOSED else None
    words = [said for said in brought.said if said.text]
    last = max(words, key=lambda said: said.at) if words else None
    shown = max((said for said in words if said.public), key=lambda said: said.at, default=None)
    answer = min((said.at for said in words if said.by_staff and said.public), default=None)
    labels = [*facts.pop("labels", []), *([brought.foreign_number] if brought.foreign_number else [])]
    return WorkItem(
        number=number, kind=brought.kind, title=" ".join(brought.title.split())[:300], description=brought.description, state=state.key, phase=state.phase.value,
        waiting_for=facts.pop("waiting_for", WaitingFor.CUSTOMER.value) if state.phase is Phase.WAITING else "",
        priority=facts.pop("priority", None) or priorities.priority_of(facts.get("impact"), facts.get("urgency")), labels=labels,
        closure=facts.pop("closure", Closure.SOLVED.value) if ended else "", created_by=by.user, received_at=brought.received_at, created_at=at,
        updated_at=last.at if last else closed or resolved or brought.received_at, acknowledged_at=brought.received_at, responded_at=answer, resolved_at=resolved,
        told_at=resolved, closed_at=closed, assigned_at=brought.received_at if facts.get("owner_id") else None,
        classified_at=brought.received_at if facts.get("category_id") else None, last_entry_at=last.at if last else brought.received_at,
        last_entry_by=last.author_name[:120] if last else "", last_entry_text=excerpt(last.text if last else brought.description or brought.title),
        last_public_at=shown.at if shown else brought.received_at, last_public_from_requester=not ended and (shown is None or not shown.by_staff), **facts,
    )


def _own_rows(items: Sequence[WorkItem]) -> None:
    """The rows of the kinds' own tables, with their fields' defaults."""
    by_kind: dict[str, list[WorkItem]] = defaultdict(list)
    for item in items:
        by_kind[item.kind].append(item)
    for kind, members in by_kind.items():
        model = kinds.get(kind).model_class
        if model is WorkItem:
            continue
        fields = [one for one in model._meta.local_concrete_fields if not one.primary_key]
        columns = [model._meta.pk.column, *(one.column for one in fields)]
        lines = [[item.pk, *(one.get_db_prep_save(one.get_default(), connection) for one in fields)] for item in members]
        quoted = ", ".join(connection.ops.quote_name(str(column)) for column in columns)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({quoted}) VALUES ({', '.join(['%s'] * len(columns))})", lines,
            )


@transaction.atomic
def bring_in(brought: Sequence[Brought], *, by: Actor, at: datetime | None = None) -> list[WorkItem]:
    """Put these on record with their history, in their order; they become searchable soon after."""
    by.require(perms.CREATE_FOR_OTHERS)
    at = moment(at)
    wanted: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place, one in enumerate(brought):
        wanted[kinds.get(one.kind).prefix, one.received_at.year].append(place)
    numbers: dict[int, str] = {}
    for (prefix, year), places in wanted.items():
        numbers.update(zip(places, next_numbers(prefix, year, len(places)), strict=True))
    items = WorkItem.objects.bulk_create([_item(one, numbers[place], at, by) for place, one in enumerate(brought)])
    _own_rows(items)
    entries = []
    for item, one in zip(items, brought, strict=True):
        entries.append(Entry(
            item=item, kind=Entry.Kind.OPENED, public=True, author_id=item.requester_id, via=by.via, text=one.description or one.title,
            details={"source": item.source, "imported": True}, happened_at=one.received_at,
        ))
        entries.extend(
            Entry(
                item=item, kind=Entry.Kind.MESSAGE_OUT if said.by_staff and said.public else Entry.Kind.COMMENT, public=said.public, author_id=said.author_id,
                by_staff=said.by_staff, via=by.via, text=said.text, html=said.html, happened_at=said.at,
                details={"imported": True, **({"author": said.author_name} if said.author_name and said.author_id is None else {})},
            )
            for said in one.said
        )
    Entry.objects.bulk_create(entries)
    enqueue(jobs.reindex_items, item_ids=[item.pk for item in items])
    return items
