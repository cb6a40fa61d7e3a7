"""Steps of escalation: whom they tell, what they change, once ever (A7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hengwei.core.events import _listeners, on
from hengwei.org.models import Absence, Membership
from hengwei.work.actions import assignment, progress, triage
from hengwei.work.clocks import escalation
from hengwei.work.clocks.matching import forget
from hengwei.work.clocks.sweep import sweep
from hengwei.work.events import ItemEscalated
from hengwei.work.models import Clock, EscalationLevel, Firing, Target
from tests.factories import TUESDAY, TeamFactory, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db
HOUR = 3600


def later(minutes: float):
    return TUESDAY + timedelta(minutes=minutes)


def steps(*given, measure="first_response"):
    Target.objects.filter(measure=measure).update(escalation=list(given))
    Target.objects.exclude(measure=measure).update(escalation=[])
    forget()


@pytest.fixture
def heard():
    """Every escalation that is emitted."""
    events: list[ItemEscalated] = []
    on(ItemEscalated)(events.append)
    yield events
    _listeners[ItemEscalated].remove(events.append)


def test_a_step_tells_roles_persons_and_teams(requester, team, agent, lead, heard):
    boss, head, expert, second = (UserFactory(name=name, role="agent") for name in ("上级", "部门主管", "专家", "副组长"))
    requester.manager = boss
    requester.save()
    team.deputy, team.parent = second, TeamFactory(name="技术支持部", lead=head)
    team.save()
    other = TeamFactory()
    Membership.objects.create(team=other, user=expert)
    item = open_incident(requester=requester, impact=3, urgency=2)
    assignment.assign(item, by=acting(lead), owner=agent, at=TUESDAY)
    item.refresh_from_db()

    def names(*roles):
        return {person.name for person in escalation.notified(item, roles, now=later(1))}

    assert names("owner", "lead") == {"王敏", "陈组长"}
    assert names("team") == {"王敏"} and names("deputy") == {"副组长"} and names("head") == {"部门主管"}
    assert names("customer_manager") == {"上级"} and names(f"team:{other.pk}", f"user:{boss.pk}") == {"专家", "上级"}
    Absence.objects.create(user=lead, starts_at=TUESDAY, ends_at=later(600))
    assert names("lead") == {"副组长"}


def test_a_step_raises_the_level_and_tells_whom_the_level_names(requester, team, lead, heard):
    chief = UserFactory(name="总监", role="manager")
    EscalationLevel.objects.create(number=2, name="部门级", notify=[f"user:{chief.pk}"], ways=["mail", "sms"], urgent=True)
    steps({"percent": 50, "notify": ["lead"], "level": 2})
    item = open_incident(requester=requester, impact=3, urgency=2)
    sweep(later(15))
    item.refresh_from_db()
    assert item.escalation_level == 2
    (event,) = heard
    assert set(event.notify_user_ids) == {lead.pk, chief.pk}
    assert (event.urgent, event.ways, event.measure, event.late) == (True, ("mail", "sms"), "first_response", False)


def test_a_step_gives_the_item_to_another_team_and_raises_its_priority(requester, team, lead):
    experts = TeamFactory(name="专家组")
    steps({"percent": 50, "reassign": f"team:{experts.pk}", "raise_priority": True})
    item = open_incident(requester=requester, impact=3, urgency=2)
    sweep(later(15))
    item.refresh_from_db()
    assert (item.team, item.owner, item.priority) == (experts, None, 1)
    reasons = list(item.entries.filter(kind__in=("assignment", "change")).order_by("id").values_list("text", "via"))
    assert all(via == "automation" for _text, via in reasons[-2:])
    # The clock is the critical target's now, with what had elapsed.
    taken = item.clocks.get(measure="first_response")
    assert (taken.elapsed, taken.target.calendar.key) == (900, "always")


def test_a_step_that_cannot_be_carried_out_says_so_and_the_rest_goes_on(requester, team, lead, heard):
    gone = UserFactory(role="agent", is_active=False)
    steps({"percent": 50, "reassign": f"user:{gone.pk}", "notify": ["lead"]})
    item = open_incident(requester=requester, impact=3, urgency=2)
    sweep(later(15))
    assert len(heard) == 1 and Firing.objects.count() == 1
    assert item.entries.filter(kind="automation").exists()


def test_another_target_that_is_due_later_tells_nobody_again(requester, team, agent, lead, heard):
    steps({"percent": 75, "notify": ["lead"]})
    item = open_incident(requester=requester, impact=3, urgency=2)
    sweep(later(23))
    assert len(heard) == 1
    # Low: four hours instead of half an hour; three hours pass, and 75 % of the four are behind when it falls back to medium.
    triage.change(item, by=acting(agent), impact=4, urgency=4, at=later(24))
    sweep(later(25))
    assert len(heard) == 1
    Target.objects.filter(measure="first_response").update(escalation=[{"percent": 5, "notify": ["lead"]}])
    forget()
    again = open_incident(requester=requester, impact=3, urgency=2, at=later(0))
    sweep(later(20))
    before = len(heard)
    triage.change(again, by=acting(agent), impact=4, urgency=4, at=later(20))
    sweep(later(21))
    assert len(heard) == before
    assert Firing.objects.filter(clock__item=again, told=False).exists()


def test_the_steps_of_a_nearer_target_are_taken_at_once(requester, team, agent, heard):
    steps({"percent": 75, "notify": ["lead"]})
    item = open_incident(requester=requester, impact=4, urgency=4)
    triage.change(item, by=acting(agent), impact=3, urgency=2, at=later(25))
    sweep(later(26))
    assert [event.step for event in heard] == ["percent_75"]


def test_a_step_passed_in_a_pause_is_not_taken_until_the_clock_gets_there(requester, team, agent, heard):
    steps({"percent": 75, "notify": ["lead"]}, measure="resolution")
    item = open_incident(requester=requester, impact=3, urgency=2)
    progress.acknowledge(item, by=acting(agent), at=later(5))
    progress.pend(item, by=acting(agent), waiting_for="customer", at=later(60))
    Clock.objects.filter(measure="first_response").delete()
    sweep(later(3000))
    assert not heard
    progress.return_from_waiting(item, by=acting(agent), at=later(24 * 60))
    # Five hours of office time are missing to six: 15:30 with the break for lunch in between.
    sweep(later(24 * 60 + 389))
    assert not heard
    sweep(later(24 * 60 + 390))
    assert [event.step for event in heard] == ["percent_75"]
