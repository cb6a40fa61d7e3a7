"""What is understood of a message: mail as programs of the world write it, and mail that is broken."""

from __future__ import annotations

import json
import struct
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengwei.channels.reading import charsets, headers, markup, quoting
from hengwei.channels.reading.message import parse

DATA = Path(__file__).parent.parent / "data" / "mail"
#: Reviewed by hand; what a message of the set must be read as.
EXPECTED = json.loads((DATA / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(p.stem for p in DATA.glob("*.eml")))
def test_mail_of_the_world_is_read(name):
    found = json.loads(json.dumps(parse((DATA / f"{name}.eml").read_bytes()).as_json(), ensure_ascii=False))
    assert {k: v for k, v in found.items() if v and k not in ("sha256", "size")} == EXPECTED[name]


@pytest.mark.parametrize(("declared", "encoded", "text"), [
    ("gb2312", "镕铷㐂".encode("gb18030"), "镕铷㐂"), ("GBK", "打印机".encode("gbk"), "打印机"), ("cp936", "打印机".encode("gbk"), "打印机"),
    ("big5-hkscs", "嘅".encode("big5hkscs"), "嘅"), ("ks_c_5601-1987", "안녕".encode("cp949"), "안녕"), ("shift_jis", "①".encode("cp932"), "①"),
    ("unicode-1-1-utf-7", "打印".encode("utf-7"), "打印"), ("hz-gb-2312", "打印".encode("hz"), "打印"), ("iso-2022-jp", "接続".encode("iso2022_jp"), "接続"),
    ("x-unknown", "打印机坏了".encode(), "打印机坏了"), ("unknown-8bit", "打印机坏了".encode("gbk"), "打印机坏了"), (None, "邮件".encode("gbk"), "邮件"),
    ("utf-8", "打印机坏了，请来看看".encode("gbk"), "打印机坏了，请来看看"), ("us-ascii", "打印".encode(), "打印"), ("no-such-set", b"plain", "plain"),
    ("iso-8859-1", b"\x93quoted\x94", "“quoted”"), ("base64", b"plain", "plain"), ("utf-8", b"a\x00b", "ab"),
])
def test_text_whatever_the_charset_says(declared, encoded, text):
    assert charsets.decode(encoded, declared) == text


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "gbk", "big5", "x-unknown", "utf-7", "utf-16", "iso-2022-jp", "hz"]))
def test_any_bytes_become_text_that_can_be_stored(data, declared):
    text = charsets.decode(data, declared)
    assert "\x00" not in text
    text.encode("utf-8")


@pytest.mark.parametrize(("raw", "expected"), [
    ("Zhang San <a@b.cn>", [("Zhang San", "a@b.cn")]), ('"Miller, Anna" <A@B.de.>', [("Miller, Anna", "a@b.de")]), ("<>", []), ("undisclosed-recipients:;", []),
    ("Team: a@b.cn, c@d.cn;, e@f.cn", [("", "a@b.cn"), ("", "c@d.cn"), ("", "e@f.cn")]), ("=?utf-8?Q?Zhang,_San?= <a@b.cn>", [("Zhang, San", "a@b.cn")]),
    ("张三 <a@b.cn>，", [("张三", "a@b.cn")]), ("a@b.cn, A@B.cn", [("", "a@b.cn")]), ("'x@y.cn' <x@y.cn>", [("", "x@y.cn")]),
])
def test_addresses(raw, expected):
    assert [tuple(a) for a in headers.addresses([raw])] == expected


@pytest.mark.parametrize(("raw", "text"), [
    ("=?UTF-8?B?5omT?= =?UTF-8?B?5Y2w?=", "打印"), ("a =?UTF-8?Q?=E6=89=93?= b", "a 打 b"), ("=?utf-8?Q?=E6=89?= =?utf-8?Q?=93?=", "打"),
    ("=?gb2312?B?tPLTobu6?=", "打印缓"), ("=?utf-8*zh?Q?=E6=89=93?=", "打"), ("=?bad", "=?bad"), ("=?utf-8?B?5omT5Y2w?", "=?utf-8?B?5omT5Y2w?"), ("", ""),
])
def test_encoded_words(raw, text):
    assert headers.text(raw) == text


