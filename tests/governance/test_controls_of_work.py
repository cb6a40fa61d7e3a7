"""What controls do beyond their cases (test_every_control.py): words, parameters, nights, past moments, real deeds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hengwei.core import controls
from hengwei.core.controls import Period
from hengwei.core.errors import Refused
from hengwei.desk.models import FollowUp
from hengwei.org.models import Customer
from hengwei.work.models import Clock, WorkItem
from tests.factories import CustomerFactory, acting, open_incident

from .conftest import NOVEMBER, NOW, judge, wrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(requester, team, agent):
    """An incident recorded so many minutes ago, with facts set as if they had come about."""

    def made(minutes: int = 60, kind: str = "incident", **facts):
        from hengwei.work.actions.intake import open_item

        at = NOW - timedelta(minutes=minutes)
        if kind == "incident":
            item = open_incident(requester=requester, at=at, automatic=False, team=team)
        else:
            item = open_item(kind, title="不满意", description="一直没有人联系", by=acting(requester, "portal"), at=at, automatic=False, team=team)
        if facts:
            WorkItem.objects.filter(pk=item.pk).update(**facts)
        return item

    return made


def key(item):
    return f"item:{item.pk}"


def test_every_control_explains_itself_in_both_languages():
    from django.utils import translation

    seen = set()
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for control in controls.every():
                said = control.plain({})
                assert said
                assert "%" not in said
                assert control.proves
                assert control.keywords
                seen.add((control.key, str(control.title)))
    assert len(seen) == 2 * len(controls.every())


def test_parameters_refuse_what_they_cannot_mean():
    control = controls.get("work.confirmed")
    assert control.clean({}) == {"minutes": 30}
    assert control.clean({"minutes": "45"}) == {"minutes": 45}
    for given in ({"minutes": "soon"}, {"minutes": 0}, {"hours": 3}):
        with pytest.raises(Refused):
            control.clean(given)
    with pytest.raises(Refused):
        controls.get("desk.customers_contacted").clean({"whom": "nobody"})


def test_nights_do_not_count_as_working_minutes(make, ago):
    # Monday 17:50 to Tuesday 9:05: fifteen working minutes.
    monday = (NOW - timedelta(days=1)).replace(hour=9, minute=50)
    item = make(int((NOW - monday).total_seconds() // 60), assigned_at=NOW.replace(hour=1, minute=5))
    assert judge("work.owned_in_time", minutes=15).exceptions == 0
    assert wrong(judge("work.owned_in_time", minutes=14)) == {key(item)}


def test_a_past_moment_is_told_by_the_clock(make, ago):
    item = make(180)
    item.clocks.exclude(measure="first_response").delete()
    Clock.objects.update(state="breached", stopped_at=ago(10), breached_at=ago(60), due_at=None, next_step_at=None, running_since=None)
    before = Period(NOVEMBER.start, NOVEMBER.end, ago(90), past=True)
    after = Period(NOVEMBER.start, NOVEMBER.end, ago(30), past=True)
    assert judge("work.first_response", before).population == 0
    assert wrong(judge("work.first_response", after)) == {key(item)}
    assert judge("work.unowned", after).insufficient


def test_what_only_a_changed_promise_made_late_is_told_apart(make, ago):
    item = make(180)
    item.clocks.exclude(measure="resolution").delete()
    Clock.objects.update(state="breached", stopped_at=ago(60), breached_at=ago(60), breach_cause="target_changed", due_at=None, next_step_at=None, running_since=None)
    assert judge("work.resolution").population == 0
    assert wrong(judge("work.resolution", count_changed=True)) == {key(item)}


def test_clocks_are_explained_by_their_segments(make, agent):
    from hengwei.work.actions.conversation import reply

    item = make(120)
    reply(item, by=acting(agent), text="已在处理", at=NOW - timedelta(minutes=30))
    findings = judge("work.clocks_explained")
    assert (findings.population, findings.exceptions) == (1, 0)
    Clock.objects.filter(item=item, measure="first_response").update(elapsed=1)
    assert wrong(judge("work.clocks_explained")) == {key(item)}
    assert judge("work.pauses_stated").exceptions == 0
    item.clocks.get(measure="first_response").segments.filter(ends_at=None).update(reason="colleague")
    assert wrong(judge("work.pauses_stated")) == {key(item)}


def test_customers_without_contact(make, requester, customer):
    Customer.objects.filter(pk=customer.pk).update(kind="company", created_at=NOW - timedelta(days=400))
    lonely = CustomerFactory(name="孤单")
    Customer.objects.filter(pk=lonely.pk).update(created_at=NOW - timedelta(days=400))
    item = make(60)
    assert wrong(judge("desk.customers_contacted", days=30)) == {f"customer:{lonely.pk}"}
    WorkItem.objects.filter(pk=item.pk).update(received_at=NOW - timedelta(days=30))
    assert judge("desk.customers_contacted", days=30).exceptions == 1
    WorkItem.objects.filter(pk=item.pk).update(received_at=NOW - timedelta(days=30, seconds=1))
    assert judge("desk.customers_contacted", days=30).exceptions == 2
    FollowUp.objects.create(customer=lonely, reason="走访", due_at=NOW, done_at=NOW - timedelta(days=1), result="良好")
    assert judge("desk.customers_contacted", days=30).exceptions == 1
    assert judge("desk.customers_contacted", whom="key").population == 0
