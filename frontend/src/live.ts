// What others do appears by itself: one stream of server-sent events a page, closed while it is hidden.
import htmx from "htmx.org";

type News = { topic: string; item?: number; version?: number };

// One fetch of a part at a time; news that come meanwhile are not lost: it is fetched once more after.
const renewing = new Map<string, boolean>();

/** Whether a form of it is being sent, whose answer renews the page, or something is typed in a card that was fetched by itself and would come back empty. */
const busy = (part: HTMLElement): boolean => part.querySelector(".htmx-request") !== null
  || [...part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[hx-trigger*=load] :is(input:not([type=hidden], [type=checkbox], [type=radio]), textarea)")].some((one) => one.value !== one.defaultValue);
/** So long after it is looked again whether that is through. */
const LATER_MS = 500;

async function renew(address: string): Promise<void> {
  if (renewing.has(address)) { renewing.set(address, true); return; }
  try {
    do {
      renewing.set(address, false);
      // Found anew each time: the fetch before has put another element in its place.
      const part = document.querySelector<HTMLElement>(`[data-refresh="${CSS.escape(address)}"]`);
      if (!part) return;
      // What else is typed in it and not sent yet stays as it is (typed.ts, dialogs.ts).
      if (busy(part)) { window.setTimeout(() => void renew(address), LATER_MS); return; }
      await htmx.ajax("get", address, { source: part, target: part, swap: part.dataset.swap ?? "outerHTML" } as never);
    } while (renewing.get(address));
  } finally {
    renewing.delete(address);
  }
}

export function startLive(): void {
  if (!document.body.dataset.live) return;
  const topics = () => [...new Set([...document.querySelectorAll<HTMLElement>("[data-topic]")].map((one) => `topic=${encodeURIComponent(one.dataset.topic!)}`))].sort().join("&");
  let stream: EventSource | null = null;
  let heard = "";
  let waiting = new Set<number>();
  const asked = new Map<string, number>();
  const open = () => {
    // A pane that is opened beside a list brings topics of its own.
    const wanted = topics();
    if (!wanted || document.hidden || (stream && wanted === heard)) return;
    stream?.close();
    heard = wanted;
    stream = new EventSource(`${document.body.dataset.live}?${wanted}`);
    stream.onmessage = (event) => hear(JSON.parse(event.data) as News);
  };
  const hear = (news: News) => {
    document.dispatchEvent(new CustomEvent("hw:news"));
    document.querySelectorAll<HTMLElement>(`[data-topic="${CSS.escape(news.topic)}"]`).forEach((one) => {
      if (news.topic.startsWith("presence:")) one.dispatchEvent(new CustomEvent("hw:presence"));
      if (one.dataset.refresh) {
        if (news.version !== undefined && one.dataset.version === String(news.version)) return;
        // Numbers of a whole list change with every item: they are renewed at most so often.
        if (one.dataset.every) {
          const since = Date.now() - (asked.get(one.id) ?? 0);
          if (since < Number(one.dataset.every) * 1000 || one.querySelector("details[open]")) return;
          asked.set(one.id, Date.now());
        }
        void renew(one.dataset.refresh);
      }
    });
    if (news.topic === "queue" && news.item !== undefined) {
      const row = document.querySelector<HTMLElement>(`tr[data-item="${news.item}"]`);
      const list = document.querySelector<HTMLElement>("[data-list][data-row]");
      if (row && list) void htmx.ajax("get", `${list.dataset.row}${news.item}`, { source: row, target: row, swap: "outerHTML" });
      else if (list) {
        waiting.add(news.item);
        const button = document.querySelector<HTMLButtonElement>(".more-new");
        if (button) { button.hidden = false; button.textContent = (button.dataset.words ?? "").replace("{n}", String(waiting.size)); }
      }
    }
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream?.close(); stream = null; } else open();
  });
  document.addEventListener("htmx:afterSettle", open);
  window.addEventListener("pagehide", () => stream?.close());
  document.querySelector(".more-new")?.addEventListener("click", () => { waiting = new Set(); location.reload(); });
  open();
}
