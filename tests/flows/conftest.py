"""What tests of the flows use: rules in a line, and the queue worked off."""

from __future__ import annotations

import pytest

from hengwei.core import outbox
from hengwei.core.acting import Actor
from hengwei.flows.automation import actions
from tests.factories import TUESDAY


@pytest.fixture
def rule(department):
    """Make a rule in use since long ago."""

    def make(name, trigger, *deeds, **facts):
        return actions.save_rule(by=Actor(), name=name, trigger=trigger, deeds=deeds, **{"active": True, "at": TUESDAY.replace(month=1), **facts})

    return make


@pytest.fixture
def work_off():
    """Tell what waits in the outbox, as a worker does, until nothing is left; returns how many events."""

    def work(most=100):
        done = 0
        while done < most:
            told = outbox.deliver()
            if not told:
                return done
            done += told
        raise AssertionError("the rules never come to rest")

    return work
