"""What rules do, each with what it needs, how it reads, and how it is done: by the same actions as people's own doing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.channels.actions import notices
from hengwei.core.acting import Actor
from hengwei.core.errors import Message, Refused
from hengwei.core.events import emit
from hengwei.core.i18n import Words, colon, in_each_language, listed
from hengwei.desk.texts import filled, reads_english
from hengwei.flows.events import RuleFired
from hengwei.org.models import Role, Team, User
from hengwei.work import kinds, routing
from hengwei.work.actions import (
    approvals,
    assignment,
    conversation,
    helping,
    intake,
    progress,
    sharing,
    triage,
)
from hengwei.work.actions.writing import writing
from hengwei.work.clocks.escalation import ROLES, notified
from hengwei.work.models import (
    Category,
    ChecklistTemplate,
    Entry,
    EscalationLevel,
    Level,
    WaitingFor,
    WorkItem,
)
from hengwei.work.workflow import Phase

DEEDS_AT_MOST = 12
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Doing:
    """For whom a deed is done: the rule's name is said, in each language where it is kept for readers; `by` carries its chain."""

    rule_id: int
    rule: str
    names: Words
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """One sort of thing that a rule does. `needs` are the fields of its row on the form; `tell` says it of an item without doing it."""

    key: str
    label: Message
    needs: tuple[str, ...]
    do: Callable[[WorkItem, Given, Doing], object]
    tell: Callable[[WorkItem, Given], str]
    check: Callable[[Given], str] = lambda given: ""


DEEDS: dict[str, Deed] = {}


def _deed(key: str, label: Message, *needs: str, tell: Callable[[WorkItem, Given], str], check: Callable[[Given], str] = lambda given: "") -> Callable[[Callable[[WorkItem, Given, Doing], object]], None]:
    def register(function: Callable[[WorkItem, Given, Doing], object]) -> None:
        DEEDS[key] = Deed(key, label, needs, function, tell, check)

    return register


def check(deeds: Sequence[Given]) -> None:
    """Refused, with the row at fault, unless every deed can be done."""
    if not deeds:
        raise Refused(_("A rule does at least one thing."), code="missing", field="deeds")
    if len(deeds) > DEEDS_AT_MOST:
        raise Refused(_("A rule does at most %(n)d things.") % {"n": DEEDS_AT_MOST}, code="too_many", field="deeds")
    for number, given in enumerate(deeds, 1):
        deed = DEEDS.get(str(given.get("do", "")))
        wrong = _("it is not clear what to do.") if deed is None else deed.check(given)
        if wrong:
            raise Refused(_("Line %(n)d: %(why)s") % {"n": number, "why": wrong}, code="invalid", field="deeds")


def do(item: WorkItem, given: Given, doing: Doing) -> None:
    """Do it, in a savepoint of its own. Raises what its action raises."""
    with transaction.atomic():
        DEEDS[given["do"]].do(item, given, doing)


def tell(item: WorkItem, given: Given) -> str:
    """What it does to this item, in words."""
    deed = DEEDS.get(given.get("do", ""))
    return deed.tell(item, given) if deed is not None else ""


# --- facts --------------------------------------------------------------------------------------------------------


def _category(given: Given) -> Category:
    row = Category.objects.filter(key=given.get("category") or "", archived_at=None).first()
    if row is None:
        raise Refused(_("This category does not exist."), code="unknown", field="category")
    return row


def _known(model: Any, **by: Any) -> str:
    return "" if model.objects.filter(**by).exists() else _("choose one that exists.")


@_deed("category", gettext_lazy("set the category"), "category", check=lambda g: _known(Category, key=g.get("category") or "", archived_at=None),
       tell=lambda item, g: f"{_('category')} → {_category(g).label}")
def _set_category(item: WorkItem, given: Given, doing: Doing) -> object:
    return triage.change(item, by=doing.by, at=doing.at, why=doing.names, category=_category(given))


