// What happened, said once in the corner.
export function toast(text: string, options: { bad?: boolean; action?: string; run?: () => void; seconds?: number } = {}): void {
  if (!text) return;
  const box = document.createElement("div");
  box.className = options.bad ? "bad" : "";
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (options.action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: options.action });
    button.addEventListener("click", () => { options.run?.(); box.remove(); });
    box.append(button);
  }
  document.querySelector(".toasts")?.append(box);
  window.setTimeout(() => box.remove(), (options.seconds ?? (options.bad ? 9 : 5)) * 1000);
}

export function startToasts(): void {
  document.querySelectorAll<HTMLElement>(".toasts > [data-message]").forEach((one) => window.setTimeout(() => one.remove(), 6000));
  document.addEventListener("hw:toast", (event) => toast((event as CustomEvent).detail.value));
}
