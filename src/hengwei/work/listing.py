"""What a list of work items may be asked: the standing views, the filters, their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.core.errors import Message
from hengwei.org.models import Team, User

from . import kinds
from .asking import parse
from .finding import SOON, asked
from .models import Category, Level, SavedView, Snooze, Source, WorkItem
from .models.items import WorkItemQuerySet
from .workflow import Phase

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
    View("snoozed", _("Put off"), empty=_("You have put nothing off.")),
    View("waiting", _("Waiting for the customer"), empty=_("Nothing waits for a customer.")),
    View("open", _("All open"), empty=_("Nothing is open.")),
    View("all", _("All"), by_due=False, empty=_("No item fits these filters.")),
)
BY_KEY = {view.key: view for view in VIEWS}

#: Filters of the address bar, and the field that each asks.
FILTERS = {
    "kind": "kind", "phase": "phase", "priority": "priority", "category": "category", "team": "team", "owner": "owner",
    "requester": "requester", "customer": "customer", "source": "source", "parent": "parent", "site": "site", "label": "labels",
}
#: Facts whose values are offered as chips with counts.
FACETS = ("priority", "kind", "phase", "source")
#: Saved views that show a number.
VIEWS_COUNTED = 12


def of_view(rows: WorkItemQuerySet, view: str, *, user: User, now: datetime) -> WorkItemQuerySet:
    """The items of a standing view, of those in `rows`."""
    if view == "mine":
        return rows.open().filter(owner=user).exclude(pk__in=Snooze.objects.asleep(user, now).values("item"))
    if view == "snoozed":
        return rows.open().filter(pk__in=Snooze.objects.asleep(user, now).values("item"))
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


def asked_for(given: Mapping[str, str], *, user: User, now: datetime, rows: WorkItemQuerySet | None = None) -> WorkItemQuerySet:
    """The rows of an address: its view, its filters, its quick search."""
    seen = rows if rows is not None else WorkItem.objects.visible_to(user)
    view = given.get("view", "mine")
    found = filtered(of_view(seen, view if view in BY_KEY else "mine", user=user, now=now), given)
    if given.get("q", "").strip():
        found = asked(found, parse(given["q"], today=timezone.localdate(now)), user=user, now=now)
    return found


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
        elif name == "label":
            rows = rows.filter(labels__contains=[value])
        elif value.isdecimal():
            rows = rows.filter(**{field: int(value)})
    return rows


def counts(user: User, *, now: datetime) -> dict[str, int]:
    """How many each standing view holds, at most COUNTED, in one query a view."""
    seen = WorkItem.objects.visible_to(user)
    return {view.key: of_view(seen, view.key, user=user, now=now).order_by()[:COUNTED].count() for view in VIEWS if view.key != "all"}


def facets(rows: WorkItemQuerySet) -> dict[str, dict[Any, int]]:
    """How often each value of the FACETS occurs among the first COUNTED rows, in one query."""
    found: dict[str, Counter[Any]] = {name: Counter() for name in FACETS}
    for values in rows.order_by().values_list(*FACETS)[:COUNTED]:
        for name, value in zip(FACETS, values, strict=True):
            found[name][value] += 1
    return {name: dict(counter) for name, counter in found.items()}


def saved(user: User, *, now: datetime) -> list[tuple[SavedView, int | None]]:
    """The kept views of a person and of his teams, with how many each holds; beyond VIEWS_COUNTED without a number."""
    views = list(SavedView.objects.visible_to(user).select_related("owner", "team"))
    return [
        (view, asked_for(QueryDict(view.query).dict(), user=user, now=now).order_by()[:COUNTED].count() if n < VIEWS_COUNTED else None)
        for n, view in enumerate(views)
    ]


def choices() -> dict[str, list[tuple[Any, Any]]]:
    """What each filter offers."""
    return {
        "kind": [(kind.key, kind.label) for kind in kinds.every()],
        "phase": [(phase.value, PHASES[phase]) for phase in Phase],
        "priority": list(Level.choices),
        "category": [(c.pk, c.label) for c in Category.objects.filter(archived_at=None)],
        "team": [(t.pk, t.label) for t in Team.objects.filter(archived_at=None)],
        # The rest of them is found while one types (queue_tools.html).
        "owner": [("none", _("nobody"))],
        "customer": [],
        "source": list(Source.choices),
    }


PHASES = {
    Phase.NEW: _("new"), Phase.ACTIVE: _("in progress"), Phase.WAITING: _("waiting"), Phase.RESOLVED: _("resolved"), Phase.CLOSED: _("closed"),
}
FILTER_NAMES = {
    "kind": _("Kind"), "phase": _("State"), "priority": _("Priority"), "category": _("Category"), "team": _("Team"), "owner": _("Handled by"),
    "source": _("Channel"), "requester": _("Requester"), "customer": _("Customer"), "parent": _("Part of"), "site": _("Site"), "label": _("Label"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list. `fixed` ones cannot be left out; `usual` ones are shown to who chose nothing."""

    key: str
    label: Message
    usual: bool = False
    fixed: bool = False


COLUMNS = (
    Column("number", _("Number"), usual=True, fixed=True), Column("title", _("What it is about"), usual=True, fixed=True),
    Column("who", _("Requester"), usual=True), Column("priority", _("Priority"), usual=True), Column("clock", _("Promise"), usual=True),
    Column("owner", _("Handled by"), usual=True), Column("team", _("Team")), Column("category", _("Category")), Column("kind", _("Kind")),
    Column("source", _("Channel")), Column("subject", _("System")), Column("labels", _("Labels")), Column("site", _("Site")),
    Column("received", _("Received")), Column("updated", _("Changed")), Column("resolved", _("Resolved")),
)
_COLUMN = {column.key: column for column in COLUMNS}
#: Narrowest and widest that a column may be drawn, in pixels.
WIDTHS = (50, 900)

#: Orders of the list: those that an index serves.
SORTS = {
    "due": (_("what falls due first"), ("next_due_at", "id")), "newest": (_("newest first"), ("-id",)), "oldest": (_("oldest first"), ("id",)),
    "changed": (_("changed last"), ("-updated_at", "-id")), "priority": (_("highest priority first"), ("rank", "next_due_at", "id")),
}


def columns_of(user: User) -> list[tuple[Column, int | None]]:
    """The columns that a person chose, in his order, with their widths."""
    kept = user.pref("queue") or {}
    chosen = [_COLUMN[key] for key in kept.get("columns", []) if key in _COLUMN] or [column for column in COLUMNS if column.usual]
    chosen = [*[column for column in COLUMNS if column.fixed and column not in chosen], *chosen]
    return [(column, kept.get("widths", {}).get(column.key)) for column in chosen]