def _level_deed(name: str, label: Message, said: Message) -> None:
    def change(item: WorkItem, given: Given, doing: Doing) -> object:
        values: dict[str, Any] = {name: int(given["level"])}
        return triage.change(item, by=doing.by, at=doing.at, why=doing.names, **values)

    _deed(name, label, "level", check=lambda g: "" if g.get("level") in Level.values else _("choose a level."),
          tell=lambda item, g: f"{said} → {Level(int(g['level'])).label}")(change)


_level_deed("priority", gettext_lazy("set the priority"), gettext_lazy("priority"))
_level_deed("impact", gettext_lazy("set the impact"), gettext_lazy("impact"))
_level_deed("urgency", gettext_lazy("set the urgency"), gettext_lazy("urgency"))


def _labels(given: Given) -> list[str]:
    return [one.strip()[:40] for one in str(given.get("text", "")).replace("，", ",").replace("、", ",").split(",") if one.strip()]


@_deed("label", gettext_lazy("add labels"), "text", check=lambda g: "" if _labels(g) else _("name a label."), tell=lambda item, g: f"{_('labels')} + {listed(_labels(g))}")
def _label(item: WorkItem, given: Given, doing: Doing) -> object:
    return triage.change(item, by=doing.by, at=doing.at, why=doing.names, labels=list(dict.fromkeys([*item.labels, *_labels(given)])))


@_deed("unlabel", gettext_lazy("take labels away"), "text", check=lambda g: "" if _labels(g) else _("name a label."), tell=lambda item, g: f"{_('labels')} − {listed(_labels(g))}")
def _unlabel(item: WorkItem, given: Given, doing: Doing) -> object:
    return triage.change(item, by=doing.by, at=doing.at, why=doing.names, labels=[one for one in item.labels if one not in _labels(given)])


# --- people -------------------------------------------------------------------------------------------------------


def _team(given: Given) -> Team | None:
    return Team.objects.filter(pk=given.get("team") or 0, archived_at=None).first()


def _person(given: Given) -> User | None:
    return User.objects.filter(pk=given.get("person") or 0, is_active=True).first()


@_deed("assign_team", gettext_lazy("assign to a team"), "team", check=lambda g: "" if _team(g) else _("choose a team."), tell=lambda item, g: f"{_('team')} → {_team(g) or '—'}")
def _assign_team(item: WorkItem, given: Given, doing: Doing) -> object:
    return assignment.assign(item, by=doing.by, at=doing.at, team=_team(given), reason=doing.names)


@_deed("assign_person", gettext_lazy("assign to a person"), "person", check=lambda g: "" if _person(g) else _("choose a person."), tell=lambda item, g: f"{_('handled by')} → {_person(g) or '—'}")
def _assign_person(item: WorkItem, given: Given, doing: Doing) -> object:
    return assignment.assign(item, by=doing.by, at=doing.at, owner=_person(given), reason=doing.names)


@_deed("assign_auto", gettext_lazy("assign by the rules of routing"), tell=lambda item, g: _("assigned by the rules of routing"))
def _assign_auto(item: WorkItem, given: Given, doing: Doing) -> object:
    chosen = routing.route(item, now=doing.at)
    if chosen.team is None:
        raise Refused(_("No team was found."), code="nobody")
    return assignment.assign(item, by=doing.by, at=doing.at, team=chosen.team, owner=chosen.owner, reason=chosen.words)


@_deed("watch", gettext_lazy("add a watcher"), "person", check=lambda g: "" if _person(g) else _("choose a person."), tell=lambda item, g: _("%(who)s watches") % {"who": _person(g) or "—"})
def _watch(item: WorkItem, given: Given, doing: Doing) -> object:
    person = _person(given)
    if person is None:
        raise Refused(_("This person is no longer here."), code="unknown", field="person")
    return sharing.watch(item, user=person, by=doing.by, at=doing.at)


def _whom(given: Given) -> list[str]:
    """Roles as escalation names them, `role:manager`, or the person of the row."""
    return [given["whom"]] if given.get("whom") else [f"user:{given['person']}"] if given.get("person") else []


