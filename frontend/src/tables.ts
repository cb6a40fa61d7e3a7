// On a phone a row of a table is shown as a card: each value then needs its heading beside it.
// Tables that are read across (a matrix, a calendar, figures) stay as they are and scroll.
const STAY = "[data-across], .queue, .kit, .choices, .ledger, .matrix, .calendar, .figures .table, .words-md table, .bubble table";

export function startTables(root: ParentNode): void {
  root.querySelectorAll<HTMLTableElement>(".main table.table").forEach((table) => {
    if (table.matches(STAY) || table.dataset.started) return;
    table.dataset.started = "yes";
    const heads = [...table.querySelectorAll<HTMLTableCellElement>("thead tr:last-child > *")];
    const rows = [...table.querySelectorAll<HTMLTableRowElement>("tbody > tr, tfoot > tr")];
    // Cells that span several columns are read across; one more without a heading, for a button, is no matter.
    if (rows.some((row) => [...row.cells].some((cell) => cell.colSpan > 1 && cell.colSpan < heads.length) || (heads.length > 0 && row.cells.length > heads.length + 1))) return;
    table.classList.add("stacks");
    rows.forEach((row) => {
      const title = [...row.cells].find((cell) => cell.textContent?.trim());
      [...row.cells].forEach((cell, place) => {
        const words = cell.textContent?.trim() ?? "";
        if (cell === title) cell.classList.add("first");
        else if (heads[place]) cell.dataset.head = heads[place].textContent?.trim() ?? "";
        if (words === "—" || (words === "" && !cell.querySelector("input, select, textarea, button, a, svg, img"))) cell.classList.add("none");
      });
    });
  });
}
