"""What governance proves of itself (A13, K2 to K4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from hengwei.governance.models import (
    Acknowledgement,
    Attestation,
    Binding,
    CorrectiveAction,
    Regulation,
    RegulationVersion,
)
from hengwei.work.actions.intake import open_item
from tests.factories import UserFactory, acting

from ..conftest import NOVEMBER, NOW
from . import Steps, case, complies, edge, fails, nobody, outside, past
from .world import World, key

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def _regulation(w: World, in_force: datetime | None = None, **facts: object) -> Regulation:
    """A regulation that is 400 days old; published at a moment, or never."""
    made = Regulation.objects.create(name="服务台管理制度", code=f"ZD-{Regulation.objects.count() + 1:03d}", owner=w.lead)
    Regulation.objects.filter(pk=made.pk).update(**{"created_at": NOW - 400 * DAY, **facts})
    state = "published" if in_force else "draft"
    RegulationVersion.objects.create(regulation=made, number=1, state=state, created_at=NOW - 400 * DAY, published_at=in_force, effective_from=in_force)
    made.refresh_from_db()
    return made


@case("governance.published")
def published(w: World) -> Steps:
    yield nobody()
    yield complies(key(_regulation(w, NOW - DAY), "regulation"))
    yield fails(key(_regulation(w), "regulation"))
    yield edge(key(_regulation(w, NOW), "regulation"))
    yield past(key(_regulation(w, NOW + SECOND), "regulation"))
    yield outside(key(_regulation(w, archived_at=NOW), "regulation"))


@case("governance.acknowledged")
def acknowledged(w: World) -> Steps:
    version = _regulation(w, NOW - 30 * DAY).versions.get()

    def reader(due: datetime, at: datetime | None, **person: object) -> str:
        return key(Acknowledgement.objects.create(version=version, user=UserFactory(**person), due_at=due, at=at), "reading")

    yield nobody()
    yield complies(reader(NOW - DAY, NOW - 2 * DAY))
    yield fails(reader(NOW - DAY, None))
    yield edge(reader(NOW - DAY, NOW))
    yield past(reader(NOW - SECOND, None))
    yield outside(reader(NOW, None))
    yield outside(reader(NOW - DAY, None, is_active=False))


@case("governance.reviewed")
def reviewed(w: World) -> Steps:
    year_ago = NOW - relativedelta(months=12)
    yield nobody()
    yield complies(key(_regulation(w, NOW - DAY), "regulation"))
    yield fails(key(_regulation(w, NOW - 390 * DAY), "regulation"))
    yield complies(key(_regulation(w, NOW - 390 * DAY, reviewed_at=NOW - DAY), "regulation"))
    yield edge(key(_regulation(w, year_ago), "regulation"))
    yield past(key(_regulation(w, year_ago - SECOND), "regulation"))
    yield outside(key(_regulation(w), "regulation"))


@case("governance.attested")
def attested(w: World) -> Steps:
    regulation = _regulation(w, NOW - 30 * DAY)

    def norm(valid_until: datetime | None, **facts: object) -> str:
        row = Binding.objects.create(regulation=regulation, clause_key="c1", kind="attestation", attester=w.lead, accepted_at=NOW - 30 * DAY, question="礼貌待客", **facts)
        if valid_until is not None:
            Attestation.objects.create(binding=row, by=w.lead, at=NOW - 20 * DAY, kept=True, statement="看过", valid_until=valid_until)
        return key(row, "binding")

    yield nobody()
    yield complies(norm(NOW + DAY))
    yield fails(norm(None))
    yield edge(norm(NOW))
    yield past(norm(NOW - SECOND))
    yield outside(norm(None, removed_at=NOW))


@case("governance.corrected", days=10)
def corrected(w: World) -> Steps:
    regulation = _regulation(w, NOW - 60 * DAY)
    row = Binding.objects.create(regulation=regulation, clause_key="c1", kind="control", control="work.unowned", accepted_at=NOW - 60 * DAY)

    def action(received: datetime, resolved: datetime | None, **facts: object) -> str:
        item = open_item("corrective", title="整改", description="无人处理", by=acting(w.lead), team=w.team, automatic=False, at=received, binding=row, about="")
        CorrectiveAction.objects.filter(pk=item.pk).update(resolved_at=resolved, **facts)
        return key(item)

    begun = NOVEMBER.start + DAY
    yield nobody()
    yield complies(action(begun, begun + DAY))
    yield fails(action(begun, None))
    yield edge(action(begun, begun + 10 * DAY))
    yield past(action(begun, begun + 10 * DAY + SECOND))
    yield outside(action(NOW - 10 * DAY, None))
    yield outside(action(begun, None, closure="cancelled"))