def _told(item: WorkItem, given: Given, at: datetime) -> list[User]:
    found: dict[int, User] = {}
    for one in _whom(given):
        if one.startswith("role:"):
            found |= {person.pk: person for person in User.objects.filter(roles__key=one[5:], is_active=True)}
        else:
            found |= {person.pk: person for person in notified(item, [one], now=at)}
    return list(found.values())


def whom_choices() -> list[tuple[str, str]]:
    """Whom a rule may tell besides a named person."""
    return [*((key, str(label)) for key, label in ROLES.items()), *((f"role:{role.key}", _("everyone with the role %(role)s") % {"role": role.label}) for role in Role.objects.exclude(key="requester").order_by("id"))]


def _named(given: Given) -> str:
    return str(dict(whom_choices()).get(given.get("whom", ""), "")) or str(_person(given) or "—")


@_deed("notify", gettext_lazy("tell people"), "whom", "person", "text", check=lambda g: "" if _whom(g) else _("choose whom to tell."), tell=lambda item, g: _("tells %(who)s") % {"who": _named(g)})
def _notify(item: WorkItem, given: Given, doing: Doing) -> object:
    people = _told(item, given, doing.at)
    if not people:
        raise Refused(_("Nobody was found to tell."), code="nobody")
    words = filled(given.get("text") or "", item, None).strip()
    return notices.tell(people, "rule", item=item, at=doing.at, by=doing.by, params={"name": doing.names, "reason": words or item.title})


# --- words --------------------------------------------------------------------------------------------------------


def _words(item: WorkItem, given: Given, *, english: bool = False) -> str:
    return filled((given.get("text_en") if english else "") or given.get("text") or "", item, None)


def _has_words(given: Given) -> str:
    return "" if str(given.get("text") or "").strip() else _("there are no words.")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"


@_deed("reply", gettext_lazy("reply to the requester"), "text", "text_en", check=_has_words, tell=lambda item, g: f"{_('reply')}{colon()}{_short(_words(item, g, english=reads_english(item)))}")
def _reply(item: WorkItem, given: Given, doing: Doing) -> object:
    return conversation.reply(item, by=doing.by, at=doing.at, text=_words(item, given, english=reads_english(item)), automatic=True)


@_deed("note", gettext_lazy("internal note"), "text", check=_has_words, tell=lambda item, g: f"{_('note')}{colon()}{_short(_words(item, g))}")
def _note(item: WorkItem, given: Given, doing: Doing) -> object:
    return conversation.note(item, by=doing.by, at=doing.at, text=_words(item, given))


@_deed("webhook", gettext_lazy("tell other programs (webhook)"), "text", tell=lambda item, g: _("webhooks of 'rule.fired' are called"))
def _webhook(item: WorkItem, given: Given, doing: Doing) -> object:
    emit(RuleFired(item_id=item.pk, rule_id=doing.rule_id, rule=doing.rule, text=_words(item, given), actor=doing.by, at=doing.at))
    return None


# --- the way it goes ----------------------------------------------------------------------------------------------


@_deed("pend", gettext_lazy("put on hold"), "waiting_for", "hours", check=lambda g: _wrong_pend(g), tell=lambda item, g: _("put on hold: %(why)s") % {"why": WaitingFor(g["waiting_for"]).label})
def _pend(item: WorkItem, given: Given, doing: Doing) -> object:
    until = doing.at + timedelta(hours=given["hours"]) if given.get("hours") else None
    return progress.pend(item, by=doing.by, at=doing.at, waiting_for=given["waiting_for"], until=until, comment=doing.names)


def _wrong_pend(given: Given) -> str:
    if given.get("waiting_for") not in WaitingFor.values:
        return _("say what it waits for.")
    return _("say for how many hours.") if given["waiting_for"] == WaitingFor.AGREED_DATE and not given.get("hours") else ""


