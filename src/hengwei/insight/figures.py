"""What happened in a span of time, counted by PostgreSQL (A12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.errors import Message
from hengwei.core.i18n import is_chinese
from hengwei.desk.models import Rating, Suggestion
from hengwei.org.models import User
from hengwei.work import kinds
from hengwei.work.models import Clock, Level, Source, WorkItem
from hengwei.work.models.items import WorkItemQuerySet

from .periods import Span
from .similar import groups

#: Bars of a Pareto chart; the rest is one bar.
BARS = 12
#: Items whose words are compared: the newest.
COMPARED = 8000


@dataclass(frozen=True)
class Dimension:
    """Something by which items are counted: the columns that name it, and the filter of the queue that shows them."""

    key: str
    label: Message
    columns: tuple[str, ...]
    query: str = ""


DIMENSIONS = {
    one.key: one
    for one in (
        Dimension("category", _("Category"), ("category_id", "category__name", "category__name_en"), "category"),
        Dimension("subject", _("System or product"), ("subject",)),
        Dimension("cause", _("Cause"), ("cause",)),
        Dimension("customer", _("Customer or department"), ("customer_id", "customer__name", "customer__name_en"), "customer"),
        Dimension("team", _("Team"), ("team_id", "team__name", "team__name_en"), "team"),
        Dimension("kind", _("Kind"), ("kind",), "kind"),
        Dimension("source", _("Channel"), ("source",), "source"),
        Dimension("priority", _("Priority"), ("priority",), "priority"),
    )
}


@dataclass(frozen=True)
class Bar:
    """One value of a dimension: how many, their share, and the share of all up to it, in percent."""

    label: str
    count: int
    share: float
    together: float
    query: str = ""


@dataclass
class Volumes:
    """What came and went, and what was open before and after."""

    received: int
    resolved: int
    closed: int
    open_before: int
    open_after: int
    reopened: int


@dataclass
class Recurring:
    """A fault that came again: the items, the words that they share, whether a problem record looks for its cause."""

    count: int
    title: str
    words: list[str]
    items: list[dict[str, Any]] = field(default_factory=list)
    problem: dict[str, str] | None = None


def counted(user: User, span: Span, **narrowed: Any) -> WorkItemQuerySet:
    """The items received in the span that this reader may see and that count."""
    start, end = span.moments(timezone.get_current_timezone())  # type: ignore[arg-type]
    return WorkItem.objects.visible_to(user).counted().filter(received_at__gte=start, received_at__lt=end, **narrowed)


def volumes(user: User, span: Span, **narrowed: Any) -> Volumes:
    """Received, resolved, closed in the span; open at its beginning and at its end."""
    start, end = span.moments(timezone.get_current_timezone())  # type: ignore[arg-type]
    end = min(end, timezone.now())
    rows = WorkItem.objects.visible_to(user).counted().filter(**narrowed)
    within = {name: Q(**{f"{name}__gte": start, f"{name}__lt": end}) for name in ("received_at", "resolved_at", "closed_at")}

    def open_at(moment: datetime) -> Q:
        return Q(received_at__lt=moment) & (Q(resolved_at=None) | Q(resolved_at__gte=moment)) & (Q(closed_at=None) | Q(closed_at__gte=moment))

    found = rows.aggregate(
        received=Count("pk", filter=within["received_at"]), resolved=Count("pk", filter=within["resolved_at"]), closed=Count("pk", filter=within["closed_at"]),
        open_before=Count("pk", filter=open_at(start)), open_after=Count("pk", filter=open_at(end)), reopened=Count("pk", filter=within["received_at"] & Q(reopened_count__gt=0)),
    )
    return Volumes(**found)


def flow(user: User, span: Span, **narrowed: Any) -> list[tuple[datetime, int, int]]:
    """(beginning of the day, week or month, received, resolved) over the span, empty ones too."""
    start, end = span.moments(timezone.get_current_timezone())  # type: ignore[arg-type]
    cut = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}[span.step()]
    rows = WorkItem.objects.visible_to(user).counted().filter(**narrowed).order_by()

    def by_step(name: str) -> dict[datetime, int]:
        made = rows.filter(**{f"{name}__gte": start, f"{name}__lt": end}).annotate(step=cut(name)).values_list("step").annotate(Count("pk"))
        return dict(made)

    came, went = by_step("received_at"), by_step("resolved_at")
    steps = sorted({*came, *went})
    return [(step, came.get(step, 0), went.get(step, 0)) for step in steps]


def _label(dimension: Dimension, values: Sequence[Any]) -> str:
    first = values[0]
    if first in (None, ""):
        return _t("not stated")
    if len(dimension.columns) > 1:
        return str(values[1] if is_chinese() or not values[2] else values[2])
    if dimension.key == "kind":
        known = {kind.key: str(kind.label) for kind in kinds.every()}
        return known.get(first, first)
    if dimension.key == "source":
        return str(dict(Source.choices).get(first, first))
    if dimension.key == "priority":
        return str(Level(first).label)
    return str(first)


def pareto(rows: WorkItemQuerySet, by: str, *, bars: int = BARS) -> list[Bar]:
    """How many by a dimension, the most first, with what they make up together; the small ones are one bar."""
    dimension = DIMENSIONS[by]
    found = list(rows.order_by().values_list(*dimension.columns).annotate(n=Count("pk")).order_by("-n", *dimension.columns))
    whole = sum(line[-1] for line in found) or 1
    made: list[Bar] = []
    sum_so_far = 0
    for line in found[:bars]:
        sum_so_far += line[-1]
        query = f"{dimension.query}={line[0]}" if dimension.query and line[0] not in (None, "") else ""
        made.append(Bar(_label(dimension, line), line[-1], round(line[-1] * 100 / whole, 1), round(sum_so_far * 100 / whole, 1), query))
    rest = sum(line[-1] for line in found[bars:])
    if rest:
        made.append(Bar(_t("all others"), rest, round(rest * 100 / whole, 1), 100.0))
    return made


def promises(rows: WorkItemQuerySet) -> list[tuple[str, int, int]]:
    """(promise, decided, met) of the items' clocks."""
    decided = Clock.objects.filter(item__in=rows.order_by().values("pk"), state__in=("met", "breached")).order_by()
    found = decided.values_list("measure").annotate(n=Count("pk"), met=Count("pk", filter=Q(state="met"))).order_by("measure")
    labels = dict(Clock._meta.get_field("measure").flatchoices)
    return [(str(labels.get(measure, measure)), n, met) for measure, n, met in found]


