"""What was answered in Chinese is read in English by who reads English, and the other way round."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation

from hengwei.desk.actions.catalogue import submit
from hengwei.desk.models import CatalogueEntry, CatalogueVersion
from hengwei.work.answers import answers_of
from hengwei.work.models import WorkItem
from tests.factories import acting, open_incident

pytestmark = pytest.mark.django_db
FIELDS = [
    {"key": "system", "type": "choice", "label": "系统", "label_en": "System", "choices": [{"value": "erp", "label": "ERP系统", "label_en": "ERP"}]},
    {"key": "parts", "type": "choices", "label": "模块", "label_en": "Modules", "choices": [{"value": "hr", "label": "人事", "label_en": "HR"}, {"value": "fin", "label": "财务", "label_en": "Finance"}]},
    {"key": "urgent", "type": "checkbox", "label": "加急", "label_en": "Urgent"},
    {"key": "words", "type": "text", "label": "说明", "label_en": "Words"},
]


@pytest.fixture
def entry(department):
    entry = CatalogueEntry.objects.create(key="erp", name="ERP权限", name_en="ERP access", audience="everyone")
    entry.published = CatalogueVersion.objects.create(entry=entry, number=1, fields=FIELDS, published_at=timezone.now())
    entry.save()
    return entry


@pytest.mark.parametrize("asked_in", ["zh-hans", "en"])
def test_each_reader_reads_his_own(entry, requester, asked_in):
    with translation.override(asked_in):
        item = submit(entry, by=acting(requester, "portal"), title="权限", answers={"system": "erp", "parts": ["hr", "fin"], "urgent": True, "words": "尽快"})
    item = WorkItem.objects.get(pk=item.pk)
    with translation.override("en"):
        assert answers_of(item) == [("System", "ERP"), ("Modules", "HR, Finance"), ("Urgent", "yes"), ("Words", "尽快")]
    with translation.override("zh-hans"):
        assert answers_of(item) == [("系统", "ERP系统"), ("模块", "人事、财务"), ("加急", "是"), ("说明", "尽快")]


def test_what_was_corrected_since_stands(entry, requester):
    item = submit(entry, by=acting(requester, "portal"), title="权限", answers={"system": "erp", "words": "尽快"})
    WorkItem.objects.filter(pk=item.pk).update(form={**item.form, "说明": "不急"})
    with translation.override("en"):
        assert dict(answers_of(WorkItem.objects.get(pk=item.pk)))["Words"] == "不急"


def test_pages_and_the_api_say_it(client, entry, requester, agent):
    with translation.override("zh-hans"):
        item = submit(entry, by=acting(requester, "portal"), title="权限", answers={"system": "erp"})
    agent.language = "en"
    agent.save()
    client.force_login(agent)
    page = client.get(f"/items/{item.number}").content.decode()
    assert "<dt>System</dt>" in page
    assert "ERP系统" not in page
    found = client.get(f"/api/v1/items/{item.number}", headers={"Accept-Language": "en"}).json()
    assert found["answers"] == [{"label": "System", "answer": "ERP"}]


def test_what_nobody_asked_stands_as_it_came(department, requester):
    item = open_incident(requester=requester, form={"型号": "HX-200"})
    assert answers_of(item) == [("型号", "HX-200")]
