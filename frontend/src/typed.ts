// What is typed into a form of the page (the cards beside an item) stays when the page around it is renewed by what others do.
import { canType, copy, fieldsOf, touched, twin, type Field } from "./dialogs";

type Begun = { form: HTMLFormElement; place: number; caret: Field | null; start: number | null };

const alike = (form: HTMLFormElement) => [...document.querySelectorAll<HTMLFormElement>("form")].filter((one) => one.getAttribute("action") === form.getAttribute("action") && !one.closest("dialog"));

/** Forms in it that somebody has begun to fill in: not the editor and the dialogs, which see to themselves, nor what was sent. */
function begun(target: HTMLElement, sender: Element | undefined): Begun[] {
  return [...target.querySelectorAll<HTMLFormElement>("form")].filter((form) =>
    !form.closest("dialog") && !form.matches(".editor, .htmx-request") && !(sender && form.contains(sender))
    && fieldsOf(form).some((field) => field.type !== "hidden" && field.type !== "file" && touched(field)),
  ).map((form) => {
    const field = document.activeElement as Field | null;
    const caret = field && form.contains(field) && field.matches("input, textarea, select") ? field : null;
    return { form, place: alike(form).indexOf(form), caret, start: caret && canType(caret) ? (caret as HTMLInputElement).selectionStart : null };
  });
}

/** The browser does not know that the words in it were typed: who leaves the field has changed it all the same, and it saves itself. */
function tellOnLeaving(field: Field): void {
  let told = false;
  field.addEventListener("change", () => { told = true; }, { once: true });
  field.addEventListener("blur", () => { if (!told && field.isConnected && touched(field)) field.dispatchEvent(new Event("change", { bubbles: true })); }, { once: true });
}

export function keepTyped(): void {
  let kept: Begun[] = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = (event as CustomEvent).detail as { target: HTMLElement; requestConfig?: { elt?: Element } };
    kept = begun(target, requestConfig?.elt);
  });
  document.addEventListener("htmx:afterSwap", () => {
    const were = kept.filter((one) => !one.form.isConnected);
    kept = [];
    for (const one of were) {
      const now = alike(one.form)[one.place];
      if (!now) continue;
      const old = fieldsOf(one.form), fresh = fieldsOf(now);
      old.filter((field) => field.type !== "hidden" && field.type !== "file" && touched(field)).forEach((field) => {
        const other = twin(field, old, fresh);
        if (other) copy(field, other);
      });
      const caret = one.caret && twin(one.caret, old, fresh);
      caret?.focus({ preventScroll: true });
      if (caret && one.start !== null) (caret as HTMLInputElement).setSelectionRange(one.start, one.start);
      if (caret && touched(caret)) tellOnLeaving(caret);
    }
  });
}
