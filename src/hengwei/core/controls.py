"""Controls: questions to live records that prove whether a clause of a regulation is kept.

Each room registers its own in `controls.py`; governance binds them to clauses and runs them. How to write one:
docs/how-to-write-a-control.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .errors import Message, Refused


@dataclass(frozen=True, slots=True)
class Period:
    """The stretch `[start, end)` that is judged, as it looked at `as_of`. `past`: that moment lies behind us."""

    start: datetime
    end: datetime
    as_of: datetime
    past: bool = False

    @property
    def until(self) -> datetime:
        """What lies after this has not happened yet."""
        return min(self.end, self.as_of)


@dataclass(frozen=True, slots=True)
class Param:
    """A number, a choice or a yes that a clause sets for its control; a form is made of it."""

    name: str
    label: Message
    default: Any
    unit: Message = ""
    minimum: int = 0
    maximum: int = 100_000
    choices: tuple[tuple[str, Message], ...] = ()
    help: Message = ""

    @property
    def kind(self) -> str:
        """boolean, choice or integer."""
        return "boolean" if isinstance(self.default, bool) else "choice" if self.choices else "integer"

    def clean(self, value: Any) -> Any:
        """The value as stored; Refused, at its field, when it is none."""
        if self.kind == "boolean":
            return value in (True, "true", "on", "1", 1)
        if self.kind == "choice":
            if value not in dict(self.choices):
                raise Refused(_("'%(value)s' is none of the choices for %(name)s.") % {"value": value, "name": self.label}, code="invalid", field=self.name)
            return value
        try:
            number = int(str(value).strip())
        except ValueError:
            raise Refused(_("%(name)s must be a whole number.") % {"name": self.label}, code="invalid", field=self.name) from None
        if not self.minimum <= number <= self.maximum:
            raise Refused(
                _("%(name)s must lie between %(low)d and %(high)d.") % {"name": self.label, "low": self.minimum, "high": self.maximum},
                code="out_of_range", field=self.name,
            )
        return number


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One record that does not comply: which, whose, why, and where to see it. `key` names it for good (item:7)."""

    key: str
    record: str
    url: str
    why: str
    person_id: int | None = None
    person: str = ""
    at: datetime | None = None


def _no_rows(offset: int, limit: int) -> list[ExceptionRow]:
    return []


def _no_people() -> list[tuple[int | None, int]]:
    return []


@dataclass(frozen=True, slots=True)
class Findings:
    """What a control found: counts at once, exceptions when somebody asks. `insufficient` says why nothing can be told."""

    population: int
    compliant: int
    rows: Callable[[int, int], Sequence[ExceptionRow]] = field(default=_no_rows, compare=False)
    people: Callable[[], list[tuple[int | None, int]]] = field(default=_no_people, compare=False)
    insufficient: Message = ""

    @property
    def exceptions(self) -> int:
        return self.population - self.compliant


def not_enough(reason: Message) -> Findings:
    """Nothing can be told, and why: words to be translated later (gettext_lazy), since the run is kept for readers of both languages."""
    return Findings(0, 0, insufficient=reason)


def counted(
    population: QuerySet[Any], bad: Q | Any, *, row: Callable[[Any], ExceptionRow], person: str = "owner_id",
    order: Sequence[str] = ("-pk",), related: Sequence[str] = (),
) -> Findings:
    """Findings of a queryset: all of it is judged, what fits `bad` does not comply. One query counts; rows come when asked for.

    `person` names the column of the person responsible; '' where nobody in particular is.
    """
    figures = population.order_by().aggregate(of_all=Count("pk"), of_bad=Count("pk", filter=bad))
    wrong = population.filter(bad)

    def rows(offset: int, limit: int) -> list[ExceptionRow]:
        return [row(found) for found in wrong.select_related(*related).order_by(*order)[offset: offset + limit]]

    def people() -> list[tuple[int | None, int]]:
        if not person:
            return [(None, figures["of_bad"])] if figures["of_bad"] else []
        return list(wrong.order_by().values_list(person).annotate(times=Count("pk")).order_by("-times", person))

    return Findings(figures["of_all"], figures["of_all"] - figures["of_bad"], rows, people)


class Control(ABC):
    """A question to live records. One subclass, registered, is one control."""

    key: ClassVar[str]
    title: ClassVar[Message]
    #: In plain words, with the parameters' values in their places: `… within %(minutes)d minutes`.
    explanation: ClassVar[Message]
    params: ClassVar[tuple[Param, ...]] = ()
    #: Rows of the department's requirements that it proves, such as A2.
    proves: ClassVar[tuple[str, ...]] = ()
    #: Words of a clause that speak of it, in both languages; the first are the strongest.
    keywords: ClassVar[tuple[str, ...]] = ()
    #: Whether records tell how it was at a moment that has passed.
    tells_past: ClassVar[bool] = True

    @abstractmethod
    def evaluate(self, period: Period, params: Mapping[str, Any]) -> Findings:
        """Counts in SQL, exceptions lazily; `not_enough` when nothing can be told."""

    @classmethod
    def clean(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters, each given or by default; Refused at the field of a wrong one."""
        known = {param.name for param in cls.params}
        for name in given:
            if name not in known:
                raise Refused(_("This control has no parameter '%(name)s'.") % {"name": name}, code="unknown", field=name)
        return {param.name: param.clean(given.get(param.name, param.default)) for param in cls.params}

    @classmethod
    def plain(cls, params: Mapping[str, Any]) -> str:
        """The explanation with the parameters filled in."""
        values = {param.name: params.get(param.name, param.default) for param in cls.params}
        for param in cls.params:
            if param.kind == "choice":
                values[param.name] = dict(param.choices).get(values[param.name], values[param.name])
        return str(cls.explanation) % values


_controls: dict[str, Control] = {}
C = TypeVar("C", bound=type[Control])


def register(control: C) -> C:
    """Add a control; its key must be its own."""
    known = _controls.get(control.key)
    if known is not None and type(known).__qualname__ != control.__qualname__:
        raise ValueError(f"two controls are called {control.key}")
    _controls[control.key] = control()
    return control


def get(key: str) -> Control:
    """The control of a key; KeyError when no room brings it."""
    return _controls[key]


def every() -> list[Control]:
    """All controls, by key."""
    return [control for _key, control in sorted(_controls.items())]


def judge(control: Control, period: Period, params: Mapping[str, Any]) -> Findings:
    """Evaluate, unless the control cannot tell the past and is asked for it."""
    if period.past and not control.tells_past:
        return not_enough(gettext_lazy("The records do not tell how this was at a past moment."))
    return control.evaluate(period, params)


def state_of(findings: Findings, threshold: int) -> str:
    """green, red or insufficient. `threshold` is the smallest share in percent that complies; nobody to judge is no proof."""
    if findings.insufficient or findings.population == 0:
        return "insufficient"
    return "green" if findings.compliant * 100 >= threshold * findings.population else "red"
