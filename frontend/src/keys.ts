// One key, one deed: every element with data-key is pressed by it; `?` shows the map.
const typing = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The first of two keys pressed one after the other, such as the m of `m s`. */
let before = "";

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target instanceof HTMLTextAreaElement) {
      event.preventDefault();
      event.target.form?.requestSubmit();
      return;
    }
    // Escape leaves what one writes in, so that the keys of the page work again; what was written stays.
    if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented && event.target instanceof HTMLTextAreaElement && !document.querySelector("dialog[open]")) {
      event.stopPropagation();
      return event.target.blur();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); return (document.getElementById("keys") as HTMLDialogElement | null)?.showModal(); }
    if (event.key === "/") { event.preventDefault(); return document.querySelector<HTMLElement>("[data-palette]")?.click(); }
    const key = event.key.length === 1 ? event.key : event.key.toLowerCase();
    const pair = before ? document.querySelector<HTMLElement>(`[data-key="${CSS.escape(`${before} ${key}`)}"]`) : null;
    before = "";
    if (pair) { event.preventDefault(); return pair.click(); }
    if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) { before = key; window.setTimeout(() => { before = ""; }, 1500); }
    const here = document.querySelector(".queue tr.here");
    const target = here?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (target) { event.preventDefault(); target.click(); }
  });
}
