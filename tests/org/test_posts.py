"""Posts and their duty sheets (J1): published in versions, read and acknowledged by those who hold the post."""

from __future__ import annotations

import pytest

from hengwei.core.errors import Refused
from hengwei.org.actions.teams import acknowledge_duties, publish_duties, save_post, save_team
from hengwei.org.models import DutyAcknowledgement
from tests.factories import TUESDAY, UserFactory, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(department):
    return acting(UserFactory(role="manager"))


def test_duties_are_published_in_versions_and_acknowledged_anew(by, agent, lead):
    post = save_post(by=by, key="engineer", name="工程师", duties="# 职责\n受理、处理、反馈。", holders=[agent])
    first = publish_duties(post, by=by)
    acknowledge_duties(first, by=acting(agent))
    acknowledge_duties(first, by=acting(agent))
    assert DutyAcknowledgement.objects.count() == 1
    with pytest.raises(Refused):
        acknowledge_duties(first, by=acting(lead))
    with pytest.raises(Refused):
        publish_duties(post, by=by)
    post = save_post(post, by=by, duties="# 职责\n受理、处理、反馈、总结。")
    second = publish_duties(post, by=by)
    assert (second.number, post.current_sheet()) == (2, second)
    with pytest.raises(Refused):
        acknowledge_duties(first, by=acting(agent))
    acknowledge_duties(second, by=acting(agent))


def test_the_deputy_leads_while_the_lead_is_away(by, lead, agent):
    from datetime import timedelta

    from hengwei.org.actions.duty import save_absence

    team = save_team(by=by, key="it", name="IT支持组", lead=lead, deputy=agent, members=[agent])
    assert team.acting_lead(TUESDAY) == lead
    save_absence(by=acting(lead), user=lead, starts_at=TUESDAY - timedelta(hours=1), ends_at=TUESDAY + timedelta(days=1))
    assert team.acting_lead(TUESDAY) == agent


def test_a_team_is_no_circle_and_its_deputy_another(by, lead):
    top = save_team(by=by, key="top", name="技术支持部")
    below = save_team(by=by, key="below", name="IT支持组", parent=top)
    assert below.path == "技术支持部 / IT支持组"
    with pytest.raises(Refused):
        save_team(top, by=by, parent=below)
    with pytest.raises(Refused):
        save_team(below, by=by, lead=lead, deputy=lead)
    with pytest.raises(Refused):
        save_team(below, by=by, members=[UserFactory(role="requester")])
