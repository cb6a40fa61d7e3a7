"""What a list of work items may be asked: the standing views, the filters, their counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from hengwei.core.errors import Message
from hengwei.org.models import Team, User

from . import kinds
from .models import Category, Level, Source, WorkItem
from .models.items import WorkItemQuerySet
from .workflow import Phase

#: What 'soon' means in the queue.
SOON = timedelta(hours=1)
#: Counts stop here: nobody works by the difference between 1,000 and 40,000.
COUNTED = 1000


@dataclass(frozen=True, slots=True)
class View:
    """A standing view: which items, and whether by due moment or newest first."""

    key: str
    label: Message
    by_due: bool = True
    empty: Message = ""


VIEWS = (
    View("mine", _("Mine"), empty=_("Nothing waits for you.")),
    View("unassigned", _("Unassigned in my teams"), empty=_("Everything in your teams has an owner.")),
    View("soon", _("Due soon or overdue"), empty=_("Nothing falls due within the hour.")),
    View("waiting", _("Waiting for the customer"), empty=_("Nothing waits for a customer.")),
    View("open", _("All open"), empty=_("Nothing is open.")),
    View("all", _("All"), by_due=False, empty=_("No item fits these filters.")),
)
BY_KEY = {view.key: view for view in VIEWS}

#: Filters of the address bar, and the field that each asks.
FILTERS = {
    "kind": "kind", "phase": "phase", "priority": "priority", "category": "category", "team": "team", "owner": "owner",
    "requester": "requester", "customer": "customer", "source": "source",
}


def of_view(rows: WorkItemQuerySet, view: str, *, user: User, now: datetime) -> WorkItemQuerySet:
    """The items of a standing view, of those in `rows`."""
    if view == "mine":
        return rows.open().filter(owner=user)
    if view == "unassigned":
        teams = user.team_ids
        return rows.unassigned().filter(team__in=teams) if teams else rows.unassigned()
    if view == "soon":
        return rows.due_before(now + SOON)
    if view == "waiting":
        return rows.waiting_for("customer")
    if view == "open":
        return rows.open()
    return rows


def filtered(rows: WorkItemQuerySet, given: Mapping[str, str]) -> WorkItemQuerySet:
    """Narrowed by the filters of the address bar; what cannot be understood is passed over."""
    for name, field in FILTERS.items():
        value = given.get(name, "")
        if not value:
            continue
        if value == "none":
            rows = rows.filter(**{f"{field}__isnull": True})
        elif name in ("kind", "phase", "source"):
            rows = rows.filter(**{field: value})
        elif value.isdecimal():
            rows = rows.filter(**{field: int(value)})
    return rows


def counts(user: User, *, now: datetime) -> dict[str, int]:
    """How many each standing view holds, at most COUNTED, in one query a view."""
    seen = WorkItem.objects.visible_to(user)
    return {view.key: of_view(seen, view.key, user=user, now=now).order_by()[:COUNTED].count() for view in VIEWS if view.key != "all"}


def choices() -> dict[str, list[tuple[Any, Any]]]:
    """What each filter offers."""
    return {
        "kind": [(kind.key, kind.label) for kind in kinds.every()],
        "phase": [(phase.value, PHASES[phase]) for phase in Phase],
        "priority": list(Level.choices),
        "category": [(c.pk, c.label) for c in Category.objects.filter(archived_at=None)],
        "team": [(t.pk, t.label) for t in Team.objects.filter(archived_at=None)],
        "owner": [("none", _("nobody")), *((u.pk, u.name) for u in User.objects.staff().order_by("name", "id"))],
        "source": list(Source.choices),
    }


PHASES = {
    Phase.NEW: _("new"), Phase.ACTIVE: _("in progress"), Phase.WAITING: _("waiting"), Phase.RESOLVED: _("resolved"), Phase.CLOSED: _("closed"),
}
FILTER_NAMES = {
    "kind": _("Kind"), "phase": _("State"), "priority": _("Priority"), "category": _("Category"), "team": _("Team"), "owner": _("Handled by"),
    "source": _("Channel"), "requester": _("Requester"), "customer": _("Customer"),
}
