"""Conditions on facts: what matches, what is refused, and the laws of logic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.work.conditions import BadCondition, matches, validate

FACTS = {"kind": "incident", "priority": 2, "category": ["printer", "hardware"], "text": "ＥＲＰ打不开，Urgent!", "team": None}


def is_(field, value, op="is"):
    return {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, True),
        (is_("kind", "incident"), True),
        (is_("kind", "request"), False),
        (is_("kind", "request", "is_not"), True),
        (is_("category", "hardware"), True),
        (is_("category", ["network", "printer"], "in"), True),
        (is_("category", ["network"], "not_in"), True),
        (is_("text", ["erp", "oa"], "contains"), True),
        (is_("text", "URGENT", "contains"), True),
        (is_("text", "", "contains"), False),
        (is_("priority", 2, "at_most"), True),
        (is_("priority", 3, "at_least"), False),
        (is_("team", 3, "at_least"), False),
        ({"field": "team", "op": "is_set"}, False),
        ({"field": "team", "op": "is_empty"}, True),
        ({"all": [is_("kind", "incident"), is_("priority", 1)]}, False),
        ({"any": [is_("kind", "incident"), is_("priority", 1)]}, True),
        ({"not": is_("kind", "incident")}, False),
        ({"all": []}, True),
        ({"any": []}, False),
    ],
)
def test_what_matches(condition, expected):
    validate(condition, set(FACTS))
    assert matches(condition, FACTS) is expected


@pytest.mark.parametrize(
    "condition",
    [[], {"field": "kind"}, is_("kind", 1, "like"), is_("colour", 1), is_("kind", "a", "in"), is_("priority", "2", "at_most"),
     {"all": is_("kind", 1)}, {"all": [], "any": []}, {"any": [{"field": "kind"}]}, {"field": "kind", "op": "is", "value": 1, "x": 2}],
)
def test_what_is_no_condition_is_refused(condition):
    with pytest.raises(BadCondition):
        validate(condition, set(FACTS))


leaves = st.builds(is_, st.sampled_from(["kind", "priority", "team"]), st.sampled_from(["incident", 1, 2, None]), st.sampled_from(["is", "is_not"]))
trees = st.recursive(leaves, lambda inner: st.one_of(
    st.builds(lambda parts: {"all": parts}, st.lists(inner, max_size=3)),
    st.builds(lambda parts: {"any": parts}, st.lists(inner, max_size=3)),
    st.builds(lambda part: {"not": part}, inner),
))
facts = st.fixed_dictionaries({"kind": st.sampled_from(["incident", "request"]), "priority": st.sampled_from([1, 2, None]), "team": st.none()})


@given(trees, trees, facts)
def test_de_morgan(a, b, given_facts):
    validate(a)
    assert matches({"not": {"all": [a, b]}}, given_facts) == matches({"any": [{"not": a}, {"not": b}]}, given_facts)


@given(trees, facts)
def test_not_turns_every_condition_round(condition, given_facts):
    assert matches({"not": condition}, given_facts) is not matches(condition, given_facts)
