"""Keeping the maintenance manual (C4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Conflict, Forbidden, Refused
from hengwei.knowledge import permissions as perms
from hengwei.knowledge.models import Fault, FaultStep, System

from .writing import moment


def _require_keeper(system: System | None, by: Actor) -> None:
    """Who manages; or who writes and belongs to the team that keeps the system."""
    if by.may(perms.MANAGE) or by.may(perms.REVIEW):
        return
    if by.may(perms.WRITE) and by.user is not None and system is not None and system.team_id in by.user.team_ids:
        return
    raise Forbidden(_("The team that keeps this system writes its manual."))


@transaction.atomic
def save_system(
    system: System | None, *, by: Actor, name: str, name_en: str = "", aliases: Sequence[str] = (), category_keys: Sequence[str] = (), description: str = "",
    team: Any = None, article: Any = None,
) -> System:
    """Put a system on the list, or change it."""
    if not by.may(perms.MANAGE):
        by.require(perms.REVIEW)
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Please give it a name."), code="missing", field="name")
    system = system or System()
    if System.objects.in_use().filter(name=name).exclude(pk=system.pk).exists():
        raise Refused(_("There is a system of this name already."), code="taken", field="name")
    system.name, system.name_en, system.description = name[:200], name_en.strip()[:200], description.strip()[:500]
    system.aliases = list(dict.fromkeys(a.strip()[:80] for a in aliases if a.strip()))
    system.category_keys = list(dict.fromkeys(k.strip()[:60] for k in category_keys if k.strip()))
    system.team, system.article = team, article
    system.save()
    return system


def archive_system(system: System, *, by: Actor, at: datetime | None = None) -> System:
    """Out of use: its manual opens nowhere any more."""
    by.require(perms.MANAGE)
    system.archived_at = moment(at)
    system.save(update_fields=["archived_at"])
    return system


@transaction.atomic
def save_fault(
    fault: Fault | None, *, by: Actor, system: System, title: str, symptoms: str, steps: Sequence[dict[str, Any]], cause: str = "", title_en: str = "",
    symptoms_en: str = "", cause_en: str = "", escalate_to: str = "", order: int = 100, version: int | None = None, at: datetime | None = None,
) -> Fault:
    """Describe a fault, or change its description. `steps` are dicts of text, expected, check_only (text_en, expected_en, id).

    A step that is gone or reads otherwise is withdrawn and kept: items may have ticked it.
    """
    _require_keeper(system, by)
    at = moment(at)
    if not title.strip():
        raise Refused(_("Please name the fault."), code="missing", field="title")
    if not symptoms.strip():
        raise Refused(_("Please say how it shows."), code="missing", field="symptoms")
    wanted = [step for step in steps if str(step.get("text", "")).strip() or str(step.get("expected", "")).strip()]
    if not wanted:
        raise Refused(_("Please give at least one step."), code="missing", field="steps")
    for number, step in enumerate(wanted, 1):
        if not str(step.get("text", "")).strip() or not str(step.get("expected", "")).strip():
            raise Refused(_("Step %(number)d needs both: what to do, and what should then be so.") % {"number": number}, code="missing", field="steps", number=number)
    if fault is not None:
        fault = Fault.objects.select_for_update().get(pk=fault.pk)
        if version is not None and version != fault.version:
            raise Conflict(_("Somebody else changed this fault meanwhile. Your text is kept."), current=fault.version)
        fault.version += 1
    else:
        fault = Fault()
    fault.system, fault.title, fault.title_en, fault.order = system, title.strip()[:200], title_en.strip()[:200], order
    fault.symptoms, fault.symptoms_en, fault.cause, fault.cause_en = symptoms.strip(), symptoms_en.strip(), cause.strip(), cause_en.strip()
    fault.escalate_to, fault.updated_by, fault.updated_at = escalate_to.strip()[:300], by.user, at
    fault.save()
    _save_steps(fault, wanted, at)
    return fault


_OF_STEP = ("text", "text_en", "expected", "expected_en")


def _save_steps(fault: Fault, wanted: Sequence[dict[str, Any]], at: datetime) -> None:
    present = {step.pk: step for step in fault.steps.filter(withdrawn_at=None)}
    kept: dict[int, FaultStep] = {}
    for number, step in enumerate(wanted, 1):
        values = {name: str(step.get(name) or "").strip() for name in _OF_STEP} | {"check_only": bool(step.get("check_only"))}
        same = next((p for pk, p in present.items() if pk not in {k.pk for k in kept.values()} and all(getattr(p, n) == v for n, v in values.items())), None)
        kept[number] = same or FaultStep(fault=fault, number=number, **values)
    stay = {step.pk for step in kept.values() if step.pk}
    fault.steps.filter(withdrawn_at=None).exclude(pk__in=stay).update(withdrawn_at=at)
    # Free the numbers before giving them anew.
    for number, row in kept.items():
        if row.pk and row.number != number:
            FaultStep.objects.filter(pk=row.pk).update(number=10_000 + row.pk % 20_000)
    for number, row in kept.items():
        row.number = number
        row.save()


def archive_fault(fault: Fault, *, by: Actor, at: datetime | None = None) -> Fault:
    """This fault no longer occurs, or is described elsewhere."""
    _require_keeper(fault.system, by)
    fault.archived_at = moment(at)
    fault.save(update_fields=["archived_at"])
    return fault
