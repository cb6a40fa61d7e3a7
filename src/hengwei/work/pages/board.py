"""The lead's board: what needs a decision, who carries what, what came in and went out today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.db.models.functions import TruncHour
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.org.models import Absence, User
from hengwei.work import listing
from hengwei.work import permissions as perms
from hengwei.work.models import WorkItem
from hengwei.work.models.items import WorkItemQuerySet

#: Items shown on a person's column; the rest is a number.
CARDS = 8
#: Waiting longer than this is worth a look.
LONG_WAIT = timedelta(days=3)


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """For leads and managers: the teams they lead, or all of them."""
    current().require(perms.VIEW_FIGURES)
    user = signed_in(request)
    now = timezone.now()
    teams = user.team_ids if not user.may("org.manage_people") else []
    rows = WorkItem.objects.visible_to(user)
    if teams:
        rows = rows.filter(team__in=teams)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    people = _people(rows, teams, now)
    return render(request, "work/board.html", {
        "tiles": _tiles(rows, now, "team:me" if teams else ""), "people": people, "most": max([p["open"] for p in people] + [1]),
        "unassigned": list(rows.unassigned().with_people().order_by("next_due_at", "id")[:CARDS]),
        "hours": _hours(rows, today), "now": now, "may_assign": user.may(perms.ASSIGN_OTHERS),
    })


def _tiles(rows: WorkItemQuerySet, now: Any, whose: str) -> list[dict[str, Any]]:
    """The numbers, each with the list that holds exactly the items it counts; `whose` narrows the list to the board's teams."""
    long_ago = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) - LONG_WAIT
    counted = rows.open().aggregate(
        late=Count("pk", filter=Q(next_due_at__lt=now)), soon=Count("pk", filter=Q(next_due_at__gte=now, next_due_at__lt=now + listing.SOON)),
        unowned=Count("pk", filter=Q(owner=None)), waiting=Count("pk", filter=Q(phase="waiting", updated_at__lt=long_ago)), open=Count("pk"),
    )
    asked = (("late", "is:overdue", "bad"), ("soon", "is:soon", "warn"), ("unowned", "is:unassigned", ""), ("waiting", f"is:waiting updated<{LONG_WAIT.days}d", ""), ("open", "", ""))
    found = []
    for key, words, tone in asked:
        q = " ".join(filter(None, (words, whose)))
        found.append({"key": key, "n": counted[key], "query": urlencode({"view": "open", **({"q": q} if q else {})}), "tone": tone})
    return found


def _people(rows: WorkItemQuerySet, teams: list[int], now: Any) -> list[dict[str, Any]]:
    staff = User.objects.staff().filter(roles__permissions__contains=[perms.WORK]).distinct()
    if teams:
        staff = staff.filter(memberships__team__in=teams)
    away = {one.user_id: one for one in Absence.objects.filter(starts_at__lte=now, ends_at__gt=now).select_related("deputy")}
    load: dict[int, Any] = {row["owner"]: row for row in rows.open().exclude(owner=None).order_by().values("owner").annotate(open=Count("pk"), late=Count("pk", filter=Q(next_due_at__lt=now)))}
    cards: dict[int, list[WorkItem]] = {}
    for item in rows.open().exclude(owner=None).order_by("next_due_at", "id")[:500]:
        held = cards.setdefault(item.owner_id, [])  # type: ignore[arg-type]
        if len(held) < CARDS:
            held.append(item)
    found = [
        {"user": person, "open": load.get(person.pk, {}).get("open", 0), "late": load.get(person.pk, {}).get("late", 0), "away": away.get(person.pk), "cards": cards.get(person.pk, [])}
        for person in staff.order_by("name", "id")
    ]
    return sorted(found, key=lambda p: -p["open"])


def _hours(rows: WorkItemQuerySet, today: Any) -> list[dict[str, Any]]:
    def by_hour(field: str) -> dict[int, int]:
        made = rows.filter(**{f"{field}__gte": today, f"{field}__lt": today + timedelta(days=1)}).order_by().annotate(hour=TruncHour(field)).values_list("hour").annotate(Count("pk"))
        return {timezone.localtime(hour).hour: n for hour, n in made}

    came, went = by_hour("received_at"), by_hour("closed_at")
    resolved = by_hour("resolved_at")
    hours = sorted({*came, *went, *resolved})
    return [{"hour": h, "came": came.get(h, 0), "went": resolved.get(h, 0)} for h in range(min(hours), max(hours) + 1)] if hours else []
