"""A support report drafted from its figures: sentences that a person then corrects."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hengwei.org.models import User

from . import figures
from .models import SupportReport
from .periods import Span


def gather(report_span: Span, user: User, **narrowed: Any) -> dict[str, Any]:
    """All figures of a report as plain values: what is shown, exported and, at publication, kept."""
    rows = figures.counted(user, report_span, **narrowed)
    now, before = figures.volumes(user, report_span, **narrowed), figures.volumes(user, report_span.before, **narrowed)
    n, average, low = figures.satisfaction(rows)
    return {
        "volumes": vars(now), "before": vars(before),
        "flow": [[moment.date().isoformat(), came, went] for moment, came, went in figures.flow(user, report_span, **narrowed)],
        "by": {key: [vars(bar) for bar in figures.pareto(rows, key)] for key in ("category", "kind", "customer", "cause", "subject", "source")},
        "promises": [list(line) for line in figures.promises(rows)], "satisfaction": {"rated": n, "average": average, "low": low},
        "recurring": [vars(one) for one in figures.recurring(rows)], "needs": figures.needs(rows),
    }


def figures_of(report: SupportReport, user: User) -> dict[str, Any]:
    """Those kept with a published report; those of today for a draft."""
    if report.figures is not None:
        return dict(report.figures)
    return gather(report.span, user, **({"team": report.team} if report.team_id else {}))


def _change(now: int, before: int) -> str:
    if not before:
        return _("none in the period before")
    percent = round((now - before) * 100 / before)
    if percent == 0:
        return _("as many as in the period before")
    return (_("%(n)d%% more than in the period before") if percent > 0 else _("%(n)d%% fewer than in the period before")) % {"n": abs(percent)}


def draft(found: dict[str, Any]) -> dict[str, str]:
    """The report's texts as far as figures can say them, in the reader's language."""
    volumes, before = found["volumes"], found["before"]
    lines = [
        _("%(n)d requests and faults were received (%(change)s); %(resolved)d were resolved, %(open)d were open at the end.")
        % {"n": volumes["received"], "change": _change(volumes["received"], before["received"]), "resolved": volumes["resolved"], "open": volumes["open_after"]},
    ]
    lines += [
        _("%(promise)s: %(met)d of %(all)d met (%(percent)d%%).") % {"promise": name, "met": met, "all": decided, "percent": round(met * 100 / decided)}
        for name, decided, met in found["promises"] if decided
    ]
    rated = found["satisfaction"]
    if rated["rated"]:
        lines.append(_("Satisfaction: %(average)s of 5 from %(n)d answers, %(low)d of them low.") % {"average": rated["average"], "n": rated["rated"], "low": rated["low"]})
    top = [bar for bar in found["by"]["category"] if bar["query"]][:3]
    problems = []
    if top:
        problems.append(_("Most were about: %(list)s.") % {"list": _(", ").join(_("%(what)s (%(n)d, %(share)s%%)") % {"what": b["label"], "n": b["count"], "share": b["share"]} for b in top)})
    for one in found["recurring"][:5]:
        words = ngettext("%(n)d time: %(title)s", "%(n)d times: %(title)s", one["count"]) % {"n": one["count"], "title": one["title"]}
        problems.append(f"- {words}" + (_(" (problem %(number)s looks for the cause)") % {"number": one["problem"]["number"]} if one["problem"] else _(" (no problem record yet)")))
    needs = [f"- {one['number']} {one['title']}" + (_(": %(decision)s") % {"decision": one["decision"]} if one["decision"] else _(" (not decided)")) for one in found["needs"]]
    improvements = [
        _("- Look for the cause of “%(title)s”, which came %(n)d times.") % {"title": one["title"], "n": one["count"]} for one in found["recurring"][:3] if not one["problem"]
    ]
    return {
        "summary": "\n\n".join(lines), "problems": "\n".join(problems) or _("No fault came up repeatedly."),
        "needs": "\n".join(needs) or _("No suggestions were received."), "improvements": "\n".join(improvements),
    }
