"""The sample company with few items: made without failing, and each page of working together has something to see."""

from __future__ import annotations

import random

import pytest
from django.utils import timezone

from hengwei.work.models import (
    Approval,
    ApprovalPlan,
    Callback,
    ChecklistPoint,
    HandOver,
    SavedView,
    Share,
    Snooze,
    WorkItem,
    WorkTime,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("items", [3, 30])
def test_a_small_sample_is_whole(department, items, settings):
    from hengwei.desk import demo as desk
    from hengwei.org import demo as people
    from hengwei.work import demo as work
    from hengwei.work import seed

    settings.SAMPLE_ITEMS = items
    seed.install()
    rng, now = random.Random(20), timezone.now().replace(microsecond=0)
    for module in (people, work, desk):
        module.load(rng, now)
    assert ApprovalPlan.objects.count() == 3
    assert set(Approval.objects.values_list("state", flat=True)) >= {"open", "approved", "refused"}
    assert SavedView.objects.exclude(team=None).count() >= 3
    if items == 30:
        for model in (Share, HandOver, WorkTime, Snooze, Callback):
            assert model.objects.exists(), model
        assert ChecklistPoint.objects.exclude(done_at=None).exists()
        assert WorkItem.objects.exclude(merged_into=None).exists()