def satisfaction(rows: WorkItemQuerySet) -> tuple[int, float | None, int]:
    """How many rated, the average (1 to 5), how many of them low."""
    found = Rating.objects.filter(item__in=rows.order_by().values("pk")).aggregate(n=Count("pk"), average=Avg("score"), low=Count("pk", filter=Q(score__lte=Rating.LOW)))
    return found["n"], round(found["average"], 2) if found["average"] is not None else None, found["low"]


def needs(rows: WorkItemQuerySet, *, most: int = 20) -> list[dict[str, Any]]:
    """Suggestions and what was decided on them, the newest first."""
    found = Suggestion.objects.filter(pk__in=rows.filter(kind="suggestion").order_by().values("pk")).order_by("-received_at")[:most]
    return [{"number": one.number, "title": one.title, "decision": one.decision, "state": str(one.state_of.label)} for one in found]


def recurring(rows: WorkItemQuerySet, *, least: int = 3, most: int = 15) -> list[Recurring]:
    """Faults that came at least so often in nearly the same words, the most frequent first."""
    newest = list(rows.filter(kind__in=("incident", "request")).order_by("-id").values_list("pk", "title")[:COMPARED])
    found = groups(newest, least=least)[:most]
    wanted = [pk for group in found for pk in group.ids]
    known = {item.pk: item for item in WorkItem.objects.filter(pk__in=wanted).annotate(cause_number=F("incident__root_problem__number")).only("number", "title", "received_at", "phase")}
    made = []
    for group in found:
        items = [known[pk] for pk in group.ids if pk in known]
        linked = next((str(item.cause_number) for item in items if item.cause_number), None)
        made.append(Recurring(
            len(items), items[0].title, group.words,
            [{"number": item.number, "title": item.title, "at": item.received_at.isoformat(), "url": item.get_absolute_url(), "pk": item.pk} for item in items[:30]],
            {"number": linked, "url": f"/items/{linked}"} if linked else None,
        ))
    return made


def slowest(rows: WorkItemQuerySet, *, most: int = 10) -> list[WorkItem]:
    """What took longest from receipt to resolution."""
    return list(rows.exclude(resolved_at=None).annotate(took=F("resolved_at") - F("received_at")).select_related("team", "owner").order_by("-took", "id")[:most])
