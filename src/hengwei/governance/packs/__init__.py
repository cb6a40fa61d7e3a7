"""Built-in regulations in our own words, already bound: adopted as drafts that a department makes its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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


@dataclass(frozen=True)
class Pack:
    """A built-in regulation."""

    key: str
    code: str
    name: str
    name_en: str
    purpose: str
    scope: str
    definitions: str
    legal_basis: str
    clauses: tuple[PackClause, ...]


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
