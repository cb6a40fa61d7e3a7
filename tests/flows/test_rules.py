"""Matching, order, stop and loops, whatever the rules are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from hengwei.flows.automation import rules, timing
from hengwei.flows.automation.rules import DEEPEST, Heard, Turn, key_of, turn_of, walk


@dataclass
class Given:
    """A rule, as a walk sees it."""

    pk: int
    order: int = 100
    trigger: str = "opened"
    options: dict[str, Any] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
    stop: bool = False


some_rules = st.lists(
    st.builds(Given, pk=st.integers(1, 10**6), order=st.integers(0, 5), trigger=st.sampled_from(["opened", "changed"]), stop=st.booleans(),
              conditions=st.sampled_from([{}, {"field": "n", "op": "at_least", "value": 2}, {"field": "n", "op": "is", "value": 0}])),
    unique_by=lambda rule: rule.pk, max_size=8)


@given(some_rules, st.integers(0, 4), st.randoms())
def test_rules_have_their_turn_in_order_until_one_says_stop(given_rules, n, rng):
    fired = []
    shuffled = list(given_rules)
    rng.shuffle(shuffled)
    found = walk(shuffled, Heard("opened"), item_id=1, chain=(), facts=lambda: {"n": n}, fire=lambda rule: fired.append(rule.pk))
    able = [r for r in sorted(given_rules, key=lambda r: (r.order, r.pk)) if r.trigger == "opened" and (not r.conditions or (n >= 2 if r.conditions["op"] == "at_least" else n == 0))]
    expected = []
    for one in able:
        expected.append(one.pk)
        if one.stop:
            break
    assert fired == found.fired == expected
    assert found.ended_by == (expected[-1] if expected and next(r for r in able if r.pk == expected[-1]).stop else None)


def test_a_rule_sees_what_the_one_before_it_did():
    facts = {"priority": 3}
    first, second = Given(1), Given(2, conditions={"field": "priority", "op": "is", "value": 1})
    found = walk([second, first], Heard("opened"), item_id=1, chain=(), facts=lambda: facts, fire=lambda rule: facts.update(priority=1))
    assert found.fired == [1, 2]


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2)), max_size=12), st.integers(1, 4), st.integers(1, 2))
def test_a_rule_runs_once_on_one_item_in_one_chain(steps, rule, item):
    chain = [key_of(*step) for step in steps]
    turn = turn_of(rule, item, chain)
    if turn is Turn.RUN:
        assert key_of(rule, item) not in chain and len(chain) < DEEPEST
    else:
        assert (rule, item) in steps or len(chain) >= DEEPEST


@given(st.sets(st.integers(1, 5), min_size=1))
def test_rules_that_all_set_each_other_off_come_to_rest(ids):
    given_rules = [Given(pk, trigger="changed") for pk in ids]
    waiting, fired = [()], 0
    while waiting:
        chain = waiting.pop(0)
        found = walk(given_rules, Heard("changed"), item_id=7, chain=chain, facts=dict, fire=lambda rule, chain=chain: waiting.append((*chain, key_of(rule.pk, 7))))
        fired += len(found.fired)
        assert fired < 5000
    assert fired >= len(ids)


def test_triggers_ask_which_fact_which_phase_which_verdict():
    def hears(trigger, options, **heard):
        return rules.listens(Given(1, trigger=trigger, options=options), Heard(heard.pop("event", trigger), **heard))

    assert hears("changed", {"changed": "priority"}, changed=frozenset({"priority"})) and not hears("changed", {"changed": "priority"}, changed=frozenset({"title"}))
    assert hears("moved", {"phase": "resolved"}, phase="resolved", phase_before="active") and not hears("moved", {"phase": "active"}, phase="active", phase_before="active")
    assert hears("rated", {"score": 2}, score=2) and not hears("rated", {"score": 2}, score=3)
    assert hears("approval_decided", {"outcome": "refused"}, outcome="refused") and not hears("approval_decided", {"outcome": "refused"}, outcome="approved")
    assert not hears("opened", {}, event="changed")


@given(st.integers(0, 366 * 1440), st.integers(0, 1439), st.sets(st.integers(0, 6)))
def test_the_last_planned_moment_lies_behind_us_and_on_its_weekday(minutes, of_day, weekdays):
    zone = ZoneInfo("Asia/Shanghai")
    now, at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes), time(of_day // 60, of_day % 60)
    slot = timing.last_slot(now, at, weekdays, zone)
    assert slot is not None and slot <= now and now - slot <= timedelta(days=7)
    local = slot.astimezone(zone)
    assert local.time() == at and (not weekdays or local.weekday() in weekdays)
    assert timing.last_slot(slot, at, weekdays, zone) == slot


def test_a_time_of_day_in_shanghai():
    monday_nine = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert timing.last_slot(monday_nine + timedelta(hours=30), time(9), [0], ZoneInfo("Asia/Shanghai")) == monday_nine
