"""The marks that begin a clause: 第一章, 第十二条之一, 一、, （一）, 1., 1.1, (1), ①, I., A., bullets; Chapter 1, Article 2."""

from __future__ import annotations

import re
from dataclasses import dataclass

HANZI = "零〇一二两三四五六七八九十百千"
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
#: One character for one, so that places in the narrowed text are places in the text.
_NARROW = {ord("０") + n: str(n) for n in range(10)} | {ord("Ａ") + n: chr(ord("A") + n) for n in range(26)} | {
    ord("ａ") + n: chr(ord("a") + n) for n in range(26)} | {
    ord("（"): "(", ord("）"): ")", ord("．"): ".", ord("　"): " ", ord("\u00a0"): " ", ord("﹑"): "、", ord("､"): "、", ord("–"): "-"}


def narrow(text: str) -> str:
    """The text with full-width digits, letters, brackets and spaces made half-width, character for character."""
    return text.translate(_NARROW)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark found in a text, from `start` to `end`. `style` is how it is written; marks of one style are siblings."""

    kind: str
    style: str
    value: int
    sub: int
    number: str
    start: int
    end: int
    path: tuple[int, ...] = ()


def hanzi_value(text: str) -> int:
    """The number that Chinese numerals say: 十二 is 12, 一百零三 is 103, 二〇 is 20."""
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def to_hanzi(value: int) -> str:
    """Chinese numerals of 1 to 999, as laws count: 10 is 十, 21 is 二十一."""
    names = "零一二三四五六七八九"
    if value < 10:
        return names[value]
    if value < 20:
        return "十" + (names[value % 10] if value % 10 else "")
    if value < 100:
        return names[value // 10] + "十" + (names[value % 10] if value % 10 else "")
    rest = value % 100
    return names[value // 100] + "百" + ("" if not rest else ("零" + names[rest]) if rest < 10 else ("一" if rest < 20 else "") + to_hanzi(rest))


def roman_value(text: str) -> int:
    """The number that Roman numerals say."""
    total = 0
    for here, after in zip(text, [*text[1:], ""], strict=True):
        value = _ROMAN[here]
        total += -value if after and _ROMAN[after] > value else value
    return total


def value_of(text: str) -> int:
    """The number that digits, Chinese or Roman numerals say."""
    if text.isdecimal():
        return int(text)
    return hanzi_value(text) if text[0] in HANZI else roman_value(text.upper())


_CN = rf"(?:[{HANZI}]+|\d{{1,4}})"
_FRAME = re.compile(rf"第\s*(?P<n>{_CN})\s*(?P<unit>[编章节条])(?:之(?P<sub>{_CN}))?")
_FRAME_EN = re.compile(r"(?P<unit>Chapter|CHAPTER|Section|SECTION|Article|ARTICLE)\s+(?P<n>\d{1,3}|[IVXLC]+)(?![\w])[.:)]?")
_LISTS = (
    ("bracket_hanzi", re.compile(rf"\(\s*(?P<n>[{HANZI}]+)\s*\)[、.]?")),
    ("hanzi", re.compile(rf"(?P<n>[{HANZI}]+)\s*(?:、|\.(?!\d))")),
    ("decimal", re.compile(r"(?P<n>\d{1,3}(?:\.\d{1,3})+)(?![\d.]*\d)\.?(?=[\s\u4e00-\u9fff(《“【A-Za-z]|$)")),
    ("arabic", re.compile(r"(?P<n>\d{1,3})\s*(?:、|\.(?!\d))")),
    ("bracket_arabic", re.compile(r"\(\s*(?P<n>\d{1,3})\s*\)[、.]?|(?P<m>\d{1,3})\)")),
    ("circled", re.compile(rf"(?P<n>[{_CIRCLED}])")),
    ("roman", re.compile(r"(?P<n>[IVX]+)(?:\.(?![\w])|、)")),
    ("letter", re.compile(r"(?P<n>[A-Za-z])(?:[.)](?![\w.])|(?:\.|、|\))(?=[\u4e00-\u9fff]))")),
)
_UNIT = {"编": "chapter", "章": "chapter", "节": "section", "条": "article", "chapter": "chapter", "section": "section", "article": "article"}
BULLET = re.compile(r"(?:[-*+](?=\s)|[•·●○■□▪◆◇▫–—](?!\d))\s*")
#: 1 范围: a number and a gap, as in standards; only where it is the next in the row.
BARE = re.compile(r"(?P<n>\d{1,2})[ \t]+(?=[\u4e00-\u9fffA-Z])")


def frame_at(narrowed: str, place: int) -> Mark | None:
    """A mark of a chapter, section or article that begins at a place."""
    found = _FRAME.match(narrowed, place) or _FRAME_EN.match(narrowed, place)
    if found is None:
        return None
    unit, sub = found["unit"], found.groupdict().get("sub")
    english = unit[0].isascii()
    kind = _UNIT[unit.lower()]
    number = f"{unit.capitalize()} {found['n']}" if english else f"第{found['n']}{unit}" + (f"之{sub}" if sub else "")
    style = "part" if unit == "编" else kind
    return Mark(kind, style, value_of(found["n"]), value_of(sub) if sub else 0, number, found.start(), found.end())


def list_at(narrowed: str, place: int) -> list[Mark]:
    """The marks of lists that a place may begin, the likeliest first: `I.` is Roman one or a letter."""
    marks = []
    for style, pattern in _LISTS:
        found = pattern.match(narrowed, place)
        if found is None:
            continue
        raw = found["n"] or found.groupdict().get("m") or ""
        path: tuple[int, ...] = ()
        if style == "hanzi":
            value, number = hanzi_value(raw), f"{raw}、"
        elif style == "bracket_hanzi":
            value, number = hanzi_value(raw), f"（{raw}）"
        elif style == "decimal":
            path = tuple(int(part) for part in raw.split("."))
            value, number = path[-1], raw
        elif style == "arabic":
            value, number, path = int(raw), f"{raw}.", (int(raw),)
        elif style == "bracket_arabic":
            value, number = int(raw), f"({raw})"
        elif style == "circled":
            value, number = _CIRCLED.index(raw) + 1, raw
        elif style == "roman":
            value, number = roman_value(raw), f"{raw}."
        else:
            value, number = ord(raw.lower()) - ord("a") + 1, f"{raw}."
            style = "letter" if raw.isupper() else "small_letter"
        if value == 0:
            continue
        own = f"decimal{len(path)}" if path else style
        marks.append(Mark("item", own, value, 0, number, found.start(), found.end(), path))
    return marks


CANDIDATE = re.compile(
    rf"第\s*{_CN}\s*[编章节条]|(?:Chapter|CHAPTER|Section|SECTION|Article|ARTICLE)\s+[\dIVXLC]|\(\s*(?:[{HANZI}]+|\d{{1,3}})\s*\)|[{HANZI}]+\s*、|[{_CIRCLED}]|(?<![\d.\w])\d{{1,3}}(?:\.\d{{1,3}})*\s*[.、)]?|(?<![\w.])[IVX]+[.、]|(?<![\w.])[A-Za-z][.)、]"
)


def in_english(number: str) -> str:
    """第三条 as Article 3, （二） as (2); a mark that is no Chinese one stays."""
    narrowed = narrow(number)
    frame = frame_at(narrowed, 0)
    if frame is not None and number.startswith("第"):
        word = {"chapter": "Chapter", "section": "Section", "article": "Article"}[frame.kind]
        return f"{word} {frame.value}" + (f"-{frame.sub}" if frame.sub else "")
    listed = list_at(narrowed, 0)
    if listed and listed[0].style in ("hanzi", "bracket_hanzi"):
        return f"{listed[0].value}." if listed[0].style == "hanzi" else f"({listed[0].value})"
    return number
