"""What a step of escalation does: whom it tells, to whom it gives the item, whether it raises the priority (A7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.core.events import emit
from hengwei.core.i18n import Words, in_each_language, in_mine
from hengwei.core.refusals import refusal
from hengwei.org.models import Team, User
from hengwei.work.events import ItemEscalated
from hengwei.work.models import Clock, Entry, EscalationLevel, WorkItem

from . import rules

#: Whom a step may name besides persons (`user:7`) and teams (`team:3`).
ROLES = {
    "owner": _("who handles it"), "team": _("the team"), "lead": _("team lead (or who stands in)"), "deputy": _("deputy lead"),
    "head": _("head of the department"), "managers": _("managers"), "customer_manager": _("the requester's superior"),
}


def notified(item: WorkItem, roles: Iterable[str], *, now: datetime) -> list[User]:
    """The persons behind the names, each once. Where the names lead to nobody, the lead of the team: no step is lost."""
    roles = tuple(roles)
    found: dict[int, User] = {}
    for role in roles:
        found |= {person.pk: person for person in _behind(item, role, now=now) if person is not None and person.is_active}
    if roles and not found and item.team:
        lead = item.team.acting_lead(now)
        found = {lead.pk: lead} if lead else {}
    return list(found.values())


def _behind(item: WorkItem, role: str, *, now: datetime) -> list[User | None]:
    team = item.team
    kind, _colon, key = role.partition(":")
    if kind == "user" and key:
        return list(User.objects.filter(pk=int(key)))
    if kind == "team" and key:
        return list(User.objects.filter(memberships__team_id=int(key)).order_by("id"))
    if role == "owner":
        return [item.owner]
    if role == "team" and team:
        return list(User.objects.filter(memberships__team=team).order_by("id"))
    if role == "lead" and team:
        return [team.acting_lead(now)]
    if role == "deputy" and team:
        return [team.deputy]
    if role == "head" and team and team.parent:
        return [team.parent.acting_lead(now)]
    if role == "managers":
        return list(User.objects.filter(roles__key="manager").order_by("id"))
    if role == "customer_manager" and item.requester:
        return [item.requester.manager]
    return []


def tell(clock: Clock, step: rules.Step, *, now: datetime, late: bool, level: EscalationLevel | None) -> None:
    """Write the step into the item's timeline and tell the people of the step and, where the item was not raised to it before, of its level."""
    item = clock.item
    if step.level <= item.escalation_level:
        level = None
    people = notified(item, (*step.notify, *(level.notify if level else ())), now=now)
    details: dict[str, Any] = {
        "measure": clock.measure, "step": step.key, "late": late, "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "told": [person.name for person in people], **({"level": step.level} if step.level else {}),
    }
    Entry.objects.create(item=item, kind=Entry.Kind.ESCALATION, public=False, via="system", details=details, happened_at=now)
    WorkItem.objects.filter(pk=item.pk).update(
        version=F("version") + 1, updated_at=now, escalation_level=max(item.escalation_level, step.level),
    )
    item.escalation_level = max(item.escalation_level, step.level)
    emit(ItemEscalated(
        item_id=item.pk, clock_id=clock.pk, step=step.key, late=late, level=step.level, measure=clock.measure,
        notify_user_ids=tuple(person.pk for person in people), urgent=step.urgent or bool(level and level.urgent),
        ways=tuple(level.ways) if level else (), actor=Actor(), at=now,
    ))


def carry_out(item: WorkItem, step: rules.Step, *, now: datetime) -> None:
    """Raise the priority and give the item to another, where the step says so. What cannot be done is said in the timeline."""
    by = Actor().caused_by("escalation")
    for effect in (_raise, _reassign):
        refused = refusal(partial(effect, item, step, by=by, now=now))
        if refused:
            Entry.objects.create(
                item=item, kind=Entry.Kind.AUTOMATION, public=False, via="automation",
                details={"step": step.key, "words": in_each_language(partial(_refused, refused))}, happened_at=now)


def _refused(why: Words) -> str:
    return _t("Escalation: %(why)s") % {"why": in_mine(why)}


def _raise(item: WorkItem, step: rules.Step, *, by: Actor, now: datetime) -> None:
    from hengwei.work.actions.triage import change

    priority = WorkItem.objects.values_list("priority", flat=True).get(pk=item.pk)
    if step.raise_priority and priority is not None and priority > 1:
        change(item, by=by, at=now, priority=priority - 1, why=_t("raised by escalation"))


def _reassign(item: WorkItem, step: rules.Step, *, by: Actor, now: datetime) -> None:
    from hengwei.work.actions.assignment import assign

    kind, _colon, key = step.reassign.partition(":")
    reason = in_each_language(lambda: _t("given on by escalation"))
    if kind == "user":
        assign(item, by=by, owner=User.objects.get(pk=int(key)), at=now, reason=reason)
    elif kind == "team":
        assign(item, by=by, team=Team.objects.get(pk=int(key)), at=now, reason=reason)
    elif kind == "lead" and item.team:
        assign(item, by=by, owner=item.team.acting_lead(now), team=item.team, at=now, reason=reason)
