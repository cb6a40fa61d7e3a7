"""Charts with real axes and units; each has its table and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse

from hengwei.core.errors import Message

from .exports import table_response

Number = int | float | None


@dataclass(frozen=True)
class Series:
    """One line, row of bars, or ring. None is a gap: nothing is known there."""

    name: Message
    values: Sequence[Number]
    #: "bar" or "line" where it differs from the chart's own kind (Pareto).
    kind: str = ""
    #: On the right axis, in percent.
    percent: bool = False


@dataclass(frozen=True)
class Chart:
    """What is drawn. `labels` name the points of the axis; `unit` is said on the axis and in the table's heads."""

    key: str
    title: Message
    labels: Sequence[Message]
    series: Sequence[Series]
    kind: Literal["bar", "line", "pie"] = "bar"
    unit: Message = ""
    stacked: bool = False
    horizontal: bool = False
    note: Message = ""
    empty: Message = ""

    @property
    def heads(self) -> list[str]:
        """The heads of its table."""
        unit = f"({self.unit})" if self.unit else ""
        return ["", *(f"{series.name}{'%' if series.percent else unit}" for series in self.series)]

    @property
    def rows(self) -> list[list[Any]]:
        """Its table."""
        return [[str(label), *(series.values[i] for series in self.series)] for i, label in enumerate(self.labels)]

    @property
    def has_figures(self) -> bool:
        return any(value is not None for series in self.series for value in series.values)

    def drawing(self) -> dict[str, Any]:
        """What the browser draws it from (frontend/src/charts.ts)."""
        return {
            "kind": self.kind, "unit": str(self.unit), "stacked": self.stacked, "horizontal": self.horizontal, "labels": [str(label) for label in self.labels],
            "series": [{"name": str(s.name), "values": list(s.values), "kind": s.kind or self.kind, "percent": s.percent} for s in self.series],
        }


def asked_file(request: HttpRequest, charts: Sequence[Chart]) -> HttpResponse | None:
    """The file of a chart when `?chart=KEY&form=csv|xlsx` asks for one, else None; call it first in the page's view."""
    chart = next((one for one in charts if one.key == request.GET.get("chart")), None)
    return table_response(request.GET.get("form", "csv"), str(chart.title), chart.heads, chart.rows) if chart is not None else None
