// Charts: loaded only where a page has one. Drawn from what the server sends (ui/kit/charts.py), in the page's colours.
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

interface Drawing {
  kind: string; unit: string; stacked: boolean; horizontal: boolean; labels: string[];
  series: { name: string; values: (number | null)[]; kind: string; percent: boolean }[];
}

const colours = ["#1f6f8b", "#c77f1a", "#3f8f5b", "#8b5aa8", "#b3473d", "#5f7183", "#2f9e9e", "#a88f2f"];

function option(drawing: Drawing, box: HTMLElement): EChartsCoreOption {
  const style = getComputedStyle(box);
  const text = style.color;
  const line = style.getPropertyValue("--hw-line") || "#ddd";
  const base = {
    color: colours, animation: false, textStyle: { fontFamily: style.fontFamily, color: text }, aria: { enabled: true },
    // As canvas, since the page allows no inline style.
    tooltip: { trigger: drawing.kind === "pie" ? "item" : "axis", renderMode: "richText", confine: true },
    legend: drawing.series.length > 1 || drawing.kind === "pie" ? { top: 0, textStyle: { color: text }, icon: "roundRect", itemWidth: 12, itemHeight: 8, type: "scroll" } : undefined,
  };
  if (drawing.kind === "pie") {
    const data = drawing.labels.map((name, i) => ({ name, value: drawing.series[0].values[i] }));
    return { ...base, series: [{ type: "pie", radius: ["42%", "70%"], center: ["50%", "56%"], data, label: { color: text } }] };
  }
  const names = { type: "category", data: drawing.labels, axisLabel: { color: text, hideOverlap: true }, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, inverse: drawing.horizontal };
  const values = { type: "value", name: drawing.unit, nameTextStyle: { color: text, align: "left" }, axisLabel: { color: text }, splitLine: { lineStyle: { color: line } }, minInterval: drawing.series.every((s) => s.values.every((v) => v === null || Number.isInteger(v))) ? 1 : undefined };
  const percent = { type: "value", min: 0, max: 100, axisLabel: { color: text, formatter: "{value}%" }, splitLine: { show: false } };
  const both = drawing.series.some((s) => s.percent) && !drawing.series.every((s) => s.percent);
  const amounts = drawing.series.every((s) => s.percent) ? [percent] : both ? [values, percent] : [values];
  return {
    ...base, grid: { left: 8, right: both ? 8 : 16, top: drawing.series.length > 1 ? 46 : 30, bottom: 4, containLabel: true },
    xAxis: drawing.horizontal ? amounts : names, yAxis: drawing.horizontal ? names : amounts,
    series: drawing.series.map((s) => ({
      name: s.name, type: s.kind === "line" ? "line" : "bar", data: s.values, stack: drawing.stacked && s.kind !== "line" ? "all" : undefined, barMaxWidth: 34,
      symbolSize: 5, [drawing.horizontal ? "xAxisIndex" : "yAxisIndex"]: both && s.percent ? 1 : 0,
    })),
  };
}

function draw(box: HTMLElement): void {
  if (box.dataset.started) return;
  box.dataset.started = "yes";
  const chart = init(box);
  const show = () => chart.setOption(option(JSON.parse(box.dataset.chart!) as Drawing, box), true);
  show();
  new ResizeObserver(() => chart.resize()).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
}

const start = (root: ParentNode) => root.querySelectorAll<HTMLElement>("[data-chart]").forEach(draw);
start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.target as HTMLElement));
