// What every htmx request carries and how its failure is told.
import { csrfToken, one } from "./dom.js";
import { announce } from "./live.js";

const SAFE = ["get", "head", "options"];

document.addEventListener("htmx:configRequest", (event) => {
  if (!SAFE.includes(event.detail.verb)) event.detail.headers["X-CSRFToken"] = csrfToken();
});
for (const kind of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(kind, () => announce(one("[data-connection]")?.dataset.offline ?? "", { now: true }));
}
