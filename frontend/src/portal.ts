// The portal's one question, and the forms of its entries: what is asked follows the answers, a draft is kept, files come by themselves.
import { upload } from "./editor";

type Condition = { all?: Condition[]; any?: Condition[]; not?: Condition; field?: string; op?: string; value?: unknown };
type Answers = Record<string, string | string[] | boolean | null>;

/** What fits appears while it is typed. */
function startQuestion(ask: HTMLInputElement): void {
  const into = document.getElementById("offers");
  let timer = 0, asked = 0;
  ask.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(async () => {
      const mine = ++asked;
      const answer = await fetch(`${ask.dataset.offers}?q=${encodeURIComponent(ask.value)}`, { headers: { "HX-Request": "true" } });
      if (answer.ok && into && mine === asked) into.innerHTML = await answer.text();
    }, 180);
  });
}

/** The same rule as conditions.py: the server decides, this only shows. */
function holds(condition: Condition | undefined, answers: Answers): boolean {
  if (!condition || Object.keys(condition).length === 0) return true;
  if (condition.all) return condition.all.every((one) => holds(one, answers));
  if (condition.any) return condition.any.some((one) => holds(one, answers));
  if (condition.not) return !holds(condition.not, answers);
  const fact = answers[condition.field ?? ""] ?? null, value = condition.value;
  const among = (one: unknown) => (Array.isArray(fact) ? fact.includes(String(one)) : fact === one || String(fact ?? "") === String(one));
  const given = fact !== null && fact !== "" && fact !== false && !(Array.isArray(fact) && fact.length === 0);
  switch (condition.op) {
    case "is_set": return given;
    case "is_empty": return !given;
    case "is": return given && among(value);
    case "is_not": return !(given && among(value));
    case "in": return given && (value as unknown[]).some(among);
    case "not_in": return !(given && (value as unknown[]).some(among));
    case "contains": return given && (Array.isArray(value) ? value : [value]).some((word) => String(fact).toLowerCase().includes(String(word).toLowerCase()));
    case "at_least": return given && Number(fact) >= Number(value);
    case "at_most": return given && Number(fact) <= Number(value);
    default: return true;
  }
}

function answerOf(box: HTMLElement): string | string[] | boolean | null {
  const fields = [...box.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("[name^='f_']")];
  const ticks = fields.filter((one): one is HTMLInputElement => one instanceof HTMLInputElement && one.type === "checkbox");
  if (ticks.length) return ticks[0]!.id === ticks[0]!.name ? ticks[0]!.checked : ticks.filter((one) => one.checked).map((one) => one.value);
  return fields[0]?.value ?? null;
}

function startConditions(form: HTMLElement): void {
  const boxes = [...form.querySelectorAll<HTMLElement>(".asked")];
  const show = () => {
    const answers: Answers = {};
    for (const box of boxes) {
      const asked = holds(box.dataset.when ? (JSON.parse(box.dataset.when) as Condition) : undefined, answers);
      box.hidden = !asked;
      if (asked) answers[box.dataset.key!] = answerOf(box);
    }
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}

/** What was begun is found again on this device, until it is sent. */
function startDraft(form: HTMLFormElement): void {
  const key = `ask:${form.dataset.draftKey}`;
  const fields = () => [...form.elements].filter((one): one is HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement =>
    (one instanceof HTMLInputElement || one instanceof HTMLSelectElement || one instanceof HTMLTextAreaElement) && !!one.name && !["hidden", "file", "submit", "button", "password"].includes(one.type) && one.name !== "website");
  const ticked = (one: Element): one is HTMLInputElement => one instanceof HTMLInputElement && (one.type === "checkbox" || one.type === "radio");
  const found = form.querySelector<HTMLElement>(".draft-found"), kept = form.querySelector<HTMLElement>(".draft-kept");
  const before = localStorage.getItem(key);
  if (before && !form.dataset.failed) {
    const values = JSON.parse(before) as [string, string][];
    fields().forEach((field) => {
      if (ticked(field)) field.checked = values.some(([name, value]) => name === field.name && value === field.value);
      else field.value = values.find(([name]) => name === field.name)?.[1] ?? field.value;
    });
    if (found) found.hidden = false;
  }
  form.querySelector("[data-discard]")?.addEventListener("click", () => { localStorage.removeItem(key); location.reload(); });
  let timer = 0;
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      const values = fields().filter((field) => !ticked(field) || field.checked).map((field) => [field.name, field.value]);
      localStorage.setItem(key, JSON.stringify(values));
      if (kept) kept.textContent = kept.dataset.words ?? "";
    }, 400);
  });
  form.addEventListener("submit", () => { window.clearTimeout(timer); sessionStorage.setItem("ask:sent", key); });
}

