"""Keeping automation rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.flows import permissions as perms
from hengwei.flows.automation import deeds, engine, rules
from hengwei.flows.automation.models import AutomationRule
from hengwei.work.conditions import BadCondition, validate

#: What a trigger may be asked beside.
OPTIONS = ("changed", "phase", "score", "outcome")
#: Times at least so long: shorter ones would be noise.
SHORTEST = 60


def _changed_anything(row: AutomationRule, kept: AutomationRule | None) -> bool:
    names = [field.attname for field in row._meta.concrete_fields if field.name not in ("version", "last_slot_at", "active_since")]
    return kept is None or any(getattr(row, name) != getattr(kept, name) for name in names)


@transaction.atomic
def save_rule(
    rule: AutomationRule | None = None, *, by: Actor, name: str, trigger: str, deeds: Sequence[Mapping[str, Any]], conditions: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None, at: datetime | None = None, **facts: Any,
) -> AutomationRule:
    """Make a rule, or a new version of one. Refused when it could not run; what it was before stays in its history."""
    by.require(perms.AUTOMATE)
    at = at or timezone.now()
    kept = AutomationRule.objects.select_for_update().get(pk=rule.pk) if rule is not None else None
    row = AutomationRule.objects.get(pk=kept.pk) if kept is not None else AutomationRule(owner=by.user)
    for key, value in facts.items():
        setattr(row, key, value)
    row.name, row.trigger, row.conditions = name.strip(), trigger, dict(conditions or {})
    row.options = {key: value for key, value in (options or {}).items() if key in OPTIONS and value not in (None, "")}
    row.deeds = [dict(one) for one in deeds]
    _check(row)
    if row.active and (kept is None or not kept.active):
        row.active_since = at
    if _changed_anything(row, kept):
        row.version = (kept.version + 1) if kept is not None else 1
        row.save()
    _forget()
    return row


def _check(row: AutomationRule) -> None:
    if not row.name:
        raise Refused(_("Please give it a name."), code="missing", field="name")
    if row.trigger not in rules.TRIGGERS:
        raise Refused(_("Please choose when it runs."), code="missing", field="trigger")
    if row.trigger == "schedule" and row.at_time is None:
        raise Refused(_("Please give the time of day."), code="missing", field="at_time")
    if row.trigger in ("in_phase", "unanswered", "before_due") and row.seconds < SHORTEST:
        raise Refused(_("Please say for how long."), code="missing", field="amount")
    if row.trigger == "in_phase" and not row.options.get("phase"):
        raise Refused(_("Please choose the phase."), code="missing", field="phase")
    if any(day not in range(7) for day in row.weekdays):
        raise Refused(_("There is no such weekday."), code="invalid", field="weekdays")
    try:
        validate(row.conditions)
    except BadCondition as error:
        raise Refused(_("The condition cannot be read: %(why)s") % {"why": error}, code="bad_condition", field="conditions") from None
    deeds.check(row.deeds)


def _forget() -> None:
    engine.forget()
    transaction.on_commit(engine.forget)


@transaction.atomic
def switch(rule: AutomationRule, *, by: Actor, on: bool, at: datetime | None = None) -> AutomationRule:
    """Put it in use, or out of use."""
    by.require(perms.AUTOMATE)
    row = AutomationRule.objects.select_for_update().get(pk=rule.pk)
    if row.archived_at is not None:
        raise Refused(_("It is archived."), code="archived")
    if on and not row.active:
        _check(row)
        row.active_since = at or timezone.now()
    row.active = on
    row.save(update_fields=["active", "active_since"])
    _forget()
    return row


@transaction.atomic
def archive(rule: AutomationRule, *, by: Actor, at: datetime | None = None) -> None:
    """Put it away, out of use; what it did stays on record."""
    by.require(perms.AUTOMATE)
    AutomationRule.objects.filter(pk=rule.pk).update(archived_at=at or timezone.now(), active=False)
    _forget()


@transaction.atomic
def restore(rule: AutomationRule, *, by: Actor) -> None:
    """Take it out again, not in use yet."""
    by.require(perms.AUTOMATE)
    AutomationRule.objects.filter(pk=rule.pk).update(archived_at=None)


@transaction.atomic
def put_in_order(ids: Sequence[int], *, by: Actor) -> None:
    """Number the rules anew in this order, ten by ten; those not named follow as they were."""
    by.require(perms.AUTOMATE)
    rows = {row.pk: row for row in AutomationRule.objects.kept().select_for_update().order_by("order", "id")}
    wanted = [pk for pk in dict.fromkeys(ids) if pk in rows]
    for place, pk in enumerate([*wanted, *(pk for pk in rows if pk not in wanted)], 1):
        if rows[pk].order != place * 10:
            AutomationRule.objects.filter(pk=pk).update(order=place * 10)
    _forget()
