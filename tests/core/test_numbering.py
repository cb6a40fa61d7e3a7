"""Numbers are unique, also when many ask at once, and giving one out waits for nobody's transaction."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from hengwei.core.numbering import next_number

pytestmark = pytest.mark.django_db(transaction=True)


def test_numbers_count_up_within_a_prefix_and_year():
    assert [next_number("TST", 2031), next_number("TST", 2031)] == ["TST-2031-000001", "TST-2031-000002"]
    assert next_number("TST", 2032) == "TST-2032-000001"
    assert next_number("TSU", 2031) == "TSU-2031-000001"


def test_many_at_once_get_different_numbers():
    def take(_):
        try:
            return [next_number("TSV", 2031) for _ in range(25)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = [number for batch in pool.map(take, range(8)) for number in batch]
    assert len(set(numbers)) == 200


def test_an_open_transaction_makes_nobody_wait():
    next_number("TSW", 2031)

    def take(_):
        try:
            return next_number("TSW", 2031)
        finally:
            connection.close()

    with transaction.atomic():
        mine = next_number("TSW", 2031)
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(take, 0).result(timeout=5)
    assert other != mine


def test_an_undone_transaction_gives_its_number_to_nobody():
    next_number("TSX", 2031)
    with pytest.raises(RuntimeError), transaction.atomic():
        lost = next_number("TSX", 2031)
        raise RuntimeError
    assert next_number("TSX", 2031) > lost


@pytest.mark.parametrize("prefix", ["", "inc", "A", "TOOLONGX", "IN'C"])
def test_what_is_no_prefix_is_refused(prefix):
    with pytest.raises(ValueError):
        next_number(prefix, 2031)
