"""What a job puts into the queue is part of its own transaction, though the worker itself asks the queue by connections apart."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from hengwei.core.jobs import enqueue
from hengwei.work.jobs import reindex_items

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _within_a_worker():
    # Whatever it is: not Django's connection.
    with app.replace_connector(InMemoryConnector()):
        yield


def waiting() -> list[list[int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args -> 'item_ids' FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' ORDER BY id", [reindex_items.name])
        return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("once", [None, "only one"])
def test_it_waits_with_the_rows_it_is_about(once):
    before = len(waiting())
    assert enqueue(reindex_items, item_ids=[7], once=once) is not None
    assert waiting()[before:] == [[7]]


def test_it_goes_with_the_rows_it_is_about():
    before = waiting()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(reindex_items, item_ids=[8])
        raise ZeroDivisionError
    assert waiting() == before


def test_one_that_waits_already_spoils_nothing():
    assert enqueue(reindex_items, item_ids=[9], once="this one") is not None
    assert enqueue(reindex_items, item_ids=[9], once="this one") is None
    assert waiting()[-1:] == [[9]]