@_deed("resume", gettext_lazy("take it out of waiting"), tell=lambda item, g: _("taken out of waiting"))
def _resume(item: WorkItem, given: Given, doing: Doing) -> object:
    if item.phase != Phase.WAITING:
        raise Refused(_("%(number)s does not wait.") % {"number": item.number}, code="not_waiting")
    return progress.return_from_waiting(item, by=doing.by, at=doing.at)


@_deed("escalate", gettext_lazy("raise the escalation level"), "number", check=lambda g: "" if g.get("number") in range(1, 10) else _("choose a level from 1 to 9."), tell=lambda item, g: _("escalation level %(n)s") % {"n": g["number"]})
def _escalate(item: WorkItem, given: Given, doing: Doing) -> object:
    level = EscalationLevel.objects.filter(number=given["number"]).first()
    item = item.locked()
    if item.escalation_level >= given["number"]:
        return None
    words = in_each_language(lambda: _("escalation level %(n)s") % {"n": given["number"]})
    with writing(item, by=doing.by, at=doing.at) as log:
        item.escalation_level = given["number"]
        log.record(Entry.Kind.AUTOMATION, details={"rule": doing.rule_id, "level": given["number"], "words": words})
    people = notified(item, level.notify, now=doing.at) if level else []
    params = {"name": doing.names, "reason": words}
    return notices.tell(people, "rule", item=item, at=doing.at, by=doing.by, params=params, urgent=bool(level and level.urgent), ways=tuple(level.ways) if level else ())


#: Who may be asked to approve without naming a key.
APPROVERS: dict[str, Message] = {
    "lead": gettext_lazy("lead of the requester"), "superior": gettext_lazy("superior of the requester"), "team_lead": gettext_lazy("lead of the item's team"),
    "manager": gettext_lazy("a manager"), "person": gettext_lazy("the person named"),
}


def _approver(given: Given) -> dict[str, Any]:
    way = given.get("approver") or ""
    return {"by": "role", "key": "manager"} if way == "manager" else {"by": "person", "id": given.get("person")} if way == "person" else {"by": way}


@_deed("approval", gettext_lazy("ask for approval"), "approver", "person", check=lambda g: "" if g.get("approver") in APPROVERS and (g["approver"] != "person" or _person(g)) else _("choose who approves."),
       tell=lambda item, g: _("asks for approval: %(who)s") % {"who": _person(g) if g["approver"] == "person" else APPROVERS[g["approver"]]})
def _approval(item: WorkItem, given: Given, doing: Doing) -> object:
    return approvals.start_approval(item, [{"mode": "any", "approvers": [_approver(given)]}], by=doing.by, name=doing.names, at=doing.at)


@_deed("child", gettext_lazy("open a part (child item)"), "kind", "text", "team", check=lambda g: _has_words(g) or ("" if g.get("kind") in {kind.key for kind in kinds.every()} else _("choose a kind.")),
       tell=lambda item, g: _("opens: %(title)s") % {"title": _short(_words(item, g))})
def _child(item: WorkItem, given: Given, doing: Doing) -> object:
    title = " ".join(_words(item, given).split())[:300]
    return intake.open_item(
        given["kind"], title=title, description=title, by=doing.by, requester=item.requester, customer=item.customer, site=item.site, category=item.category,
        impact=item.impact, urgency=item.urgency, team=_team(given), parent=item, at=doing.at)


@_deed("checklist", gettext_lazy("add a checklist"), "checklist", check=lambda g: _known(ChecklistTemplate, pk=g.get("checklist") or 0, active=True),
       tell=lambda item, g: _("checklist: %(name)s") % {"name": ChecklistTemplate.objects.filter(pk=g["checklist"]).first() or "—"})
def _checklist(item: WorkItem, given: Given, doing: Doing) -> object:
    template = ChecklistTemplate.objects.filter(pk=given["checklist"], active=True).first()
    if template is None:
        raise Refused(_("This checklist does not exist any more."), code="unknown")
    return helping.add_checklist(item, template, by=doing.by, at=doing.at)
