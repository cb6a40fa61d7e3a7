// Forms of automation rules: only the fields that a choice needs are shown, and values are chosen from what their fact knows.
import { chooseById, startFinder } from "./finder";

function showNeeded(chooser: HTMLSelectElement): void {
  const needs = JSON.parse(chooser.dataset.needs!) as Record<string, string[]>;
  const scope = chooser.closest<HTMLElement>("[data-row]") ?? chooser.form!;
  const wanted = new Set(needs[chooser.value] ?? []);
  new Set(Object.values(needs).flat()).forEach((name) => {
    scope.querySelectorAll<HTMLElement>(`[data-field="${name}"]`).forEach((field) => {
      if (scope instanceof HTMLFormElement && field.closest("[data-row]")) return;
      field.hidden = !wanted.has(name);
    });
  });
}

function offerValues(fact: HTMLSelectElement): void {
  const row = fact.closest<HTMLElement>("[data-row]")!;
  const known = document.querySelector<HTMLTemplateElement>(`template[data-choices="${fact.value}"]`);
  const typed = row.querySelector<HTMLInputElement>(`[name$="-value"]`)!;
  const op = row.querySelector<HTMLSelectElement>(`[name$="-op"]`)!;
  const ops = (known?.dataset.ops ?? "").split(" ");
  [...op.options].forEach((one) => { one.hidden = one.disabled = !ops.includes(one.value); });
  if (!ops.includes(op.value)) op.value = ops[0] ?? "";
  // Another fact is chosen from another list: made anew, in a place of its own.
  row.querySelector("[data-values]")?.remove();
  const options = known?.content.cloneNode(true) as DocumentFragment | undefined;
  const found = known?.dataset.find, some = !!found || !!options?.childElementCount;
  typed.hidden = some;
  if (some) {
    const place = document.createElement("div"), list = Object.assign(document.createElement("select"), { className: "form-select" });
    place.dataset.values = "";
    list.dataset.offered = "";
    list.setAttribute("aria-label", row.querySelector(`label[for="${typed.id}"]`)?.textContent ?? "");
    list.append(new Option("—", ""), ...(options?.children ?? []));
    list.addEventListener("change", () => { typed.value = list.value; });
    place.append(list);
    typed.after(place);
    if (found) {
      for (const name of ["find", "none", "more", "placeholder"]) list.dataset[name] = known.dataset[name] ?? "";
      startFinder(list);
      void chooseById(list, typed.value);
    } else {
      list.value = typed.value;
      if (list.selectedIndex < 0) { list.value = ""; typed.value = ""; }
    }
  }
  showValue(op, row);
}

function showValue(op: HTMLSelectElement, row: HTMLElement): void {
  row.querySelectorAll<HTMLElement>(`[data-field="value"]`).forEach((field) => { field.hidden = ["is_set", "is_empty"].includes(op.value); });
}

export function startAutomation(root: ParentNode): void {
  root.querySelectorAll<HTMLSelectElement>("select[data-needs]").forEach(showNeeded);
  root.querySelectorAll<HTMLSelectElement>("select[data-fact]").forEach(offerValues);
}

export function listenForChoices(): void {
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLElement;
    if (!(field instanceof HTMLSelectElement)) return;
    if (field.dataset.needs) showNeeded(field);
    if ("fact" in field.dataset) offerValues(field);
    if (field.name.endsWith("-op") && field.closest("[data-row]")?.querySelector("[data-fact]")) showValue(field, field.closest<HTMLElement>("[data-row]")!);
  });
  document.addEventListener("hw:added", (event) => { startAutomation((event as CustomEvent<HTMLElement>).detail); });
}
