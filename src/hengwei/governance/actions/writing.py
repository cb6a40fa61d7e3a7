"""Writing a regulation: made, imported, its tree put right, a new version begun (K1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import NotFound, Refused
from hengwei.governance import permissions as perms
from hengwei.governance.models import Binding, Clause, Regulation, RegulationVersion
from hengwei.governance.texts import Document, Node, matching
from hengwei.governance.texts.clauses import identify, may_contain
from hengwei.org.models import Role, Team, User
from hengwei.work.actions.writing import moment

#: A regulation longer than this is a mistake.
MOST_CLAUSES = 3000
FIELDS = (
    "name", "name_en", "code", "purpose", "purpose_en", "scope", "scope_en", "definitions", "definitions_en", "legal_basis", "legal_basis_en",
    "owner", "body", "review_months", "acknowledge_days",
)


@transaction.atomic
def save_regulation(
    regulation: Regulation | None = None, *, by: Actor, reader_roles: Iterable[Role] | None = None, reader_teams: Iterable[Team] | None = None, **facts: Any,
) -> Regulation:
    """Make a regulation, or change what is said about it."""
    by.require(perms.MANAGE)
    row = regulation or Regulation()
    for name, value in facts.items():
        if name not in FIELDS and name != "pack":
            raise ValueError(f"a regulation has no {name}")
        setattr(row, name, value)
    if not row.name.strip():
        raise Refused(_("Please give the regulation a title."), code="missing", field="name")
    if row.owner_id is None and by.user is not None:
        row.owner = by.user
    row.code = row.code.strip() or _free_code()
    if Regulation.objects.exclude(pk=row.pk).filter(code=row.code).exists():
        raise Refused(_("The number %(code)s is taken.") % {"code": row.code}, code="taken", field="code")
    row.save()
    if reader_roles is not None:
        row.reader_roles.set(reader_roles)
    if reader_teams is not None:
        row.reader_teams.set(reader_teams)
    return row


def _free_code() -> str:
    number = Regulation.objects.count() + 1
    while Regulation.objects.filter(code=f"ZD-{number:03d}").exists():
        number += 1
    return f"ZD-{number:03d}"


@transaction.atomic
def import_document(
    document: Document, *, by: Actor, source: str = "", regulation: Regulation | None = None, owner: User | None = None, code: str = "", at: datetime | None = None,
) -> RegulationVersion:
    """A draft from a tree: of a new regulation, or of the next version of one; clauses that were in it keep their ids."""
    at = moment(at)
    by.require(perms.MANAGE)
    if not document.nodes:
        raise Refused(_("There is no clause in this text."), code="empty", field="text")
    keyed = identify(document.nodes)
    if len(keyed) > MOST_CLAUSES:
        raise Refused(_("These are more than %(most)d clauses.") % {"most": MOST_CLAUSES}, code="too_long", field="text")
    if regulation is None:
        regulation = save_regulation(by=by, name=(document.title or _("Untitled regulation"))[:200], code=code, owner=owner or by.user)
    if regulation.draft() is not None:
        raise Refused(_("There is a draft of this regulation already."), code="draft_exists")
    before = regulation.published()
    version = _new_version(regulation, by=by, at=at, source=source)
    known = list(before.clauses.all()) if before else []
    same = matching.match(
        [matching.Clause(c.key, c.kind, c.number, c.words) for c in known],
        [matching.Clause(key, node.kind, node.number, f"{node.title} {node.text}".strip()) for key, node in keyed],
    )
    used = {c.key for c in known}
    old = {c.key: c for c in known}
    keys: dict[int, str] = {}
    for key, node in keyed:
        mine = same.get(key, key)
        while key not in same and mine in used:
            mine = f"{mine[:34]}-{version.number}"
        keys[id(node)] = mine
    rows: dict[int, Clause] = {}
    order = 0

    def write(nodes: list[Node], parent: Clause | None) -> None:
        nonlocal order
        for node in nodes:
            order += 1
            was = old.get(keys[id(node)])
            row = Clause(
                version=version, key=keys[id(node)], parent=parent, order=order * 10, kind=node.kind, number=node.number[:40], title=node.title[:300], text=node.text,
                requirements=was.requirements if was else [],
                title_en=was.title_en if was and was.title == node.title else "", text_en=was.text_en if was and was.text == node.text else "",
            )
            row.save(force_insert=True)
            rows[id(node)] = row
            write(node.children, row)

    write(document.nodes, None)
    return version


def _new_version(regulation: Regulation, *, by: Actor, at: datetime, source: str = "") -> RegulationVersion:
    last = regulation.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return RegulationVersion.objects.create(regulation=regulation, number=last + 1, source=source, created_by=by.user, created_at=at)


@transaction.atomic
def start_draft(regulation: Regulation, *, by: Actor, note: str = "", at: datetime | None = None) -> RegulationVersion:
    """Begin the next version as a copy of the one in force."""
    at = moment(at)
    by.require(perms.MANAGE)
    if (draft := regulation.draft()) is not None:
        return draft
    before = regulation.published()
    version = _new_version(regulation, by=by, at=at, source=before.source if before else "")
    version.change_note = note
    version.save(update_fields=["change_note"])
    made: dict[int, Clause] = {}
    for clause in before.tree() if before else []:
        copy = Clause(
            version=version, key=clause.key, parent=made.get(clause.parent_id or 0), order=clause.order, kind=clause.kind, number=clause.number, title=clause.title,
            title_en=clause.title_en, text=clause.text, text_en=clause.text_en, requirements=clause.requirements,
        )
        copy.save(force_insert=True)
        made[clause.pk] = copy
    return version


def _draft(version: RegulationVersion, *, by: Actor) -> RegulationVersion:
    """The locked version, if its text may still be changed."""
    by.require(perms.MANAGE)
    fresh = RegulationVersion.objects.select_for_update().get(pk=version.pk)
    if not fresh.is_draft:
        raise Refused(_("The text of a version is fixed once it is submitted. Begin a new draft."), code="fixed")
    return fresh


def _clause(version: RegulationVersion, key: str) -> Clause:
    clause = version.clauses.filter(key=key).first()
    if clause is None:
        raise NotFound(_("There is no such clause in this draft."))
    return clause


def _renumbered(version: RegulationVersion) -> None:
    """Orders with gaps again, in reading order."""
    for place, clause in enumerate(version.tree(), 1):
        if clause.order != place * 10:
            Clause.objects.filter(pk=clause.pk).update(order=place * 10)


@transaction.atomic
def change_clause(version: RegulationVersion, key: str, *, by: Actor, **facts: Any) -> Clause:
    """Change a clause's number, title, text or kind."""
    version = _draft(version, by=by)
    clause = _clause(version, key)
    for name, value in facts.items():
        if name not in ("kind", "number", "title", "title_en", "text", "text_en", "requirements"):
            raise ValueError(f"a clause has no {name}")
        setattr(clause, name, " ".join(value.split()) if isinstance(value, str) else value)
    if clause.kind not in Clause.Kind.values or not may_contain(clause.parent.kind if clause.parent else None, clause.kind):
        raise Refused(_("A clause of this kind cannot stand there."), code="misplaced", field="kind")
    if any(not may_contain(clause.kind, child.kind) for child in clause.children.all()):
        raise Refused(_("A clause of this kind cannot contain what lies in it."), code="misplaced", field="kind")
    clause.save()
    return clause


