"""Macros and replies kept ready: kept by whom they belong to, done to an item in one go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.desk import macros as rules
from hengwei.desk import permissions as perms
from hengwei.desk.models import CannedReply, Macro
from hengwei.desk.texts import filled, reads_english
from hengwei.org.models import Team, User
from hengwei.work import kinds
from hengwei.work import permissions as work
from hengwei.work.actions import assignment, conversation, triage
from hengwei.work.actions.steps import make_step
from hengwei.work.actions.writing import moment
from hengwei.work.models import Category, WorkItem


def _require(row: Macro | CannedReply, by: Actor) -> None:
    """One's own may be kept by everyone who works on items; a team's and everyone's by those with the right."""
    by.require(work.WORK)
    if by.user is None or (row.owner_id == by.user.pk and row.owner_id is not None) or by.may(perms.REPLIES):
        return
    raise Forbidden(_("Only leads keep what a team or everybody uses."), permission=perms.REPLIES)


def _scope(row: Macro | CannedReply, scope: str, team: Team | None, by: Actor) -> None:
    """`mine`, `team` or `all`."""
    if scope not in ("mine", "team", "all"):
        raise Refused(_("This cannot be chosen."), code="invalid", field="scope")
    if scope == "team" and team is None:
        raise Refused(_("Please choose a team."), code="missing", field="team")
    row.owner, row.team = (by.user if scope == "mine" else None), (team if scope == "team" else None)


def scope_of(row: Macro | CannedReply) -> str:
    """For whom it is: mine, team, all."""
    return "mine" if row.owner_id else "team" if row.team_id else "all"


@transaction.atomic
def save_reply(reply: CannedReply | None, *, by: Actor, scope: str, team: Team | None = None, **facts: Any) -> CannedReply:
    """Keep a reply ready, or change one."""
    row = reply or CannedReply()
    if reply is not None:
        _require(reply, by)
    _scope(row, scope, team, by)
    _require(row, by)
    for name, value in facts.items():
        setattr(row, name, value)
    if not row.name.strip() or not row.text.strip():
        raise Refused(_("Please write something first."), code="missing", field="text" if row.name.strip() else "name")
    row.save()
    return row


@transaction.atomic
def save_macro(macro: Macro | None, *, by: Actor, scope: str, steps: Any, team: Team | None = None, **facts: Any) -> Macro:
    """Keep a macro, or change one. Refused when a step could not be done."""
    row = macro or Macro()
    if macro is not None:
        _require(macro, by)
    _scope(row, scope, team, by)
    _require(row, by)
    for name, value in facts.items():
        setattr(row, name, value)
    if not row.name.strip():
        raise Refused(_("Please give it a name."), code="missing", field="name")
    chosen = [kind for kind in kinds.every() if not row.kinds or kind.key in row.kinds]
    try:
        rules.check(
            steps, transitions={t.key for kind in chosen for t in kind.workflow.transitions}, categories=set(Category.objects.filter(archived_at=None).values_list("key", flat=True)),
            teams=set(Team.objects.filter(archived_at=None).values_list("key", flat=True)), people=set(User.objects.staff().values_list("username", flat=True)),
        )
    except rules.BadMacro as error:
        raise Refused(str(error), code="bad_steps", field="steps") from None
    row.steps = list(steps)
    row.save()
    return row


@transaction.atomic
def archive(row: Macro | CannedReply, *, by: Actor, at: datetime | None = None) -> None:
    """Put it away; it can be taken out again."""
    _require(row, by)
    row.archived_at = moment(at)
    row.save(update_fields=["archived_at"])


@transaction.atomic
def restore(row: Macro | CannedReply, *, by: Actor) -> None:
    """Use it again."""
    _require(row, by)
    row.archived_at = None
    row.save(update_fields=["archived_at"])


@transaction.atomic
def run(macro: Macro, item: WorkItem, *, by: Actor, version: int | None = None, at: datetime | None = None) -> WorkItem:
    """Do everything that the macro says, or nothing: each deed asks the person's own rights."""
    by.require(work.WORK)
    at = moment(at)
    if by.user is not None and not Macro.objects.usable_by(by.user).filter(pk=macro.pk).exists():
        raise Forbidden(_("This macro is not yours to use."))
    if macro.kinds and item.kind not in macro.kinds:
        raise Refused(_("This macro is not meant for this kind of work."), code="other_kind", field="macro")
    item = item.locked(version)
    for step in rules.in_order(macro.steps):
        _do(step, WorkItem.objects.select_related("requester", "team", "customer", "owner").get(pk=item.pk), by=by, at=at)
    Macro.objects.filter(pk=macro.pk).update(used=F("used") + 1)
    return WorkItem.objects.get(pk=item.pk)


def _do(step: Any, item: WorkItem, *, by: Actor, at: datetime) -> None:
    deed = step["do"]
    if deed == "change":
        value = Category.objects.filter(key=step["value"]).first() if step["field"] == "category" else step["value"]
        values: dict[str, Any] = {step["field"]: value}
        triage.change(item, by=by, at=at, **values)
    elif deed == "labels":
        gone = set(step.get("remove", []))
        triage.change(item, by=by, at=at, labels=list(dict.fromkeys([*(one for one in item.labels if one not in gone), *step.get("add", [])])))
    elif deed == "assign":
        owner = by.user if step.get("owner") == "me" else User.objects.staff().filter(username=step.get("owner") or None).first()
        assignment.assign(item, by=by, owner=owner, team=Team.objects.filter(key=step.get("team") or None).first(), at=at)
    elif deed in ("reply", "note"):
        words = filled(rules.words(step, english=deed == "reply" and reads_english(item)), item, by.user)
        (conversation.reply if deed == "reply" else conversation.note)(item, by=by, text=words, at=at)
    else:
        facts: dict[str, Any] = {name: filled(value, item, by.user) if isinstance(value, str) else value for name, value in (step.get("facts") or {}).items()}
        make_step(item, step["transition"], by=by, **facts)
