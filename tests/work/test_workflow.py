"""A workflow refuses to exist when it cannot work, and leads only where it says."""

import pytest

from hengwei.work.workflow import IllegalTransition, Phase, State, Transition, Workflow

NEW, DOING, DONE = State("new", "new", Phase.NEW), State("doing", "doing", Phase.ACTIVE), State("done", "done", Phase.CLOSED)
START = Transition("start", "start", frozenset({"new"}), "doing", "work.work")
FINISH = Transition("finish", "finish", frozenset({"new", "doing"}), "done", "work.close", ("solution", "cause"))
TASK = Workflow("task", (NEW, DOING, DONE), (START, FINISH))


def test_a_new_item_begins_in_the_first_state():
    assert TASK.initial is NEW


def test_only_steps_that_lead_on_from_here_are_offered():
    assert TASK.possible("new") == [START, FINISH]
    assert TASK.possible("doing") == [FINISH]
    assert TASK.possible("done") == []


def test_a_step_that_the_person_may_not_make_is_not_offered():
    assert TASK.possible("new", lambda t: t.permission == "work.work") == [START]


def test_a_step_from_elsewhere_is_refused():
    with pytest.raises(IllegalTransition) as refusal:
        TASK.check("doing", "start")
    assert refusal.value.reason == "not_from_here"


def test_an_unknown_step_is_refused():
    with pytest.raises(IllegalTransition) as refusal:
        TASK.check("new", "fly")
    assert refusal.value.reason == "unknown"


def test_missing_facts_are_named():
    with pytest.raises(IllegalTransition) as refusal:
        TASK.check("doing", "finish", {"solution"})
    assert refusal.value.missing == ("cause",)
    assert TASK.check("doing", "finish", {"solution", "cause"}) is FINISH


@pytest.mark.parametrize(
    ("states", "transitions"),
    [
        ((NEW, DOING, DONE), (START,)),
        ((NEW, DONE), (FINISH,)),
        ((NEW, DOING, DONE), (START, START, FINISH)),
        ((NEW, NEW, DONE), (Transition("finish", "finish", frozenset({"new"}), "done", "x"),)),
    ],
    ids=["a state nobody reaches", "an unknown source", "a step twice", "a state twice"],
)
def test_a_broken_workflow_cannot_be_made(states, transitions):
    with pytest.raises(ValueError):
        Workflow("broken", states, transitions)


def test_a_state_without_a_way_out_must_be_closed():
    stuck = Transition("start", "start", frozenset({"new"}), "doing", "x")
    with pytest.raises(ValueError, match="no way leads out of doing"):
        Workflow("stuck", (NEW, DOING), (stuck,))


def test_every_kind_of_the_desk_can_be_solved_and_closed():
    from hengwei.work import kinds

    for kind in (one for one in kinds.every() if one.model.startswith("desk.")):
        phases = {kind.workflow.state(state).phase for state in kind.workflow.reachable()}
        assert phases == set(Phase), kind.key
