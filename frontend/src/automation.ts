// Forms of automation rules: only the fields that a choice needs are shown, and values are chosen from what their fact knows.

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
  let list = row.querySelector<HTMLSelectElement>("[data-offered]");
  if (!list) {
    list = document.createElement("select");
    list.className = "form-select";
    list.dataset.offered = "";
    list.setAttribute("aria-label", row.querySelector(`label[for="${typed.id}"]`)?.textContent ?? "");
    list.addEventListener("change", () => { typed.value = list!.value; });
    typed.after(list);
  }
  const options = known?.content.cloneNode(true) as DocumentFragment | undefined;
  const some = !!options?.childElementCount;
  list.replaceChildren(...(some ? [new Option("—", ""), ...options!.children] : []));
  list.hidden = !some;
  typed.hidden = some;
  if (some) { list.value = typed.value; if (list.selectedIndex < 0) { list.value = ""; typed.value = ""; } }
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