@transaction.atomic
def move_clause(version: RegulationVersion, key: str, *, by: Actor, parent: str = "", after: str = "") -> Clause:
    """Put a clause, with all that lies in it, into another (`parent`, '' for the top), behind a sibling (`after`, '' for first)."""
    version = _draft(version, by=by)
    clause = _clause(version, key)
    target = _clause(version, parent) if parent else None
    up = target
    while up is not None:
        if up.pk == clause.pk:
            raise Refused(_("A clause cannot lie in itself."), code="misplaced", field="parent")
        up = up.parent
    if not may_contain(target.kind if target else None, clause.kind):
        raise Refused(_("A clause of this kind cannot stand there."), code="misplaced", field="parent")
    before = _clause(version, after) if after else None
    if before is not None and before.parent_id != (target.pk if target else None):
        raise Refused(_("The clause before it lies elsewhere."), code="misplaced", field="after")
    siblings = version.clauses.filter(parent=target).exclude(pk=clause.pk)
    siblings.filter(order__gt=before.order if before else -1).update(order=F("order") + 1000)
    clause.parent, clause.order = target, (before.order if before else 0) + 1
    clause.save(update_fields=["parent", "order"])
    _renumbered(version)
    return clause


@transaction.atomic
def split_clause(version: RegulationVersion, key: str, *, by: Actor, at: int, kind: str = "", number: str = "") -> Clause:
    """Cut a clause's text in two at a place (a number of characters); the rest becomes the clause that follows it."""
    version = _draft(version, by=by)
    clause = _clause(version, key)
    head, rest = clause.text[:at].strip(), clause.text[at:].strip()
    if not rest or (not head and not clause.title):
        raise Refused(_("Please put the mark between two words of the text."), code="invalid", field="at")
    from hengwei.governance.texts import marks

    mark = marks.frame_at(marks.narrow(rest), 0) or next(iter(marks.list_at(marks.narrow(rest), 0)), None)
    if not kind and mark is not None:
        kind, number, rest = mark.kind, mark.number, rest[mark.end:].strip("　 、：:")
    kind = kind or (clause.kind if clause.kind not in ("chapter", "section") else "article")
    clause.text = head
    clause.save(update_fields=["text"])
    parent = clause.parent
    while parent is not None and not may_contain(parent.kind, kind):
        parent = parent.parent
    if clause.kind in ("chapter", "section") and may_contain(clause.kind, kind):
        parent = clause
    made = Clause.objects.create(version=version, key=_new_key(version, clause.key), parent=parent, order=clause.order + 1, kind=kind, number=number, text=rest)
    # What lay in it comes after the cut, and so does it now.
    if parent != clause:
        for child in clause.children.all():
            if may_contain(made.kind, child.kind):
                child.parent = made
                child.save(update_fields=["parent"])
    _renumbered(version)
    return made


