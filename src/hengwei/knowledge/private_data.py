"""Private data in a text: found so that a person takes it out before customers read it. Pure.

Nothing here decides; it points. It would rather mark one number too many than miss one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Sort = Literal["name", "phone", "mail", "address", "account", "identity", "secret"]

#: What stands in the place of what was taken out.
MASKS: dict[str, str] = {
    "name": "（姓名）", "phone": "（电话）", "mail": "（邮箱）", "address": "（IP地址）", "account": "（账号）", "identity": "（证件号）", "secret": "（密码）",
}
MASKS_EN: dict[str, str] = {
    "name": "(name)", "phone": "(phone)", "mail": "(e-mail)", "address": "(IP address)", "account": "(account)", "identity": "(ID number)", "secret": "(password)",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of the text that looks private: [start, end)."""

    start: int
    end: int
    sort: Sort
    text: str


_MAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}")
_MOBILE = re.compile(r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<![\d.\-])(?:\(0\d{2,3}\)|（0\d{2,3}）|0\d{2,3})[- ]?[2-9]\d{6,7}(?:[-转 ]{1,2}\d{2,5})?(?!\d)")
_EXTENSION = re.compile(r"(?:分机|内线|座机|电话|ext\.?|extension|phone)(?:号码?)?\s*(?:是|为|[:：])?\s*(\d{3,8})(?!\d)", re.IGNORECASE)
_WORLD = re.compile(r"(?<![\w+])\+(?!86)[1-9]\d{0,2}[- ]?(?:\(?\d{1,4}\)?[- ]?){2,5}\d{2,4}(?!\d)")
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![\d.\-])\d{4}(?:[ -]?\d{4}){2,3}[ -]?\d{1,7}(?!\d)")
_ACCOUNT = re.compile(
    r"(?:账号|帐号|账户|帐户|户号|卡号|工号|用户名|登录名|客户编号|account(?:\s+(?:no|number|name))?|user\s?name|login|employee\s+(?:no|number))\.?\s*(?:是|为|is|[:：])?\s*([A-Za-z0-9][A-Za-z0-9_.\-]{2,})",
    re.IGNORECASE)
_SECRET = re.compile(r"(?:密码|口令|验证码|password|passwd|pwd|secret|token)\s*(?:是|为|is|[:：=])\s*([^\s，。；,;]{3,})", re.IGNORECASE)
_IN_URL = re.compile(r"://([^/\s:@]+:[^/\s@]+)@")
#: Surnames of most people, of one and of two characters.
_SURNAMES = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严武孔向汤]"
)
_TITLED = re.compile(rf"(?:{_SURNAMES})[\u4e00-\u9fff]{{0,2}}?(?=先生|女士|小姐|经理|主任|主管|工程师|师傅|老师|会计|总监|科长|部长|组长|班长|总(?![\u4e00-\u9fff]))")
_CALLED = re.compile(rf"(?:联系人|姓名|请求人|报修人|申请人|经办人|用户|同事|找)(?:是|为|[:：])?\s*((?:{_SURNAMES})[\u4e00-\u9fff]{{1,2}})(?![\u4e00-\u9fff]{{2}})")
_ENGLISH_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s+([A-Z][a-z]+(?:\s+[A-Z][a-z]+)?)")


def _real_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


def _has_letter_or_two_groups(text: str) -> bool:
    """A time such as 12:30:05 is no IPv6 address."""
    return ("::" in text or bool(re.search(r"[A-Fa-f]", text)) or text.count(":") >= 7) and _real_address(text)


def _luhn(text: str) -> bool:
    """Whether the digits add up as those of bank cards do; Chinese account numbers of 16 to 19 digits mostly do."""
    digits = [int(c) for c in text if c.isdigit()]
    if not 13 <= len(digits) <= 19:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 or len(digits) >= 16


_RULES: tuple[tuple[Sort, re.Pattern[str], int, Callable[[str], bool]], ...] = (
    ("secret", _IN_URL, 1, lambda text: True),
    ("secret", _SECRET, 1, lambda text: True),
    ("mail", _MAIL, 0, lambda text: True),
    ("identity", _IDENTITY, 0, lambda text: True),
    ("phone", _MOBILE, 0, lambda text: True),
    ("phone", _LANDLINE, 0, lambda text: True),
    ("phone", _WORLD, 0, lambda text: sum(c.isdigit() for c in text) >= 8),
    ("phone", _EXTENSION, 1, lambda text: True),
    ("address", _IPV4, 0, _real_address),
    ("address", _IPV6, 0, _has_letter_or_two_groups),
    ("account", _CARD, 0, _luhn),
    ("account", _ACCOUNT, 1, lambda text: any(c.isdigit() for c in text) or "." in text or "_" in text),
    ("name", _TITLED, 0, lambda text: True),
    ("name", _CALLED, 1, lambda text: True),
    ("name", _ENGLISH_TITLED, 1, lambda text: True),
)


def find(text: str, *, names: Iterable[str] = ()) -> list[Finding]:
    """What looks private, in order and without overlaps.

    `names` are people known to stand in such a text (the requester, his company), found wherever they are written.
    """
    found: list[Finding] = []
    for name in sorted({n.strip() for n in names if len(n.strip()) > 1}, key=len, reverse=True):
        found += [Finding(m.start(), m.end(), "name", m.group()) for m in re.finditer(re.escape(name), text)]
    for sort, pattern, group, holds in _RULES:
        for match in pattern.finditer(text):
            if match.end(group) > match.start(group) and holds(match.group(group)):
                found.append(Finding(match.start(group), match.end(group), sort, match.group(group)))
    return _without_overlaps(found)


def _without_overlaps(found: Sequence[Finding]) -> list[Finding]:
    """The longer of two that overlap, the earlier of two as long."""
    kept: list[Finding] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)


def is_chinese(text: str) -> bool:
    """Whether a text of unknown language is Chinese: whoever writes Chinese writes at least one character of it."""
    return bool(re.search("[\u4e00-\u9fff]", text))


def mask(text: str, found: Sequence[Finding], *, chinese: bool = True) -> str:
    """The text with every finding replaced by a word for what stood there."""
    masks = MASKS if chinese else MASKS_EN
    pieces, last = [], 0
    for one in found:
        pieces += [text[last : one.start], masks[one.sort]]
        last = one.end
    return "".join([*pieces, text[last:]])
