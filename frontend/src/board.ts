// Drag an item to a person: it is his.
import { toast } from "./toasts";

export function startBoard(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-board]").forEach((board) => {
    if (board.dataset.started) return;
    board.dataset.started = "yes";
    let dragged: HTMLElement | null = null;
    board.addEventListener("dragstart", (event) => { dragged = (event.target as HTMLElement).closest(".cardlet"); });
    board.querySelectorAll<HTMLElement>(".column").forEach((column) => {
      column.addEventListener("dragover", (event) => { event.preventDefault(); column.classList.add("over"); });
      column.addEventListener("dragleave", () => column.classList.remove("over"));
      column.addEventListener("drop", async (event) => {
        event.preventDefault();
        column.classList.remove("over");
        const card = dragged, from = card?.parentElement;
        if (!card || !from || from === column) return;
        column.append(card);
        const body = new FormData();
        if (column.dataset.owner) body.append("owner", column.dataset.owner);
        if (column.dataset.team) body.append("team", column.dataset.team);
        const answer = await fetch(`${card.dataset.url}/assign`, { method: "POST", body, headers: { "X-CSRFToken": document.body.dataset.csrf ?? "", Accept: "application/json" } });
        if (!answer.ok) { from.append(card); toast((await answer.json().catch(() => ({}))).title ?? document.body.dataset.failed ?? "", { bad: true }); }
      });
    });
  });
}
