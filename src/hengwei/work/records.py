"""What this room adds to the pages of people, customers and calendars: history, load, agreements, what a change would mean."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from hengwei.calendars import previews
from hengwei.calendars.models import Calendar, CalendarVersion
from hengwei.calendars.pages import entries
from hengwei.core.asked import signed_in
from hengwei.core.ics import Entry
from hengwei.org.feeds import offers
from hengwei.org.models import Absence, Customer, User
from hengwei.org.privacy import keeps
from hengwei.ui.kit import Column, Part, Table
from hengwei.ui.kit.panels import hang

from .actions.handover import held_by
from .clocks import rebase
from .models import Agreement, WorkItem
from .permissions import VIEW_ALL

#: Items that a record's page names.
NAMED = 15


def _number(item: WorkItem) -> SafeString:
    return format_html('<a href="{}">{}</a>', item.get_absolute_url(), item.number)


ITEM = [
    Column("number", _("number"), value=_number), Column("title", _("title")), Column("state", _("state"), value=lambda item: item.state_of.label), Column("owner", _("handled by")),
    Column("received_at", _("received")),
]


def _load(row: User, request: HttpRequest) -> dict[str, Any] | None:
    if not row.is_agent:
        return None
    found = held_by(row)
    visible = set(WorkItem.objects.visible_to(signed_in(request)).filter(pk__in=[item.pk for item in found]).values_list("pk", flat=True))
    now = timezone.now()
    return {"items": [item for item in found if item.pk in visible][:NAMED], "count": len(found), "late": sum(1 for item in found if item.due_at and item.due_at < now), "capacity": row.capacity}


def _waiting(row: Absence, request: HttpRequest) -> dict[str, Any] | None:
    return _load(row.user, request)


def _history(row: Customer, request: HttpRequest) -> dict[str, Any]:
    items = WorkItem.objects.visible_to(signed_in(request)).filter(customer=row)
    figures = items.aggregate(
        open=Count("pk", filter=Q(closed_at=None, resolved_at=None)), all=Count("pk"), year=Count("pk", filter=Q(received_at__gt=timezone.now() - timedelta(days=365))), last=Max("received_at"),
    )
    return {"items": items.select_related("owner", "customer").order_by("-received_at", "-id")[:NAMED], "figures": figures}


hang("org.person", Part("work/person_load.html", context=_load, permission=VIEW_ALL, order=25))
hang("org.absence", Part("work/person_load.html", context=_waiting, permission=VIEW_ALL, order=25))
hang("org.customer", Part("work/customer_history.html", context=_history, permission=VIEW_ALL, order=20))
hang("org.person", Table(
    _("Requests"), rows=lambda row, user: WorkItem.objects.visible_to(user).filter(requester=row).select_related("owner").order_by("-received_at", "-id"), columns=ITEM, permission=VIEW_ALL, order=27, most=NAMED,
))
hang("org.customer", Table(
    _("Agreements"), rows=lambda row, user: Agreement.objects.filter(customer=row), order=30,
    columns=[Column("name", _("agreement"), value=lambda one: format_html('<a href="{}">{}</a>', reverse("work:agreement", args=[one.pk]), one))],
))


@previews.counts
def _clocks(version: CalendarVersion, now: datetime) -> Iterable[previews.Count]:
    """Open clocks that would move, and those that would be judged otherwise."""
    moved = rebase.preview(version, now=now)
    return [
        previews.Count(_("open clocks on this calendar"), moved.clocks), previews.Count(_("of these, with another due moment"), moved.moved),
        previews.Count(_("breached by the change"), moved.newly_breached, grave=True), previews.Count(_("no longer breached"), moved.no_longer_breached),
    ]


@offers("calendar")
def _calendar_feed(user: User, rest: str, now: datetime) -> tuple[str, list[Entry]] | None:
    """Holidays and make-up days to subscribe to."""
    row = Calendar.objects.filter(key=rest).first()
    if row is None or not user.is_agent:
        return None
    today = timezone.localdate(now)
    return row.label, entries(row, today - timedelta(days=400), today + timedelta(days=800))


@keeps("items")
def _items(person: User) -> list[dict[str, Any]]:
    """What the person asked for."""
    facts = ("number", "kind", "title", "description", "state", "received_at", "resolved_at", "closed_at")
    return [{name: getattr(item, name) for name in facts} for item in WorkItem.objects.filter(requester=person).order_by("id")]
