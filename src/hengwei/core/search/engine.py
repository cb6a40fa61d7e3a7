"""Writing and asking the search index."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from . import tokens

#: Characters of a text that a snippet shows.
SNIPPET = 160
#: Words that so many of the newest so many entries hold are frequent: walking back from the newest finds a page of them soon.
SAMPLE, FREQUENT = 400, 4


@dataclass(frozen=True, slots=True)
class Provider:
    """How a room takes part: `visible` narrows a list of ids to those that the person may see, `show` names them."""

    kind: str
    visible: Callable[[Any, Sequence[int]], set[int]]
    show: Callable[[Sequence[int]], dict[int, tuple[str, str]]]
    internal: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, as its finder may see it."""

    kind: str
    pk: int
    title: str
    url: str
    snippet: SafeString


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: the hits, where to go on, and what was understood when nothing was written so."""

    hits: list[Hit]
    cursor: int | None
    instead: str = ""


_providers: dict[str, Provider] = {}
_synonyms: tuple[float, dict[str, list[str]]] = (float("-inf"), {})


def register(
    kind: str, *, visible: Callable[[Any, Sequence[int]], set[int]], show: Callable[[Sequence[int]], dict[int, tuple[str, str]]],
    internal: Callable[[Any], bool],
) -> None:
    """Make a kind of record searchable. `internal(user)` says whether the person may search internal words of it."""
    _providers[kind] = Provider(kind, visible, show, internal)


def index(kind: str, pk: int, *, title: str, public_text: str = "", internal_text: str = "") -> None:
    """Write or renew the entry of a record. Internal words are kept apart and never shown or matched for others."""
    public = tokens.vector(f"{title}\n{public_text}")
    internal = tokens.vector(f"{title}\n{public_text}\n{internal_text}") if internal_text else None
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO core_searchentry (kind, object_id, title, text, internal_text, public_vector, internal_vector)
               VALUES (%s, %s, %s, %s, %s, %s::tsvector, %s::tsvector)
               ON CONFLICT (kind, object_id) DO UPDATE SET title = excluded.title, text = excluded.text,
                 internal_text = excluded.internal_text, public_vector = excluded.public_vector,
                 internal_vector = excluded.internal_vector""",
            [kind, pk, title, public_text, internal_text, public, internal if internal is not None else public],
        )


def remove(kind: str, pk: int) -> None:
    """Take a record out of the index."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_searchentry WHERE kind = %s AND object_id = %s", [kind, pk])


def forget() -> None:
    """Read the synonyms anew at the next question."""
    global _synonyms
    _synonyms = (float("-inf"), {})


def synonyms() -> dict[str, list[str]]:
    """The department's synonyms: each folded word to the others of its group."""
    global _synonyms
    if time.monotonic() - _synonyms[0] > 10:
        from hengwei.core.models import SynonymGroup

        table: dict[str, list[str]] = {}
        for words in SynonymGroup.objects.values_list("words", flat=True):
            folded = [tokens.fold(word) for word in words]
            for word in folded:
                table.setdefault(word, []).extend(other for other in folded if other != word)
        _synonyms = (time.monotonic(), table)
    return _synonyms[1]


def search(
    text: str, *, user: Any, kinds: Sequence[str] | None = None, limit: int = 20, cursor: int | None = None, prefix_last: bool = False,
) -> Found:
    """What the person may see that contains all the words, newest first.

    When nothing does, the nearest known words are tried (`printr` finds printer) and named in `instead`.
    """
    wanted = [kind for kind in (kinds or _providers) if kind in _providers]
    question = tokens.query(text, synonyms(), prefix_last=prefix_last)
    if not wanted or not question:
        return Found([], None)
    found = _ask(question, text, user=user, kinds=wanted, limit=limit, cursor=cursor)
    if not found.hits and cursor is None:
        nearest = _nearest(text)
        if nearest and nearest != text:
            again = _ask(tokens.query(nearest, synonyms()), nearest, user=user, kinds=wanted, limit=limit, cursor=None)
            return Found(again.hits, again.cursor, instead=nearest if again.hits else "")
    return found


def _ask(question: str, text: str, *, user: Any, kinds: Sequence[str], limit: int, cursor: int | None) -> Found:
    hits: list[Hit] = []
    scopes = {kind: _providers[kind].internal(user) for kind in kinds}
    if not question:
        return Found([], None)
    while len(hits) < limit:
        rows = _rows(question, scopes, want=max(limit * 2, 50), below=cursor)
        if not rows:
            return Found(hits, None)
        seen = {kind: _providers[kind].visible(user, [r[2] for r in rows if r[1] == kind]) for kind in kinds}
        named = {kind: _providers[kind].show(sorted(pks)) for kind, pks in seen.items() if pks}
        for pk, kind, object_id, body, internal in rows:
            cursor = pk
            if object_id in seen[kind] and object_id in named.get(kind, {}):
                title, url = named[kind][object_id]
                source = f"{body}\n{internal}" if scopes[kind] else body
                hits.append(Hit(kind, object_id, title, url, snippet(source, text)))
                if len(hits) == limit:
                    return Found(hits, cursor)
    return Found(hits, cursor)


