// While something is typed after a sign, such as @ or /, choices are offered under the field: arrows choose, Tab or Enter takes.
export type Offer = { label: string; hint?: string; text: string };

export type Offers = {
  /** What was typed of it: its first group is asked about, the whole from its sign on is replaced. */
  typed: RegExp;
  ask: (text: string) => Promise<Offer[]>;
  label: string;
};

let boxes = 0;

export function offer(text: HTMLTextAreaElement, { typed, ask, label }: Offers): void {
  const box = Object.assign(document.createElement("div"), { className: "offered", hidden: true, id: `offered-${++boxes}` });
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", label);
  text.after(box);
  let asked = 0, here = 0, composing = false;
  const before = () => typed.exec(text.value.slice(0, text.selectionStart));
  const rows = () => [...box.children] as HTMLElement[];
  const choose = (n: number) => {
    here = (n + rows().length) % Math.max(1, rows().length);
    rows().forEach((row, i) => row.setAttribute("aria-selected", String(i === here)));
    rows()[here]?.scrollIntoView({ block: "nearest" });
    if (rows()[here]) text.setAttribute("aria-activedescendant", rows()[here].id);
  };
  const close = () => { asked++; box.hidden = true; text.removeAttribute("aria-activedescendant"); text.removeAttribute("aria-controls"); };
  const take = (one: HTMLElement) => {
    const found = before();
    if (!found) return;
    text.setRangeText(one.dataset.text!, text.selectionStart - found[1].length - 1, text.selectionStart, "end");
    close();
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const look = async () => {
    const found = before(), mine = ++asked;
    // Half a word of an input method is no word yet.
    if (!found || composing) { close(); return; }
    const offers = await ask(found[1]).catch(() => []);
    if (mine !== asked) return;
    box.replaceChildren(...offers.map((one, i) => {
      const row = Object.assign(document.createElement("div"), { id: `${box.id}-${i}` });
      row.setAttribute("role", "option");
      row.append(Object.assign(document.createElement("b"), { textContent: one.label }));
      if (one.hint) row.append(Object.assign(document.createElement("span"), { textContent: one.hint }));
      row.dataset.text = one.text;
      row.addEventListener("mousedown", (event) => { event.preventDefault(); take(row); });
      return row;
    }));
    box.hidden = offers.length === 0;
    if (box.hidden) return;
    text.setAttribute("aria-controls", box.id);
    choose(0);
  };
  text.addEventListener("compositionstart", () => { composing = true; });
  text.addEventListener("compositionend", () => { composing = false; void look(); });
  text.addEventListener("input", () => void look());
  text.addEventListener("keydown", (event) => {
    // 229: a key that the input method takes for itself, also where `isComposing` is not set.
    if (box.hidden || event.isComposing || event.keyCode === 229) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    if ((event.key === "Tab" || event.key === "Enter") && plain) { event.preventDefault(); event.stopPropagation(); take(rows()[here]); }
    else if (event.key === "ArrowDown") { event.preventDefault(); choose(here + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); choose(here - 1); }
    else if (event.key === "Escape") { event.stopPropagation(); close(); }
  });
  text.addEventListener("blur", close);
}
