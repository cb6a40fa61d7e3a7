// Menus are <details>; dialogs are <dialog>. This closes the one and opens the other.
/** Pixels that a menu keeps from the window's edge. */
const EDGE = 8;

/** Nothing in a closed menu is shown, a dialog neither: it is taken out of it, to where the next answer of the server replaces it. */
export function takeOut(dialog: HTMLDialogElement): void {
  const menu = dialog.closest("details");
  if (!menu) return;
  document.querySelectorAll(`dialog#${CSS.escape(dialog.id)}`).forEach((old) => { if (old !== dialog) old.remove(); });
  (menu.closest("#item-body") ?? document.body).append(dialog);
}

/** By what a fold is known again: its id, or the form in it, or the words on it without their counts; and which of several such it is. */
function foldsOf(root: ParentNode): Map<string, HTMLDetailsElement> {
  const found = new Map<string, HTMLDetailsElement>(), seen = new Map<string, number>();
  for (const one of root.querySelectorAll<HTMLDetailsElement>("details")) {
    const name = one.id || one.querySelector("form")?.getAttribute("action") || (one.querySelector("summary")?.textContent ?? "").replace(/[\d\s]+/g, "");
    const nth = seen.get(name) ?? 0;
    seen.set(name, nth + 1);
    found.set(`${name} ${nth}`, one);
  }
  return found;
}

/** What a reader has unfolded stays so when the part of the page around it is renewed. */
export function keepUnfolded(): void {
  let open: string[] = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = (event as CustomEvent).detail as { target: HTMLElement; requestConfig?: { elt?: Element } };
    const sender = requestConfig?.elt;
    // A menu whose line was chosen, a card whose form was sent, have done their work; what has an id says itself how it goes on.
    open = [...foldsOf(document)].filter(([, one]) => one.open && target.contains(one) && !((one.matches(".menu") || !one.id) && sender && sender !== target && one.contains(sender))).map(([name]) => name);
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (open.length) {
      const now = foldsOf(document);
      open.forEach((name) => now.get(name)?.setAttribute("open", ""));
    }
    open = [];
  });
}

export function startMenus(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
    const opener = target.closest<HTMLElement>("[data-dialog]");
    if (opener) {
      event.preventDefault();
      opener.closest<HTMLDetailsElement>("details.menu")?.removeAttribute("open");
      const dialog = document.getElementById(opener.dataset.dialog!) as HTMLDialogElement | null;
      if (dialog) takeOut(dialog);
      // An opener among many says which it is of: `data-gives="entry=12"`.
      const [name, value] = (opener.dataset.gives ?? "").split("=");
      const given = name ? dialog?.querySelector<HTMLInputElement>(`[name="${CSS.escape(name)}"]`) : null;
      if (given) given.value = value ?? "";
      dialog?.showModal();
      dialog?.querySelector<HTMLElement>("[autofocus], input:not([type=hidden]), textarea, select")?.focus();
    }
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((menu) => { menu.open = false; });
  });
  // A menu at the edge of a narrow window is moved into it.
  document.addEventListener("toggle", (event) => {
    const sheet = (event.target as HTMLElement).matches("details.menu[open]") ? (event.target as HTMLElement).querySelector<HTMLElement>(":scope > .sheet") : null;
    if (!sheet) return;
    sheet.style.translate = "";
    const { left, right } = sheet.getBoundingClientRect();
    const shift = left < EDGE ? EDGE - left : Math.min(0, window.innerWidth - EDGE - right);
    if (shift) sheet.style.translate = `${shift}px`;
  }, true);
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLElement;
    if (field.matches("[data-submit]")) field.closest("form")?.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const words = (event.submitter as HTMLElement | null)?.dataset.confirm ?? form.dataset.confirm;
    if (words && !window.confirm(words)) event.preventDefault();
  });
}