@pytest.mark.parametrize(("body", "text", "quoted_has"), [
    ("好的\n\n在 2026年11月2日 14:02，李四 <li@x.cn> 写道：\n> 请看\n", "好的", "请看"),
    ("ok\n-----Original Message-----\nFrom: a\nold", "ok", "old"),
    ("收到\n\n________________________________\n发件人: a <a@b.cn>\n发送时间: 今天\n收件人: c\n主题: d\n\n旧", "收到", "旧"),
    (f"done\n\n> {quoting.REPLY_ABOVE}\n> rest", "done", "rest"),
    ("From: my point of view\nit is fine", "From: my point of view\nit is fine", ""),
    ("> all quoted", "> all quoted", ""),
    ("", "", ""),
])
def test_what_was_written_and_what_it_quotes(body, text, quoted_has):
    found = quoting.split(body)
    assert found.text == text
    assert quoted_has in found.quoted


@given(st.lists(st.sampled_from(["hello", "> quoted", "-- ", "On Monday a wrote:", "发自我的iPhone", "", "-----Original Message-----", "From: a", "To: b", "Subject: c", "在 2026年1月2日 a 写道："]), max_size=14))
def test_folding_loses_no_line(lines):
    found = quoting.split("\n".join(lines))
    together = "\n".join(found)
    for line in lines:
        assert line.strip() in together


def _tnef(name: str, content: bytes) -> bytes:
    def attribute(level: int, code: int, data: bytes) -> bytes:
        return struct.pack("<BII", level, code, len(data)) + data + struct.pack("<H", sum(data) % 65536)

    return (
        struct.pack("<IH", 0x223E9F78, 1) + attribute(2, 0x00069002, b"\x00" * 14) + attribute(2, 0x00018010, name.encode() + b"\x00")
        + attribute(2, 0x0006800F, content)
    )


def test_winmail_dat_is_unpacked():
    message = EmailMessage()
    message["From"], message["Subject"] = "a@b.cn", "x"
    message.set_content("see file")
    message.add_attachment(_tnef("plan.xls", b"12345"), maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert [(f.name, f.content) for f in parse(bytes(message)).files] == [("plan.xls", b"12345")]


def test_a_broken_winmail_dat_is_kept():
    message = EmailMessage()
    message["From"] = "a@b.cn"
    message.set_content("see file")
    message.add_attachment(b"\x78\x9f\x3e\x22broken", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert [f.name for f in parse(bytes(message)).files] == ["winmail.dat"]


def test_nested_a_thousand_deep_and_cut_in_the_middle():
    data = b"From: a@b.cn\r\nSubject: deep\r\n"
    for level in range(300):
        data += b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level)
    assert parse(data + b"\r\nend").subject == "deep"


@settings(max_examples=60)
@given(st.data())
def test_no_damage_stops_the_reading(data):
    raw = bytearray((DATA / f"{data.draw(st.sampled_from(['qq-reply', 'bounce-permanent', 'attachment-names', 'calendar-and-message', 'uuencode']))}.eml").read_bytes())
    for _ in range(data.draw(st.integers(0, 12))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    json.dumps(parse(bytes(raw)).as_json())


@given(st.text(alphabet="<>/ab =\"'divscrptonlick:jaxh&;#0123456789", max_size=120))
def test_cleaned_html_runs_nothing(html):
    cleaned, _remote = markup.clean(html + "<img src=x onerror=alert(1)><svg/onload=alert(1)><a href='java\nscript:x'>y</a>")
    lowered = cleaned.lower()
    assert ("<script" not in lowered and "onerror=" not in lowered.replace("&quot;", "")) or "<img" not in lowered
    assert "<svg" not in lowered and "href=\"java" not in lowered


def test_pictures_from_elsewhere_are_left_out_and_counted():
    cleaned, remote = markup.clean('<img src="https://t.example/p.gif"><img src="cid:a@b">', pictures={"a@b": "/files/1"}.get)
    assert remote == 1
    assert 'src="/files/1"' in cleaned
    assert "t.example" not in cleaned


def test_the_same_message_by_two_ways_is_one_and_a_borrowed_id_is_not():
    one = b"From: a@b.cn\r\nMessage-ID: <1@b.cn>\r\nSubject: x\r\n\r\nwords"
    assert parse(b"Received: by us\r\n" + one).fingerprint == parse(one).fingerprint
    assert parse(one.replace(b"words", b"other")).fingerprint != parse(one).fingerprint
    assert parse(one.replace(b"Message-ID: <1@b.cn>\r\n", b"")).fingerprint == parse(one.replace(b"Message-ID: <1@b.cn>\r\n", b"")).sha256
