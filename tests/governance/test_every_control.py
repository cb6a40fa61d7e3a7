"""Every control that is registered sees one who complies, one who does not, those at the edge, and nobody."""

from __future__ import annotations

import pytest

from hengwei.core import controls
from hengwei.core.controls import state_of

from .cases import CASES, COMPLIES, EDGE, FAILS, NOBODY, OUTSIDE, PAST, Case
from .cases.world import World
from .conftest import judge, wrong


def test_every_registered_control_has_its_cases():
    assert set(CASES) == {control.key for control in controls.every()}


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_control_sees_each_case_as_it_is(case: Case, requester, agent, lead, team, customer):
    world = World(requester=requester, agent=agent, lead=lead, team=team, customer=customer)
    kinds, judged, bad = set(), 0, set()
    for seen in case.steps(world):
        kinds.add(seen.how)
        if seen.alone:
            judged, bad = 0, set()
        judged += seen.how in (COMPLIES, EDGE, FAILS, PAST)
        if seen.how in (FAILS, PAST):
            bad.add(seen.key)
        findings = judge(case.control, seen.period, **case.params)
        assert (findings.population, wrong(findings)) == (judged, bad), f"{seen.how} {seen.key}"
        if judged:
            assert state_of(findings, 100) == ("red" if bad else "green")
            assert state_of(findings, 0) == "green"
        else:
            assert state_of(findings, 100) == "insufficient"
    assert {NOBODY, COMPLIES, FAILS} <= kinds
    assert kinds & {EDGE, OUTSIDE}, "one exactly at the edge"
