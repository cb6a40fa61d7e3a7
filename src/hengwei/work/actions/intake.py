"""Taking work in: one way for portal, mail, telephone, API and engineers (A1, A2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core import numbering
from hengwei.core.acting import Actor
from hengwei.core.database import rows
from hengwei.core.database.prepared import prepared, together
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import emit
from hengwei.org.models import Customer, Site, Team, User
from hengwei.work import kinds, priorities, searching
from hengwei.work import permissions as perms
from hengwei.work.clocks import engine as clocks
from hengwei.work.companions import companions_of
from hengwei.work.events import ItemAssigned, ItemEvent, ItemOpened
from hengwei.work.models import Category, Entry, Source, WorkItem
from hengwei.work.routing import route

from .conversation import attach, check_files
from .helping import add_fitting
from .writing import Log, announce_queue, moment, name_in_each

#: The channel of an item by the way in which its maker acts, where he does not name one.
SOURCES = {"portal": Source.PORTAL, "mail": Source.EMAIL, "api": Source.API, "chat": Source.CHAT, "system": Source.SYSTEM}


def open_within(
    kind: str, *, title: str, by: Actor, description: str = "", html: str = "", quoted: str = "", requester: User | None = None,
    customer: Customer | None = None, site: Site | None = None, category: Category | None = None, impact: int | None = None,
    urgency: int | None = None, team: Team | None = None, owner: User | None = None, parent: WorkItem | None = None,
    source: str = "", catalogue_key: str = "", subject: str = "", labels: Sequence[str] = (), form: dict[str, Any] | None = None,
    files: Sequence[Any] = (), received_at: datetime | None = None, at: datetime | None = None, entry_kind: str = "",
    entry_details: dict[str, Any] | None = None, automatic: bool = True, **own: Any,
) -> WorkItem:
    """Put a new item on record: numbered, classified, prioritised, routed, on the clock, searchable.

    `received_at` is when the request reached us (a mail's server receipt, a call's start): its clocks start there.
    `files` are StoredFile rows, or (StoredFile, options) pairs as `attach` takes them. `own` are the fields of the
    kind itself. `automatic=False` keeps it from routing and automatic assignment (imports). Without a requester it is
    the actor. Raises Refused with the field at fault.

    Within the caller's transaction, which must not go on if this fails; everybody else calls `open_item`.
    """
    at = moment(at)
    title = " ".join(title.split())
    if not title:
        raise Refused(_("Please say in a few words what it is about."), code="missing", field="title")
    try:
        what = kinds.get(kind)
    except KeyError:
        raise Refused(_("There is no kind of work '%(kind)s'.") % {"kind": kind}, code="unknown_kind", field="kind") from None
    requester = requester or by.user
    if by.user is not None and requester != by.user and not by.may(perms.CREATE_FOR_OTHERS):
        raise Forbidden(_("You may not record requests for others."))
    if by.user is not None and not what.for_requesters and not by.may(perms.WORK):
        raise Forbidden(_("You may not record work of this kind."))
    received_at = received_at or at
    if received_at > at:
        received_at = at
    stored = check_files(files)
    item = what.model_class(
        kind=kind, title=title[:300], description=description,
        state=what.workflow.initial.key, phase=what.workflow.initial.phase.value, impact=impact, urgency=urgency,
        priority=priorities.priority_of(impact, urgency), category=category, catalogue_key=catalogue_key,
        labels=list(labels), subject=subject, form=form or {}, requester=requester,
        source=source or SOURCES.get(by.via, Source.AGENT), customer=customer or (requester.customer if requester else None),
        site=site or (requester.site if requester else None), team=team, owner=owner, parent=parent, created_by=by.user,
        received_at=received_at, created_at=at, updated_at=at, **own,
    )
    chosen = route(item, now=at) if automatic and (team is None or owner is None) else None
    if chosen is not None:
        item.team = item.team or chosen.team
        item.owner = item.owner or (chosen.owner if item.team_id == (chosen.team.pk if chosen.team else None) else None)
        item.category = item.category or chosen.category
    if item.category_id and item.priority:
        item.classified_at = at
    if item.owner_id:
        item.assigned_at = at
    item.last_entry_at = item.last_public_at = received_at
    item.last_entry_by = str(requester or "")
    item.last_public_from_requester = requester is not None and not (by.user is not None and requester == by.user and by.user.is_agent)
    from .writing import excerpt

    item.last_entry_text = excerpt(description or title)
    planned = clocks.plan(item, at=received_at)
    log = Log(item, by, at)
    details: dict[str, Any] = {"source": item.source, **(entry_details or {})}
    if requester is not None and by.user is not None and requester != by.user:
        details["recorded_by"] = by.user.name
    entry = log.draft(
        entry_kind or Entry.Kind.OPENED, public=True, text=description or title, html=html, quoted=quoted, details=details,
        at=received_at, author=requester, by_staff=False,
    )
    if chosen is not None and (item.team_id or item.owner_id):
        log.draft(
            Entry.Kind.ASSIGNMENT, at=at,
            details={**name_in_each("team", item.team), "owner": str(item.owner or ""), "reason": chosen.words, "automatic": True},
        )
    sequence = numbering.sequence(what.prefix, received_at.year)
    # All of it is written once, together.
    with prepared():
        [value] = rows.give_ids(item, *log.entries, *planned, also=[sequence])
    item.number = numbering.written(what.prefix, received_at.year, value)
    with prepared(), together():
        rows.insert(item, *companions_of(item), *log.entries, *planned, *clocks.first_stretches(planned, at=received_at, by=by))
        searching.index(item)
        announce_queue(item)
    item.opening = entry
    attach(item, entry, stored)
    add_fitting(item, at=at)
    told: list[ItemEvent] = [ItemOpened(item_id=item.pk, kind=item.kind, entry_id=entry.pk, requester_id=item.requester_id, actor=by, at=at)]
    if item.owner_id or item.team_id:
        told.append(ItemAssigned(
            item_id=item.pk, team_id=item.team_id, owner_id=item.owner_id, reason=chosen.why if chosen else "", actor=by, at=at,
        ))
    emit(*told)
    return item


#: The same, all of it or nothing. For very many, each within a transaction of its own, that is a savepoint too much.
open_item = transaction.atomic(open_within)