@transaction.atomic
def merge_clause(version: RegulationVersion, key: str, *, by: Actor) -> Clause:
    """Join a clause to the sibling before it, or to what it lies in where it is the first; what lies in it goes along."""
    version = _draft(version, by=by)
    clause = _clause(version, key)
    before = version.clauses.filter(parent=clause.parent, order__lt=clause.order).order_by("-order").first() or clause.parent
    if before is None:
        raise Refused(_("There is nothing before it to join it to."), code="first")
    before.text, before.text_en = f"{before.text}{clause.text}".strip(), f"{before.text_en} {clause.text_en}".strip()
    if clause.title:
        before.text = f"{before.text}{clause.title}".strip() if before.kind not in ("chapter", "section") else before.text
        if before.kind in ("chapter", "section"):
            before.title = f"{before.title}{clause.title}"[:300]
    before.save()
    for child in clause.children.all():
        child.parent = before if may_contain(before.kind, child.kind) else before.parent
        child.save(update_fields=["parent"])
    Clause.objects.filter(pk=clause.pk).delete()
    _renumbered(version)
    return before


@transaction.atomic
def add_clause(version: RegulationVersion, *, by: Actor, kind: str, after: str = "", number: str = "", title: str = "", text: str = "") -> Clause:
    """A new clause behind another (in the nearest place that may hold it), or at the end."""
    version = _draft(version, by=by)
    before = _clause(version, after) if after else version.clauses.order_by("-order").first()
    parent = before if before is not None and after and may_contain(before.kind, kind) and before.kind in ("chapter", "section") else before.parent if before else None
    while parent is not None and not may_contain(parent.kind, kind):
        parent = parent.parent
    made = Clause.objects.create(
        version=version, key=_new_key(version, "new"), parent=parent, order=(before.order + 1) if before else 10, kind=kind, number=number, title=title, text=text)
    _renumbered(version)
    return made


@transaction.atomic
def remove_clause(version: RegulationVersion, key: str, *, by: Actor) -> None:
    """Take a clause out of a draft, with all that lies in it."""
    version = _draft(version, by=by)
    _clause(version, key).delete()


@transaction.atomic
def renumber(version: RegulationVersion, *, by: Actor) -> int:
    """Number chapters, sections and articles in their order; returns how many changed."""
    from hengwei.governance.texts import marks

    version = _draft(version, by=by)
    counts = {"chapter": 0, "section": 0, "article": 0}
    units = {"chapter": "章", "section": "节", "article": "条"}
    changed = 0
    for clause in version.tree():
        if clause.kind not in counts or not clause.number.startswith("第"):
            continue
        counts[clause.kind] += 1
        if clause.kind == "chapter":
            counts["section"] = 0
        number = f"第{marks.to_hanzi(counts[clause.kind])}{units[clause.kind]}"
        if number != clause.number:
            Clause.objects.filter(pk=clause.pk).update(number=number)
            changed += 1
    return changed


def _new_key(version: RegulationVersion, near: str) -> str:
    taken = set(Clause.objects.filter(version__regulation=version.regulation).values_list("key", flat=True))
    taken |= set(Binding.objects.filter(regulation=version.regulation).values_list("clause_key", flat=True))
    number = 1
    while f"{near[:30]}-{number}" in taken:
        number += 1
    return f"{near[:30]}-{number}"
