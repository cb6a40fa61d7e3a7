// A list that is worked by keyboard: j/k move, Enter opens beside it, o opens it whole, x selects.
import htmx from "htmx.org";

export function startLists(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-list]").forEach((list) => {
    if (list.dataset.started) return;
    list.dataset.started = "yes";
    const rows = () => [...list.querySelectorAll<HTMLTableRowElement>("tbody tr[data-url]")];
    const here = () => rows().findIndex((row) => row.classList.contains("here"));
    const go = (n: number) => {
      const all = rows();
      const to = Math.max(0, Math.min(n, all.length - 1));
      all.forEach((row, i) => row.classList.toggle("here", i === to));
      all[to]?.scrollIntoView({ block: "nearest" });
    };
    const split = list.closest<HTMLElement>(".split");
    const pane = split?.querySelector<HTMLElement>(".pane");
    const beside = (row: HTMLElement) => {
      if (!pane || !split || window.innerWidth < 1100) { location.href = row.dataset.url!; return; }
      split.classList.add("open");
      void htmx.ajax("get", `${row.dataset.url}?pane=1`, { target: pane, swap: "innerHTML" });
    };
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT|BUTTON)$/.test((event.target as HTMLElement).tagName) || document.querySelector("dialog[open]") || !list.isConnected) return;
      const row = rows()[here()];
      if (event.key === "j") go(here() + 1);
      else if (event.key === "k") go(here() - 1);
      else if (event.key === "Enter" && row) { event.preventDefault(); beside(row); }
      else if (event.key === "o" && row) location.href = row.dataset.url!;
      else if (event.key === "x" && row) row.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
      else if (event.key === "#" && row) void navigator.clipboard?.writeText(row.dataset.number ?? "");
      else if (event.key === "Escape" && split) split.classList.remove("open");
    });
    list.addEventListener("click", (event) => {
      const target = event.target as HTMLElement;
      const row = target.closest<HTMLTableRowElement>("tr[data-url]");
      if (!row || target.closest("a, input, button, select, label")) return;
      go(rows().indexOf(row));
      beside(row);
    });
    const bulk = document.querySelector<HTMLElement>(".bulk");
    const count = () => {
      const chosen = list.querySelectorAll("tbody input[type=checkbox]:checked").length;
      bulk?.classList.toggle("on", chosen > 0);
      const shown = bulk?.querySelector("b");
      if (shown) shown.textContent = String(chosen);
    };
    list.addEventListener("change", (event) => {
      const box = event.target as HTMLInputElement;
      if (box.matches("[data-all]")) list.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox]").forEach((one) => { one.checked = box.checked; });
      count();
    });
  });
}
