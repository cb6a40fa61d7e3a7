"""What the work room does in the background."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core import live
from hengwei.core.acting import Actor, current
from hengwei.core.health import figures
from hengwei.core.jobs import enqueue, job, timer
from hengwei.core.tasks import Work, start, task
from hengwei.work.models import Entry, WorkItem


@job(queue="search")
def reindex_item(item_id: int) -> None:
    """Write an item's search entry anew, with all that was said on it."""
    from hengwei.work import searching

    item = WorkItem.objects.filter(pk=item_id).first()
    if item is not None:
        searching.index(item, entries=list(Entry.objects.filter(item=item).order_by("happened_at", "id")))


@job(queue="search")
def reindex_items(item_ids: list[int]) -> None:
    """The search entries of many items that were brought in together."""
    from hengwei.work import searching

    entries: dict[int, list[Entry]] = {}
    for entry in Entry.objects.filter(item__in=item_ids).order_by("happened_at", "id"):
        entries.setdefault(entry.item_id, []).append(entry)
    for item in WorkItem.objects.filter(pk__in=item_ids):
        searching.index(item, entries=entries.get(item.pk, []))


def reindex_soon(item: WorkItem) -> None:
    """Have an item's search entry written anew; at most one such job waits for an item."""
    enqueue(reindex_item, once=f"reindex:{item.pk}", item_id=item.pk)


@job(queue="default")
def let_reply_out(entry_id: int) -> None:
    """The seconds of undo of a reply are over."""
    from hengwei.work.actions.conversation import let_out

    entry = Entry.objects.select_related("item").filter(pk=entry_id).first()
    if entry is not None:
        let_out(entry)


@timer("* * * * *", _("Let out replies whose job was lost"))
def let_replies_out(timestamp: int) -> None:
    """Replies whose seconds of undo are over and that are held still: whatever befell their job, they go out."""
    from hengwei.work.actions.conversation import let_out

    now = timezone.now()
    for entry in Entry.objects.held().filter(held_until__lt=now - timedelta(seconds=30)).select_related("item").order_by("held_until")[:500]:
        let_out(entry, at=now)


@timer("* * * * *", _("Warn, escalate and record breaches of clocks"))
def sweep_clocks(timestamp: int) -> None:
    """Warn, escalate and record breaches."""
    from hengwei.work.clocks.sweep import sweep

    sweep(timezone.now())


@timer("* * * * *", _("Take items out of waiting whose moment has come"))
def bring_back_waiting(timestamp: int) -> None:
    """Take items out of waiting whose agreed moment has come."""
    from hengwei.work.actions.progress import return_from_waiting

    now = timezone.now()
    for item in WorkItem.objects.filter(phase="waiting", waiting_until__lte=now).order_by("waiting_until")[:500]:
        return_from_waiting(item, by=Actor(), at=now)


@timer("* * * * *", _("Remind approvers"))
def remind_approvers(timestamp: int) -> None:
    """Remind those who have been asked to approve and have not spoken; say what is past its deadline."""
    from hengwei.work.actions.approvals import note_late, remind

    now = timezone.now()
    remind(now)
    note_late(now)


@timer("* * * * *", _("Bring back items that were put off"))
def bring_back_snoozed(timestamp: int) -> None:
    """Put what was put off until now back into its person's queue."""
    from hengwei.work.actions.snoozing import bring_back

    bring_back(timezone.now())


@timer("* * * * *", _("Remind of questions to colleagues and of promised calls"))
def questions_and_calls(timestamp: int) -> None:
    """Say of questions to colleagues that their time ran out, and of promised calls that they are due."""
    from hengwei.work.actions.helping import callbacks_due
    from hengwei.work.actions.sharing import tell_late

    now = timezone.now()
    tell_late(now)
    callbacks_due(now)


@figures
def open_work() -> Iterator[tuple[str, str, dict[str, str], float]]:
    """Open, late and unowned items."""
    rows = WorkItem.objects.open()
    yield "items_open", "Open items", {}, rows.count()
    yield "items_overdue", "Open items past a promise", {}, rows.filter(next_due_at__lt=timezone.now()).count()
    yield "items_unowned", "Open items that nobody has", {}, rows.filter(owner=None).count()


@task("clocks.rebase", _("Open clocks counted anew on a corrected calendar"))
def rebase_clocks(work: Work, *, calendar_id: int) -> None:
    """Count the open clocks of a calendar anew on its newest version."""
    from hengwei.work.clocks import rebase

    told = rebase.apply(rebase.newest(calendar_id), now=timezone.now(), by=current(), progress=work.stands_at)
    live.announce("queue")
    work.tell(
        _t("%(clocks)d clocks, %(moved)d moved, %(differ)d judged otherwise") % {"clocks": told.clocks, "moved": told.moved, "differ": told.differ},
        clocks=told.clocks, moved=told.moved, newly_breached=told.newly_breached, no_longer_breached=told.no_longer_breached)


@job(queue="clocks")
def rebase_the_rest(calendar_id: int) -> None:
    """Clocks that another process began on the version before, which it still remembered for some seconds."""
    from hengwei.work.clocks import rebase

    rebase.apply(rebase.newest(calendar_id), now=timezone.now(), by=Actor())


def rebase_soon(calendar_id: int, *, about: str, by: Actor) -> None:
    """Once now, shown as long work; and once more when every process has forgotten the version before."""
    from hengwei.work.clocks import matching

    matching.forget()
    start(rebase_clocks, by=by, about=about, calendar_id=calendar_id)
    enqueue(rebase_the_rest, at=timezone.now() + timedelta(seconds=matching.FRESH * 2), once=f"rebase-rest:{calendar_id}", calendar_id=calendar_id)


@task("agreements.apply", _("Open items change to an agreement"))
def apply_agreement(work: Work, *, version_id: int) -> None:
    """Hand the open items that an agreement concerns to its version."""
    from hengwei.work.clocks import republish
    from hengwei.work.models import AgreementVersion

    version = AgreementVersion.objects.select_related("agreement").get(pk=version_id)
    count = republish.apply(version, at=timezone.now(), by=current(), progress=work.stands_at)
    live.announce("queue")
    work.tell(_t("%(n)d open items looked at") % {"n": count}, items=count)


@task("agreements.try", _("What an agreement would have meant"))
def try_agreement(work: Work, *, trial_id: int) -> None:
    """Count what a draft would have meant for the items of a period."""
    from hengwei.work.clocks import whatif

    trial = whatif.run(trial_id, progress=work.stands_at)
    work.tell(_t("%(n)d items, %(differ)d with another outcome") % {"n": trial.total, "differ": len(trial.differing)}, trial=trial.pk)


@timer("7 * * * *", _("Begin and end agreements; remind of renewals"))
def tend_agreements(timestamp: int) -> None:
    """Every hour: what has run out or was replaced says so, what begins is applied, owners are reminded of renewals."""
    from hengwei.work.actions.agreements import tend

    tend(timezone.now())
