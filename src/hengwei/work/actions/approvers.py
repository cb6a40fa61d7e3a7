"""Whom a step of an approval asks: descriptions as data, checked when they are written, resolved when the step's turn comes.

    {"by": "person", "id": 7}            a named person
    {"by": "role", "key": "manager"}     everyone with a role
    {"by": "post", "key": "it-head"}     the holders of a post
    {"by": "lead"}                       who leads the requester's team (his superior where he is in none)
    {"by": "superior"}                   the requester's superior
    {"by": "team_lead"}                  who leads the item's team
    {"by": "head", "key": "operations"}  who leads a named team
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.core.errors import Refused
from hengwei.core.i18n import colon, in_each_language
from hengwei.org.models import Post, Role, Team, User
from hengwei.work.approving import Mode
from hengwei.work.models import WorkItem

#: The ways of naming an approver, as people know them.
WAYS: dict[str, str | Promise] = {
    "person": gettext_lazy("a person"), "role": gettext_lazy("everyone with a role"), "post": gettext_lazy("the holder of a post"),
    "lead": gettext_lazy("lead of the requester"), "superior": gettext_lazy("superior of the requester"),
    "team_lead": gettext_lazy("lead of the item's team"), "head": gettext_lazy("head of a team"),
}
#: Ways that name one of a table by its key.
KEYED = {"role": Role, "post": Post, "head": Team}
#: More would be a mistake.
STEPS_AT_MOST, APPROVERS_AT_MOST = 12, 30


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is asked for, checked."""

    name: str
    mode: Mode
    quorum: int
    approvers: list[dict[str, Any]]
    remind_every: int
    decide_within: int


def checked_steps(steps: Sequence[Mapping[str, Any]]) -> list[Step]:
    """The steps of a plan, a catalogue entry or a call; Refused with the place where they cannot work.

    Each is {"name", "mode": any|all|quorum, "quorum", "approvers": […], "remind_hours", "within_hours"}.
    """
    if not steps or len(steps) > STEPS_AT_MOST:
        raise Refused(_("An approval has one to %(n)d steps.") % {"n": STEPS_AT_MOST}, code="invalid", field="steps")
    found = []
    for place, step in enumerate(steps, 1):
        at = _("Step %(n)d") % {"n": place}
        mode = step.get("mode", Mode.ANY)
        if mode not in list(Mode):
            raise Refused(f"{at}{colon()}{_('choose any, all or a number of them.')}", code="invalid", field="steps")
        approvers = [dict(one) for one in step.get("approvers", [])]
        if not approvers or len(approvers) > APPROVERS_AT_MOST:
            raise Refused(f"{at}{colon()}{_('name who approves.')}", code="missing", field="steps")
        for one in approvers:
            _check(one, at)
        quorum, hours, within = step.get("quorum") or 1, step.get("remind_hours") or 0, step.get("within_hours") or 0
        if not isinstance(quorum, int) or not 1 <= quorum <= APPROVERS_AT_MOST or not all(isinstance(one, int | float) and 0 <= one <= 720 for one in (hours, within)):
            raise Refused(f"{at}{colon()}{_('this number is not possible.')}", code="invalid", field="steps")
        found.append(Step(str(step.get("name") or "")[:120], Mode(mode), quorum, approvers, int(hours * 3600), int(within * 3600)))
    return found


def _check(one: Mapping[str, Any], at: str) -> None:
    way = one.get("by")
    if way not in WAYS:
        raise Refused(f"{at}{colon()}{_('name who approves.')}", code="invalid", field="steps")
    if way == "person" and not User.objects.filter(pk=one.get("id") if isinstance(one.get("id"), int) else 0).exists():
        raise Refused(f"{at}{colon()}{_('this person does not exist.')}", code="unknown", field="steps")
    if way in KEYED and not KEYED[way].objects.filter(key=str(one.get("key", ""))).exists():  # type: ignore[attr-defined]
        raise Refused(f"{at}{colon()}{_('%(way)s: there is none of this key.') % {'way': WAYS[way]}}", code="unknown", field="steps")


def described(one: Mapping[str, Any]) -> str:
    """An approver's description in words."""
    way = str(one.get("by"))
    named = ""
    if way == "person":
        # A name says by itself that it is a person.
        return str(User.objects.filter(pk=one.get("id")).first() or WAYS[way])
    if way in KEYED:
        named = str(KEYED[way].objects.filter(key=one.get("key")).first() or one.get("key"))  # type: ignore[attr-defined]
    return colon().join(filter(None, (str(WAYS.get(way, way)), named)))


def resolve(approvers: Iterable[Mapping[str, Any]], *, item: WorkItem, asked_by: User | None, at: datetime) -> tuple[list[User], list[dict[str, str]]]:
    """(the people asked, the descriptions that found nobody). Nobody approves his own request: he is not found for it."""
    own = {pk for pk in (item.requester_id, asked_by.pk if asked_by else None) if pk}
    people: dict[int, User] = {}
    missing: list[dict[str, str]] = []
    for one in approvers:
        found = [person for person in _people(one, item, at) if person is not None and person.is_active and person.pk not in own]
        if not found:
            missing.append(in_each_language(partial(described, one)))
        people |= {person.pk: person for person in found}
    return list(people.values()), missing


def _people(one: Mapping[str, Any], item: WorkItem, at: datetime) -> Iterable[User | None]:
    way = one.get("by")
    if way == "person":
        return User.objects.filter(pk=one.get("id"))
    if way == "role":
        return User.objects.filter(roles__key=one.get("key"), is_active=True).order_by("id")[:APPROVERS_AT_MOST]
    if way == "post":
        return User.objects.filter(posts__key=one.get("key"), is_active=True).order_by("id")[:APPROVERS_AT_MOST]
    if way == "superior":
        return [item.requester.manager if item.requester else None]
    if way == "team_lead":
        return [_leader(item.team, at)]
    if way == "head":
        return [_leader(Team.objects.filter(key=one.get("key")).first(), at)]
    if way == "lead" and item.requester is not None:
        team = Team.objects.filter(memberships__user=item.requester, archived_at=None).order_by("id").first()
        return [_leader(team, at) if team else item.requester.manager]
    return []


def _leader(team: Team | None, at: datetime) -> User | None:
    return team.acting_lead(at) if team is not None else None
