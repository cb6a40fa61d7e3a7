"""Words for the search index, Chinese and English. Pure.

A text gives three sorts of tokens: words as rjieba cuts them, the bigrams of every run of Chinese characters, and
stemmed Latin words. Bigrams make sure that every document that contains a phrase is found, however a dictionary
would cut it; words make ranking sensible.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

#: PostgreSQL refuses lexemes of 2 KB and more; nothing useful is so long.
LONGEST = 60
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
_RUNS = re.compile(rf"[{_CJK}]+|[0-9a-zà-öø-ÿ_]+(?:[.\-][0-9a-zà-öø-ÿ_]+)*")
_IS_CJK = re.compile(rf"[{_CJK}]")
_PARTS = re.compile(r"[.\-_]")
_stemmer = snowballstemmer.stemmer("english")


def fold(text: str) -> str:
    """Text as the index compares it: full-width letters narrowed, case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def cut(text: str) -> list[str]:
    """The words of a Chinese text by the dictionary, which is read in (33 MB) when first needed: some processes never do."""
    import rjieba

    return list(rjieba.cut(text))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of an English word; anything else as it is."""
    return _stemmer.stemWord(word) if word.isascii() and word.isalpha() else word


def tokens(text: str) -> list[str]:
    """All tokens of a text, in order, with repetitions."""
    found: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if _IS_CJK.match(run):
            found.extend(word for word in cut(run) if len(word) != 2)
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
            if len(run) == 1:
                found.append(run)
        else:
            found.extend(_latin(run))
    return [token[:LONGEST] for token in found]


def _latin(run: str) -> list[str]:
    parts = [stem(part) for part in _PARTS.split(run) if part]
    return [run, *parts] if len(parts) > 1 else parts


def vector(text: str, *, weight: str = "") -> str:
    """A literal of PostgreSQL's type tsvector for the text: each token with its first positions."""
    places: dict[str, list[int]] = {}
    for position, token in enumerate(tokens(text), start=1):
        places.setdefault(token, [])
        if len(places[token]) < 8 and position < 16_000:
            places[token].append(position)
    return " ".join(
        f"{_quoted(token)}:{','.join(f'{p}{weight}' for p in positions)}" if positions else _quoted(token)
        for token, positions in places.items()
    )


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def query_terms(text: str) -> list[str]:
    """What a document must contain to be found by this question: bigrams of Chinese runs, stems of Latin words.

    A single Chinese character is its own term, and matches by prefix (see `query`).
    """
    terms: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if _IS_CJK.match(run):
            terms.extend([run[i : i + 2] for i in range(len(run) - 1)] or [run])
        else:
            terms.extend(_latin(run)[-1:] if not _PARTS.search(run) else [run])
    return list(dict.fromkeys(term[:LONGEST] for term in terms))


def query(text: str, synonyms: dict[str, list[str]] | None = None, *, prefix_last: bool = False) -> str:
    """A literal of PostgreSQL's type tsquery: all words of the text, each or one of its synonyms; '' for no words.

    `synonyms` maps a folded word or phrase to others that mean the same. `prefix_last` lets the last Latin word be
    the beginning of one, for searching while typing.
    """
    groups: list[str] = []
    words = list(_RUNS.findall(fold(text)))
    for number, run in enumerate(words):
        options = [_conjunction(run, prefix=prefix_last and number == len(words) - 1)]
        options += [_conjunction(other) for other in (synonyms or {}).get(run, [])]
        options = [option for option in dict.fromkeys(options) if option]
        if options:
            groups.append(options[0] if len(options) == 1 else "(" + " | ".join(options) + ")")
    return " & ".join(groups)


def _conjunction(text: str, *, prefix: bool = False) -> str:
    terms = query_terms(text)
    if not terms:
        return ""
    parts = [_quoted(term) for term in terms]
    single = len(terms) == 1 and len(terms[0]) == 1 and _IS_CJK.match(terms[0])
    if single or (prefix and not _IS_CJK.match(terms[-1])):
        parts[-1] += ":*"
    return parts[0] if len(parts) == 1 else "(" + " & ".join(parts) + ")"


def trigrams(word: str) -> list[str]:
    """Three-letter pieces of a word, for finding what was meant by a misspelt one."""
    padded = f"  {word} "
    return sorted({padded[i : i + 3] for i in range(len(padded) - 2)})
