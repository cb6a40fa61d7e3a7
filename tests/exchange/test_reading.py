"""Files as people send them are read; columns are recognised; dates and levels understood."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from hengwei.core.errors import Refused
from hengwei.exchange import mapping, reading, values
from hengwei.exchange.targets import Field


def rows(content: bytes, name: str = "a.csv") -> list[dict[str, str]]:
    return [row for _number, row in reading.rows(io.BytesIO(content), name)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_whatever_the_encoding_and_the_separator(encoding, mark):
    text = f"姓名{mark}邮箱\n李倩{mark}liqian@example.com\n\n王敏{mark}wangmin@example.com\n"
    assert rows(text.encode(encoding)) == [{"姓名": "李倩", "邮箱": "liqian@example.com"}, {"姓名": "王敏", "邮箱": "wangmin@example.com"}]


def test_a_cell_may_hold_lines_and_separators():
    assert rows("标题,描述\n\"卡纸, E05\",\"第一行\n第二行\"\n".encode()) == [{"标题": "卡纸, E05", "描述": "第一行\n第二行"}]


def test_lines_are_counted_as_in_the_file():
    assert [n for n, _row in reading.rows(io.BytesIO(b"a,b\n1,2\n\n3,4\n"), "x.csv")] == [2, 4]


def test_doubled_and_nameless_columns_keep_apart():
    assert reading.heads(io.BytesIO("名称,名称,\n1,2,3".encode()), "x.csv")[:2] == ["名称", "名称 (2)"]


def test_a_spreadsheet_with_numbers_and_dates():
    from datetime import date

    book = Workbook()
    sheet = book.active
    sheet.append(["工单号", "日期", "数量"])
    sheet.append([1001, date(2026, 11, 24), 2.5])
    target = io.BytesIO()
    book.save(target)
    assert rows(target.getvalue(), "表.xlsx") == [{"工单号": "1001", "日期": "2026-11-24 00:00:00", "数量": "2.5"}]


@pytest.mark.parametrize(("content", "name"), [(b"", "x.csv"), (b"not a workbook", "x.xlsx"), (b"\n\n", "x.csv")])
def test_what_is_no_table_is_refused_in_words(content, name):
    with pytest.raises(Refused):
        reading.heads(io.BytesIO(content), name)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content):
    list(reading.rows(io.BytesIO(content), "x.csv"))


FIELDS = (Field("name", "name", ("姓名",)), Field("email", "e-mail", ("邮箱", "电子邮件")), Field("phone", "telephone", ("电话",)))


def test_columns_are_recognised_in_either_language_and_with_noise():
    assert mapping.suggest(["电子邮件（必填）", " 姓名* ", "其他"], FIELDS) == {"name": " 姓名* "}
    assert mapping.suggest(["E-Mail", "Name", "Telephone No"], FIELDS) == {"email": "E-Mail", "name": "Name", "phone": "Telephone No"}


@given(st.lists(st.sampled_from(["name", "姓名", "邮箱", "e-mail", "电话", "x", "y", ""]), max_size=8))
def test_no_column_is_used_twice(heads):
    found = list(mapping.suggest(heads, FIELDS).values())
    assert len(found) == len(set(found))
    assert set(found) <= set(heads)


@pytest.mark.parametrize("text", ["2026-11-24 14:05", "2026/11/24 14:05", "2026年11月24日 14:05", "2026-11-24T06:05:00Z", "24 Nov 2026 14:05"])
def test_moments_as_people_write_them(text):
    assert values.moment(text).isoformat() in ("2026-11-24T14:05:00+08:00", "2026-11-24T06:05:00+00:00")


@pytest.mark.parametrize("text", ["", "明天", "3/4/2026", "20261", "99"])
def test_what_is_not_clear_is_not_guessed(text):
    assert values.moment(text) is None


def test_levels_and_states_of_other_systems():
    assert [values.level(word) for word in ("紧急", "3 high", "2 normal", "低", "?")] == [1, 2, 3, 4, None]
    assert [values.phase(word) for word in ("已关闭", "pending reminder", "Open", "谁知道")] == ["closed", "waiting", "active", None]
