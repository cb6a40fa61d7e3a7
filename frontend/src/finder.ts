// Choosing one of very many: type a part of it, the server finds, arrows and Enter choose. Over a list that carries what is
// chosen (`select[data-find]`), or over a field that takes words (`input[data-find]`), such as an item's number.
type Row = { value: string; label: string; hint: string; text: string; full: string };
type Answer = { rows: Row[]; more: boolean; failed?: boolean };
export type Found = HTMLSelectElement & { dataset: DOMStringMap };

/** So long nothing was typed before it is asked. */
const PAUSE_MS = 120;
const EDGE = 8;
let boxes = 0;

const ask = async (url: string, query: string): Promise<Answer> => {
  try {
    const answer = await fetch(`${url}?${query}`, { headers: { "HX-Request": "true" } });
    if (answer.ok) return (await answer.json()) as Answer;
  } catch { /* Said like an answer that is none. */ }
  return { rows: [], more: false, failed: true };
};

/** Choose a row that the list need not carry yet. */
export function choose(list: HTMLSelectElement, value: string, label: string): void {
  let option = [...list.options].find((one) => one.value === value);
  if (!option) { option = new Option(label, value); list.append(option); }
  list.value = value;
}

/** A row of which only the id is known is shown with its name. */
export async function chooseById(list: HTMLSelectElement, value: string): Promise<void> {
  if (!value || [...list.options].some((one) => one.value === value)) { list.value = value; } else {
    const { rows } = await ask(list.dataset.find!, `value=${encodeURIComponent(value)}`);
    if (rows[0]) choose(list, rows[0].value, rows[0].full);
  }
  list.dispatchEvent(new Event("hw:shown"));
}

