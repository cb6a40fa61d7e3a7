// Regulations: a clause opened on its board; the draft, whose clauses are dragged to where they belong and cut at the cursor.
import htmx from "htmx.org";
import Sortable from "sortablejs";

// Where the clause's proof stands above the document, it is brought into sight when one is opened.
document.addEventListener("htmx:afterSwap", (event) => {
  const pane = (event as CustomEvent<{ target: HTMLElement }>).detail.target;
  if (pane.id === "pane" && getComputedStyle(pane).position === "static") pane.scrollIntoView({ block: "start" });
});

export function startRegulation(root: ParentNode): void {
  const lists = [...root.querySelectorAll<HTMLElement>("[data-clauses]")];
  if (root instanceof HTMLElement && root.matches("[data-clauses]")) lists.push(root);
  lists.forEach((list) => {
    if (list.dataset.started) return;
    list.dataset.started = "yes";
    Sortable.create(list, {
      group: "clauses", handle: ".grip", animation: 120, fallbackOnBody: true, swapThreshold: 0.6, ghostClass: "sortable-ghost",
      onEnd: (event) => {
        const { item, to } = event;
        const before = item.previousElementSibling as HTMLElement | null;
        void htmx.ajax("post", to.dataset.clauses!, {
          target: "#tree", swap: "innerHTML",
          values: { key: item.dataset.key!, parent: to.dataset.parent ?? "", after: before?.dataset.key ?? "" },
        });
      },
    });
  });
  root.querySelectorAll<HTMLTextAreaElement>("textarea[data-cut]").forEach((text) => {
    const remember = () => { const at = text.form?.elements.namedItem("at") as HTMLInputElement | null; if (at) at.value = String(text.selectionStart); };
    for (const name of ["keyup", "click", "select", "blur", "input"]) text.addEventListener(name, remember);
  });
}
