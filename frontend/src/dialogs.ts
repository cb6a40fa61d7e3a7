// A dialog that somebody fills in while the page around it is renewed is open again, as it was.
import htmx from "htmx.org";
import { takeOut } from "./menus";

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Caret = { field: Field; start: number | null; end: number | null; scroll: number };
type Kept = { dialog: HTMLDialogElement; caret: Caret | null };

export const fieldsOf = (dialog: ParentNode) => [...dialog.querySelectorAll<Field>("input, textarea, select")].filter((one) => one.name);
export const canType = (field: Field) => field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && /^(text|search|tel|url|password)$/.test(field.type));

/** What a person did to a field, in contrast to what the page gave it. A hidden one is filled by scripts; all that is told of it is that it is no longer empty. */
export function touched(field: Field): boolean {
  if (field instanceof HTMLSelectElement) {
    if (field.multiple) return [...field.options].some((one) => one.selected !== one.defaultSelected);
    return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
  }
  if (field instanceof HTMLInputElement) {
    if (/^(checkbox|radio)$/.test(field.type)) return field.checked !== field.defaultChecked;
    if (field.type === "file") return !!field.files?.length;
  }
  return field.value !== field.defaultValue;
}

/** The same field of the new dialog: of that name, for boxes and buttons also of that value, the same one of several. */
export function twin(field: Field, old: Field[], now: Field[]): Field | undefined {
  const boxed = field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type);
  const same = (one: Field) => one.name === field.name && (!boxed || one.value === field.value);
  return now.filter(same)[old.filter(same).indexOf(field)];
}

export function copy(from: Field, to: Field): void {
  if (from instanceof HTMLSelectElement && to instanceof HTMLSelectElement) {
    const chosen = new Set([...from.selectedOptions].map((one) => one.value));
    // A list of what is found carries no more than what was chosen.
    if ("find" in to.dataset) for (const one of from.selectedOptions) if (![...to.options].some((other) => other.value === one.value)) to.append(new Option(one.text, one.value));
    [...to.options].forEach((one) => { one.selected = chosen.has(one.value); });
  } else if (from instanceof HTMLInputElement && to instanceof HTMLInputElement && /^(checkbox|radio)$/.test(from.type)) to.checked = from.checked;
  else if (from instanceof HTMLInputElement && to instanceof HTMLInputElement && from.type === "file") to.files = from.files;
  else to.value = from.value;
}

/** Fill the new dialog as the old one was, and put the caret where it stood; gives the fields that somebody had filled in. */
function refill(kept: Kept, now: HTMLDialogElement): Field[] {
  const old = fieldsOf(kept.dialog), fresh = fieldsOf(now), changed: Field[] = [];
  old.forEach((field) => {
    const other = twin(field, old, fresh);
    if (!other) return;
    if (field.type === "hidden") { if (field.value && !other.value) other.value = field.value; return; }
    if (!touched(field)) return;
    copy(field, other);
    changed.push(other);
  });
  // Files that were sent ahead hang on the form as chips.
  const chips = [...kept.dialog.querySelectorAll(".files > *")];
  now.querySelector(".files")?.append(...chips);
  return changed;
}

function placeCaret(caret: Caret | null, kept: Kept, now: HTMLDialogElement): void {
  const field = caret && twin(caret.field, fieldsOf(kept.dialog), fieldsOf(now));
  if (!caret || !field) return;
  field.focus({ preventScroll: true });
  if (canType(field) && caret.start !== null) (field as HTMLInputElement).setSelectionRange(caret.start, caret.end ?? caret.start);
  field.scrollTop = caret.scroll;
}

/** An answer whose place was renewed before it came goes to the place of the same name. */
function followOn(target: HTMLElement): void {
  if (!target.id) return;
  target.addEventListener("htmx:beforeSwap", (event) => {
    // What is fetched into a part of it says so on its way up.
    if (event.target !== target || target.isConnected) return;
    const { detail } = event as CustomEvent<{ target: HTMLElement }>;
    const now = document.getElementById(target.id);
    if (!now) return;
    detail.target = now;
    // A detached place is out of hearing: who keeps what is typed hears of the swap at the new one.
    now.dispatchEvent(new CustomEvent("htmx:beforeSwap", { bubbles: true, detail }));
  });
}

/** A dialog that was opened from a menu stands outside of it; when the menu is renewed it brings another of the same name. One remains: the new one, after the open one is closed. */
function keepOne(): void {
  document.querySelectorAll<HTMLDialogElement>("details dialog[id]").forEach((fresh) => {
    const taken = [...document.querySelectorAll<HTMLDialogElement>(`dialog#${CSS.escape(fresh.id)}`)].filter((one) => one !== fresh);
    const open = taken.find((one) => one.open);
    taken.filter((one) => one !== open).forEach((one) => one.remove());
    if (!open) return;
    fresh.remove();
    open.addEventListener("close", () => {
      // What was closed for good may have gone with the page around it.
      if (!open.isConnected || document.querySelector(`details dialog#${CSS.escape(fresh.id)}`)) return;
      open.replaceWith(fresh);
      htmx.process(fresh);
      document.dispatchEvent(new CustomEvent("hw:added", { detail: fresh }));
    }, { once: true });
  });
}

/** Keep what is typed into a dialog when an answer renews the page that it belongs to. */
export function keepDialogs(): void {
  let kept: Kept | null = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = (event as CustomEvent).detail as { target: HTMLElement; requestConfig?: { elt?: Element } };
    followOn(target);
    kept = null;
    const dialog = [...target.querySelectorAll<HTMLDialogElement>("dialog[open]")].pop();
    // What the dialog itself sent has left it, be it that the answer is still to come.
    if (!dialog?.id || (requestConfig?.elt && dialog.contains(requestConfig.elt)) || dialog.querySelector("form.htmx-request")) return;
    const field = document.activeElement as Field | null;
    const caret = field && dialog.contains(field) && field.matches("input, textarea, select")
      ? { field, start: canType(field) ? (field as HTMLInputElement).selectionStart : null, end: canType(field) ? (field as HTMLInputElement).selectionEnd : null, scroll: field.scrollTop } : null;
    kept = { dialog, caret };
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (!kept || kept.dialog.isConnected) return;
    const was = kept;
    kept = null;
    let now = document.getElementById(was.dialog.id) as HTMLDialogElement | null;
    let changed: Field[] = [];
    if (now) {
      takeOut(now);
      changed = refill(was, now);
    } else {
      // The step is not possible any more: the words stay, and sending them says why.
      now = was.dialog;
      (document.getElementById("item-body") ?? document.body).append(now);
      htmx.process(now);
    }
    now.removeAttribute("open");
    now.showModal();
    placeCaret(was.caret, was, now);
    // Whoever listens to the fields hears of them once he is there.
    document.addEventListener("htmx:afterSettle", () => changed.forEach((field) => {
      if (field.matches("[data-submit]")) return;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }), { once: true });
  });
  // At once, not when all has settled: between the two somebody may press a key.
  document.addEventListener("htmx:afterSwap", keepOne);
}
