// What others do appears by itself: one stream of server-sent events a page, closed while it is hidden.
import htmx from "htmx.org";

type News = { topic: string; item?: number; version?: number };

// One fetch of a part at a time; news that come meanwhile are not lost: it is fetched once more after.
const renewing = new Map<string, boolean>();
/** Parts whose fetch is on its way. */
const awaited = new Set<HTMLElement>();
/** The newest version of a topic that was heard of or shown. */
const newest = new Map<string, number>();
/** So long after it is looked again whether somebody is through with a part, or the server has the newest. */
const LATER_MS = 500;
/** So often it is asked for, should the server not have it. */
const TRIES = 4;
const tried = new Map<string, number>();

/** Whether a button of it is being pressed, what somebody looks for is awaited or shown, a form of it being sent, whose answer renews the page, or something is typed in a card that was fetched by itself and would come back empty. */
const busy = (part: HTMLElement): boolean => part.querySelector(".htmx-request, :is(button, a, summary, select):active, [role=combobox]:is([aria-expanded=true], [aria-busy=true])") !== null
  || [...part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[hx-trigger*=load] :is(input:not([type=hidden], [type=checkbox], [type=radio]), textarea)")].some((one) => one.value !== one.defaultValue);
const versioned = (root: ParentNode) => [...root.querySelectorAll<HTMLElement>("[data-topic][data-version][data-refresh]")];
const learn = (topic: string, version: number) => newest.set(topic, Math.max(version, newest.get(topic) ?? 0));
const behind = (part: HTMLElement) => Number(part.dataset.version) < (newest.get(part.dataset.topic ?? "") ?? 0);
// Found anew each time: the fetch before has put another element in its place.
const partAt = (address: string) => document.querySelector<HTMLElement>(`[data-refresh="${CSS.escape(address)}"]`);

async function renew(address: string): Promise<void> {
  if (renewing.has(address)) { renewing.set(address, true); return; }
  try {
    do {
      renewing.set(address, false);
      const part = partAt(address);
      if (!part) return;
      // What else is typed in it and not sent yet stays as it is (typed.ts, dialogs.ts).
      if (busy(part)) { window.setTimeout(() => void renew(address), LATER_MS); return; }
      awaited.add(part);
      await htmx.ajax("get", address, { source: part, target: part, swap: part.dataset.swap ?? "outerHTML" } as never).finally(() => awaited.delete(part));
    } while (renewing.get(address));
  } finally {
    renewing.delete(address);
  }
}

/** Answers overtake each other: one that shows an older state than the page does is not put in its place, nor one that comes while somebody is at the part. */
function dropLate(event: Event): void {
  const { detail } = event as CustomEvent<{ target: HTMLElement; serverResponse: string; shouldSwap: boolean; requestConfig?: { elt?: Element } }>;
  const part = detail.target;
  if (!awaited.has(part) || detail.requestConfig?.elt !== part) return;
  const answered = Number(/data-version="(\d+)"/.exec(detail.serverResponse)?.[1] ?? Infinity);
  const older = answered < Number(part.dataset.version);
  if (!older && !busy(part)) return;
  detail.shouldSwap = false;
  event.stopImmediatePropagation();
  if (!older) renewing.set(part.dataset.refresh!, true);
}

/** The answer to a deed is shown in any case, for it says what became of it; what is older in it than the page was is fetched again. */
function catchUp(): void {
  versioned(document).forEach((part) => {
    learn(part.dataset.topic!, Number(part.dataset.version));
    if (!behind(part)) return;
    const wanted = `${part.dataset.refresh} ${newest.get(part.dataset.topic!)}`, times = tried.get(wanted) ?? 0;
    if (times >= TRIES) return;
    tried.set(wanted, times + 1);
    window.setTimeout(() => void renew(part.dataset.refresh!), times * LATER_MS);
  });
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
    if (news.version !== undefined) learn(news.topic, news.version);
    document.dispatchEvent(new CustomEvent("hw:news"));
    document.querySelectorAll<HTMLElement>(`[data-topic="${CSS.escape(news.topic)}"]`).forEach((one) => {
      if (news.topic.startsWith("presence:")) one.dispatchEvent(new CustomEvent("hw:presence"));
      if (one.dataset.refresh) {
        if (news.version !== undefined && Number(one.dataset.version) >= news.version) return;
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
  document.addEventListener("htmx:beforeSwap", dropLate, true);
  document.addEventListener("htmx:afterSettle", () => { open(); catchUp(); });
  catchUp();
  window.addEventListener("pagehide", () => stream?.close());
  document.querySelector(".more-new")?.addEventListener("click", () => { waiting = new Set(); location.reload(); });
  open();
}
