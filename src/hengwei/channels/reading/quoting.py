"""Plain words: what was written now, what it quotes, and the signature under it."""

from __future__ import annotations

import re
from typing import NamedTuple

from .headers import Address, first_address

#: The line under which our own mail stands; whatever program answers, what follows it is quoted.
REPLY_ABOVE = "##- 请在此行以上回复 / Please reply above this line -##"

_DASHED = re.compile(
    r"^\s*>?\s*(?:[-_—*=]{2,}\s*)(?:original message|original appointment|forwarded message|begin forwarded message|reply message|replied message|原始邮件|原邮件|原邮件信息|原始信息|"
    r"回复的原邮件|回复的邮件信息|转发的原邮件|转发的邮件|转发邮件信息|转发信息|原始郵件|轉寄郵件)\s*(?:[-_—*=]{2,})?\s*$", re.IGNORECASE)
_BEGIN_FORWARD = re.compile(r"^\s*(begin forwarded message|开始转发的邮件|下面是被转发的邮件)\s*[:：]\s*$", re.IGNORECASE)
_WROTE = re.compile(
    r"^\s*(?:on\s.{5,200}\bwrote\s*[:：]|at\s\d{4}-.{5,200}\bwrote\s*[:：]|(?:在|于|於)\s*\d{2,4}\s*[年/-].{0,200}(?:写道|寫道)\s*[:：]|\d{4}年\d{1,2}月\d{1,2}日.{0,200}(?:写道|寫道)\s*[:：]|"
    r".{1,80}[<(][^<>()\s]+@[^<>()\s]+[>)]\s*(?:于|在|於)?.{0,60}(?:写道|寫道|wrote)\s*[:：]|am\s.{5,120}schrieb\s.{1,120}:|le\s.{5,120}a écrit\s*:)\s*$", re.IGNORECASE)
_FIELD = re.compile(r"^\s*[>*]*\s*(from|sent|date|to|cc|subject|发件人|发件地址|寄件者|寄件人|发送时间|发送日期|发信时间|日期|时间|收件人|收件者|抄送|抄送人|副本|主题|主旨)\s*[:：]\s*\**\s*(.*)$", re.IGNORECASE)
_FROM_FIELDS = {"from", "发件人", "发件地址", "寄件者", "寄件人"}
_RULE = re.compile(r"^\s*[_]{10,}\s*$")
_SIGNATURE = re.compile(r"^--\s?$")
_SENT_FROM = re.compile(
    r"^\s*(?:sent from (?:my |outlook|yahoo|mail for)|get outlook for |发自我的|來自我的|从我的.{1,20}发送|来自我的|发自.{0,20}(?:手机|iphone|ipad|邮箱)|由.{0,20}(?:邮箱大师|手机版).{0,10}(?:发送|发出)?|"
    r"\[?网易邮箱大师|来自qq邮箱)", re.IGNORECASE)
_FORWARD = re.compile(r"^\s*(?:\[[^\]]*\]\s*)?(?:fwd?|fw|转发|轉寄|轉發|wg)\s*[:：]", re.IGNORECASE)


class Split(NamedTuple):
    """A body in its three parts."""

    text: str
    quoted: str
    signature: str


def is_forward(subject: str) -> bool:
    """Whether a subject says that the message was passed on."""
    return bool(_FORWARD.match(subject))


def split(text: str) -> Split:
    """Part a plain body. Nothing is lost: joined together, the parts hold every line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cut = _cut(lines)
    upper, below = lines[:cut], lines[cut:]
    fresh, quoted = _angled(upper)
    fresh, signature = _signed(fresh)
    words, rest = "\n".join(fresh).strip(), "\n".join([*quoted, *below]).strip("\n")
    if not words and not "".join(signature).strip():
        # Nothing above: the quote is all there is to say.
        return Split(text.strip(), "", "")
    if not words:
        words, signature = "\n".join(signature).strip(), []
    return Split(words, rest, "\n".join(signature).strip())


def _cut(lines: list[str]) -> int:
    """The line from which on everything is quoted."""
    for index, line in enumerate(lines):
        if REPLY_ABOVE[:8] in line and "##" in line:
            # The attribution above our line belongs to the quote.
            back = index
            while back > 0 and (not lines[back - 1].strip("> ") or _WROTE.match(lines[back - 1]) or _DASHED.match(lines[back - 1])):
                back -= 1
            return min(back, index) if back else index
        if _DASHED.match(line) or _BEGIN_FORWARD.match(line):
            return index
        if (_RULE.match(line) and _block(lines, index + 1)) or (_FIELD.match(line) and _block(lines, index)):
            return index
        wrote = _WROTE.match(line) or (index + 1 < len(lines) and re.match(r"^\s*(on|在|于|at)\s", line, re.IGNORECASE) and _WROTE.match(f"{line} {lines[index + 1].strip()}"))
        if wrote and not _answered_below(lines, index + 1):
            return index
    return len(lines)


def _block(lines: list[str], start: int) -> bool:
    """Whether a header block of a quoted message begins here: a sender, and two more fields within six lines."""
    names = []
    for line in [one for one in lines[start : start + 9] if one.strip()][:6]:
        match = _FIELD.match(line)
        if match:
            names.append(match[1].lower())
        elif not names:
            return False
    return len(set(names)) >= 3 and bool(set(names) & _FROM_FIELDS)


def _answered_below(lines: list[str], start: int) -> bool:
    """Whether somebody answers under or between the quoted lines."""
    quoted = False
    for line in lines[start:]:
        if line.startswith(">"):
            quoted = True
        elif line.strip() and quoted and not _SIGNATURE.match(line) and not _SENT_FROM.match(line):
            return True
        elif line.strip() and not quoted:
            return False
    return False


def _angled(lines: list[str]) -> tuple[list[str], list[str]]:
    """Take out lines quoted by '>' with the attribution above them."""
    fresh: list[str] = []
    quoted: list[str] = []
    for line in lines:
        if line.startswith((">", " >")):
            back = len(fresh)
            while back > 0 and not fresh[back - 1].strip():
                back -= 1
            if back > 0 and _WROTE.match(fresh[back - 1]):
                quoted.extend(fresh[back - 1 :])
                del fresh[back - 1 :]
            elif back > 1 and _WROTE.match(f"{fresh[back - 2]} {fresh[back - 1].strip()}"):
                quoted.extend(fresh[back - 2 :])
                del fresh[back - 2 :]
            quoted.append(line)
        else:
            fresh.append(line)
    return fresh, quoted


def _signed(lines: list[str]) -> tuple[list[str], list[str]]:
    for index, line in enumerate(lines):
        if _SIGNATURE.match(line) or (_SENT_FROM.match(line) and len(lines) - index <= 6):
            return lines[:index], lines[index:]
    return lines, []


def forwarded_sender(text: str) -> Address | None:
    """The one who wrote the message that was passed on, by the first header block in the text; None without one."""
    lines = text.replace("\r\n", "\n").split("\n")
    for index, line in enumerate(lines):
        match = _FIELD.match(line)
        if match and match[1].lower() in _FROM_FIELDS and _block(lines, index):
            value = re.sub(r"[\[［](?:mailto:)?([^\]］]+@[^\]］]+)[\]］]", r"<\1>", match[2].strip().strip("*"))
            found = first_address(value)
            return found if found.email else None
    return None
