// What the desk adds to every staff page: after an answer the hands go on scanning.
import { one } from "../ui/js/dom.js";
import { anyDialogOpen } from "../ui/js/dialog.js";
import { onChange, waiting } from "../ui/js/scan-queue.js";

document.addEventListener("htmx:afterSettle", () => {
  const lost = document.activeElement === document.body || document.activeElement === null;
  if (lost && !anyDialogOpen()) one("#scan-input")?.focus();
});

// While somebody logged in in another tab, that tab may have sent what waited here.
let stale = false;
function refresh() {
  if (!stale || !one("#desk") || waiting().length > 0) return;
  stale = false;
  window.htmx.ajax("GET", location.href, { target: "#desk", select: "#desk", swap: "outerHTML" });
}
document.addEventListener("session:back", () => { stale = true; refresh(); });
onChange(refresh);
