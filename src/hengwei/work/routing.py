"""Where a new item goes: to a team by the department's rules, to a person by the team's way of handing out (A4)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from hengwei.core.i18n import Words, clauses, in_each_language, in_mine
from hengwei.org.duty import on_duty
from hengwei.org.models import Absence, Membership, Rota, Skill, Team, User
from hengwei.work.conditions import matches
from hengwei.work.models import Category, RoutingRule, TeamAssignment, WorkItem
from hengwei.work.workflow import OPEN_PHASES

#: Seconds after which another process's change of the rules is seen.
FRESH = 10.0
_rules: tuple[float, list[RoutingRule]] = (float("-inf"), [])
_strategies: tuple[float, dict[int, str], frozenset[int]] = (float("-inf"), {}, frozenset())


@dataclass(frozen=True, slots=True)
class Route:
    """The decision, and why, in each language: the timeline keeps it for whoever reads."""

    team: Team | None
    owner: User | None
    category: Category | None
    words: Words = ""

    @property
    def why(self) -> str:
        """Why, in the language of who acts."""
        return in_mine(self.words)


#: Words that are said in the language that holds when they are asked for.
Said = Callable[[], str]


def _why(*parts: Said | None) -> Words:
    said = [part for part in parts if part is not None]
    return in_each_language(lambda: clauses(part() for part in said)) if said else ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of a team, as the choice sees him."""

    user_id: int
    open_items: int
    capacity: int
    last_assigned_at: datetime | None
    #: Has a skill for what the item is about.
    skilled: bool = False


def choose(candidates: Sequence[Candidate], strategy: str) -> int | None:
    """Who gets the next item; None when nobody has room. Pure.

    In turn: who was given one longest ago. Least load: who has the smallest share of his capacity, then in turn.
    Skill: the same among those who have a skill for it, among all where nobody has.
    """
    free = [c for c in candidates if c.open_items < c.capacity]
    if not free or strategy == TeamAssignment.Strategy.MANUAL:
        return None
    if strategy == TeamAssignment.Strategy.SKILL:
        free = [c for c in free if c.skilled] or free
    beginning = datetime.min.replace(tzinfo=UTC)

    def turn(c: Candidate) -> tuple[datetime, int]:
        return (c.last_assigned_at or beginning, c.user_id)

    if strategy == TeamAssignment.Strategy.ROUND_ROBIN:
        return min(free, key=turn).user_id
    return min(free, key=lambda c: (c.open_items / c.capacity, *turn(c))).user_id


def forget() -> None:
    """Read the rules, and how the teams hand out, anew at the next item."""
    global _rules, _strategies
    _rules, _strategies = (float("-inf"), []), (float("-inf"), {}, frozenset())


def rules() -> list[RoutingRule]:
    """The rules in force, in their order."""
    global _rules
    if time.monotonic() - _rules[0] > FRESH:
        found = RoutingRule.objects.filter(active=True).select_related("team", "owner", "category", "skill")
        _rules = (time.monotonic(), list(found))
    return _rules[1]


def strategy_of(team_id: int) -> str:
    """How a team hands out; by hand unless it chose."""
    return _handing_out()[1].get(team_id, TeamAssignment.Strategy.MANUAL)


def _handing_out() -> tuple[float, dict[int, str], frozenset[int]]:
    """When it was read, how the teams hand out, and which of them have a rota."""
    global _strategies
    if time.monotonic() - _strategies[0] > FRESH:
        rotas = frozenset(Rota.objects.filter(archived_at=None).values_list("team_id", flat=True))
        _strategies = (time.monotonic(), dict(TeamAssignment.objects.values_list("team_id", "strategy")), rotas)
    return _strategies


def route(item: WorkItem, *, now: datetime) -> Route:
    """The team and person for an item: what it already names, else the first rule that matches, else its customer's team."""
    facts = item.facts()
    for rule in rules():
        if item.team_id in (None, rule.team_id) and matches(rule.conditions, facts):
            owner, how = (rule.owner, lambda: _("named by the rule")) if rule.owner else hand_out(rule.team, now=now, skill_id=rule.skill_id, about=rule.category or item.category)
            return Route(rule.team, owner, rule.category, _why(partial(_by_rule, rule), how))
    team: Team | None = item.team
    why: Said | None = None
    if team is None and item.customer is not None and item.customer.default_team_id:
        team, why = item.customer.default_team, lambda: _("the customer's team")
    if team is None:
        team, why = first_team(), lambda: _("no rule matches; the first team of the department")
    if team is None:
        return Route(None, None, None)
    owner, how = hand_out(team, now=now, about=item.category)
    return Route(team, owner, None, _why(why, how))


