// What the desk adds to every staff page: after an answer the hands go on scanning.
import { one } from "../ui/js/dom.js";
import { anyDialogOpen } from "../ui/js/dialog.js";

document.addEventListener("htmx:afterSettle", () => {
  const lost = document.activeElement === document.body || document.activeElement === null;
  if (lost && !anyDialogOpen()) one("#scan-input")?.focus();
});
