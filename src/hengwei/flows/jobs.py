"""What the flows do in the background."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import Actor
from hengwei.core.i18n import clauses
from hengwei.core.jobs import timer
from hengwei.core.tasks import Work, start, task


@timer("* * * * *", _("Run automation rules on time"), queue="automation")
def run_timed_rules(timestamp: int) -> None:
    """Run the automation rules on time."""
    from hengwei.flows.automation.sweep import sweep

    sweep(timezone.now())


@task("automation.dry_run", _("What a rule would have done"))
def dry_run(work: Work, *, trial_id: int) -> None:
    """Look at the items of a period as a rule would have."""
    from hengwei.flows.automation import trial
    from hengwei.flows.automation.models import DryRun

    made = trial.carry_out(DryRun.objects.select_related("rule").get(pk=trial_id), progress=work.stands_at)
    work.tell(_t("%(n)d firings on %(m)d items looked at") % {"n": made.matched, "m": made.looked}, trial=made.pk)


@task("learning.train", _("Suggestions learnt anew"))
def train_models(work: Work) -> None:
    """Learn category, team and priority from the department's history."""
    from hengwei.flows.learning import actions

    made = actions.train(at=timezone.now(), progress=work.stands_at)
    work.tell(clauses(f"{row.get_field_display()} {row.accuracy}%" for row in made if row.tested) or _t("Too little is known yet."), models=[row.pk for row in made])


@timer("37 19 * * *", _("Learn suggestions from the department's history"))
def train_nightly(timestamp: int) -> None:
    """Every night: learn suggestions anew, as long work."""
    start(train_models, by=Actor())
