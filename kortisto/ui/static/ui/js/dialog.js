// Dialogs and menus: opened, closed, focus given back.
import { all, one } from "./dom.js";

/** Opens a dialog by id and remembers where the focus was. */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  const before = document.activeElement;
  dialog.addEventListener("close", () => before?.focus?.(), { once: true });
  dialog.showModal();
}

export const anyDialogOpen = () => one("dialog[open]") !== null;

document.addEventListener("click", (event) => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  const opener = target.closest("[data-dialog]");
  if (opener) openDialog(opener.dataset.dialog);
  if (target.closest("[data-close-dialog]")) target.closest("dialog")?.close();
  // A click on the veil has the dialog itself as its target.
  if (target instanceof HTMLDialogElement && !target.hasAttribute("data-keep-open")) {
    const box = target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) target.close();
  }
  for (const open of all("details.menu[open], details.why[open]")) {
    if (!open.contains(target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || anyDialogOpen()) return;
  const open = all("details.menu[open], details.why[open]").pop();
  if (!open) return;
  open.open = false;
  one("summary", open)?.focus();
  event.stopImmediatePropagation();
});

// A panel that would leave the page on the right opens towards the left, also when
// the page has been enlarged or turned meanwhile.
function place(details) {
  const panel = one(".why-panel, .menu-panel", details);
  if (!panel) return;
  details.classList.remove("opens-left", "opens-right");
  const box = panel.getBoundingClientRect();
  if (box.right > document.documentElement.clientWidth) details.classList.add("opens-left");
  if (box.left < 0) details.classList.add("opens-right");
}

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.why[open], details.menu[open]")) place(event.target);
}, { capture: true });

addEventListener("resize", () => all("details.why[open], details.menu[open]").forEach(place));
