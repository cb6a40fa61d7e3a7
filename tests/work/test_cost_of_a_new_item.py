"""What a new item costs in statements: what nobody configured costs nothing."""

from __future__ import annotations

import pytest

from tests.factories import open_incident


@pytest.mark.django_db
def test_a_new_item_costs_twelve_statements_at_most(requester, team, django_assert_max_num_queries):
    open_incident(requester=requester)  # what is configured is remembered from here on
    with django_assert_max_num_queries(12):
        open_incident(requester=requester)
