"""Adopting a built-in regulation: a draft of the department's own, its clauses already bound."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import NotFound, Refused
from hengwei.governance import packs
from hengwei.governance import permissions as perms
from hengwei.governance.models import Binding, Clause, Regulation, RegulationVersion
from hengwei.org.models import Role, Team, User
from hengwei.work.actions.writing import moment

from .binding import bind
from .writing import save_regulation

Kind = Binding.Kind
#: Who reads a built-in regulation, until the department says otherwise.
READERS = ("agent", "lead", "manager")


@transaction.atomic
def adopt(key: str, *, by: Actor, owner: User | None = None, body: Team | None = None, attester: User | None = None, at: datetime | None = None) -> RegulationVersion:
    """A draft of the built-in regulation of this key, in both languages, bound clause by clause; once only."""
    at = moment(at)
    by.require(perms.MANAGE)
    pack = packs.get(key)
    if pack is None:
        raise NotFound(_("There is no built-in regulation '%(key)s'.") % {"key": key})
    if Regulation.objects.filter(pack=key, archived_at=None).exists():
        raise Refused(_("This regulation has been adopted already."), code="adopted")
    code = pack.code if not Regulation.objects.filter(code=pack.code).exists() else ""
    said: dict[str, Any] = {name: words for name, words in pack.words().items() if not name.startswith("body")}
    regulation = save_regulation(by=by, **said, code=code, owner=owner or by.user, body=body, pack=key, reader_roles=Role.objects.filter(key__in=READERS))
    version = RegulationVersion.objects.create(regulation=regulation, number=1, created_by=by.user, created_at=at, source="")
    holders: dict[str, Clause] = {}
    for place, clause in enumerate(pack.clauses, 1):
        parent = {"chapter": None, "article": holders.get("chapter"), "item": holders.get("article")}[clause.kind]
        framed = clause.kind == "chapter"
        row = Clause.objects.create(
            version=version, key=f"{key[:20]}-{place:02d}", parent=parent, order=place * 10, kind=clause.kind, number=clause.number, requirements=list(clause.requirements),
            title=clause.text if framed else "", title_en=clause.text_en if framed else "", text="" if framed else clause.text, text_en="" if framed else clause.text_en)
        holders[clause.kind] = row
        if clause.kind == "chapter":
            holders.pop("article", None)
    for place, clause in enumerate(pack.clauses, 1):
        own = f"{key[:20]}-{place:02d}"
        for proof in clause.proofs:
            if proof.attest_days:
                bind(regulation, own, by=by, kind=Kind.ATTESTATION, attester=attester or regulation.owner, attest_days=proof.attest_days, at=at)
            else:
                bind(regulation, own, by=by, control=proof.control, params=dict(proof.params), threshold=proof.threshold, span=proof.span, correct=proof.correct, at=at)
        leads_on = place < len(pack.clauses) and pack.clauses[place].kind == "item" and clause.kind == "article"
        if not clause.proofs and clause.kind != "chapter" and not leads_on:
            bind(regulation, own, by=by, kind=Kind.EXPLANATION, at=at)
    return version
