// What the desk adds to every staff page: after an answer the hands go on scanning.
import { csrfToken, make, one } from "../ui/js/dom.js";
import { anyDialogOpen } from "../ui/js/dialog.js";
import { onChange, waiting } from "../ui/js/scan-queue.js";

document.addEventListener("htmx:afterSettle", () => {
  const lost = document.activeElement === document.body || document.activeElement === null;
  if (lost && !anyDialogOpen()) one("#scan-input")?.focus();
});

// A personal identity code is posted to the page for codes: an address would be logged.
const CODE = /^\s*\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\s*$/i;
document.addEventListener("submit", (event) => {
  const typed = one('input[name="q"]', event.target)?.value ?? "";
  const url = event.target.dataset.codeUrl;
  if (!url || !CODE.test(typed)) return;
  event.preventDefault();
  const form = make("form");
  Object.assign(form, { method: "post", action: url, hidden: true });
  for (const [name, value] of [["code", typed], ["csrfmiddlewaretoken", csrfToken()]]) {
    form.append(Object.assign(make("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
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
