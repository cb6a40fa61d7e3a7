"""Rows written together are as the ORM would have written them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hengwei.core import numbering
from hengwei.core.database import rows
from hengwei.core.models import Task
from hengwei.desk.models import Incident
from hengwei.work.models import Entry, WorkItem
from tests.factories import TUESDAY, UserFactory


def incident(**facts):
    return Incident(**{"number": "INC-2026-000001", "kind": "incident", "title": "卡纸", "state": "new", "phase": "new", "received_at": TUESDAY, "created_at": TUESDAY, "updated_at": TUESDAY, **facts})


@pytest.mark.django_db
def test_a_row_its_kinds_row_and_what_refers_to_it_come_in_one_statement(django_assert_num_queries):
    item = incident(labels=["a", "b,c"], form={"n": [1, None, {"x": "é"}]}, received_at=TUESDAY + timedelta(microseconds=123457), requester=UserFactory(), major=True)
    entry = Entry(item=item, kind="opened", public=True, text="x", happened_at=datetime(2026, 3, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai")), details={})
    sequence = numbering.sequence("XQ", 2026)
    with django_assert_num_queries(1):
        [value] = rows.give_ids(item, entry, also=[sequence])
    item.number = numbering.written("XQ", 2026, value)
    with django_assert_num_queries(1):
        rows.insert(item, entry)
    again = Incident.objects.get(pk=item.pk)
    assert again.number == "XQ-2026-000001" and again.major
    assert {f.attname: getattr(again, f.attname) for f in Incident._meta.concrete_fields} == {f.attname: getattr(item, f.attname) for f in Incident._meta.concrete_fields}
    kept = Entry.objects.get(item=item)
    assert kept.pk == entry.pk and kept.happened_at == entry.happened_at and kept.created_at is not None
    item.title = "卡纸了"
    item.save()
    assert WorkItem.objects.get(pk=item.pk).title == "卡纸了"


@pytest.mark.django_db
def test_who_needs_no_id_beforehand_gets_one_and_what_may_not_be_is_refused():
    rows.insert(Task(key="a"), Task(key="b"))
    assert set(Task.objects.values_list("key", flat=True)) == {"a", "b"}
    rows.insert()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(Task(key="c", done=-1))


class AnyText(TestCase):
    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)))
    @settings(max_examples=60)
    def test_any_text_arrives_as_it_was(self, text, labels):
        item = incident(description=text, labels=labels, form={"text": text})
        rows.give_ids(item)
        rows.insert(item)
        again = WorkItem.objects.get(pk=item.pk)
        assert (again.description, again.labels, again.form) == (text, labels, {"text": text})
