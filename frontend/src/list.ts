// A list that is worked by keyboard: j/k move, Enter opens beside it, o opens it whole, x selects.
import htmx from "htmx.org";

/** Open the small dialog of a deed over the chosen rows, or over the row where the keyboard stands. */
function startDeeds(list: HTMLElement): void {
  document.querySelectorAll<HTMLElement>("[data-bulk]").forEach((button) => {
    if (button.dataset.started) return;
    button.dataset.started = "yes";
    button.addEventListener("click", () => {
      const ticked = [...list.querySelectorAll<HTMLTableRowElement>("tbody tr:has(input:checked)")];
      const here = list.querySelector<HTMLTableRowElement>("tbody tr.here");
      const rows = ticked.length ? ticked : here ? [here] : [];
      const dialog = document.getElementById(`bulk-${button.dataset.bulk}`) as HTMLDialogElement | null;
      const kept = dialog?.querySelector<HTMLElement>("[data-chosen]");
      if (!dialog || !kept || rows.length === 0) return;
      kept.replaceChildren(...rows.map((row) => Object.assign(document.createElement("input"), { type: "hidden", name: "items", value: row.dataset.item ?? "" })));
      const shown = dialog.querySelector("[data-shown]");
      if (shown) shown.textContent = rows.length === 1 ? rows[0].dataset.number ?? "" : String(rows.length);
      if (button.dataset.bulk === "take") { dialog.querySelector("form")?.requestSubmit(); return; }
      dialog.showModal();
      dialog.querySelector<HTMLElement>(".body select, .body textarea, .body input, .body button")?.focus();
    });
  });
}

/** Columns keep the widths to which they were drawn. */
function startWidths(list: HTMLElement): void {
  list.querySelectorAll<HTMLElement>("th[data-column]").forEach((head) => {
    if (head.dataset.width) head.style.width = `${head.dataset.width}px`;
    head.querySelector<HTMLElement>(".grip")?.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const from = (event as PointerEvent).clientX, before = head.offsetWidth;
      const move = (moved: PointerEvent) => { head.style.width = `${Math.max(50, before + moved.clientX - from)}px`; };
      const drop = () => {
        document.removeEventListener("pointermove", move);
        const body = new FormData();
        body.append("widths", JSON.stringify({ [head.dataset.column!]: String(head.offsetWidth) }));
        void fetch(list.dataset.widths!, { method: "POST", body, headers: { "X-CSRFToken": document.body.dataset.csrf ?? "" } });
      };
      document.addEventListener("pointermove", move);
      document.addEventListener("pointerup", drop, { once: true });
    });
  });
}

/** The list of columns to choose from is put in order by dragging. */
function startChoosing(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("ol.choose").forEach((list) => {
    let dragged: HTMLElement | null = null;
    list.addEventListener("dragstart", (event) => { dragged = (event.target as HTMLElement).closest("li"); });
    list.addEventListener("dragover", (event) => {
      event.preventDefault();
      const over = (event.target as HTMLElement).closest("li");
      if (!dragged || !over || over === dragged) return;
      const below = event.clientY > over.getBoundingClientRect().top + over.offsetHeight / 2;
      over.parentElement!.insertBefore(dragged, below ? over.nextSibling : over);
    });
  });
}

export function startLists(root: ParentNode): void {
  startChoosing(root);
  root.querySelectorAll<HTMLElement>("[data-list]").forEach((list) => {
    if (list.dataset.started) return;
    list.dataset.started = "yes";
    startDeeds(list);
    startWidths(list);
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
