"""The quick search's language, without a database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.work.asking import FLAGS, MOMENTS, TERMS, Between, Term, parse, written

TODAY = date(2026, 11, 25)


def asked(text: str):
    return parse(text, today=TODAY)


def test_terms_words_phrases_and_dates_are_told_apart():
    found = asked('from:李倩 team:"IT 支持组" is:overdue 2026-10 created>2026-10-01 "月结 单据" 打印机 -测试')
    assert found.terms == (Term("from", "李倩"), Term("team", "IT 支持组"), Term("is", "overdue"))
    assert found.spans == (Between("created", date(2026, 10, 1), date(2026, 11, 1)), Between("created", date(2026, 10, 2), None))
    assert (found.words, found.phrases, found.without) == (("打印机",), ("月结 单据",), ("测试",))


@pytest.mark.parametrize(("typed", "meant"), [
    ("是:超时", Term("is", "overdue")), ("处理人：我", Term("owner", "我")), ("-team:网络", Term("team", "网络", negated=True)), ("IS:Open", Term("is", "open")),
])
def test_people_type_it_in_their_own_way(typed, meant):
    assert asked(typed).terms == (meant,)


@pytest.mark.parametrize(("typed", "start", "end"), [
    ("created:2026-02", date(2026, 2, 1), date(2026, 3, 1)), ("2026-12", date(2026, 12, 1), date(2027, 1, 1)), ("created<2026-10-01", None, date(2026, 10, 1)),
    ("created<=2026-10", None, date(2026, 11, 1)), ("created>=7d", date(2026, 11, 18), None), ("created:yesterday", date(2026, 11, 24), date(2026, 11, 25)),
])
def test_days_and_months(typed, start, end):
    assert asked(typed).spans == (Between("created", start, end),)


@pytest.mark.parametrize("typed", ["is:nonsense", "colour:red", "created>soon", "http://x.example/a"])
def test_what_is_no_term_is_named_and_kept_as_words(typed):
    found = asked(typed)
    assert found.unknown
    assert found.words


def test_a_date_that_does_not_exist_is_a_word():
    assert asked("2026-13").words == ("2026-13",)


@given(st.text())
def test_nothing_typed_breaks_it(typed):
    asked(typed)


plain = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8).filter(lambda w: w == w.strip() and not w[0].isdigit())
terms = st.builds(Term, st.sampled_from([key for key in TERMS if key != "is"]), st.one_of(plain, st.builds("{} {}".format, plain, plain)), st.booleans())
flags = st.builds(Term, st.just("is"), st.sampled_from(list(FLAGS)), st.booleans())
spans = st.builds(Between, st.sampled_from(list(MOMENTS)), st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.none(), st.booleans())


@given(st.lists(st.one_of(terms, flags), max_size=5), st.lists(spans, max_size=3), st.lists(plain, max_size=4), st.lists(plain, max_size=3))
def test_what_it_understood_can_be_written_and_read_again(some_terms, some_spans, words, phrases):
    from hengwei.work.asking import Question

    question = Question(tuple(some_terms), tuple(some_spans), tuple(words), tuple(phrases))
    assert asked(written(question)) == question


@given(st.text())
def test_writing_and_reading_again_changes_nothing(typed):
    once = asked(typed)
    if not once.unknown:
        assert asked(written(once)) == once
