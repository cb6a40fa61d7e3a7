// The numbers in the rail: asked once the page is shown, and again now and then while something happens.
const PAUSE = 15_000;

export function startRail(): void {
  const rail = document.querySelector<HTMLElement>(".rail[data-counts]");
  if (!rail || !rail.querySelector("[data-count]")) return;
  let asked = 0;
  const ask = async () => {
    if (document.hidden || Date.now() - asked < PAUSE) return;
    asked = Date.now();
    const answer = await fetch(rail.dataset.counts!, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const counts = await answer.json() as Record<string, number>;
    rail.querySelectorAll<HTMLElement>("[data-count]").forEach((place) => { place.textContent = counts[place.dataset.count!] ? String(counts[place.dataset.count!]) : ""; });
  };
  void ask();
  document.addEventListener("hw:news", () => void ask());
  document.addEventListener("visibilitychange", () => void ask());
}
