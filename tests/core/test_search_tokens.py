"""Words for the search: every document that contains a phrase has every term that the phrase asks for."""

from hypothesis import given
from hypothesis import strategies as st

from hengwei.core.search.tokens import fold, query, query_terms, tokens, trigrams, vector

CHINESE = st.text(alphabet="打印机卡纸无法月结单据网络登录账号系统服务器", min_size=1, max_size=12)
LATIN = st.from_regex(r"[a-z]{2,9}", fullmatch=True)


@given(CHINESE, CHINESE, st.text(alphabet="打印机卡纸网络登录", min_size=2, max_size=6))
def test_a_phrase_inside_a_text_is_always_found(before, after, phrase):
    assert set(query_terms(phrase)) <= set(tokens(before + phrase + after))


@given(st.lists(LATIN, min_size=1, max_size=6))
def test_every_word_of_a_text_finds_it(words):
    document = set(tokens(" ".join(words)))
    for word in words:
        assert set(query_terms(word)) <= document


@given(st.text(max_size=80))
def test_any_text_gives_a_vector_and_a_query_that_are_well_formed(text):
    assert vector(text).count("'") % 2 == 0
    assert query(text).count("(") == query(text).count(")")


def test_forms_of_an_english_word_meet():
    assert query_terms("connected") == query_terms("connecting") == query_terms("connects")


def test_full_width_and_capitals_make_no_difference():
    assert fold("ＥＲＰ") == fold("erp")
    assert query_terms("ＥＲＰ") == query_terms("erp")


def test_a_synonym_is_asked_for_too():
    assert "print" in query("打印机", {"打印机": ["printer"]}) and " | " in query("打印机", {"打印机": ["printer"]})


def test_the_last_word_may_be_the_beginning_of_one_while_typing():
    assert query("outlook err", prefix_last=True).endswith(":*")
    assert ":*" not in query("outlook err")


def test_a_number_of_an_item_is_found_whole_and_by_its_parts():
    found = tokens("INC-2026-000123")
    assert {"inc-2026-000123", "inc", "2026", "000123"} <= set(found)


def test_a_misspelt_word_shares_most_trigrams():
    assert len(set(trigrams("printr")) & set(trigrams("printer"))) >= 4
