// The public library's own scripts. Every page works without them.
import { all, one } from "../../ui/js/dom.js";
import { announce } from "../../ui/js/live.js";
import "./suggest.js";

// "Show what I type": the box is hidden where it could not work.
for (const box of all("[data-show-typed]")) {
  box.hidden = false;
  const inputs = box.dataset.showTyped.split(" ").map((id) => document.getElementById(id));
  box.addEventListener("change", (event) => {
    for (const input of inputs) if (input) input.type = event.target.checked ? "text" : "password";
  });
}

// On a phone the row of one's own pages is wider than the screen: show where one is.
one(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// On a phone the limits are folded until somebody wants them.
const narrow = window.matchMedia("(max-width: 56rem)");
const fold = (open) => { const part = one(".facets-fold"); if (part && narrow.matches) part.open = open; };
let opened = false;
fold(false);
document.addEventListener("click", (event) => {
  const summary = event.target.closest?.(".facets-fold > summary");
  if (summary) opened = !summary.parentElement.open;
});

// After a limit was chosen: the same groups stay open, the number is read aloud.
let unfolded = new Set();
document.addEventListener("htmx:beforeSwap", () => {
  unfolded = new Set(all("details.facet[open]").map((part) => part.id));
});
document.addEventListener("htmx:afterSettle", () => {
  fold(opened);
  for (const part of all("details.facet")) if (unfolded.has(part.id)) part.open = true;
  const found = one("#results .found");
  if (found) announce(found.textContent.trim());
  const query = new URL(window.location.href).searchParams.get("q") ?? "";
  const input = one("#search-input");
  if (input && one("#results")) input.value = query;
});

// "Why?" opened before htmx was there to hear of it: asked for now.
window.addEventListener("load", () => {
  for (const part of all("details.why[open][hx-get]")) part.dispatchEvent(new Event("toggle"));
});
