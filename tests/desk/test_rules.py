"""The pure rules of macros, surveys, collisions and periods."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.desk import collisions, macros, periods, surveys
from hengwei.desk.collisions import Planned
from hengwei.desk.fields import BadDefinition

T0 = datetime(2026, 11, 24, tzinfo=UTC)
KNOWN = {"transitions": {"pend", "resolve"}, "categories": {"vpn"}, "teams": {"it"}, "people": {"wangmin"}}

# --- macros ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [
    [], "x", [{"do": "explode"}], [{"do": "change", "field": "number", "value": 1}], [{"do": "change", "field": "priority", "value": 7}],
    [{"do": "change", "field": "category", "value": "none"}], [{"do": "assign"}], [{"do": "assign", "team": "none"}], [{"do": "reply", "text": " "}],
    [{"do": "step", "transition": "fly"}], [{"do": "step", "transition": "pend", "facts": {"owner": 1}}], [{"do": "labels"}],
    [{"do": "step", "transition": "pend"}, {"do": "step", "transition": "resolve"}],
])
def test_a_macro_that_cannot_be_done_is_refused(steps):
    with pytest.raises(macros.BadMacro):
        macros.check(steps, **KNOWN)


@given(st.lists(st.sampled_from([{"do": deed, "n": n} for deed in macros.DEEDS for n in (1, 2)]), max_size=8))
def test_changes_come_before_words_and_the_step_last(steps):
    done = [step["do"] for step in macros.in_order(steps)]
    assert done == sorted(done, key=list(macros.DEEDS).index)
    for deed in macros.DEEDS:
        assert [one for one in macros.in_order(steps) if one["do"] == deed] == [one for one in steps if one["do"] == deed]


# --- surveys -----------------------------------------------------------------------------------------------------

QUESTIONS = [
    {"key": "overall", "type": "csat", "label": "总体满意度", "label_en": "Overall", "required": True}, {"key": "again", "type": "nps", "label": "会推荐吗"},
    {"key": "what", "type": "choices", "label": "哪些方面", "choices": ["速度", "态度"]}, {"key": "words", "type": "text", "label": "想说的话"},
]


def test_a_survey_takes_whole_numbers_within_the_scale():
    surveys.check(QUESTIONS)
    assert surveys.clean(QUESTIONS, {"overall": "4", "again": "10", "what": ["速度"]}) == ({"overall": 4, "again": 10, "what": ["速度"]}, {})
    assert set(surveys.clean(QUESTIONS, {"overall": "6", "again": "-1", "what": ["钱"]})[1]) == {"overall", "again", "what"}
    assert set(surveys.clean(QUESTIONS, {"overall": "3.5"})[1]) == {"overall"}
    assert set(surveys.clean(QUESTIONS, {})[1]) == {"overall"}


@pytest.mark.parametrize("bad", [[], "x", [{"key": "a", "type": "smell", "label": "x"}], [{"key": "a", "type": "choice", "label": "x"}], [{"key": "a", "type": "csat", "label": "x"}] * 2])
def test_a_survey_that_cannot_be_asked_is_refused(bad):
    with pytest.raises(BadDefinition):
        surveys.check(bad)


@given(st.lists(st.integers(0, 10), max_size=60))
def test_the_promoter_score_is_promoters_less_detractors(given_scores):
    score = surveys.nps(given_scores)
    if not given_scores:
        assert score is None
        return
    assert -100 <= score <= 100
    assert surveys.nps([9] * len(given_scores)) == 100
    assert surveys.nps([*given_scores, 10]) >= score
    assert score == pytest.approx(sum(100 * ((one > 8) - (one < 7)) for one in given_scores) / len(given_scores))


@given(st.lists(st.dictionaries(st.sampled_from(["overall", "again"]), st.integers(1, 5)), max_size=30))
def test_every_answer_is_counted_once(answers):
    for figure in surveys.figures(QUESTIONS, answers)[:2]:
        given_ = [one[figure.key] for one in answers if figure.key in one]
        assert figure.count == len(given_) == sum(figure.counts.values())
        assert figure.average == (pytest.approx(sum(given_) / len(given_)) if given_ else None)


# --- collisions --------------------------------------------------------------------------------------------------

systems = st.lists(st.sampled_from(["ERP", "OA", "mes", "MES"]), max_size=3).map(tuple)
spans = st.builds(
    lambda n, start, length, names, freeze: Planned(str(n), T0 + timedelta(hours=start), T0 + timedelta(hours=start + length), names, freeze),
    st.uuids(), st.integers(0, 40), st.integers(1, 12), systems, st.booleans(),
)


@given(spans, spans)
def test_a_collision_is_the_same_seen_from_either_side(one, other):
    here, there = collisions.between(one, other), collisions.between(other, one)
    assert (here is None) == (there is None)
    if here and there:
        assert (here.start, here.end, here.freeze) == (there.start, there.end, there.freeze)
        assert {name.lower() for name in here.systems} == {name.lower() for name in there.systems}
        assert here.start < here.end


@given(st.lists(spans, max_size=8, unique_by=lambda one: one.key))
def test_all_collisions_are_those_of_every_pair(planned):
    brute = sum(collisions.between(one, other) is not None for i, one in enumerate(planned) for other in planned[i + 1 :])
    assert len(collisions.every(planned)) == brute


def test_a_freeze_of_everything_stops_every_change_and_one_of_a_system_only_its_own():
    change = Planned("c", T0, T0 + timedelta(hours=2), ("ERP",))
    assert collisions.between(change, Planned("f", T0, T0 + timedelta(days=1), (), freeze=True)).systems == ("ERP",)
    assert collisions.between(change, Planned("f", T0, T0 + timedelta(days=1), ("OA",), freeze=True)) is None
    assert collisions.between(change, Planned("f", T0, T0 + timedelta(days=1), ("erp",), freeze=True)).systems == ("ERP",)
    assert collisions.between(change, Planned("d", T0 + timedelta(hours=2), T0 + timedelta(hours=3), ("ERP",))) is None


# --- periods -----------------------------------------------------------------------------------------------------


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 24))
def test_a_day_lies_in_its_period_and_periods_follow_without_gap(day, months):
    start = periods.period_of(day, months)
    after = periods.next_period(start, months)
    assert start <= day < after
    assert periods.period_of(after, months) == after
    assert periods.period_of(after - timedelta(days=1), months) == start
