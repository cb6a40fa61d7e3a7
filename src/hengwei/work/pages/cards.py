"""The cards beside an item's facts: people, checklists, time, remote help, like items; and what their forms do."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor, current
from hengwei.core.asked import chosen, signed_in
from hengwei.core.errors import Refused
from hengwei.core.i18n import clauses, colon, listed
from hengwei.org.models import Team, User
from hengwei.work import permissions as perms
from hengwei.work.actions import family, helping, reporting, sharing, snoozing
from hengwei.work.asides import menu, panel, verb
from hengwei.work.models import (
    ChecklistPoint,
    ChecklistTemplate,
    EscalationLevel,
    RemoteTool,
    Share,
    Watcher,
    WorkItem,
    WorkTime,
)
from hengwei.work.models.items import WorkItemQuerySet

from . import offered
from .queue import moment_of, naps


@panel(order=50)
def checklists(item: WorkItem, request: HttpRequest) -> str:
    """What is to be gone through, with who ticked what and when."""
    found = list(item.checklists.prefetch_related("points__done_by"))
    offered = helping.templates_for(item) if item.is_open else []
    if not found and not offered:
        return ""
    return render_to_string("work/cards/checklists.html", {
        "item": item, "checklists": found, "offered": offered, "may_work": current().may(perms.WORK) and item.phase != "closed",
    }, request=request)


@panel(order=70)
def people(item: WorkItem, request: HttpRequest) -> str:
    """Watchers, copies, guests, and what colleagues are asked."""
    by = current()
    return render_to_string("work/cards/people.html", {
        "item": item, "watchers": item.followers, "user": signed_in(request),
        "shares": item.shares.in_force().select_related("user", "team"), "hand_overs": item.hand_overs.select_related("to_user", "to_team", "asked_by"),
        "may_work": by.may(perms.WORK), "may_share": by.may(perms.SHARE), "now": timezone.now(),
    }, request=request)


@panel(order=80)
def time_spent(item: WorkItem, request: HttpRequest) -> str:
    """Minutes per person and kind, and their sum."""
    by = current()
    rows = helping.minutes_on(item)
    if not rows and not by.may(perms.WORK):
        return ""
    return render_to_string("work/cards/time.html", {
        "item": item, "rows": rows, "total": sum(row["minutes"] for row in rows), "kinds": WorkTime.Kind.choices, "may_work": by.may(perms.WORK),
    }, request=request)


@panel(order=90)
def like_this(item: WorkItem, request: HttpRequest) -> str:
    """Items that read alike: fetched once the page is there."""
    return render_to_string("work/cards/like.html", {"item": item}, request=request)


@menu
def lines(item: WorkItem, request: HttpRequest) -> str:
    """Put off, show to others, ask colleagues, remote help: lines of the menu with their dialogs."""
    by, user = current(), signed_in(request)
    if not by.may(perms.WORK):
        return ""
    now = timezone.now()
    return render_to_string("work/cards/menu.html", {
        "item": item, "naps": naps(now), "asleep": snoozing.asleep_for(item, user, now), "tools": RemoteTool.objects.filter(active=True),
        "teams": offered.teams(request),
        "levels": (levels := list(EscalationLevel.objects.order_by("number"))), "next_level": next((one.number for one in levels if one.number > item.escalation_level), 0),
        "may_share": by.may(perms.SHARE), "may_link": by.may(perms.LINK),
    }, request=request)


# --- what the forms do --------------------------------------------------------------------------------------------


def _person(post: Any, name: str = "user") -> User | None:
    """A person by id, or by name, user name or address as typed."""
    typed = str(post.get(name) or "").strip()
    if not typed:
        return None
    people = User.objects.filter(is_active=True)
    if typed.isdecimal():
        return people.filter(pk=chosen(post, name)).first()
    exact = people.of_login(typed) | people.filter(name=typed)
    found = list(exact[:2])
    if len(found) != 1:
        raise Refused(_("Nobody, or more than one, is called '%(name)s'; please give the address.") % {"name": typed}, code="unknown", field=name)
    return found[0]


def _somebody(post: Any, name: str = "user") -> User:
    person = _person(post, name)
    if person is None:
        raise Refused(_("Please choose a person."), code="missing", field=name)
    return person


@verb("watch")
def _watch(item: WorkItem, by: Actor, post: Any) -> str:
    person = by.user if post.get("self") and by.user else _somebody(post)
    sharing.watch(item, user=person, by=by, kind=post.get("kind") or Watcher.Kind.WATCHER)
    return _("%(name)s is kept informed.") % {"name": person}


@verb("unwatch")
def _unwatch(item: WorkItem, by: Actor, post: Any) -> str:
    person = _somebody(post)
    sharing.unwatch(item, user=person, by=by)
    return _("%(name)s is no longer informed.") % {"name": person}


@verb("share")
def _share(item: WorkItem, by: Actor, post: Any) -> str:
    team = Team.objects.filter(pk=chosen(post, "team")).first()
    person = None if team else _person(post)
    sharing.share(item, by=by, user=person, team=team, as_colleague=bool(post.get("as_colleague")), note=post.get("note", ""))
    return _("Shown to %(name)s.") % {"name": person or team}


@verb("revoke")
def _revoke(item: WorkItem, by: Actor, post: Any) -> str:
    one = Share.objects.filter(item=item, pk=chosen(post, "share")).select_related("item", "user", "team").first()
    if one is None:
        raise Refused(_("This is not shared."), code="unknown")
    sharing.revoke(one, by=by)
    return _("No longer shown to %(name)s.") % {"name": one.with_whom}


@verb("ask-colleagues")
def _ask(item: WorkItem, by: Actor, post: Any) -> str:
    hours = post.get("hours", "")
    seconds = int(hours) * 3600 if hours.isdecimal() and len(hours) < 5 else sharing.ANSWER_WITHIN
    team = Team.objects.filter(pk=chosen(post, "team")).first()
    made = sharing.hand_over(item, by=by, question=post.get("question", ""), team=team, user=_person(post), business_seconds=seconds)
    return _("Asked: %(whom)s.") % {"whom": made.whom}


@verb("answer-question")
def _answer(item: WorkItem, by: Actor, post: Any) -> str:
    one = item.hand_overs.filter(pk=chosen(post, "hand_over")).first()
    if one is None:
        raise Refused(_("You are not asked here."), code="unknown")
    sharing.answer(one, by=by, text=post.get("text", ""))
    return _("Answered.")


@verb("checklist")
def _checklist(item: WorkItem, by: Actor, post: Any) -> str:
    template = ChecklistTemplate.objects.filter(pk=chosen(post, "template"), active=True).first()
    if template is None:
        raise Refused(_("Please choose a checklist."), code="missing", field="template")
    helping.add_checklist(item, template, by=by)
    return _("Added.")


@verb("tick")
def _tick(item: WorkItem, by: Actor, post: Any) -> str:
    point = ChecklistPoint.objects.filter(checklist__item=item, pk=chosen(post, "point")).select_related("checklist__item").first()
    if point is None:
        raise Refused(_("This point does not exist."), code="unknown")
    helping.tick(point, by=by, done=post.get("done") == "1", remark=post.get("remark", ""))
    return ""


@verb("spend")
def _spend(item: WorkItem, by: Actor, post: Any) -> str:
    minutes = post.get("minutes", "")
    helping.spend_time(
        item, by=by, minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 6 else 0, kind=post.get("kind") or WorkTime.Kind.WORK,
        day=parse_date(post["day"]) if post.get("day") else None, remark=post.get("remark", ""),
    )
    return _("Recorded.")


@verb("remote")
def _remote(item: WorkItem, by: Actor, post: Any) -> str:
    tool = RemoteTool.objects.filter(pk=chosen(post, "tool"), active=True).first()
    if tool is None:
        raise Refused(_("Please choose a tool."), code="missing", field="tool")
    session = helping.start_remote(item, tool, by=by, consent_by=post.get("consent_by", ""), consent_how=post.get("consent_how", ""))
    return json.dumps({"open": session.url, "words": _("Remote help is on record.")})


@verb("report-up")
def _report_up(item: WorkItem, by: Actor, post: Any) -> str:
    told = reporting.report_up(item, by=by, level=chosen(post, "level"), reason=post.get("reason", ""))
    return _("Reported upwards; told: %(people)s.") % {"people": _(", ").join(told)}


@verb("snooze")
def _snooze(item: WorkItem, by: Actor, post: Any) -> str:
    answered = post.get("until") == "answered"
    snoozing.snooze(item, by=by, until=None if answered or not post.get("until") else moment_of(post["until"]), until_answered=answered)
    return _("Put off. It comes back by itself.")


@verb("wake")
def _wake(item: WorkItem, by: Actor, post: Any) -> str:
    snoozing.wake(item, by=by)
    return _("Back in your queue.")


def _numbered(text: str, rows: WorkItemQuerySet) -> list[WorkItem]:
    numbers = [number.strip().upper() for number in text.replace("，", " ").replace(",", " ").replace("、", " ").split()]
    found = list(rows.filter(number__in=numbers[:200]))
    unknown = set(numbers) - {item.number for item in found}
    if unknown or not found:
        raise Refused(_("There is no item %(number)s, or it is not yours to see.") % {"number": listed(sorted(unknown)) or "—"}, code="unknown", field="numbers")
    return found


@verb("reports")
def _reports(item: WorkItem, by: Actor, post: Any) -> str:
    """Make many items part of this one."""
    items = _numbered(post.get("numbers", ""), WorkItem.objects.visible_to(by.user))  # type: ignore[arg-type]
    outcomes = family.link_reports(item, items, by=by)
    refused = [outcome for outcome in outcomes if outcome.error is not None]
    if refused:
        raise Refused(clauses(f"{outcome.item.number}{colon()}{outcome.error}" for outcome in refused), code="some_refused", field="numbers")
    return _("%(n)d linked.") % {"n": len(outcomes)}
