// Ctrl-K: go anywhere, find anything, do what can be done.
export function startPalette(): void {
  const dialog = document.getElementById("palette") as HTMLDialogElement | null;
  const input = dialog?.querySelector("input");
  const found = dialog?.querySelector<HTMLElement>(".sheet");
  if (!dialog || !input || !found) return;
  let asked = 0, timer = 0;
  const ask = async () => {
    const mine = ++asked;
    const answer = await fetch(`${dialog.dataset.url}?q=${encodeURIComponent(input.value)}`, { headers: { "HX-Request": "true" } });
    if (answer.ok && mine === asked) { found.innerHTML = await answer.text(); choose(0); }
  };
  // An example of the quick search is put into the field, to go on typing.
  found.addEventListener("click", (event) => {
    const example = (event.target as HTMLElement).closest<HTMLElement>("[data-typed]");
    if (!example) return;
    input.value = example.dataset.typed!;
    input.focus();
    const colon = Math.max(input.value.indexOf(":"), input.value.indexOf("：")) + 1;
    input.setSelectionRange(colon, input.value.length);
    void ask();
  });
  const rows = () => [...found.querySelectorAll<HTMLElement>("a, button")];
  const choose = (n: number) => rows().forEach((row, i, all) => {
    const on = i === Math.max(0, Math.min(n, all.length - 1));
    // Links have no `selected`: the one that Enter follows is the current one.
    if (on) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
    if (on) row.scrollIntoView({ block: "nearest" });
  });
  const current = () => rows().findIndex((row) => row.hasAttribute("aria-current"));
  input.addEventListener("input", () => { window.clearTimeout(timer); timer = window.setTimeout(ask, 120); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose(current() + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); choose(current() - 1); }
    if (event.key === "Enter") { event.preventDefault(); rows()[current()]?.click(); }
  });
  const open = () => { dialog.showModal(); input.select(); void ask(); };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
  });
  document.querySelectorAll("[data-palette]").forEach((one) => one.addEventListener("click", open));
}