export function startFinder(field: HTMLSelectElement | HTMLInputElement): void {
  if (field.dataset.finding) return;
  field.dataset.finding = "yes";
  const list = field instanceof HTMLSelectElement ? field : null;
  const input = list ? document.createElement("input") : (field as HTMLInputElement);
  const box = Object.assign(document.createElement("div"), { className: "found", id: `found-${++boxes}` });
  box.setAttribute("role", "listbox");
  box.setAttribute("popover", "manual");
  let asked = 0, timer = 0, here = -1, composing = false, typed = false, wanted = false, entered = false;

  const shown = () => (list?.value ? list.selectedOptions[0]?.text ?? "" : "");
  const blank = () => [...(list?.options ?? [])].find((one) => one.value === "");
  const prefix = field.dataset.prefix ?? "";
  /** What the page gave the list besides: choices that are no rows. */
  const fixed = [...(list?.options ?? [])].filter((one) => one.value && ("fixed" in one.dataset || (prefix && !one.value.startsWith(prefix))));
  const show = () => { if (list) { input.value = input.defaultValue = shown(); typed = false; } };
  if (list) {
    input.type = "text";
    input.className = list.className.replace("form-select", "form-control");
    input.id = list.id;
    list.removeAttribute("id");
    // A blank choice that says something (all, nobody yet) is shown; a dash says less than what can be typed.
    const unchosen = blank()?.text.trim() ?? "";
    input.placeholder = unchosen && unchosen !== "—" ? unchosen : list.dataset.placeholder ?? "";
    input.required = list.required;
    list.required = false;
    input.disabled = list.disabled;
    input.autofocus = list.autofocus;
    for (const name of ["aria-label", "aria-describedby", "aria-invalid", "aria-labelledby"]) if (list.hasAttribute(name)) input.setAttribute(name, list.getAttribute(name)!);
    list.hidden = true;
    list.after(input);
    show();
    list.addEventListener("change", show);
    list.addEventListener("hw:shown", show);
    list.form?.addEventListener("reset", () => window.setTimeout(show));
  }
  box.setAttribute("aria-label", input.getAttribute("aria-label") ?? input.labels?.[0]?.textContent?.trim() ?? input.placeholder);
  input.after(box);
  input.autocomplete = "off";
  input.spellcheck = false;
  input.classList.add("finder");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", box.id);

  const isOpen = () => box.matches(":popover-open");
  const rows = () => [...box.querySelectorAll<HTMLElement>("[role=option]")];
  const point = (n: number) => {
    const all = rows();
    here = all.length ? (n + all.length) % all.length : -1;
    all.forEach((row, i) => row.setAttribute("aria-selected", String(i === here)));
    all[here]?.scrollIntoView({ block: "nearest" });
    if (all[here]) input.setAttribute("aria-activedescendant", all[here].id); else input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    asked++;
    entered = false;
    window.clearTimeout(timer);
    input.removeAttribute("aria-busy");
    if (isOpen()) box.hidePopover();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const place = () => {
    const at = input.getBoundingClientRect(), width = Math.min(Math.max(at.width, 280), window.innerWidth - 2 * EDGE);
    const below = window.innerHeight - at.bottom - EDGE, above = at.top - EDGE, up = below < 200 && above > below;
    Object.assign(box.style, {
      width: `${width}px`, left: `${Math.max(EDGE, Math.min(at.left, window.innerWidth - EDGE - width))}px`, maxHeight: `${Math.min(320, up ? above : below)}px`,
      top: up ? "auto" : `${at.bottom + 3}px`, bottom: up ? `${window.innerHeight - at.top + 3}px` : "auto",
    });
  };
  const take = (row: HTMLElement) => {
    close();
    typed = false;
    if (list) { choose(list, row.dataset.value!, row.dataset.full!); show(); list.dispatchEvent(new Event("change", { bubbles: true })); } else {
      input.value = row.dataset.text!;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      close();
    }
    input.focus();
  };
  const option = (row: Row, i: number) => {
    const one = Object.assign(document.createElement("div"), { id: `${box.id}-${i}` });
    one.setAttribute("role", "option");
    one.append(Object.assign(document.createElement("b"), { textContent: row.label }));
    if (row.hint) one.append(Object.assign(document.createElement("span"), { textContent: row.hint }));
    Object.assign(one.dataset, { value: row.value, full: row.full, text: row.text });
    one.addEventListener("mousedown", (event) => { event.preventDefault(); take(one); });
    return one;
  };
  const say = (words: string) => Object.assign(document.createElement("p"), { textContent: words });
  const look = async () => {
    if (composing) return;
    window.clearTimeout(timer);
    const mine = ++asked, text = typed || !list ? input.value.trim() : "";
    if (!list && !text) { close(); return; }
    // Who is being answered keeps his field (live.ts).
    input.setAttribute("aria-busy", "true");
    const { rows: found, more, failed } = await ask(field.dataset.find!, `q=${encodeURIComponent(text)}`);
    if (mine !== asked || !input.isConnected) return;
    input.removeAttribute("aria-busy");
    const none = blank();
    // A blank choice without words is offered where it takes something away.
    const own = [...(none && !text && (none.text.trim() || list?.value) ? [none] : []), ...fixed.filter((one) => one.text.toLowerCase().includes(text.toLowerCase()))];
    const offered = [...own.map((one) => ({ value: one.value, label: one.text.trim() || "—", hint: "", text: "", full: one.text })), ...found.map((one) => ({ ...one, value: prefix + one.value }))];
    box.replaceChildren(...offered.map(option));
    const words = failed ? field.dataset.failed : !offered.length ? field.dataset.none : more ? field.dataset.more : "";
    if (words && (list || more || failed)) box.append(say(words));
    if (!box.childElementCount) { close(); return; }
    if (!isOpen()) box.showPopover();
    place();
    input.setAttribute("aria-expanded", "true");
    // Nothing is taken that nobody pointed at: words stay words.
    if ((list && text) || wanted) point(0); else here = -1;
    wanted = false;
    // Who pressed Enter before the answer meant the only one there is; of several he chooses.
    if (entered && found.length === 1 && offered.length === 1) take(rows()[0]);
    entered = false;
  };
  const isBusy = () => input.hasAttribute("aria-busy");
  const pointed = () => { if (list && !isOpen() && !isBusy()) void look(); };
  input.addEventListener("compositionstart", () => { composing = true; });
  input.addEventListener("compositionend", () => { composing = false; typed = true; void look(); });
  input.addEventListener("input", () => { typed = true; entered = false; asked++; input.setAttribute("aria-busy", "true"); window.clearTimeout(timer); timer = window.setTimeout(look, PAUSE_MS); });
  input.addEventListener("focus", () => { if (list) input.select(); });
  // At the press already: what renews the page till the button is let go (live.ts) would take the click away with the field.
  input.addEventListener("mousedown", (event) => { if (event.button === 0) pointed(); });
  input.addEventListener("click", pointed);
  input.addEventListener("hw:look", pointed);
  input.addEventListener("keydown", (event) => {
    // 229: a key that the input method takes for itself.
    if (event.isComposing || event.keyCode === 229) return;
    const open = isOpen();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) point(here < 0 && event.key === "ArrowUp" ? -1 : here + (event.key === "ArrowDown" ? 1 : -1));
      else { wanted = true; void look(); }
    } else if (list && typed && ((event.key === "Enter" && !open) || (["Enter", "Tab"].includes(event.key) && isBusy()))) {
      // Typed faster than the answer came: it is waited for; no half form is sent, and nothing taken of the list before.
      event.preventDefault();
      event.stopPropagation();
      entered = true;
      void look();
    } else if (open && event.key === "Enter" && rows()[here]) { event.preventDefault(); event.stopPropagation(); take(rows()[here]); }
    else if (open && event.key === "Tab" && list && typed && rows()[here]) take(rows()[here]);
    else if (open && event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); show(); }
  });
  input.addEventListener("blur", () => {
    close();
    if (!list || !typed) return;
    // An emptied field means the blank choice; words that chose nothing are given up.
    if (!input.value.trim() && blank() && list.value) { list.value = ""; list.dispatchEvent(new Event("change", { bubbles: true })); }
    show();
  });
  // The keyboard of a phone resizes the window just when somebody comes into the field.
  window.addEventListener("resize", () => { if (isOpen()) place(); });
  document.addEventListener("scroll", (event) => { if (isOpen() && event.target !== box) place(); }, true);
}

/** What is being typed into such a field, or looked for, goes on where the part of the page around it is renewed by what others do. */
export function keepFinding(): void {
  let kept: { input: HTMLInputElement; action: string | null; name: string; text: string } | null = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const input = document.activeElement;
    const list = input?.previousElementSibling;
    kept = input instanceof HTMLInputElement && input.matches(".finder") && list instanceof HTMLSelectElement && (input.value !== input.defaultValue || input.matches("[aria-busy=true], [aria-expanded=true]"))
      ? { input, action: input.form?.getAttribute("action") ?? null, name: list.name, text: input.value } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const was = kept;
    kept = null;
    if (!was || was.input.isConnected) return;
    const list = [...document.querySelectorAll<HTMLSelectElement>(`select[name="${CSS.escape(was.name)}"]`)].find((one) => (one.form?.getAttribute("action") ?? null) === was.action);
    if (list) startFinder(list);
    const now = list?.nextElementSibling;
    if (!(now instanceof HTMLInputElement)) return;
    now.focus({ preventScroll: true });
    if (was.text === was.input.defaultValue) { now.dispatchEvent(new Event("hw:look")); return; }
    now.value = was.text;
    now.setSelectionRange(was.text.length, was.text.length);
    now.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
