"""The sample company's reports can be made on any day."""

import random
from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from hengwei.insight import demo
from hengwei.insight.models import SupportReport
from hengwei.org import demo as org_demo

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("moment", [
    datetime(2026, 11, 30, 18, 30, tzinfo=UTC),  # the first hours of a month, at home
    datetime(2026, 12, 2, 4, 0, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 30, tzinfo=UTC),
    datetime(2027, 3, 31, 10, 0, tzinfo=UTC),
], ids=lambda moment: f"{moment:%m-%d}")
def test_last_months_report_is_published_and_this_months_begun(moment, department):
    with time_machine.travel(moment):
        org_demo.load(random.Random(1), timezone.now())
        demo.load(random.Random(1), timezone.now())
    assert [report.is_published for report in SupportReport.objects.order_by("period_start")] == [True, False]
