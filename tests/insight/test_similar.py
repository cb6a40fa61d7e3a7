"""Faults that come again are found by their words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hengwei.insight.similar import groups, telling

FAULTS = [
    (1, "三楼打印机卡纸"), (2, "打印机又卡纸了"), (3, "二楼打印机卡纸 E05"), (4, "VPN频繁掉线"), (5, "VPN 频繁掉线，重连无效"), (6, "vpn频繁掉线"), (7, "申请新显示器"), (8, "邮箱密码过期"),
]


def test_the_same_fault_in_other_words_is_one_group():
    found = groups(FAULTS, least=3, alike=0.3)
    assert [group.ids for group in found] == [[1, 2, 3], [4, 5, 6]]
    assert "卡纸" in found[0].words


def test_what_comes_too_seldom_is_no_group():
    assert groups(FAULTS, least=4, alike=0.3) == []


def test_numbers_do_not_keep_faults_apart():
    assert telling("单号83005报错0142") == telling("单号83006报错0143")
    assert groups([(n, f"单号8300{n}过账报错") for n in range(1, 6)], least=5)[0].ids == [1, 2, 3, 4, 5]


@given(st.lists(st.text("打印机卡纸掉线vpn 12", max_size=12), max_size=30))
def test_every_text_is_in_one_group_at_most_and_the_result_is_the_same_each_time(texts):
    given_texts = list(enumerate(texts))
    found = groups(given_texts, least=1)
    ids = [pk for group in found for pk in group.ids]
    assert sorted(ids) == list(range(len(texts)))
    assert [group.ids for group in groups(given_texts, least=1)] == [group.ids for group in found]
    assert [len(group.ids) for group in found] == sorted((len(group.ids) for group in found), reverse=True)
