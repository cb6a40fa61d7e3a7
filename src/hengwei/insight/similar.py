"""Texts that say nearly the same, grouped: the faults that come again and again. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hengwei.core.search.tokens import cut, fold, tokens

_IDLE = (
    "a an and are as at be been but by can do does for from had has have he her his how i if in into is it its me my no not of on or our she so that the their them then"
    " there they this to us was we were what when which who will with you your"
)
#: English words that say nothing to a person who reads what texts have in common.
IDLE = frozenset(_IDLE.split())
#: Words that more than this share of the texts have say nothing about likeness.
COMMON = 0.25


@dataclass
class Group:
    """Texts that are alike: their ids in the order given, and the words that they share, the most telling first."""

    ids: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def telling(text: str) -> frozenset[str]:
    """The words by which a text is compared: no numbers, which differ between two reports of one fault."""
    return frozenset(token for token in tokens(text) if not any(character.isdigit() for character in token))


def groups(texts: Iterable[tuple[int, str]], *, least: int = 3, alike: float = 0.5) -> list[Group]:
    """Groups of at least `least` texts, the largest first; two belong together when they share `alike` of their words (Jaccard).

    A text joins the group whose first text it is most like, so the result does not depend on chance, and the cost
    grows with the number of shared words, not with the square of the texts.
    """
    said = dict(texts)
    given = [(pk, telling(text)) for pk, text in said.items()]
    count = Counter(word for _pk, words in given for word in words)
    most = max(3, len(given) * COMMON)
    common = {word for word, times in count.items() if times > most} if len(given) > 20 else set()
    leaders: list[tuple[frozenset[str], Group]] = []
    by_word: dict[str, list[int]] = defaultdict(list)
    for pk, words in given:
        rare = words - common or words
        best, score = -1, 0.0
        for number in {number for word in rare for number in by_word.get(word, ())}:
            leader = leaders[number][0]
            likeness = len(words & leader) / len(words | leader)
            if likeness > score or (likeness == score and number < best):
                best, score = number, likeness
        if best < 0 or score < alike:
            best = len(leaders)
            leaders.append((words, Group()))
            for word in rare:
                by_word[word].append(best)
        leaders[best][1].ids.append(pk)
    found = []
    for _leader, group in leaders:
        if len(group.ids) >= least:
            group.words = _shared([said[pk] for pk in group.ids])
            found.append(group)
    return sorted(found, key=lambda group: (-len(group.ids), group.ids[0]))


def _shared(texts: Sequence[str]) -> list[str]:
    """The whole words that most of the texts hold, for a person to read."""
    within: Counter[str] = Counter()
    for text in texts:
        within.update({word for word in cut(fold(text)) if len(word) > 1 and word.isalpha() and word not in IDLE})
    return [word for word, times in within.most_common() if times * 2 > len(texts)][:6]
