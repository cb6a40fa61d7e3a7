// The editor of articles: a tab for each language, Markdown by button, pictures by paste or drop, a preview that follows.
import htmx from "htmx.org";
import { upload } from "./editor";

/** So many characters of a reply say enough to look for articles. */
const ENOUGH = 12;
const AROUND: Record<string, [string, string, string]> = { bold: ["**", "**", "…"], italic: ["*", "*", "…"], link: ["[", "](https://)", "…"] };
const BEFORE: Record<string, (n: number) => string> = { heading: () => "## ", list: () => "- ", numbers: (n) => `${n}. `, tasks: () => "- [ ] ", quote: () => "> " };

/** Put text in place of what is chosen, so that it can be undone, and tell the page that something was typed. */
function put(field: HTMLTextAreaElement, text: string, from: number, to: number): void {
  field.focus();
  field.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function format(field: HTMLTextAreaElement, what: string, head: string): void {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const chosen = value.slice(from, to);
  if (AROUND[what]) {
    const [before, after, otherwise] = AROUND[what];
    put(field, `${before}${chosen || otherwise}${after}`, from, to);
    field.setSelectionRange(from + before.length, from + before.length + (chosen || otherwise).length);
  } else if (what === "code") {
    put(field, chosen.includes("\n") || !chosen ? `\n\`\`\`\n${chosen}\n\`\`\`\n` : `\`${chosen}\``, from, to);
    // One goes on within the block, not behind it.
    if (!chosen) field.setSelectionRange(from + 5, from + 5);
  } else if (what === "table") {
    put(field, `\n| ${head} 1 | ${head} 2 |\n| --- | --- |\n|  |  |\n|  |  |\n`, from, to);
    field.setSelectionRange(from + 3, from + 3 + `${head} 1`.length);
  } else if (BEFORE[what]) {
    const start = value.lastIndexOf("\n", from - 1) + 1;
    const lines = value.slice(start, to).split("\n");
    put(field, lines.map((line, i) => BEFORE[what](i + 1) + line).join("\n"), start, to);
  }
}

async function pictures(form: HTMLElement, field: HTMLTextAreaElement, files: Iterable<File>): Promise<void> {
  for (const file of files) {
    const kept = await upload(file, form.dataset.attach!);
    if (!kept) continue;
    const name = kept.name.replace(/[[\]]/g, "");
    const mark = file.type.startsWith("image/") ? `![${name}](${kept.url})` : `[${name}](${kept.url})`;
    put(field, `${mark}\n`, field.selectionStart, field.selectionEnd);
  }
}

function attachments(form: HTMLElement): void {
  const list = form.querySelector<HTMLElement>(".files");
  const input = form.querySelector<HTMLInputElement>("input[type=file]:not([data-pictures])");
  input?.addEventListener("change", async () => {
    for (const file of [...(input.files ?? [])]) {
      const kept = await upload(file, form.dataset.attach!);
      if (!kept || !list) continue;
      const chip = Object.assign(document.createElement("span"), { className: "chip", textContent: kept.name });
      const gone = Object.assign(document.createElement("button"), { type: "button", textContent: "×", className: "quiet" });
      gone.setAttribute("aria-label", `${form.dataset.remove ?? "×"} ${kept.name}`);
      gone.addEventListener("click", () => chip.remove());
      chip.append(gone, Object.assign(document.createElement("input"), { type: "hidden", name: "files", value: kept.id }));
      list.append(chip);
    }
    input.value = "";
  });
}

/** In an item: an article's link or words go into the reply; what is written there finds other articles. */
function startItem(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-into-reply]").forEach((button) => {
    if (button.dataset.started) return;
    button.dataset.started = "yes";
    button.addEventListener("click", () => {
      const form = document.querySelector<HTMLFormElement>("form.editor");
      const field = form?.querySelector<HTMLTextAreaElement>("textarea");
      if (!form || !field) return;
      form.querySelector<HTMLElement>('[data-mode-is="reply"]')?.click();
      put(field, button.dataset.intoReply!, field.selectionStart, field.selectionEnd);
      form.scrollIntoView({ block: "center" });
      void fetch(button.dataset.sent!, { method: "POST", headers: { "X-CSRFToken": document.body.dataset.csrf ?? "", "HX-Request": "true" } });
    });
  });
  const field = root.querySelector<HTMLTextAreaElement>("form.editor textarea");
  if (!field || field.dataset.suggesting) return;
  field.dataset.suggesting = "yes";
  let timer = 0;
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      const card = document.getElementById("kb-suggested");
      if (card?.dataset.for && field.value.trim().length >= ENOUGH) void htmx.ajax("get", `${card.dataset.for}?text=${encodeURIComponent(field.value.slice(-500))}`, { target: card, swap: "innerHTML" });
    }, 1200);
  });
}

export function startKnowledge(root: ParentNode): void {
  startItem(root);
  root.querySelectorAll<HTMLFormElement>("form[data-knowledge]").forEach((form) => {
    if (form.dataset.editing) return;
    form.dataset.editing = "yes";
    attachments(form);
    form.querySelectorAll<HTMLElement>("[data-language]").forEach((tab) => tab.addEventListener("click", () => {
      form.querySelectorAll<HTMLElement>("[data-language]").forEach((one) => one.setAttribute("aria-selected", String(one === tab)));
      const both = tab.dataset.language === "both";
      form.classList.toggle("both", both);
      form.querySelectorAll<HTMLElement>("[data-words]").forEach((one) => { one.hidden = !both && one.dataset.words !== tab.dataset.language; });
    }));
    form.querySelectorAll<HTMLElement>("[data-words]").forEach((words) => {
      const field = words.querySelector<HTMLTextAreaElement>(".kb-both textarea")!;
      words.querySelectorAll<HTMLElement>("[data-md]").forEach((button) => button.addEventListener("click", () => format(field, button.dataset.md!, button.dataset.head ?? "")));
      const chosen = words.querySelector<HTMLInputElement>("[data-pictures]");
      chosen?.addEventListener("change", () => void pictures(form, field, [...(chosen.files ?? [])]).then(() => { chosen.value = ""; }));
      field.addEventListener("paste", (event) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length) { event.preventDefault(); void pictures(form, field, files); }
      });
      field.addEventListener("dragover", (event) => { event.preventDefault(); field.classList.add("drop"); });
      field.addEventListener("dragleave", () => field.classList.remove("drop"));
      field.addEventListener("drop", (event) => {
        const files = [...(event.dataTransfer?.files ?? [])];
        field.classList.remove("drop");
        if (files.length) { event.preventDefault(); void pictures(form, field, files); }
      });
      field.addEventListener("keydown", (event) => {
        const what = { b: "bold", i: "italic", k: "link" }[event.key];
        if (what && (event.ctrlKey || event.metaKey)) { event.preventDefault(); event.stopPropagation(); format(field, what, ""); }
      });
    });
    form.querySelectorAll<HTMLElement>("[data-confirm-button]").forEach((button) => button.addEventListener("click", (event) => {
      if (!window.confirm(button.dataset.confirmButton!)) event.preventDefault();
    }));
  });
}
