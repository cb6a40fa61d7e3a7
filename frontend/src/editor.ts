// The editor: what is typed is kept on the server, files come by paste or drop, a key makes sending happen once.
import { offer } from "./offers";
import { startSigning } from "./sign";
import { toast } from "./toasts";

export async function upload(file: File, url: string): Promise<{ id: string; name: string; url: string } | null> {
  const body = new FormData();
  body.append("file", file, file.name || "image.png");
  const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": document.body.dataset.csrf ?? "" } });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) { toast(said.title ?? document.body.dataset.failed ?? "", { bad: true }); return null; }
  return said;
}

/** A file that goes with the form, and the way to leave it out again. */
function chipOf(form: HTMLElement, file: { id: string; name: string }): HTMLElement {
  const chip = Object.assign(document.createElement("span"), { className: "chip", textContent: file.name });
  const gone = Object.assign(document.createElement("button"), { type: "button", textContent: "×", className: "quiet" });
  gone.setAttribute("aria-label", `${form.dataset.remove ?? "×"} ${file.name}`);
  gone.addEventListener("click", () => chip.remove());
  chip.append(gone, Object.assign(document.createElement("input"), { type: "hidden", name: "files", value: file.id }));
  return chip;
}

/** Files of a form that came back with an error are left out the same way. */
document.addEventListener("click", (event) => { (event.target as HTMLElement).closest?.("[data-leave-out]")?.closest(".chip")?.remove(); });

/** Let a form take files by choosing, pasting and dropping; each becomes a hidden field `files`. */
function takeFiles(form: HTMLElement): void {
  const list = form.querySelector<HTMLElement>(".files");
  const url = form.dataset.upload;
  if (!list || !url) return;
  const add = async (files: Iterable<File>) => {
    for (const file of files) {
      const kept = await upload(file, url);
      if (kept) list.append(chipOf(form, kept));
    }
  };
  form.querySelectorAll<HTMLInputElement>("input[type=file]").forEach((one) => one.closest(".file-field") ?? one.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    void add([...(input.files ?? [])]).then(() => { input.value = ""; });
  }));
  form.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) { event.preventDefault(); void add(files); }
  });
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("drop"); });
  form.addEventListener("dragleave", () => form.classList.remove("drop"));
  form.addEventListener("drop", (event) => { event.preventDefault(); form.classList.remove("drop"); void add([...(event.dataTransfer?.files ?? [])]); });
}

