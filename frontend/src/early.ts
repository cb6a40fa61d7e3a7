// Before the first paint: the appearance that the person chose, or the system's.
const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const show = () => {
  const theme = root.dataset.theme ?? "auto";
  root.setAttribute("data-bs-theme", theme === "auto" ? (dark.matches ? "dark" : "light") : theme);
};
show();
dark.addEventListener("change", show);
