// What happened, said once in the corner.
import { takeBack } from "./editor";

type Options = { bad?: boolean; action?: string; key?: string; run?: () => void; seconds?: number };

export function toast(text: string, options: Options = {}): void {
  if (!text) return;
  const box = document.createElement("div");
  box.className = options.bad ? "bad" : "";
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (options.action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: options.action });
    if (options.key) {
      button.dataset.key = options.key;
      button.setAttribute("aria-keyshortcuts", options.key);
      button.append(" ", Object.assign(document.createElement("kbd"), { textContent: options.key.toUpperCase() }));
    }
    button.addEventListener("click", () => { options.run?.(); box.remove(); });
    box.append(button);
  }
  document.querySelector(".toasts")?.append(box);
  window.setTimeout(() => box.remove(), (options.seconds ?? (options.bad ? 9 : 5)) * 1000);
}

export function startToasts(): void {
  document.querySelectorAll<HTMLElement>(".toasts > [data-message]").forEach((one) => window.setTimeout(() => one.remove(), 6000));
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-take-back]")) return;
    event.preventDefault();
    document.querySelectorAll(".toasts [data-key=z]").forEach((one) => one.closest(".toasts > *")?.remove());
    void takeBack(form.action);
  });
  document.addEventListener("hw:toast", (event) => {
    const { value, undo } = (event as CustomEvent).detail as { value: string; undo?: { url?: string; word: string; seconds: number } };
    toast(value, undo?.url ? { action: undo.word, key: "z", seconds: undo.seconds, run: () => void takeBack(undo.url!) } : {});
  });
}
