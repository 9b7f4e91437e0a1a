// Says aloud what a sighted person sees change.
import { one } from "./dom.js";

/** Reads a sentence to screen readers; `now` interrupts what is being read. */
export function announce(text, { now = false } = {}) {
  const region = one(now ? "#live-now" : "#live");
  if (!region || !text) return;
  // The same words twice in a row are read again only if the text changes.
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}

/** Announces what a swapped part marks with data-announce. */
export function announceIn(root) {
  const said = root.matches?.("[data-announce]") ? root : one("[data-announce]", root);
  if (said) announce(said.textContent.replace(/\s+/g, " ").trim(), { now: said.dataset.sound === "stop" });
}

document.addEventListener("htmx:afterSwap", (event) => announceIn(event.detail.elt ?? event.target));
