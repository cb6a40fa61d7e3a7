"""What tests of the flows use: rules in a line, and the queue worked off."""

from __future__ import annotations

import pytest
from django.db import connection

from hengwei.core.acting import Actor
from hengwei.flows import jobs
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
    """Do what waits in the queue of automation, as a worker does, until nothing is left; returns how many jobs."""

    def work(most=100):
        done = 0
        while done < most:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = (SELECT min(id) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo') RETURNING args", [jobs.run_rules.name])
                row = cursor.fetchone()
            if row is None:
                return done
            args = row[0]
            if isinstance(args, str):
                import json

                args = json.loads(args)
            jobs.run_rules.func(**args)
            done += 1
        raise AssertionError("the rules never come to rest")

    return work
