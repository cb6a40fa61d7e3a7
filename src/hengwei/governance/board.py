"""The board: a regulation as a document, each clause with its mark, figure and trend (K5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.core import controls
from hengwei.governance.models import Attestation, Binding, Clause, ControlRun, Regulation, RegulationVersion
from hengwei.org.models import User

from .actions.running import TREND

#: The marks, from the one that needs a person most: (sign, words, tone).
MARKS: dict[str, tuple[str, Any, str]] = {
    "red": ("●", gettext_lazy("exceptions"), "bad"), "error": ("●", gettext_lazy("cannot tell"), "bad"),
    "due": ("◌", gettext_lazy("a person must confirm"), "warn"), "insufficient": ("?", gettext_lazy("not enough data"), "quiet"),
    "green": ("●", gettext_lazy("complies"), "good"), "attested": ("◉", gettext_lazy("confirmed"), "good"),
    "explanation": ("▫", gettext_lazy("explanation"), "quiet"), "nothing": ("", gettext_lazy("not bound"), "quiet"),
}
ORDER = list(MARKS)


@dataclass
class Proof:
    """One binding as the board shows it."""

    binding: Binding
    state: str
    run: ControlRun | None = None
    trend: Sequence[ControlRun] = ()
    control: controls.Control | None = None
    attestation: Attestation | None = None

    @property
    def title(self) -> str:
        if self.binding.kind == Binding.Kind.CONTROL:
            return str(self.control.title) if self.control else self.binding.control
        return self.binding.asked if self.binding.kind == Binding.Kind.ATTESTATION else str(MARKS["explanation"][1])

    @property
    def plain(self) -> str:
        """The control in plain words."""
        if self.control is None:
            return self.run.message if self.run else ""
        try:
            return self.control.plain(self.binding.params)
        except (KeyError, ValueError, TypeError):
            return str(self.control.explanation)

    @property
    def figure(self) -> str:
        """42/44, where it can be told."""
        return f"{self.run.compliant}/{self.run.population}" if self.run and self.run.population else ""

    @property
    def sparkline(self) -> str:
        """Points of the trend for an inline SVG of 96 by 20; '' without any."""
        return sparkline([run.share for run in self.trend])


def sparkline(shares: Sequence[float | None], *, width: int = 96, height: int = 20) -> str:
    """A path through shares in percent, oldest first; a gap where nothing is known."""
    known = [share for share in shares if share is not None]
    if len(known) < 2:
        return ""
    low = min(min(known), 90.0)
    step = width / max(1, len(shares) - 1)
    path, pen = [], "M"
    for place, share in enumerate(shares):
        if share is None:
            pen = "M"
            continue
        y = height - 2 - (share - low) / max(1e-9, 100 - low) * (height - 4)
        path.append(f"{pen}{place * step:.1f} {y:.1f}")
        pen = "L"
    return " ".join(path)


@dataclass
class Row:
    """A clause on the board."""

    clause: Clause
    proofs: list[Proof] = field(default_factory=list)
    state: str = "nothing"
    counted: bool = False

    @property
    def sign(self) -> str:
        return MARKS[self.state][0]

    @property
    def words(self) -> Any:
        return MARKS[self.state][1]

    @property
    def tone(self) -> str:
        return MARKS[self.state][2]

    @property
    def exceptions(self) -> int:
        return sum(p.run.exceptions for p in self.proofs if p.run and p.state == "red")

    @property
    def has_mark(self) -> bool:
        return bool(self.proofs) or self.counted


@dataclass
class Board:
    """All of it."""

    regulation: Regulation
    version: RegulationVersion
    rows: list[Row]
    as_of: datetime
    #: state: clauses
    totals: Mapping[str, int]
    clauses: int
    people: list[tuple[User | None, int]]

    def share(self, *states: str) -> int:
        """Percent of the clauses that count."""
        return round(sum(self.totals.get(s, 0) for s in states) * 100 / self.clauses) if self.clauses else 0

    @property
    def coverage(self) -> list[dict[str, Any]]:
        """Proved, attested, explanation, nothing: clauses and percent."""
        proved, attested = ("green", "red", "error", "insufficient"), ("attested", "due")
        return [
            {"key": "proved", "label": _("proved by records"), "n": sum(self.totals.get(s, 0) for s in proved), "share": self.share(*proved)},
            {"key": "attested", "label": _("attested by persons"), "n": sum(self.totals.get(s, 0) for s in attested), "share": self.share(*attested)},
            {"key": "explanation", "label": _("explanation"), "n": self.totals.get("explanation", 0), "share": self.share("explanation")},
            {"key": "nothing", "label": _("not bound"), "n": self.totals.get("nothing", 0), "share": self.share("nothing")},
        ]

    @property
    def states(self) -> list[dict[str, Any]]:
        """How many clauses stand where, for the filter."""
        return [{"key": key, "sign": sign, "label": label, "tone": tone, "n": self.totals[key]} for key, (sign, label, tone) in MARKS.items() if self.totals.get(key)]


def state_of_attestation(attestation: Attestation | None, now: datetime) -> str:
    """due when nobody spoke or it has run out; red when a person said that it is not kept."""
    if attestation is None or attestation.valid_until < now:
        return "due"
    return "attested" if attestation.kept else "red"


def build(version: RegulationVersion, *, now: datetime, runs: Mapping[int, ControlRun] | None = None) -> Board:
    """The board of a version. `runs` by binding stand in for those that are kept (a past moment)."""
    regulation = version.regulation
    clauses = version.tree()
    bindings = list(regulation.bindings.filter(removed_at=None).select_related("attester", "corrector"))
    trends: dict[int, list[ControlRun]] = {}
    since = now - timedelta(days=TREND * 93)
    for run in ControlRun.objects.filter(binding__in=bindings, period_start__gte=since, period_start__lte=now).order_by("period_start"):
        trends.setdefault(run.binding_id, []).append(run)
    spoken: dict[int, Attestation] = {}
    for word in Attestation.objects.filter(binding__in=bindings, at__lte=now).select_related("by").order_by("binding_id", "-at", "-id").distinct("binding_id"):
        spoken[word.binding_id] = word
    proofs: dict[str, list[Proof]] = {}
    for binding in bindings:
        proofs.setdefault(binding.clause_key, []).append(_proof(binding, trends.get(binding.pk, []), spoken.get(binding.pk), now, runs))
    rows, by_pk = [], {}
    for clause in clauses:
        row = Row(clause, proofs.get(clause.key, []))
        by_pk[clause.pk] = row
        rows.append(row)
    for row in rows:
        _judge(row, by_pk)
    totals = Counter(row.state for row in rows if row.counted)
    return Board(regulation, version, rows, now, totals, sum(totals.values()), _people(rows))


def _proof(binding: Binding, trend: list[ControlRun], word: Attestation | None, now: datetime, runs: Mapping[int, ControlRun] | None) -> Proof:
    if binding.kind == Binding.Kind.EXPLANATION:
        return Proof(binding, "explanation")
    if binding.kind == Binding.Kind.ATTESTATION:
        return Proof(binding, state_of_attestation(word, now), attestation=word)
    try:
        control = controls.get(binding.control)
    except KeyError:
        control = None
    run = runs.get(binding.pk) if runs is not None else (trend[-1] if trend and trend[-1].period_end > now else None)
    if control is None:
        return Proof(binding, "error", run, trend[-TREND:])
    return Proof(binding, run.state if run else "insufficient", run, trend[-TREND:], control)


def _judge(row: Row, by_pk: Mapping[int, Row]) -> None:
    """A clause counts when it is bound, or says something that nothing above it is bound for."""
    clause = row.clause
    if row.proofs:
        row.counted, row.state = True, min((p.state for p in row.proofs), key=ORDER.index)
        return
    if clause.kind in ("chapter", "section") or clause.nested:
        return
    above = by_pk.get(clause.parent_id or 0)
    while above is not None:
        if above.proofs:
            return
        above = by_pk.get(above.clause.parent_id or 0)
    row.counted = True


def _people(rows: Sequence[Row]) -> list[tuple[User | None, int]]:
    times: Counter[int | None] = Counter()
    for row in rows:
        for proof in row.proofs:
            if proof.run and proof.state == "red":
                for person, count in proof.run.people:
                    times[person] += count
    known = User.objects.in_bulk([person for person in times if person])
    return [(known.get(person) if person else None, count) for person, count in times.most_common(20)]
