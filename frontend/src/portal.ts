// The portal's one question: what fits appears while it is typed.
export function startPortal(root: ParentNode): void {
  const ask = root.querySelector<HTMLInputElement>("input[data-offers]");
  if (!ask || ask.dataset.started) return;
  ask.dataset.started = "yes";
  const into = document.getElementById("offers");
  let timer = 0, asked = 0;
  ask.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(async () => {
      const mine = ++asked;
      const answer = await fetch(`${ask.dataset.offers}?q=${encodeURIComponent(ask.value)}`, { headers: { "HX-Request": "true" } });
      if (answer.ok && into && mine === asked) into.innerHTML = await answer.text();
    }, 180);
  });
}
