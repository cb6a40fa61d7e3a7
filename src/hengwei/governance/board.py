"""The board: a regulation as a document, each clause with its mark, figure and trend (K5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengwei.core import controls
from hengwei.governance.models import Attestation, Binding, Clause, ControlRun, Regulation, RegulationVersion
from hengwei.org.models import Membership, Team, User

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
    #: Ids of the teams concerned: the one that it is for, and those whose people have the exceptions.
    teams: frozenset[int] = frozenset()

    @property
    def owner(self) -> User:
        """Who answers for it."""
        return self.binding.answers

    def concerns(self, person: int) -> bool:
        """Whether a person has exceptions in it."""
        return self.state == "red" and self.run is not None and any(who == person for who, _n in self.run.people)

    @property
    def title(self) -> str:
        if self.binding.kind == Binding.Kind.CONTROL:
            return str(self.control.title) if self.control else self.binding.control
        return self.binding.asked if self.binding.kind == Binding.Kind.ATTESTATION else str(MARKS["explanation"][1])

    @property
    def plain(self) -> str:
        """The control in plain words."""
        if self.control is None:
            return self.run.said if self.run else ""
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


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for on a board; nothing where it is empty."""

    state: str = ""
    #: Ids: who answers for a clause, which team it concerns, who has exceptions in it.
    owner: int = 0
    team: int = 0
    person: int = 0

    def __bool__(self) -> bool:
        return bool(self.state or self.owner or self.team or self.person)

    def fits(self, row: Row) -> bool:
        """Whether a clause is looked for: all that is wanted of its proofs holds for one of them."""
        if self.state and row.state != self.state:
            return False
        if not (self.owner or self.team or self.person):
            return True
        return any(
            (not self.owner or proof.owner.pk == self.owner) and (not self.team or self.team in proof.teams) and (not self.person or proof.concerns(self.person))
            for proof in row.proofs
        )


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

    @cached_property
    def people(self) -> list[tuple[User | None, int]]:
        """Who has how many exceptions."""
        return people_of(proof.run for row in self.rows for proof in row.proofs if proof.run and proof.state == "red")

    @cached_property
    def owners(self) -> list[tuple[User, int]]:
        """Who answers for how many clauses, the most first."""
        times = Counter(owner for row in self.rows for owner in {proof.owner for proof in row.proofs})
        return sorted(times.items(), key=lambda one: (-one[1], str(one[0])))

    @cached_property
    def teams(self) -> list[tuple[Team, int]]:
        """Which teams how many clauses concern, the most first."""
        times = Counter(team for row in self.rows for team in {one for proof in row.proofs for one in proof.teams})
        known = Team.objects.in_bulk(list(times)) if times else {}
        return sorted(((known[team], count) for team, count in times.items()), key=lambda one: (-one[1], str(one[0])))

    def only(self, wanted: Wanted) -> list[Row]:
        """The clauses that are looked for, under the chapters and clauses that they lie in; none where none fits."""
        if not wanted:
            return self.rows
        parents = {row.clause.pk: row.clause.parent_id for row in self.rows}
        kept: set[int] = set()
        for row in self.rows:
            if row.has_mark and wanted.fits(row):
                up: int | None = row.clause.pk
                while up is not None and up not in kept:
                    kept.add(up)
                    up = parents[up]
        return [row for row in self.rows if row.clause.pk in kept]

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
    return build_all([version], now=now, runs=runs)[0]


def build_all(versions: Sequence[RegulationVersion], *, now: datetime, runs: Mapping[int, ControlRun] | None = None) -> list[Board]:
    """The boards of several versions, of one regulation each, at the cost of one."""
    bindings = list(Binding.objects.filter(regulation__in=[v.regulation_id for v in versions], removed_at=None).select_related("attester", "corrector", "team"))
    regulations = {version.regulation_id: version.regulation for version in versions}
    for binding in bindings:
        binding.regulation = regulations[binding.regulation_id]
    trends: dict[int, list[ControlRun]] = {}
    since = now - timedelta(days=TREND * 93)
    for run in ControlRun.objects.filter(binding__in=bindings, period_start__gte=since, period_start__lte=now).order_by("period_start"):
        trends.setdefault(run.binding_id, []).append(run)
    spoken: dict[int, Attestation] = {}
    for word in Attestation.objects.filter(binding__in=bindings, at__lte=now).select_related("by").order_by("binding_id", "-at", "-id").distinct("binding_id"):
        spoken[word.binding_id] = word
    proofs: dict[tuple[int, str], list[Proof]] = {}
    for binding in bindings:
        proof = _proof(binding, trends.get(binding.pk, []), spoken.get(binding.pk), now, runs)
        proofs.setdefault((binding.regulation_id, binding.clause_key), []).append(proof)
    _find_teams(proof for found in proofs.values() for proof in found)
    boards = []
    for version in versions:
        rows = [Row(clause, proofs.get((version.regulation_id, clause.key), [])) for clause in version.tree()]
        by_pk = {row.clause.pk: row for row in rows}
        for row in rows:
            _judge(row, by_pk)
        totals = Counter(row.state for row in rows if row.counted)
        boards.append(Board(version.regulation, version, rows, now, totals, sum(totals.values())))
    return boards


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


def people_of(runs: Iterable[ControlRun]) -> list[tuple[User | None, int]]:
    """Who has how many exceptions in these runs, the most first; None stands for nobody in particular."""
    times: Counter[int | None] = Counter()
    for run in runs:
        for person, count in run.people:
            times[person] += count
    known = User.objects.in_bulk([person for person in times if person]) if times else {}
    return [(known.get(person) if person else None, count) for person, count in times.most_common(20)]


def _find_teams(proofs: Iterable[Proof]) -> None:
    """Which teams each proof concerns: one query for all the people who have exceptions."""
    proofs = list(proofs)
    red = {person for proof in proofs if proof.state == "red" and proof.run for person, _n in proof.run.people if person}
    of_person: dict[int, set[int]] = {}
    for person, team in Membership.objects.filter(user__in=red).values_list("user", "team") if red else ():
        of_person.setdefault(person, set()).add(team)
    for proof in proofs:
        own = proof.binding.team_id or proof.binding.regulation.body_id
        found = {own} if own else set()
        if proof.state == "red" and proof.run:
            found.update(team for person, _n in proof.run.people for team in of_person.get(person or 0, ()))
        proof.teams = frozenset(found)
