"""Time spent, calls to return, remote help, checklists."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import emit
from hengwei.core.filling import fill
from hengwei.core.i18n import listed
from hengwei.org.models import User
from hengwei.work import permissions as perms
from hengwei.work.events import CallbackDue
from hengwei.work.models import (
    Callback,
    Checklist,
    ChecklistPoint,
    ChecklistTemplate,
    Entry,
    RemoteSession,
    RemoteTool,
    WorkItem,
    WorkTime,
)

from .writing import moment, writing

# --- time ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def spend_time(
    item: WorkItem, *, by: Actor, minutes: int, kind: str = WorkTime.Kind.WORK, user: User | None = None, day: date | None = None,
    remark: str = "", at: datetime | None = None,
) -> WorkTime:
    """Record minutes that one spent on an item, on a day up to today."""
    at = moment(at)
    by.require(perms.WORK)
    user = user or by.user
    if user is None:
        raise Refused(_("Please choose a person."), code="missing", field="user")
    if user != by.user and not by.may(perms.VIEW_FIGURES):
        raise Forbidden(_("You can record your own time only."))
    if not 1 <= minutes <= 1440:
        raise Refused(_("Please give minutes from 1 to 1,440."), code="invalid", field="minutes")
    if kind not in WorkTime.Kind.values:
        raise Refused(_("Please choose."), code="invalid", field="kind")
    today = timezone.localdate(at)
    day = day or today
    if day > today:
        raise Refused(_("The day lies ahead."), code="future", field="day")
    return WorkTime.objects.create(item=item, user=user, kind=kind, minutes=minutes, day=day, remark=remark.strip()[:200], recorded_at=at)


@transaction.atomic
def strike_time(one: WorkTime, *, by: Actor, at: datetime | None = None) -> None:
    """Take a record of time back; it stays on record, and counts no more."""
    if one.user != by.user and not by.may(perms.VIEW_FIGURES):
        raise Forbidden(_("You can record your own time only."))
    WorkTime.objects.filter(pk=one.pk, struck_at=None).update(struck_at=moment(at))


def minutes_on(item: WorkItem) -> list[dict[str, Any]]:
    """Minutes per person and kind."""
    rows = item.work_times.filter(struck_at=None).order_by().values("user__name", "kind").annotate(minutes=Sum("minutes")).order_by("user__name", "kind")
    return [{"who": row["user__name"], "kind": WorkTime.Kind(row["kind"]).label, "minutes": row["minutes"]} for row in rows]


# --- calls --------------------------------------------------------------------------------------------------------


def owe_callback(entry: Entry, *, owner: User | None, due_at: datetime) -> Callback:
    """A call was promised in a logged call."""
    return Callback.objects.create(item=entry.item, entry=entry, owner=owner, due_at=due_at)


@transaction.atomic
def callback_made(one: Callback, *, by: Actor, at: datetime | None = None) -> Callback:
    """The promised call was made; what was said in it is logged as a call of its own."""
    by.require(perms.WORK)
    one = Callback.objects.select_for_update(of=("self",)).get(pk=one.pk)
    if one.done_at is not None:
        raise Refused(_("This call was made already."), code="done")
    one.done_at, one.done_by = moment(at), by.user
    one.save(update_fields=["done_at", "done_by"])
    return one


@transaction.atomic
def callbacks_due(now: datetime) -> int:
    """Say once of each promised call that it is due; returns how many. Any number of workers may run it."""
    due = list(
        Callback.objects.owed().filter(due_at__lte=now, told_at=None).select_for_update(skip_locked=True, of=("self",)).order_by("due_at")[:200]
    )
    for one in due:
        one.told_at = now
        one.save(update_fields=["told_at"])
        emit(CallbackDue(item_id=one.item_id, callback_id=one.pk, at=now))
    return len(due)


# --- remote help --------------------------------------------------------------------------------------------------


def remote_link(tool: RemoteTool, item: WorkItem, *, agent: User | None) -> str:
    """The address that starts a session of a tool for an item, its places filled in and quoted."""
    person = item.requester
    values = {
        "number": item.number, "person": person.name if person else "", "phone": (person.phone or person.mobile) if person else "",
        "system": item.subject, "agent": agent.name if agent else "",
    }
    return fill(tool.url, {key: quote(value, safe="") for key, value in values.items()})


#: Programs that a page may hand an address to.
SCHEMES = ("https", "http", "rdp", "vnc", "ssh", "anydesk", "teamviewer10", "teamviewerapi", "rustdesk", "todesk", "sunlogin", "ms-quick-assist", "zoommtg")


def check_tool_url(url: str) -> str:
    """The address of a tool, if a page may open it."""
    if urlsplit(url).scheme.lower() not in SCHEMES:
        raise Refused(_("The address must begin with one of: %(schemes)s.") % {"schemes": listed(SCHEMES)}, code="invalid", field="url")
    return url


@transaction.atomic
def start_remote(item: WorkItem, tool: RemoteTool, *, by: Actor, consent_by: str, consent_how: str = "", at: datetime | None = None) -> RemoteSession:
    """Start remote help; not without the consent of whoever sits at the machine, which is recorded with his name."""
    at = moment(at)
    by.require(perms.WORK)
    consent_by = " ".join(consent_by.split())
    if not consent_by:
        raise Refused(_("Please say who agreed to it."), code="missing", field="consent_by")
    url = check_tool_url(remote_link(tool, item, agent=by.user))
    item = item.locked()
    session = RemoteSession.objects.create(
        item=item, tool=tool, url=url[:800], agent=by.user, consent_by=consent_by[:120], consent_how=consent_how.strip()[:120], started_at=at,
    )
    with writing(item, by=by, at=at) as log:
        log.record(
            Entry.Kind.REMOTE, public=True, text=tool.consent,
            details={"tool": tool.name, "consent_by": session.consent_by, "how": session.consent_how},
        )
    return session


# --- checklists ---------------------------------------------------------------------------------------------------


def templates_for(item: WorkItem) -> list[ChecklistTemplate]:
    """The checklists that fit an item and are not on it yet."""
    chain = item.category_chain()
    found = ChecklistTemplate.objects.filter(active=True).exclude(pk__in=item.checklists.exclude(template=None).values("template")).select_related("category")
    return [
        one for one in found.filter(Q(catalogue_key="") | Q(catalogue_key=item.catalogue_key))
        if (not one.kinds or item.kind in one.kinds) and (one.category is None or one.category.key in chain)
    ]


def clean_points(points: Sequence[Any]) -> list[dict[str, Any]]:
    """Points of a template as they are kept; Refused when there are none."""
    found = []
    for point in points:
        text = " ".join(str(point.get("text", "") if isinstance(point, dict) else point).split())[:300]
        if text:
            found.append({"text": text, "required": bool(point.get("required", True)) if isinstance(point, dict) else True})
    if not found:
        raise Refused(_("A checklist has at least one point."), code="missing", field="points")
    return found[:100]


def _put(item: WorkItem, template: ChecklistTemplate, *, by: Actor, at: datetime) -> Checklist:
    made = Checklist.objects.create(
        item=item, template=template, name=template.label, before_resolving=template.before_resolving, added_by=by.user, added_at=at,
    )
    ChecklistPoint.objects.bulk_create(
        ChecklistPoint(checklist=made, order=order, text=point["text"], required=point.get("required", True))
        for order, point in enumerate(template.points, 1)
    )
    return made


@transaction.atomic
def add_checklist(item: WorkItem, template: ChecklistTemplate, *, by: Actor, at: datetime | None = None) -> Checklist:
    """Put a checklist on an item; once on each."""
    at = moment(at)
    by.require(perms.WORK)
    item = item.locked()
    if item.checklists.filter(template=template).exists():
        raise Refused(_("This checklist is on the item already."), code="there", field="template")
    made = _put(item, template, by=by, at=at)
    with writing(item, by=by, at=at) as log:
        log.record(Entry.Kind.CHECKLIST, details={"what": "added", "name": made.name})
    return made


#: Whether any template is added by itself: asked by every new item, so known for this many seconds.
FRESH = 10.0
_automatic = (float("-inf"), False)


def forget() -> None:
    """Ask anew whether any template is added by itself."""
    global _automatic
    _automatic = (float("-inf"), False)


def add_fitting(item: WorkItem, *, at: datetime) -> None:
    """Put the checklists on a new item that are added by themselves."""
    global _automatic
    if time.monotonic() - _automatic[0] > FRESH:
        _automatic = (time.monotonic(), ChecklistTemplate.objects.filter(active=True, automatic=True).exists())
    if not _automatic[1]:
        return
    for template in templates_for(item):
        if template.automatic:
            _put(item, template, by=Actor(), at=at)


@transaction.atomic
def tick(point: ChecklistPoint, *, by: Actor, done: bool, remark: str = "", at: datetime | None = None) -> ChecklistPoint:
    """Tick a point off, or take the tick back. Who and when stay with it; ticking the last is told in the timeline."""
    at = moment(at)
    by.require(perms.WORK)
    item = point.checklist.item.locked()
    if item.phase == "closed":
        raise Refused(_("%(number)s is already finished.") % {"number": item.number}, code="finished")
    point = ChecklistPoint.objects.select_related("checklist").get(pk=point.pk)
    if done == (point.done_at is not None):
        return point
    point.done_at, point.done_by = (at, by.user) if done else (None, None)
    point.remark = remark.strip()[:300]
    point.save()
    complete = not point.checklist.points.filter(done_at=None).exists()
    with writing(item, by=by, at=at, fields=()) as log:
        if complete or not done:
            log.record(Entry.Kind.CHECKLIST, details={"what": "complete" if done else "untick", "name": point.checklist.name, "point": point.text})
    return point
