"""An address opens only so many items a minute and an hour; beyond it the caller hears how long to wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from hengwei.channels.actions import hooks
from hengwei.channels.models import Hook, HookCall
from hengwei.core.errors import Refused
from hengwei.work.models import WorkItem
from tests.channels.test_incoming_hooks import MAPPING, post
from tests.factories import UserFactory, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(department):
    return UserFactory(name="管理员", role="system_admin")


@pytest.fixture
def token(keeper, team):
    _hook, token = hooks.save_hook(by=acting(keeper), name="外部系统", mapping=MAPPING, team=team, items_a_minute=2, items_an_hour=3)
    return token


def incident(n: int, **facts):
    return {"incident": {"id": str(n), "name": f"停机{n}", "text": "产线3停止", "level": 1, "system": "MES", **facts}}


def test_beyond_the_limit_the_caller_hears_how_long_to_wait(token):
    with time_machine.travel(timezone.now(), tick=False) as now:
        for n in range(2):
            assert post(token, incident(n)).status_code == 200
        refused = post(token, incident(2), **{"webhook-id": "third"})
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= 61
        assert refused.json()["code"] == "too_many"
        assert WorkItem.objects.count() == 2
        # It was not kept: the same call once more is taken when its time has come.
        now.shift(timedelta(seconds=int(refused["Retry-After"])))
        assert post(token, incident(2), **{"webhook-id": "third"}).status_code == 200
        now.shift(timedelta(seconds=61))
        hourly = post(token, incident(3))
        assert hourly.status_code == 429
        assert int(hourly["Retry-After"]) > 3000
    assert HookCall.objects.count() == 3
    assert Hook.objects.get().refused_at is not None


def test_what_goes_on_or_ends_is_always_taken(token):
    for n in range(2):
        post(token, incident(n))
    assert post(token, incident(1, text="还没好")).status_code == 200
    assert post(token, incident(0, state="ok")).status_code == 200
    assert WorkItem.objects.count() == 2


def test_its_page_and_the_api_show_and_set_it(client, keeper, token):
    client.force_login(keeper)
    post(token, incident(1))
    hook = Hook.objects.get()
    page = client.get(f"/channels/hooks/{hook.pk}").content.decode()
    assert "本分钟1 / 2" in page
    found = client.get(f"/api/v1/channels/hooks/{hook.pk}").json()
    assert (found["values"]["items_a_minute"], found["values"]["items_an_hour"]) == (2, 3)
    with pytest.raises(Refused):
        hooks.save_hook(hook, by=acting(keeper), name="x", mapping=MAPPING, items_a_minute=5, items_an_hour=2)