async function answered<T>(url: string, text: string): Promise<T> {
  const answer = await fetch(`${url}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return await answer.json() as T;
}

/** After an @ the names of colleagues are offered, after a / the replies kept ready, filled in for the item. */
function startOffers(form: HTMLFormElement, text: HTMLTextAreaElement): void {
  const { mentions, canned, mentionsLabel, cannedLabel } = form.dataset;
  if (mentions) {
    offer(text, {
      typed: /(?:^|\s|[，。；])@([^\s@]{0,20})$/, label: mentionsLabel ?? "",
      ask: async (word) => (await answered<{ people: { name: string; title: string }[] }>(mentions, word)).people.map((one) => ({ label: one.name, hint: one.title, text: `@${one.name} ` })),
    });
  }
  if (canned) {
    offer(text, {
      typed: /(?:^|[\s，。；])[/、]([^\s/、]{0,20})$/, label: cannedLabel ?? "",
      ask: async (word) => (await answered<{ replies: { label: string; text: string }[] }>(canned, word)).replies.map((one) => ({ label: one.label, hint: one.text, text: one.text })),
    });
  }
}

document.addEventListener("hw:open", (event) => { window.open((event as CustomEvent).detail.value, "_blank", "noopener"); });

/** An action answered while somebody writes puts a new editor in the old one's place: the words, files and caret move over. */
export function keepTyping(): void {
  const fields = ["mode", "key"];
  const field = (form: HTMLElement, name: string) => form.querySelector<HTMLInputElement>(`input[name=${name}]`);
  type Typed = { text: HTMLTextAreaElement; values: string[]; chips: Element[]; focused: boolean };
  let typed: Typed | null = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = (event as CustomEvent).detail as { target: HTMLElement; requestConfig?: { elt?: Element; formData?: FormData } };
    const form = target.querySelector<HTMLFormElement>("form.editor");
    const text = form?.querySelector("textarea");
    typed = null;
    // What the editor itself sent has left it, also when another took its place before the answer came.
    const sender = requestConfig?.elt?.closest("form");
    if (!form || !text || sender === form || (sender?.matches(".editor") && requestConfig?.formData?.get("text") === text.value)) return;
    const chips = [...form.querySelectorAll(".files > *")];
    if (text.value === text.defaultValue && chips.length === 0 && document.activeElement !== text) return;
    typed = { text, values: fields.map((name) => field(form, name)?.value ?? ""), chips, focused: document.activeElement === text };
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const form = (event.target as HTMLElement).querySelector<HTMLFormElement>("form.editor");
    const text = form?.querySelector("textarea");
    if (!typed || !form || !text || text === typed.text) return;
    const { selectionStart, selectionEnd } = typed.text;
    text.value = typed.text.value;
    fields.forEach((name, i) => { const one = field(form, name); if (one && typed!.values[i]) one.value = typed!.values[i]; });
    form.querySelector(".files")?.append(...typed.chips);
    if (typed.focused) { text.focus({ preventScroll: true }); text.setSelectionRange(selectionStart, selectionEnd); }
    typed = null;
    // Kept from here on by the new editor, once it has started.
    window.setTimeout(() => text.dispatchEvent(new Event("input")), 100);
  });
}

/** Take a reply back within its seconds of grace: its words and files are in the editor again, before what was begun meanwhile. */
export async function takeBack(url: string): Promise<void> {
  const answer = await fetch(url, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": document.body.dataset.csrf ?? "" } }).catch(() => null);
  const said = (await answer?.json().catch(() => ({})) ?? {}) as { title?: string; text?: string; files?: { id: string; name: string }[] };
  toast(said.title ?? document.body.dataset.failed ?? "", { bad: !answer?.ok });
  if (!answer?.ok) return;
  const form = document.querySelector<HTMLFormElement>("form.editor");
  const text = form?.querySelector("textarea");
  if (!form || !text) { location.reload(); return; }
  form.querySelector<HTMLElement>("[data-mode-is=reply]")?.click();
  text.value = [said.text ?? "", text.value].filter((part) => part.trim()).join("\n\n");
  form.querySelector(".files")?.append(...(said.files ?? []).map((file) => chipOf(form, file)));
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Who writes says so to those who look at the same item, while he writes and some seconds after. */
const WRITING_MS = 8000;
let wroteAt = 0, quiet = 0;
const tell = () => document.getElementById("presence")?.dispatchEvent(new CustomEvent("hw:presence"));

function startTelling(text: HTMLTextAreaElement): void {
  text.addEventListener("input", () => {
    const silent = Date.now() - wroteAt > WRITING_MS;
    wroteAt = text.value.trim() ? Date.now() : 0;
    if (silent === wroteAt > 0) tell();
    window.clearTimeout(quiet);
    quiet = window.setTimeout(tell, WRITING_MS + 200);
  });
  text.form?.addEventListener("submit", () => { wroteAt = 0; });
}

document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = (event as CustomEvent).detail as { elt: Element; parameters: Record<string, string> };
  if (elt.id === "presence" && Date.now() - wroteAt < WRITING_MS) parameters.typing = "1";
});

export function startEditors(root: ParentNode): void {
  startSigning(root);
  root.querySelectorAll<HTMLElement>("form[data-upload]").forEach((form) => { if (!form.dataset.files) { form.dataset.files = "yes"; takeFiles(form); } });
  root.querySelectorAll<HTMLFormElement>("form.editor").forEach((form) => {
    if (form.dataset.started) return;
    form.dataset.started = "yes";
    const text = form.querySelector("textarea")!;
    const mode = form.querySelector<HTMLInputElement>("input[name=mode]");
    const saved = form.querySelector<HTMLElement>(".saved");
    const set = (to: string) => {
      if (!mode) return;
      mode.value = to;
      form.dataset.mode = to;
      form.querySelectorAll<HTMLElement>("[data-mode-is]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.modeIs === to)));
      form.querySelectorAll<HTMLElement>("[data-only]").forEach((one) => { one.hidden = one.dataset.only !== to; });
    };
    form.querySelectorAll<HTMLElement>("[data-mode-is]").forEach((button) => button.addEventListener("click", () => { set(button.dataset.modeIs!); text.focus(); keep(); }));
    if (mode) set(mode.value || "reply");
    startOffers(form, text);
    startTelling(text);
    let timer = 0, sent = false;
    const keep = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(async () => {
        // Another editor may have taken the place of this one, words and all.
        if (sent || !form.dataset.draft || !form.isConnected) return;
        const body = new FormData();
        body.append("text", text.value);
        body.append("mode", mode?.value ?? "reply");
        body.append("key", form.querySelector<HTMLInputElement>("input[name=key]")?.value ?? "");
        const answer = await fetch(form.dataset.draft, { method: "POST", body, headers: { "X-CSRFToken": document.body.dataset.csrf ?? "" } }).catch(() => null);
        if (saved) saved.textContent = answer?.ok ? form.dataset.kept ?? "" : form.dataset.unkept ?? "";
      }, 700);
    };
    text.addEventListener("input", keep);
    form.addEventListener("submit", () => { sent = true; window.clearTimeout(timer); });
    // They come when their menu is opened.
    form.addEventListener("click", (event) => {
      const one = (event.target as HTMLElement).closest<HTMLElement>("[data-insert]");
      if (!one) return;
      text.setRangeText(one.dataset.insert!, text.selectionStart, text.selectionEnd, "end");
      one.closest("details")?.removeAttribute("open");
      text.focus();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  root.querySelectorAll<HTMLElement>("[data-edit]").forEach((one) => {
    if (one.dataset.started) return;
    one.dataset.started = "yes";
    one.addEventListener("click", () => {
      const form = document.querySelector<HTMLFormElement>("form.editor");
      form?.querySelector<HTMLElement>(`[data-mode-is="${one.dataset.edit}"]`)?.click();
      form?.scrollIntoView({ block: "center" });
    });
  });
}
