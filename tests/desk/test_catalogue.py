"""Asking for what the catalogue offers: own fields, answers beside the field, versions that stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.desk import fields
from hengwei.desk.actions import catalogue
from hengwei.desk.models import CatalogueEntry
from tests.factories import acting

FIELDS = [
    {"key": "what", "type": "choice", "label": "设备", "choices": ["显示器", "其他"], "required": True},
    {"key": "other", "type": "text", "label": "请说明", "required": True, "when": {"field": "what", "op": "is", "value": "其他"}},
    {"key": "until", "type": "date", "label": "使用到"},
    {"key": "count", "type": "number", "label": "数量", "min": 1, "max": 5},
]


def test_a_field_is_asked_only_when_it_applies():
    assert fields.clean(FIELDS, {"what": "显示器", "other": "x"}) == ({"what": "显示器"}, {})
    assert set(fields.clean(FIELDS, {"what": "其他"})[1]) == {"other"}


@pytest.mark.parametrize(("key", "value"), [("what", "打印机"), ("until", "2026-13-01"), ("count", "9"), ("count", "nan"), ("count", "x")])
def test_a_wrong_answer_is_named_at_its_field(key, value):
    assert key in fields.clean(FIELDS, {"what": "显示器", key: value})[1]


@pytest.mark.parametrize("bad", [
    [{"key": "A b", "type": "text", "label": "x"}], [{"key": "a", "type": "magic", "label": "x"}], [{"key": "a", "type": "choice", "label": "x"}],
    [{"key": "a", "type": "text", "label": "x"}] * 2, [{"key": "a", "type": "text", "label": "x", "when": {"field": "later", "op": "is_set"}}],
    [{"key": "a", "type": "text", "label": "x", "pattern": "("}],
])
def test_a_form_that_cannot_be_asked_is_refused(bad):
    with pytest.raises(fields.BadDefinition):
        fields.check(bad)


@given(st.dictionaries(st.sampled_from([f["key"] for f in FIELDS]), st.one_of(st.text(), st.lists(st.text()), st.none(), st.integers())))
def test_whatever_is_sent_is_kept_or_named(given_answers):
    answers, errors = fields.clean(FIELDS, given_answers)
    assert not set(answers) & set(errors)
    again, none = fields.clean(FIELDS, answers | {k: given_answers[k] for k in errors if k in given_answers})
    assert again == answers
    assert set(none) == set(errors)


@pytest.fixture
def entry(lead, team):
    made = CatalogueEntry.objects.create(key="device", name="办公设备")
    catalogue.publish(made, by=acting(lead), fields=FIELDS, team=team)
    made.refresh_from_db()
    return made


@pytest.mark.django_db
def test_asking_keeps_the_answers_and_the_version(entry, requester, team):
    item = catalogue.submit(entry, by=acting(requester, "portal"), title="", answers={"what": "显示器", "count": "2"})
    assert (item.title, item.team, item.form, item.catalogue_key) == ("办公设备", team, {"设备": "显示器", "数量": 2}, "device")
    assert item.entries.first().details["catalogue_version"] == 1
    with pytest.raises(catalogue.Unanswered) as refusal:
        catalogue.submit(entry, by=acting(requester, "portal"), title="x", answers={})
    assert "what" in refusal.value.params["errors"]


@pytest.mark.django_db
def test_an_entry_is_offered_only_to_those_it_is_meant_for(entry, requester):
    assert catalogue.offered("device", requester) == entry
    CatalogueEntry.objects.update(audience="staff")
    with pytest.raises(NotFound):
        catalogue.offered("device", requester)


@pytest.mark.django_db
def test_only_those_who_keep_the_catalogue_change_it(entry, agent, lead):
    with pytest.raises(Forbidden):
        catalogue.publish(entry, by=acting(agent), fields=FIELDS)
    with pytest.raises(Refused):
        catalogue.publish(entry, by=acting(lead), fields=FIELDS, kind="change")
    assert catalogue.publish(entry, by=acting(lead), fields=FIELDS[:1]).number == 2
