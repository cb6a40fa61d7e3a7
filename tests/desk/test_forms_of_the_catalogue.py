"""The rules of a form designed in the catalogue: what can be asked, what is kept, and nothing that could hang the desk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.desk import design, fields

CHOICES = [{"value": "erp", "label": "ERP系统", "label_en": "ERP"}, "OA"]
KEYS = ("a", "b", "c", "d")


def _field(key: str, earlier: tuple[str, ...]):
    base = st.fixed_dictionaries({"key": st.just(key), "label": st.just(f"题{key}")}, optional={"required": st.booleans()})
    kinds = st.one_of(
        st.just({"type": "text", "max_length": 5}), st.just({"type": "choice", "choices": CHOICES}), st.just({"type": "choices", "choices": CHOICES, "max": 1}),
        st.just({"type": "number", "min": 1, "max": 9}), st.sampled_from([{"type": name} for name in ("date", "moment", "checkbox", "explanation", "file", "person")]),
    )
    when = st.just({}) if not earlier else st.one_of(st.just({}), st.builds(lambda f, v: {"when": {"field": f, "op": "is", "value": v}}, st.sampled_from(earlier), st.sampled_from(["erp", "x", 3])))
    return st.builds(lambda one, kind, condition: {**one, **kind, **condition}, base, kinds, when)


forms = st.tuples(*(_field(key, KEYS[:place]) for place, key in enumerate(KEYS))).map(list)
given_answers = st.dictionaries(st.sampled_from(KEYS), st.one_of(st.none(), st.text(max_size=12), st.integers(), st.booleans(), st.lists(st.sampled_from(["erp", "OA", "x", ""]), max_size=3), st.sampled_from(["erp", "3", "2026-11-24", "2026-11-24T10:00"])))


@given(forms, given_answers)
def test_whatever_is_sent_is_kept_or_named_and_what_is_kept_is_kept_again(form, sent):
    fields.check(form)
    answers, errors = fields.clean(form, sent)
    assert not set(answers) & set(errors)
    assert set(answers) | set(errors) <= {one["key"] for one in form}
    again, wrong = fields.clean(form, answers)
    assert again == answers
    assert set(wrong) <= set(errors)


@given(forms, given_answers)
def test_only_what_is_asked_is_answered_and_what_is_required_of_it_is(form, sent):
    answers, errors = fields.clean(form, sent)
    asked = {one["key"] for one in fields.shown(form, answers)}
    assert set(answers) <= asked
    assert {one["key"] for one in form if one.get("required") and one["type"] != "explanation" and one["key"] in asked} <= set(answers) | set(errors)


def test_a_choice_keeps_its_value_and_reads_in_both_languages():
    field = {"key": "system", "type": "choice", "label": "系统", "choices": CHOICES}
    assert fields.clean([field], {"system": "erp"}) == ({"system": "erp"}, {})
    assert fields.said(field, "erp") == "ERP系统"
    from django.utils import translation

    with translation.override("en"):
        assert fields.said(field, "erp") == "ERP"
        assert fields.choices(field)[1] == ("OA", "OA")


@pytest.mark.parametrize(("field", "value"), [
    ({"type": "text", "min_length": 3}, "ab"), ({"type": "text", "max_length": 3}, "abcd"), ({"type": "text", "pattern": "[0-9]{4}"}, "12a4"),
    ({"type": "number", "min": 1, "max": 5}, "6"), ({"type": "moment"}, "morgen"), ({"type": "choices", "choices": ["a", "b", "c"], "min": 2}, ["a"]),
    ({"type": "file"}, ["no-id"]), ({"type": "number"}, "1e400"), ({"type": "date"}, "2026-02-30"),
])
def test_an_answer_outside_the_limits_is_named(field, value):
    assert "x" in fields.clean([{"key": "x", "label": "x", **field}], {"x": value})[1]


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a*)*", "([a-z]+[0-9]*)+x", "(a|a+)+$", r"(\w+\s?)+$"])
def test_a_pattern_that_could_run_for_minutes_is_refused(pattern):
    with pytest.raises(fields.BadDefinition):
        fields.check([{"key": "x", "type": "text", "label": "x", "pattern": pattern}])


def test_a_harmless_pattern_is_not_refused():
    field = {"key": "x", "type": "text", "label": "x", "pattern": r"[A-Z]{2,4}-\d{4,8}(-[A-Z]+)?"}
    fields.check([field])
    assert fields.clean([field], {"x": "AB-" + "1" * 400})[1]


@pytest.mark.parametrize("bad", [
    {"min": 5, "max": 1}, {"min_length": "x"}, {"colour": "red"}, {"choices": []}, {"when": {"field": "x", "op": "is", "value": 1}},
])
def test_a_definition_that_makes_no_sense_is_refused(bad):
    kind = "choice" if "choices" in bad else "text"
    with pytest.raises(fields.BadDefinition):
        fields.check([{"key": "x", "type": kind, "label": "x", **bad}])


KNOWN = {"kinds": {"request", "incident"}, "teams": {"it"}, "categories": {"vpn"}}


@pytest.mark.parametrize("bad", [
    {"kind": "change"}, {"team": "nobody"}, {"category": "none"}, {"impact": 9}, {"labels": ["x" * 41]}, {"checklist": [{"text": " "}]}, {"tasks": [{"title": ""}]},
    {"tasks": [{"title": "x", "team": "nobody"}]}, {"approvals": [{"approvers": []}]}, {"approvals": [{"approvers": [{"by": "role"}]}]},
    {"approvals": [{"mode": "quorum", "quorum": 3, "approvers": [{"by": "superior"}]}]}, {"approvals": [{"mode": "sometimes", "approvers": [{"by": "superior"}]}]},
])
def test_a_design_that_cannot_be_offered_is_refused(bad):
    design.check({}, **KNOWN)
    with pytest.raises(fields.BadDefinition):
        design.check(bad, **KNOWN)


def test_the_difference_of_two_versions_names_fields_by_key_and_their_order():
    before = {"fields": [{"key": "a", "type": "text", "label": "甲"}, {"key": "b", "type": "text", "label": "乙"}], "team": "it"}
    after = {"fields": [{"key": "b", "type": "text", "label": "乙"}, {"key": "a", "type": "text", "label": "甲方"}, {"key": "c", "type": "date", "label": "丙"}], "team": ""}
    found = {path: (old, new) for path, old, new in design.differences(before, after)}
    assert set(found) == {"fields.a", "fields.c", "fields", "team"}
    assert found["fields"] == (["a", "b"], ["b", "a"])
    assert found["fields.c"][0] is None
    assert design.differences(before, before) == []
