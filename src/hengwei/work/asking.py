"""The quick search's language: words, phrases, `team:网络`, `is:overdue`, `created>2026-10-01`, `2026-10`. Pure.

    parse('from:李倩 is:overdue 2026-10 "月结单据" 打印机', today=date(2026, 11, 25))

Everything can be negated with a minus. What looks like a term and is none is kept as a word and named in `unknown`, so
that nothing typed is lost and the page can say what it did not understand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

#: Terms, and other names for them that people type.
TERMS = {
    "from": ("from", "requester", "请求人", "来自"), "customer": ("customer", "客户", "部门"), "team": ("team", "团队", "组"),
    "owner": ("owner", "处理人"), "kind": ("kind", "type", "类型"), "priority": ("priority", "优先级"), "category": ("category", "分类"),
    "state": ("state", "status", "状态"), "label": ("label", "tag", "标签"), "source": ("source", "渠道"), "site": ("site", "地点"),
    "number": ("number", "no", "编号"), "is": ("is", "是"),
}
#: What `is:` may ask.
FLAGS = {
    "overdue": ("overdue", "late", "超时"), "soon": ("soon", "即将超时"), "unassigned": ("unassigned", "unowned", "未分派"), "open": ("open", "未完成"),
    "new": ("new", "新建"), "waiting": ("waiting", "pending", "等待", "挂起"), "resolved": ("resolved", "已解决"), "closed": ("closed", "已关闭"),
    "mine": ("mine", "me", "我的"), "unread": ("unread", "未读"), "snoozed": ("snoozed", "稍后"), "breached": ("breached", "违约"),
    "reopened": ("reopened", "重开"), "urged": ("urged", "chased", "催办"), "watched": ("watched", "关注"), "merged": ("merged", "合并"),
}
#: Moments that can be compared, and the field of each.
MOMENTS = {
    "created": ("created", "received", "创建", "收到"), "updated": ("updated", "changed", "更新"), "resolved": ("resolved", "解决"),
    "closed": ("closed", "关闭"), "due": ("due", "到期"),
}
#: More terms than this were not typed by a person.
PARTS_AT_MOST = 40


def _names(table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {other: key for key, others in table.items() for other in others}


_TERM, _FLAG, _MOMENT = _names(TERMS), _names(FLAGS), _names(MOMENTS)
_PIECE = re.compile(r'(?P<minus>-)?(?:(?P<key>[^\s"：:<>]+?)(?P<op>[：:]|>=|<=|>|<))?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))')
_DAY = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$")
_AGO = re.compile(r"-?(\d{1,4})([dwhm天周月])$")
_SPAN = {"d": 1, "天": 1, "w": 7, "周": 7, "m": 30, "月": 30}


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: `key` is of TERMS; for `is` the value is of FLAGS."""

    key: str
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """A moment of the item on days from `start` (included) to `end` (excluded); None leaves that side open."""

    key: str
    start: date | None
    end: date | None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for."""

    terms: tuple[Term, ...] = ()
    spans: tuple[Between, ...] = ()
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    unknown: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.spans or self.words or self.phrases or self.without)

    @property
    def is_structured(self) -> bool:
        """Whether it asks for more than words."""
        return bool(self.terms or self.spans)

    @property
    def text(self) -> str:
        """The words and phrases, as the search index takes them."""
        return " ".join((*self.words, *self.phrases))


def days_of(text: str, today: date) -> tuple[date, date] | None:
    """The days that a text names: `2026-10` the month, `2026-10-01` the day, `7d` the day so long ago; None for no date."""
    found = _DAY.match(text)
    if found:
        year, month, day = int(found[1]), int(found[2]), int(found[3] or 0)
        try:
            start = date(year, month, day or 1)
            if day:
                return start, start + timedelta(days=1)
            return start, date(year + month // 12, month % 12 + 1, 1)
        except (ValueError, OverflowError):
            return None
    if text in ("today", "今天"):
        return today, today + timedelta(days=1)
    if text in ("yesterday", "昨天"):
        return today - timedelta(days=1), today
    ago = _AGO.match(text)
    if ago and ago[2] in _SPAN:
        start = today - timedelta(days=int(ago[1]) * _SPAN[ago[2]])
        return start, start + timedelta(days=1)
    return None


def parse(text: str, *, today: date) -> Question:
    """Understand what was typed; never raises."""
    terms: list[Term] = []
    spans: list[Between] = []
    words: list[str] = []
    phrases: list[str] = []
    without: list[str] = []
    unknown: list[str] = []
    for piece in _pieces(text):
        minus, key, op = bool(piece["minus"]), (piece["key"] or "").casefold(), piece["op"] or ""
        quoted, value = piece["quoted"] is not None, (piece["quoted"] if piece["quoted"] is not None else piece["bare"]).strip()
        if key and value:
            made = _term(key, op, value, minus) if op in (":", "：") else None
            span = _span(key, op, value, minus, today)
            if made is not None:
                terms.append(made)
                continue
            if span is not None:
                spans.append(span)
                continue
            unknown.append(piece[0])
            value, quoted = piece[0].lstrip("-").replace('"', " ").strip(), False
        if not value:
            continue
        days = days_of(value, today) if not quoted and not key and _DAY.match(value) else None
        if days is not None:
            spans.append(Between("created", *days, negated=minus))
        elif minus:
            without.append(value)
        else:
            (phrases if quoted else words).append(value)
    return Question(tuple(terms), tuple(spans), tuple(words), tuple(phrases), tuple(without), tuple(unknown))


def _pieces(text: str) -> Iterator[re.Match[str]]:
    for count, piece in enumerate(_PIECE.finditer(text)):
        if count >= PARTS_AT_MOST:
            return
        yield piece


def _term(key: str, op: str, value: str, minus: bool) -> Term | None:
    name = _TERM.get(key)
    if name is None:
        return None
    if name == "is":
        flag = _FLAG.get(value.casefold())
        return Term("is", flag, minus) if flag else None
    return Term(name, value, minus)


def _span(key: str, op: str, value: str, minus: bool, today: date) -> Between | None:
    name, days = _MOMENT.get(key), days_of(value, today)
    if name is None or days is None:
        return None
    start, end = days
    if op in (":", "："):
        return Between(name, start, end, minus)
    if op == ">":
        return Between(name, end, None, minus)
    if op == ">=":
        return Between(name, start, None, minus)
    if op == "<":
        return Between(name, None, start, minus)
    return Between(name, None, end, minus)


def written(question: Question) -> str:
    """The question as it would be typed: parsed again it is the same."""
    said = [f"{'-' if t.negated else ''}{t.key}:{_quoted(t.value)}" for t in question.terms]
    for span in question.spans:
        minus = "-" if span.negated else ""
        if span.start and span.end and span.end - span.start == timedelta(days=1):
            said.append(f"{minus}{span.key}:{span.start}")
        elif span.start and span.end:
            said.append(f"{minus}{span.key}:{span.start:%Y-%m}")
        elif span.start:
            said.append(f"{minus}{span.key}>={span.start}")
        elif span.end:
            said.append(f"{minus}{span.key}<{span.end}")
    said += question.words
    said += [f'"{phrase}"' for phrase in question.phrases]
    said += [f"-{_quoted(word)}" for word in question.without]
    return " ".join(said)


def _quoted(value: str) -> str:
    return value if re.fullmatch(r'[^\s"：:<>]+', value) and not value.startswith("-") else f'"{value}"'
