"""Private data is pointed at wherever it stands, and what is taken out is gone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.knowledge.private_data import find, is_chinese, mask


@pytest.mark.parametrize(("text", "sort", "said"), [
    ("请联系13912345678", "phone", "13912345678"),
    ("手机 +86 139-1234-5678 随时", "phone", "+86 139-1234-5678"),
    ("电话010-62345678", "phone", "010-62345678"),
    ("总机（0512）65432100", "phone", "（0512）65432100"),
    ("分机8120", "phone", "8120"),
    ("call +49 30 1234 5678 please", "phone", "+49 30 1234 5678"),
    ("发到liqian@hengxin.example", "mail", "liqian@hengxin.example"),
    ("打印机在10.20.3.45上", "address", "10.20.3.45"),
    ("ping fe80::1ff:fe23:4567:890a", "address", "fe80::1ff:fe23:4567:890a"),
    ("账号：li.qian02无法登录", "account", "li.qian02"),
    ("卡号6222 0212 3456 7890 123", "account", "6222 0212 3456 7890 123"),
    ("身份证11010519491231002X", "identity", "11010519491231002X"),
    ("密码：Hx@2026!", "secret", "Hx@2026!"),
    ("https://admin:geheim@10.0.0.1/", "secret", "admin:geheim"),
    ("财务部李倩女士反映", "name", "李倩"),
    ("联系人：欧阳文博", "name", "欧阳文博"),
    ("Please ask Mr. Wang", "name", "Wang"),
])
def test_what_is_private_is_found(text, sort, said):
    assert (sort, said) in [(f.sort, f.text) for f in find(text)]


@pytest.mark.parametrize("text", [
    "错误代码E05，重启3次", "版本4.2.1已发布", "2026年11月24日14:05:33开始", "端口8080、127.0.0.1", "工单INC-2026-000412", "KB-2026-000123", "第12步后等待30秒", "打印机三楼怎么办",
])
def test_what_is_not_private_is_left_alone(text):
    assert find(text) == []


def test_known_names_are_found_wherever_they_stand():
    assert [f.text for f in find("李倩说，她的同事也一样", names=["李倩", "李"])] == ["李倩"]


def test_taken_out_reads_on():
    text = "财务部李倩女士（13912345678）无法登录10.20.3.45"
    assert mask(text, find(text)) == "财务部（姓名）女士（（电话））无法登录（IP地址）"


@given(st.text(alphabet="王李13905@.:-+abcE/ 密码账号\n（）女士", max_size=80), st.lists(st.text(alphabet="王李ab", min_size=1, max_size=3), max_size=2))
def test_findings_are_ordered_apart_and_name_what_stands_there(text, names):
    found = find(text, names=names)
    assert all(text[f.start : f.end] == f.text and f.start < f.end for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert mask(text, []) == text


def test_the_words_of_a_search_keep_their_language():
    """What found nothing is remembered without the number, with a word for it in the language that was asked in."""
    for asked, kept in (("call 13812345678 about vpn", "call (phone) about vpn"), ("VPN请打13812345678", "VPN请打（电话）")):
        assert mask(asked, find(asked), chinese=is_chinese(asked)) == kept
