"""Absences and rotas: who is away, who stands in, whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import emit
from hengwei.org import permissions as perms
from hengwei.org.events import PersonAway
from hengwei.org.handing import hand_over_to
from hengwei.org.models import Absence, Rota, Shift, Team, User
from hengwei.org.rota import BadRule, rule_of

from .checking import checked, take, zone


def may_keep(person: User, *, by: Actor) -> bool:
    """Whether one may keep another's absences: everyone his own, a lead those of his teams, the department's keepers all."""
    if by.user is None or by.user == person or by.may(perms.MANAGE_PEOPLE):
        return True
    return by.may(perms.MANAGE_DUTY) and person.memberships.filter(team__in=by.user.team_ids).exists()


def _require(person: User, *, by: Actor) -> None:
    if not may_keep(person, by=by):
        raise Forbidden(_("Absences are kept by the person himself, or by the lead of the team."), code="not_theirs")


@transaction.atomic
def save_absence(absence: Absence | None = None, *, by: Actor, hand_over: bool = False, at: datetime | None = None, **facts: Any) -> Absence:
    """Say that a person will be away, and who stands in. `hand_over` gives what he holds to the deputy now, in one step."""
    at = at or timezone.now()
    absence = Absence() if absence is None else Absence.objects.select_for_update().get(pk=absence.pk)
    if absence.pk:
        _require(absence.user, by=by)
    take(absence, facts, ("user", "kind", "starts_at", "ends_at", "deputy", "note"))
    if absence.user_id is None:
        raise Refused(_("Please choose the person."), code="missing", field="user")
    _require(absence.user, by=by)
    if absence.starts_at and absence.ends_at and absence.ends_at <= absence.starts_at:
        raise Refused(_("It must end after it begins."), code="backward", field="ends_at")
    deputy = absence.deputy
    if deputy is not None:
        if deputy == absence.user or not (deputy.is_active and deputy.is_agent):
            raise Refused(_("%(name)s cannot stand in.") % {"name": deputy}, code="invalid", field="deputy")
        if Absence.objects.filter(user=deputy, starts_at__lt=absence.ends_at, ends_at__gt=absence.starts_at).exists():
            raise Refused(_("%(name)s is away then, too.") % {"name": deputy}, code="deputy_away", field="deputy")
    if Absence.objects.filter(user=absence.user, starts_at__lt=absence.ends_at, ends_at__gt=absence.starts_at).exclude(pk=absence.pk).exists():
        raise Refused(_("There is already an absence in this time."), code="overlap", field="starts_at")
    checked(absence)
    absence.save()
    if hand_over:
        return hand_over_absence(absence, by=by, at=at)
    emit(PersonAway(person_id=absence.user_id, deputy_id=absence.deputy_id, absence_id=absence.pk, actor=by, at=at))
    return absence


@transaction.atomic
def hand_over_absence(absence: Absence, *, by: Actor, at: datetime | None = None) -> Absence:
    """Give all that the person holds, and what falls due before he is back, to who stands in, in one step."""
    at = at or timezone.now()
    _require(absence.user, by=by)
    if absence.deputy is None:
        raise Refused(_("Please say who stands in."), code="missing", field="deputy")
    absence.handed_over_at = at
    absence.save(update_fields=["handed_over_at"])
    hand_over_to(absence.user, to=absence.deputy, by=by, at=at, until=absence.ends_at)
    emit(PersonAway(person_id=absence.user_id, deputy_id=absence.deputy_id, absence_id=absence.pk, hand_over=True, actor=by, at=at))
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, by: Actor, at: datetime | None = None) -> None:
    """Back early: it ends now; one that has not begun is taken off."""
    at = at or timezone.now()
    _require(absence.user, by=by)
    if absence.starts_at >= at:
        absence.delete()
    elif absence.ends_at > at:
        absence.ends_at = at
        absence.save(update_fields=["ends_at"])


def _keeps(team: Team | None, *, by: Actor) -> None:
    by.require(perms.MANAGE_DUTY)
    if by.user is not None and not by.may(perms.MANAGE_PEOPLE) and (team is None or team.pk not in by.user.team_ids):
        raise Forbidden(_("You keep the rotas of your own teams only."), code="not_theirs", field="team")


@transaction.atomic
def save_rota(rota: Rota | None = None, *, by: Actor, **facts: Any) -> Rota:
    """Make a rota of a team, or change one."""
    rota = Rota() if rota is None else Rota.objects.select_for_update().get(pk=rota.pk)
    if rota.pk:
        _keeps(rota.team, by=by)
    take(rota, facts, ("name", "name_en", "team", "timezone"))
    if rota.team_id is None:
        raise Refused(_("Please choose a team."), code="missing", field="team")
    _keeps(rota.team, by=by)
    zone(rota.timezone)
    checked(rota)
    rota.save()
    return rota


@transaction.atomic
def archive_rota(rota: Rota, *, by: Actor, at: datetime | None = None) -> Rota:
    """Use it no more."""
    _keeps(rota.team, by=by)
    rota.archived_at = at or timezone.now()
    rota.save(update_fields=["archived_at"])
    return rota


@transaction.atomic
def save_shift(shift: Shift | None = None, *, by: Actor, **facts: Any) -> Shift:
    """Put a person on a rota, once or by a rule. Raises Refused for a rule that is none."""
    shift = Shift() if shift is None else Shift.objects.select_for_update().get(pk=shift.pk)
    if shift.pk:
        _keeps(shift.rota.team, by=by)
    take(shift, facts, ("rota", "user", "first_day", "starts", "minutes", "rule", "until", "replaces", "note"))
    _keeps(shift.rota.team, by=by)
    if not (shift.user.is_active and shift.user.is_agent):
        raise Refused(_("%(name)s does not work at the desk.") % {"name": shift.user}, code="not_staff", field="user")
    if shift.until is not None and shift.until < shift.first_day:
        raise Refused(_("It must end after it begins."), code="backward", field="until")
    checked(shift)
    if shift.rule:
        try:
            rule_of(shift.rule, datetime.combine(shift.first_day, shift.starts))
        except BadRule as error:
            raise Refused(_("This rule cannot be read: %(why)s") % {"why": error}, code="bad_rule", field="rule") from None
    shift.save()
    return shift


@transaction.atomic
def remove_shift(shift: Shift, *, by: Actor) -> None:
    """Take a turn off the rota."""
    _keeps(shift.rota.team, by=by)
    shift.delete()


@transaction.atomic
def rotate(rota: Rota, people: Sequence[User], *, by: Actor, first_day: date, starts: time, minutes: int, days_each: int = 7) -> list[Shift]:
    """Turns that go round: each person has `days_each` days in a row, `minutes` a day, then the next (轮班)."""
    if not people:
        raise Refused(_("Please choose the people."), code="missing", field="people")
    if days_each < 1:
        raise Refused(_("Each turn is at least one day."), code="invalid", field="days_each")
    found = []
    whole = minutes >= 24 * 60
    for n, person in enumerate(people):
        begin = first_day + timedelta(days=n * days_each)
        cycle = len(people) * days_each
        # Round the clock is one long turn; otherwise each day of the turn is a shift of its own.
        days = [begin] if whole else [begin + timedelta(days=d) for d in range(days_each)]
        length = days_each * 24 * 60 if whole else minutes
        rule = f"FREQ=DAILY;INTERVAL={cycle}"
        found += [save_shift(by=by, rota=rota, user=person, first_day=day, starts=starts, minutes=length, rule=rule) for day in days]
    return found