def _rows(question: str, scopes: dict[str, bool], *, want: int, below: int | None) -> list[tuple[Any, ...]]:
    inside = [kind for kind, internal in scopes.items() if internal]
    outside = [kind for kind, internal in scopes.items() if not internal]
    # One index each: an OR over two would cost the newest-first plan.
    parts = [(vector, among) for vector, among in (("internal_vector", inside), ("public_vector", outside)) if among]
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for vector, among in parts:
            values: dict[str, Any] = {"q": question, "kinds": among, "below": below if below is not None else 2**62, "want": want, "sample": SAMPLE}
            cursor.execute(
                f"SELECT count(*) FROM (SELECT {vector} AS v FROM core_searchentry WHERE id < %(below)s ORDER BY id DESC LIMIT %(sample)s) s WHERE v @@ %(q)s::tsquery", values)
            # `id + 0` keeps the planner, which knows little of single words, from walking back through all entries for a rare one.
            order = "id" if cursor.fetchone()[0] >= FREQUENT else "id + 0"
            cursor.execute(
                f"SELECT id, kind, object_id, text, internal_text FROM core_searchentry WHERE {vector} @@ %(q)s::tsquery AND kind = ANY(%(kinds)s) AND id < %(below)s "
                f"ORDER BY {order} DESC LIMIT %(want)s", values)
            rows += cursor.fetchall()
    return sorted(rows, key=lambda row: -row[0])[:want]


def _nearest(text: str) -> str:
    """The question with each unknown Latin word replaced by the nearest one of the vocabulary."""
    words = tokens._RUNS.findall(tokens.fold(text))
    return " ".join(_nearest_word(word) if word.isascii() and len(word) > 3 else word for word in words)


def _nearest_word(word: str) -> str:
    pieces = tokens.trigrams(word)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT word, documents,
                      cardinality(ARRAY(SELECT unnest(trigrams) INTERSECT SELECT unnest(%(t)s::varchar[])))::float
                      / cardinality(ARRAY(SELECT unnest(trigrams) UNION SELECT unnest(%(t)s::varchar[]))) AS likeness
                 FROM core_vocabulary WHERE trigrams && %(t)s::varchar[]
                ORDER BY likeness DESC, documents DESC LIMIT 1""",
            {"t": pieces},
        )
        row = cursor.fetchone()
    return row[0] if row and row[2] >= 0.35 else word


def learn_words(newest: int = 50_000) -> int:
    """Take the Latin words of the newest entries into the vocabulary; returns how many there are.

    Only public words: what is offered in place of a misspelt one must not tell of internal notes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT word, ndoc FROM ts_stat(format(
                 'SELECT public_vector FROM core_searchentry ORDER BY id DESC LIMIT %%s', %s)) WHERE word ~ '^[a-z][a-z0-9-]{3,39}$'""", [newest])
        words = cursor.fetchall()
        cursor.executemany(
            """INSERT INTO core_vocabulary (word, documents, trigrams) VALUES (%s, %s, %s)
               ON CONFLICT (word) DO UPDATE SET documents = greatest(core_vocabulary.documents, excluded.documents)""",
            [(word, documents, tokens.trigrams(word)) for word, documents in words])
    return len(words)


def snippet(source: str, question: str) -> SafeString:
    """The piece of a text around the first word asked for, as HTML with the words marked."""
    flat = " ".join(source.split())
    words = sorted({w for w in re.split(r"\s+", question.strip()) if w}, key=len, reverse=True)
    words += [w for w in tokens._RUNS.findall(tokens.fold(question)) if w not in words]
    pattern = re.compile("|".join(re.escape(w) for w in words) or r"(?!)", re.IGNORECASE)
    first = pattern.search(flat)
    start = max(0, (first.start() if first else 0) - SNIPPET // 3)
    piece = flat[start : start + SNIPPET]
    marked, last = [], 0
    for match in pattern.finditer(piece):
        marked += [escape(piece[last : match.start()]), "<mark>", escape(match.group()), "</mark>"]
        last = match.end()
    marked.append(escape(piece[last:]))
    return mark_safe(("…" if start else "") + "".join(marked) + ("…" if start + SNIPPET < len(flat) else ""))
