// Light, dark, or as the system says. The choice lives in a cookie, so that the
// server writes it into the page and nothing flashes.
import { all } from "./dom.js";

const YEAR = 365 * 24 * 60 * 60; // seconds

const chosen = () => document.documentElement.dataset.theme ?? "auto";

function show() {
  for (const button of all("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen()));
  }
}

export function choose(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  show();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-theme-choice]");
  if (button) choose(button.dataset.themeChoice);
});
show();
