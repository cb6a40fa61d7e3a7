"""Writing, publishing and following up support reports."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Conflict, Refused
from hengwei.core.numbering import next_number
from hengwei.org.models import Team, User
from hengwei.work.actions.intake import open_item

from . import drafting, periods
from . import permissions as perms
from .models import Decision, SupportReport


@transaction.atomic
def begin_report(*, by: Actor, kind: str, day: date, team: Team | None = None) -> SupportReport:
    """Draft the report of the month, quarter, half or whole year in which a day lies, from its figures."""
    by.require(perms.WRITE)
    if kind not in SupportReport.Kind.values:
        raise Refused(_("This period does not exist."), code="invalid", field="kind")
    span = periods.named(kind, day)
    if span.first > timezone.localdate():
        raise Refused(_("This period has not begun yet."), code="future", field="day")
    assert by.user is not None
    found = drafting.gather(span, by.user, **({"team": team} if team else {}))
    try:
        with transaction.atomic():
            return SupportReport.objects.create(
                number=next_number("RPT", span.first.year), kind=kind, period_start=span.first, period_end=span.end, team=team, prepared_by=by.user, **drafting.draft(found),
            )
    except IntegrityError:
        raise Refused(_("There is a report for this period already."), code="exists", field="day") from None


def _locked(report: SupportReport, version: int | None) -> SupportReport:
    fresh = SupportReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if version is not None and version != fresh.version:
        raise Conflict(_("Somebody else changed this report meanwhile. Your text is kept; compare and save again."), current=fresh.version)
    return fresh


@transaction.atomic
def write_report(report: SupportReport, *, by: Actor, version: int | None = None, **texts: str) -> SupportReport:
    """Change the texts of a draft."""
    by.require(perms.WRITE)
    report = _locked(report, version)
    if report.is_published:
        raise Refused(_("A published report does not change. Take it back to draft first."), code="published")
    unknown = set(texts) - set(SupportReport.TEXTS)
    if unknown:
        raise TypeError(f"not texts of a report: {sorted(unknown)}")
    for name, text in texts.items():
        setattr(report, name, text.strip())
    report.version += 1
    report.save()
    return report


@transaction.atomic
def publish_report(report: SupportReport, *, by: Actor, at: datetime | None = None) -> SupportReport:
    """Fix its figures and let everybody who reads reports see it. Only a period that has ended is final."""
    by.require(perms.PUBLISH)
    at = at or timezone.now()
    report = _locked(report, None)
    if report.is_published:
        raise Refused(_("It is published already."), code="published")
    if report.period_end > timezone.localdate(at):
        raise Refused(_("Its period has not ended yet."), code="not_ended")
    if not report.summary:
        raise Refused(_("A report without a summary says nothing. Please write one."), code="missing", field="summary")
    assert by.user is not None
    report.figures = drafting.figures_of(report, by.user)
    report.state, report.published_by, report.published_at, report.version = SupportReport.State.PUBLISHED, by.user, at, report.version + 1
    report.save()
    return report


@transaction.atomic
def take_back(report: SupportReport, *, by: Actor) -> SupportReport:
    """Make a published report a draft again; its figures are counted anew."""
    by.require(perms.PUBLISH)
    report = _locked(report, None)
    report.state, report.published_by, report.published_at, report.figures, report.version = SupportReport.State.DRAFT, None, None, None, report.version + 1
    report.save()
    return report


@transaction.atomic
def decide(report: SupportReport, *, by: Actor, text: str, owner: User, due_on: date, open_work: bool = False) -> Decision:
    """Put a decision on record; with `open_work` its owner gets a work item for it."""
    by.require(perms.WRITE)
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Please say what was decided."), code="missing", field="text")
    if not (owner.is_active and owner.is_agent):
        raise Refused(_("%(name)s does not work at the desk.") % {"name": owner}, code="not_staff", field="owner")
    item = None
    if open_work:
        item = open_item("suggestion", title=text, description=_("Decided on %(report)s.") % {"report": report}, by=by, owner=owner, labels=[report.number])
    return Decision.objects.create(report=report, text=text[:500], owner=owner, due_on=due_on, item=item, created_by=by.user)


@transaction.atomic
def finish_decision(decision: Decision, *, by: Actor, result: str, at: datetime | None = None) -> Decision:
    """Say what came of it: for who sees to it, and for those who write reports."""
    if by.user is None or by.user.pk != decision.owner_id:
        by.require(perms.WRITE)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.done_at is not None:
        raise Refused(_("This is done already."), code="done")
    if not result.strip():
        raise Refused(_("Please say what came of it."), code="missing", field="result")
    decision.result, decision.done_at, decision.done_by = result.strip(), at or timezone.now(), by.user
    decision.save()
    return decision


