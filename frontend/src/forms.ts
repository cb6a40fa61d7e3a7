// Forms of the kit: rows inside a form, deeds in a dialog, and what was typed kept over a lost session.
import htmx from "htmx.org";
import Sortable from "sortablejs";
import { startFinder } from "./finder";

function startInline(inline: HTMLElement): void {
  if (inline.dataset.started) return;
  inline.dataset.started = "yes";
  const prefix = inline.dataset.inline!;
  const rows = inline.querySelector<HTMLElement>("[data-rows]")!;
  const template = inline.querySelector("template")!;
  const total = inline.querySelector<HTMLInputElement>(`[name="${prefix}-TOTAL_FORMS"]`)!;
  const number = () => [...rows.querySelectorAll<HTMLElement>("[data-row]")].forEach((row, i) => {
    const order = row.querySelector<HTMLInputElement>(`[name$="-ORDER"]`);
    if (order) order.value = String(i + 1);
  });
  inline.querySelector("[data-add]")?.addEventListener("click", () => {
    const holder = document.createElement("div");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    const row = holder.firstElementChild as HTMLElement;
    rows.append(row);
    total.value = String(Number(total.value) + 1);
    number();
    row.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
    document.dispatchEvent(new CustomEvent("hw:added", { detail: row }));
  });
  rows.addEventListener("click", (event) => {
    const row = (event.target as HTMLElement).closest("[data-remove]")?.closest<HTMLElement>("[data-row]");
    if (!row) return;
    const mark = row.querySelector<HTMLInputElement>(`[name$="-DELETE"]`);
    if (mark) { mark.checked = true; row.hidden = true; } else { row.querySelectorAll<HTMLInputElement>("input, select, textarea").forEach((field) => { field.value = ""; }); row.hidden = true; }
  });
  if ("sortable" in inline.dataset) Sortable.create(rows, { handle: ".grip", animation: 120, onEnd: number });
}

// A list put in order by dragging, or by the arrows of each line; where a line went is said aloud.
function startSortList(list: HTMLElement): void {
  if (list.dataset.started) return;
  list.dataset.started = "yes";
  Sortable.create(list, { handle: ".grip", animation: 120 });
  list.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-move]");
    const line = button?.closest<HTMLElement>("[data-sort-list] > *");
    if (!button || !line) return;
    const up = button.dataset.move === "-1";
    const other = up ? line.previousElementSibling : line.nextElementSibling;
    if (other) up ? other.before(line) : other.after(line);
    button.focus();
    const said = list.parentElement?.querySelector("[data-said]");
    const lines = [...list.children];
    if (said) said.textContent = (list.dataset.moved ?? "").replace("{name}", line.dataset.name ?? "").replace("{n}", String(lines.indexOf(line) + 1)).replace("{all}", String(lines.length));
  });
}

