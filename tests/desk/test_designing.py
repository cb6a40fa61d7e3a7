"""Designing an entry: a draft is kept, published as a version, compared; items keep theirs; approval before tasks."""

from __future__ import annotations

import pytest

from hengwei.core.errors import Forbidden, Refused
from hengwei.core.files import store
from hengwei.desk.actions import catalogue
from hengwei.desk.models import Asked, CatalogueEntry
from hengwei.work.actions import approvals
from hengwei.work.models import ApprovalVote, WorkItem
from tests.factories import CustomerFactory, TeamFactory, UserFactory, acting

pytestmark = pytest.mark.django_db
FIELDS = [{"key": "why", "type": "text", "label": "理由", "required": True}, {"key": "shot", "type": "file", "label": "截图"}]


@pytest.fixture
def entry(lead):
    return catalogue.save_entry(None, by=acting(lead), key="vpn", name="VPN账号")


def _publish(entry, lead, **draft):
    catalogue.save_draft(entry, by=acting(lead), draft={"fields": FIELDS, **draft})
    version = catalogue.publish_draft(entry, by=acting(lead), note="第一版")
    entry.refresh_from_db()
    return version


def test_a_draft_is_kept_even_when_it_is_wrong_and_published_when_it_is_right(entry, lead, agent, requester):
    with pytest.raises(Forbidden):
        catalogue.save_draft(entry, by=acting(agent), draft={})
    catalogue.save_draft(entry, by=acting(lead), draft={"fields": [{"key": "x", "type": "magic", "label": "x"}]})
    entry.refresh_from_db()
    assert catalogue.faults(entry.draft)
    with pytest.raises(Refused):
        catalogue.publish_draft(entry, by=acting(lead))
    assert not CatalogueEntry.objects.offered_to(requester).exists()
    version = _publish(entry, lead)
    assert (version.number, entry.draft, entry.published) == (1, None, version)
    with pytest.raises(Refused) as same:
        catalogue.save_draft(entry, by=acting(lead), draft=catalogue.design_of(version))
        catalogue.publish_draft(entry, by=acting(lead))
    assert same.value.code == "unchanged"


def test_items_keep_the_version_they_were_made_with(entry, lead, requester):
    first = _publish(entry, lead)
    file = store(b"png", "屏幕.png", user=requester)
    item = catalogue.submit(entry, by=acting(requester, "portal"), title="", answers={"why": "出差", "shot": [str(file.pk)]})
    _publish(entry, lead, fields=FIELDS[:1])
    asked = Asked.objects.get(item=item)
    assert (asked.version, asked.answers["why"]) == (first, "出差")
    assert item.form == {"理由": "出差", "截图": "屏幕.png"}
    assert item.attachments.get().name == "屏幕.png"


def test_a_file_of_somebody_else_cannot_be_attached(entry, lead, requester):
    _publish(entry, lead)
    file = store(b"png", "他人.png", user=UserFactory())
    with pytest.raises(Refused):
        catalogue.submit(entry, by=acting(requester, "portal"), title="", answers={"why": "x", "shot": [str(file.pk)]})


def test_tasks_open_after_the_approval_and_the_checklist_hangs_on_the_item(entry, lead, requester, team):
    boss = UserFactory(role="manager")
    _publish(entry, lead, team=team.key, approvals=[{"name": "经理", "mode": "any", "approvers": [{"by": "person", "id": boss.pk}]}],
             checklist=[{"text": "开通账号"}, {"text": "告知用户"}], tasks=[{"title": "配置防火墙", "kind": "request", "team": team.key}])
    item = catalogue.submit(entry, by=acting(requester, "portal"), title="", answers={"why": "出差"})
    assert not WorkItem.objects.filter(parent=item).exists()
    approvals.decide(ApprovalVote.objects.get(), approve=True, by=acting(boss))
    task = WorkItem.objects.get(parent=item)
    assert (task.title, task.team, task.requester) == ("配置防火墙", team, requester)
    assert [point.text for point in item.checklists.get().points.order_by("order")] == ["开通账号", "告知用户"]


def test_a_refused_request_opens_no_tasks(entry, lead, requester, team):
    boss = UserFactory(role="manager")
    _publish(entry, lead, approvals=[{"approvers": [{"by": "person", "id": boss.pk}]}], tasks=[{"title": "x"}])
    item = catalogue.submit(entry, by=acting(requester, "portal"), title="", answers={"why": "出差"})
    approvals.decide(ApprovalVote.objects.get(), approve=False, by=acting(boss), comment="没有必要")
    assert not WorkItem.objects.filter(parent=item).exists()


def test_each_audience_is_offered_what_is_meant_for_it(lead, agent, team):
    company, other, department = CustomerFactory(), CustomerFactory(), CustomerFactory(kind="department")
    people = {name: UserFactory(role="requester", customer=one) for name, one in (("company", company), ("other", other), ("department", department))}
    people |= {"agent": agent, "outsider": UserFactory(role="agent")}
    offered = {
        "everyone": set(people), "staff": {"agent", "outsider"}, "clients": {"company", "other", "agent", "outsider"},
        "customers": {"company", "agent", "outsider"}, "teams": {"agent"},
    }
    for audience, who in offered.items():
        entry = catalogue.save_entry(None, by=acting(lead), key=audience, name=audience, audience=audience, customers=[company] if audience == "customers" else [], teams=[team] if audience == "teams" else [])
        catalogue.publish(entry, by=acting(lead), fields=[])
        assert {name for name, person in people.items() if CatalogueEntry.objects.offered_to(person).filter(pk=entry.pk).exists()} == who, audience
    with pytest.raises(Refused):
        catalogue.save_entry(None, by=acting(lead), key="none", name="x", audience="teams")
    with pytest.raises(Refused):
        catalogue.save_entry(None, by=acting(lead), key="teams", name="x")


def test_an_archived_entry_is_offered_no_more_and_can_come_back(entry, lead, requester):
    _publish(entry, lead)
    catalogue.archive(entry, by=acting(lead))
    assert not CatalogueEntry.objects.offered_to(requester).exists()
    catalogue.restore(entry, by=acting(lead))
    assert CatalogueEntry.objects.offered_to(requester).exists()
    TeamFactory()