def _by_rule(rule: RoutingRule) -> str:
    return _("rule '%(rule)s'") % {"rule": rule.label}


def first_team() -> Team | None:
    """Where what nothing else claims goes, so that nothing lies unowned: the oldest team with members."""
    return Team.objects.filter(archived_at=None, memberships__isnull=False).order_by("id").first()


def hand_out(team: Team, *, now: datetime, skill_id: int | None = None, about: Category | None = None) -> tuple[User | None, Said | None]:
    """The member who gets the next item of a team by its strategy, and why; nobody when it hands out by hand.

    Who is away or has no room is passed over. Where a rota says who is on duty now, he goes first, while he has room.
    A skill fits when it is named as the category, or as one above it. Whoever is being given another item at this moment
    counts as having it: two new items do not go to the same turn, and neither waits for the other.
    """
    strategy = strategy_of(team.pk)
    if strategy == TeamAssignment.Strategy.MANUAL:
        return None, None
    skills = _skills_for(about) if strategy == TeamAssignment.Strategy.SKILL else []
    members = _members(team, now=now, skill_id=skill_id, skills=skills)
    duty = {person.pk for person in on_duty(team, now)} if team.pk in _handing_out()[2] else set()
    passed: set[int] = set()
    while True:
        chosen = choose([candidate for candidate, user in members.values() if user.pk in duty], strategy) if duty else None
        by_rota = chosen is not None
        chosen = chosen or choose([candidate for candidate, _user in members.values()], strategy)
        if chosen is None:
            return None, lambda: _("nobody has room now")
        candidate, user = members[chosen]
        if chosen in passed or _claim(team, candidate, now):
            break
        passed.add(chosen)
        members[chosen] = replace(candidate, open_items=candidate.open_items + 1, last_assigned_at=now), user
    if by_rota:
        return user, lambda: _("on duty now: %(count)d open") % {"count": candidate.open_items}
    if candidate.skilled:
        return user, lambda: _("has the skill, and least of those: %(count)d open") % {"count": candidate.open_items}
    if strategy in (TeamAssignment.Strategy.LEAST_LOAD, TeamAssignment.Strategy.SKILL):
        return user, lambda: _("has least: %(count)d open") % {"count": candidate.open_items}
    return user, lambda: _("next in turn")


def _skills_for(category: Category | None) -> list[int]:
    """The skills that are named as a category or as one above it."""
    names: set[str] = set()
    while category is not None and category.name not in names:
        names |= {category.name, category.name_en} - {""}
        category = category.parent
    return list(Skill.objects.filter(Q(name__in=names) | Q(name_en__in=names)).values_list("pk", flat=True)) if names else []


def _claim(team: Team, candidate: Candidate, now: datetime) -> bool:
    """Note that he is given an item now; False when somebody else gives him one, or did since he was looked at."""
    as_seen = Membership.objects.filter(team=team, user=candidate.user_id, last_assigned_at=candidate.last_assigned_at)
    return bool(Membership.objects.filter(pk__in=as_seen.select_for_update(skip_locked=True).values("pk")).update(last_assigned_at=now))


def _members(team: Team, *, now: datetime, skill_id: int | None, skills: Sequence[int] = ()) -> dict[int, tuple[Candidate, User]]:
    """Who may be given work now."""
    away = Absence.objects.filter(user=OuterRef("user"), starts_at__lte=now, ends_at__gt=now)
    found = (
        Membership.objects.filter(Q(team=team, assignable=True, user__is_active=True), ~Exists(away)).select_related("user").order_by("id")
    )
    if skill_id is not None:
        found = found.filter(user__in=User.objects.filter(skills=skill_id))
    rows = list(found)
    load: dict[Any, int] = dict(
        WorkItem.objects.filter(owner__in=[row.user_id for row in rows], phase__in=OPEN_PHASES)
        .order_by().values_list("owner").annotate(Count("id"))
    )
    able = set(User.objects.filter(skills__in=skills).values_list("pk", flat=True)) if skills else set()
    return {
        row.user_id: (
            Candidate(row.user_id, load.get(row.user_id, 0), max(row.user.capacity, 1), row.last_assigned_at, row.user_id in able), row.user,
        )
        for row in rows
    }
