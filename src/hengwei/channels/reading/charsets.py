"""Bytes to text, whatever their sender believed about them."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

#: What senders declare, and what they mean: supersets take the place of the sets they outgrew.
ALIASES = {
    "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "gb": "gb18030",
    "chinese": "gb18030", "ms936": "gb18030", "windows-936": "gb18030", "euc-cn": "gb18030", "hz-gb-2312": "hz",
    "big5": "cp950", "big5-hkscs": "big5hkscs", "x-big5": "cp950", "cn-big5": "cp950", "csbig5": "cp950",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "ksc5601": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "iso-2022-cn": "gb18030", "x-euc-jp": "euc_jp",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "ascii", "ansi_x3.4-1968": "ascii",
    "iso-8859-8-i": "iso8859_8", "unicode-1-1-utf-7": "utf_7", "utf8": "utf-8", "utf8mb4": "utf-8", "utf-8-sig": "utf_8_sig", "unicode": "utf-16",
}
#: Declarations that say nothing.
UNKNOWN = {"", "ascii", "x-unknown", "unknown-8bit", "unknown", "default", "8bit", "binary", "x-user-defined", "_iso-2022-jp$esc", "iso-8859-1-unknown"}


def codec_of(declared: str | None) -> str | None:
    """Python's name of a declared charset; None when it says nothing, or nothing we know."""
    name = (declared or "").strip().strip("\"'").lower().split("*")[0]
    name = name.removeprefix("x-mac-")
    name = ALIASES.get(name, ALIASES.get(name.replace("_", "-"), name))
    if name in UNKNOWN:
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # base64, zip and rot13 are codecs too.
    return found.name if getattr(found, "_is_text_encoding", True) else None


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`. The declared charset first; then UTF-8; then what it looks like; at last Latin-1. Never fails."""
    codec = codec_of(declared)
    if codec is not None:
        try:
            return _tidy(data.decode(codec))
        except (UnicodeDecodeError, ValueError):
            pass
    if data.isascii():
        return _tidy(_escaped(data))
    try:
        return _tidy(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if codec is not None:
        # One broken character must not turn a whole message into another alphabet.
        text = data.decode(codec, "replace")
        if text.count("\ufffd") <= max(1, len(text) // 50):
            return _tidy(text)
    return _tidy(_detected(data))


def _escaped(data: bytes) -> str:
    """ASCII, where ISO-2022 hides in plain bytes."""
    if b"\x1b$" in data or b"\x1b(" in data:
        try:
            return data.decode("iso2022_jp_ext")
        except UnicodeDecodeError:
            pass
    return data.decode("ascii")


def _detected(data: bytes) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    # Most undeclared bytes here are GBK. Han of the common block is the proof; short text gives a detector too little.
    if text and _common_han(text) >= max(1, 0.5 * sum(c > "\x7f" for c in text)):
        return text
    best = from_bytes(data[:20000]).best()
    if best is not None:
        try:
            return data.decode(best.encoding)
        except (UnicodeDecodeError, LookupError):
            pass
    return data.decode("latin-1")


def _common_han(text: str) -> int:
    return sum("\u4e00" <= c <= "\u9fa5" or "\u3000" <= c <= "\u303f" or "\uff01" <= c <= "\uff5e" for c in text)


def _tidy(text: str) -> str:
    # PostgreSQL takes no NUL, and a byte order mark is no character.
    return text.replace("\x00", "").removeprefix("\ufeff").encode("utf-8", "replace").decode("utf-8")