/** A field that takes files of its own. */
function startFiles(form: HTMLFormElement): void {
  form.querySelectorAll<HTMLElement>(".file-field").forEach((box) => {
    const input = box.querySelector<HTMLInputElement>("input[type=file]"), into = box.querySelector<HTMLElement>(".chosen");
    input?.addEventListener("change", async (event) => {
      event.stopPropagation();
      for (const file of [...(input.files ?? [])]) {
        const kept = form.dataset.upload ? await upload(file, form.dataset.upload) : null;
        if (!kept || !into) continue;
        const chip = Object.assign(document.createElement("span"), { className: "chip", textContent: kept.name });
        const gone = Object.assign(document.createElement("button"), { type: "button", textContent: "×", className: "quiet" });
        gone.setAttribute("aria-label", `${form.dataset.remove ?? "×"} ${kept.name}`);
        gone.addEventListener("click", () => chip.remove());
        chip.append(gone, Object.assign(document.createElement("input"), { type: "hidden", name: box.dataset.name!, value: kept.id }));
        into.append(chip);
      }
      input.value = "";
    });
  });
}

/** A row of the designer shows only what its type can have. */
const HAS: Record<string, string[]> = { choices: ["choice", "choices"], min: ["number", "choices"], max: ["number", "choices"], max_length: ["text", "long_text", "person", "asset"], pattern: ["text", "long_text", "asset"] };

let listening = false;

function startDesigner(root: ParentNode): void {
  const fit = (select: HTMLSelectElement) => Object.entries(HAS).forEach(([name, types]) => {
    const box = select.closest("[data-row]")?.querySelector<HTMLElement>(`[data-field="${name}"]`);
    if (box) box.hidden = !types.includes(select.value);
  });
  root.querySelectorAll<HTMLElement>("[data-inline='fields'], [data-inline='questions']").forEach((inline) => {
    if (inline.dataset.fitted) return;
    inline.dataset.fitted = "yes";
    inline.querySelectorAll<HTMLSelectElement>("[data-rows] select[name$='-type']").forEach(fit);
    inline.addEventListener("change", (event) => { const select = event.target as HTMLSelectElement; if (select.name?.endsWith("-type")) fit(select); });
  });
  if (listening) return;
  listening = true;
  document.addEventListener("hw:added", (event) => { const select = (event as CustomEvent<HTMLElement>).detail.querySelector<HTMLSelectElement>("select[name$='-type']"); if (select) fit(select); });
}

export function startPortal(root: ParentNode): void {
  const ask = root.querySelector<HTMLInputElement>("input[data-offers]");
  if (ask && !ask.dataset.started) { ask.dataset.started = "yes"; startQuestion(ask); }
  root.querySelectorAll<HTMLFormElement>("form.asking").forEach((form) => {
    if (form.dataset.started) return;
    form.dataset.started = "yes";
    if (form.dataset.draftKey) startDraft(form);
    startConditions(form);
    startFiles(form);
  });
  startDesigner(root);
  // It arrived: what was kept of it is not needed any more.
  if (root.querySelector("[data-sent]")) { const key = sessionStorage.getItem("ask:sent"); if (key) { localStorage.removeItem(key); sessionStorage.removeItem("ask:sent"); } }
}