// A long list of which several are chosen: the chosen ones as chips; a plain list of fixed choices and a field that finds the rest add one.
function startPicking(list: HTMLSelectElement): void {
  if (list.dataset.started) return;
  list.dataset.started = "yes";
  const chips = Object.assign(document.createElement("div"), { className: "picked" });
  const fixed = !list.dataset.find || [...list.options].some((one) => !(list.dataset.prefix && one.value.startsWith(list.dataset.prefix)) && !!list.dataset.prefix);
  const adder = fixed ? Object.assign(document.createElement("select"), { className: "form-select", id: list.id }) : null;
  const finder = list.dataset.find ? Object.assign(document.createElement("select"), { className: "form-select", id: adder ? "" : list.id }) : null;
  list.removeAttribute("id");
  list.hidden = true;
  list.after(chips, ...(adder ? [adder] : []), ...(finder ? [finder] : []));
  const changed = () => { show(); list.dispatchEvent(new Event("change", { bubbles: true })); };
  const show = () => {
    chips.replaceChildren(...[...list.selectedOptions].map((option) => {
      const chip = Object.assign(document.createElement("span"), { className: "chip", textContent: option.text });
      const gone = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "×" });
      gone.setAttribute("aria-label", `${list.dataset.remove ?? "×"} ${option.text}`);
      gone.addEventListener("click", () => { option.selected = false; changed(); (adder ?? chips.parentElement!.querySelector<HTMLElement>(".finder"))?.focus(); });
      chip.append(gone);
      return chip;
    }));
    if (!adder) return;
    const left = [...list.children].map((child) => child.cloneNode(true) as HTMLElement);
    left.forEach((child) => child.querySelectorAll<HTMLOptionElement>("option").forEach((option) => { if ([...list.selectedOptions].some((one) => one.value === option.value)) option.remove(); }));
    adder.replaceChildren(new Option(list.dataset.pick ?? "", ""), ...left.filter((child) => (child.matches("option") ? ![...list.selectedOptions].some((one) => one.value === (child as HTMLOptionElement).value) : child.childElementCount)));
    adder.value = "";
  };
  adder?.addEventListener("change", () => {
    const option = [...list.options].find((one) => one.value === adder.value);
    if (option) { option.selected = true; changed(); }
  });
  if (finder) {
    for (const name of ["find", "none", "more", "placeholder"]) finder.dataset[name] = list.dataset[name] ?? "";
    for (const name of ["aria-describedby", "aria-invalid"]) if (list.hasAttribute(name)) finder.setAttribute(name, list.getAttribute(name)!);
    finder.setAttribute("aria-label", list.dataset.pick ?? "");
    finder.append(new Option("", ""));
    startFinder(finder);
    finder.addEventListener("change", (event) => {
      event.stopPropagation();
      if (!finder.value) return;
      const value = `${list.dataset.prefix ?? ""}${finder.value}`;
      let option = [...list.options].find((one) => one.value === value);
      if (!option) { option = new Option(finder.selectedOptions[0].text, value); list.append(option); }
      option.selected = true;
      finder.value = "";
      finder.dispatchEvent(new Event("hw:shown"));
      changed();
    });
  }
  show();
}

// What was typed and not saved is found again in this browser, also after signing in anew.
function startKeeping(form: HTMLFormElement): void {
  if (form.dataset.started) return;
  form.dataset.started = "yes";
  const key = `kept:${form.dataset.keep}`;
  const fields = () => [...form.elements].filter((one): one is HTMLTextAreaElement | HTMLInputElement => (one instanceof HTMLTextAreaElement || (one instanceof HTMLInputElement && ["text", "number", "email", "url", "search", "tel"].includes(one.type))) && !!one.name && one.autocomplete !== "off");
  const failed = !!form.querySelector(".form-errors");
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null") as Record<string, string> | null;
  if (kept && !failed && performance.getEntriesByType("navigation").some((entry) => (entry as PerformanceNavigationTiming).type !== "navigate" || document.referrer.includes("/login"))) {
    fields().forEach((field) => { if (kept[field.name] !== undefined) field.value = kept[field.name]; });
  }
  form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields().map((field) => [field.name, field.value])))));
  form.addEventListener("submit", () => window.setTimeout(() => sessionStorage.removeItem(key), 0));
}

function openDialog(url: string): void {
  let dialog = document.getElementById("deed") as HTMLDialogElement | null;
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "deed";
    document.body.append(dialog);
  }
  dialog.replaceChildren();
  dialog.showModal();
  void htmx.ajax("get", url, { target: dialog, swap: "innerHTML" }).then(() => dialog?.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select")?.focus());
}

export function startForms(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-inline]").forEach(startInline);
  root.querySelectorAll<HTMLElement>("[data-sort-list]").forEach(startSortList);
  root.querySelectorAll<HTMLSelectElement>("select[data-pick]").forEach(startPicking);
  root.querySelectorAll<HTMLSelectElement | HTMLInputElement>("select[data-find]:not([multiple]), input[data-find]").forEach(startFinder);
  root.querySelectorAll<HTMLFormElement>("form[data-keep]").forEach(startKeeping);
}

export function startDeeds(): void {
  document.addEventListener("hw:added", (event) => startForms((event as CustomEvent<HTMLElement>).detail));
  document.addEventListener("click", (event) => {
    const opener = (event.target as HTMLElement).closest<HTMLElement>("[data-dialog-url]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    openDialog(opener.dataset.dialogUrl!);
  });
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLElement;
    if (field.closest(".tools") && field.matches("select, input[type=date], input[type=checkbox]")) field.closest("form")?.requestSubmit();
  });
}
