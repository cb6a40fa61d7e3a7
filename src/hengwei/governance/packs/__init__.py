"""Built-in regulations in our own words, already bound: adopted as drafts that a department makes its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hengwei.core.i18n import is_chinese
from hengwei.governance.texts import marks


@dataclass(frozen=True)
class Proof:
    """What proves a clause of a built-in regulation."""

    control: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    threshold: int = 100
    span: str = "week"
    correct: str = "never"
    #: Days between attestations, where a person proves it.
    attest_days: int = 0


@dataclass(frozen=True)
class PackClause:
    """A clause: mark, words in both languages, the requirements that it answers, what proves it. Without proofs it explains."""

    kind: str
    number: str
    text: str
    text_en: str
    requirements: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()

    @property
    def shown(self) -> str:
        """In the reader's language."""
        return self.text if is_chinese() else self.text_en

    @property
    def shown_number(self) -> str:
        """第三条, or Article 3."""
        return self.number if is_chinese() else marks.in_english(self.number)


@dataclass(frozen=True)
class Words:
    """Something said in both languages."""

    zh: str
    en: str

    @property
    def shown(self) -> str:
        """In the reader's language."""
        return self.zh if is_chinese() else self.en


@dataclass(frozen=True)
class Pack:
    """A built-in regulation. `body` says which group is to carry it out: the department names its own when it adopts it."""

    key: str
    code: str
    name: Words
    purpose: Words
    scope: Words
    body: Words
    definitions: Words
    legal_basis: Words
    clauses: tuple[PackClause, ...]

    SAYS: ClassVar = ("name", "purpose", "scope", "body", "definitions", "legal_basis")

    def words(self) -> dict[str, str]:
        """All that it says of itself: name and name_en, purpose and purpose_en, …"""
        found = {}
        for name in self.SAYS:
            said: Words = getattr(self, name)
            found[name], found[f"{name}_en"] = said.zh, said.en
        return found


def chapter(number: str, title: str, title_en: str) -> PackClause:
    return PackClause("chapter", number, title, title_en)


def article(number: str, text: str, text_en: str, requirements: str = "", *proofs: Proof) -> PackClause:
    return PackClause("article", number, text, text_en, tuple(requirements.split()), proofs)


def item(number: str, text: str, text_en: str, requirements: str = "", *proofs: Proof) -> PackClause:
    return PackClause("item", number, text, text_en, tuple(requirements.split()), proofs)


def every() -> list[Pack]:
    """All of them."""
    from . import agreements, desk, knowledge

    return [desk.PACK, agreements.PACK, knowledge.PACK]


def get(key: str) -> Pack | None:
    return next((pack for pack in every() if pack.key == key), None)
