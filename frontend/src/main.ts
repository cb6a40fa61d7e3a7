import htmx from "htmx.org";
import { listenForChoices, startAutomation } from "./automation";
import { keepDialogs } from "./dialogs";
import { keepFinding } from "./finder";
import { keepTyped } from "./typed";
import { keepTyping, startEditors } from "./editor";
import { startKeys } from "./keys";
import { startKnowledge } from "./knowledge";
import { startLists } from "./list";
import { startLive } from "./live";
import { keepUnfolded, startMenus } from "./menus";
import { startPalette } from "./palette";
import { startPortal } from "./portal";
import { startRail } from "./rail";
import { startTables } from "./tables";
import { startToasts, toast } from "./toasts";
import { startBoard } from "./board";
import { startRegulation } from "./regulation";
import { startDeeds, startForms } from "./forms";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
// What comes in is started in the same turn: in the twenty milliseconds between, somebody would type into a field that nobody has seen to yet.
htmx.config.defaultSettleDelay = 0;
// Refusals carry a page with the reason beside the field: show it.
htmx.config.responseHandling = [
  { code: "204", swap: false }, { code: "[23]..", swap: true }, { code: "422", swap: true }, { code: "409", swap: true }, { code: "...", swap: false, error: true },
];

document.addEventListener("htmx:configRequest", (event) => {
  const { headers } = (event as CustomEvent).detail;
  headers["X-CSRFToken"] = document.body.dataset.csrf ?? "";
});
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = (event as CustomEvent).detail as { xhr: XMLHttpRequest };
  toast(xhr.getResponseHeader("X-Message") ? decodeURIComponent(xhr.getResponseHeader("X-Message")!) : document.body.dataset.failed ?? "", { bad: true });
});
document.addEventListener("htmx:sendError", () => toast(document.body.dataset.offline ?? "", { bad: true }));

const start = (root: ParentNode) => {
  startEditors(root);
  startLists(root);
  startPortal(root);
  startBoard(root);
  startRegulation(root);
  startForms(root);
  startAutomation(root);
  startKnowledge(root);
  startTables(root);
  // Charts are a large script of their own: fetched where there is one.
  const charts = document.body.dataset.charts;
  if (charts && root.querySelector("[data-chart]") && !document.querySelector(`script[src="${charts}"]`)) document.head.append(Object.assign(document.createElement("script"), { src: charts }));
  (root.querySelector(".form-errors") as HTMLElement | null)?.focus();
};
startToasts();
startMenus();
startPalette();
startKeys();
startLive();
startDeeds();
keepTyping();
keepDialogs();
keepUnfolded();
keepTyped();
listenForChoices();
startRail();
start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.target as HTMLElement));
keepFinding();
