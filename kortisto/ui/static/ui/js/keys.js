// The registry of shortcuts. What is registered here is what `?` lists, so the
// help can never be out of date.
//
// A key is written "F2", "?", "/", "Control+K", "Alt+L" or "g i" (one after the
// other). Templates register with data-key="r" on a link or button: pressing the
// key clicks it, its text is its name. In a field that takes text only function
// keys and Control or Alt combinations work.
import { all, make, one, takesText } from "./dom.js";
import { anyDialogOpen, openDialog } from "./dialog.js";

const registry = new Map(); // key -> {label, group, run}
const PAUSE = 1200; // milliseconds between the two keys of "g i"
let pending = "";
let timer = 0;

/** Registers a shortcut. The last one registered for a key wins. */
export function onKey(key, label, run, { group = "page" } = {}) {
  registry.set(key, { label, group, run });
}

function nameOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Control");
  if (event.altKey) parts.push("Alt");
  if (parts.length > 0) return [...parts, key.length === 1 ? key.toUpperCase() : key].join("+");
  return key;
}

const isFree = (name) => /^F\d+$/.test(name) || /^(Control|Alt)\+/.test(name);

const marked = () => all("[data-key]").filter((element) => element.getClientRects().length > 0);

function find(name) {
  const element = marked().find((candidate) => candidate.dataset.key === name);
  if (element) return () => (takesText(element) ? element.focus() : element.click());
  return registry.get(name)?.run;
}

function startsSequence(name) {
  const start = `${name} `;
  return [...registry.keys()].some((key) => key.startsWith(start)) || marked().some((element) => element.dataset.key.startsWith(start));
}

function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const name = nameOf(event);
  if (takesText(event.target) && !isFree(name)) return;
  if (anyDialogOpen()) return;
  const whole = pending ? `${pending} ${name}` : name;
  clearTimeout(timer);
  const run = find(whole) ?? (pending ? undefined : find(name));
  if (run) {
    pending = "";
    event.preventDefault();
    run(event);
  } else if (!pending && startsSequence(name)) {
    pending = name;
    timer = setTimeout(() => { pending = ""; }, PAUSE);
  } else {
    pending = "";
  }
}

function caps(key) {
  const shown = make("dt");
  key.split(" ").forEach((step, place) => {
    if (place > 0) shown.append(" ");
    step.split("+").forEach((cap, nth) => {
      if (nth > 0) shown.append(" ");
      shown.append(make("kbd", "", cap === "Control" ? "Ctrl" : cap));
    });
  });
  return shown;
}

function rowsByGroup() {
  const rows = new Map([["everywhere", []], ["page", []], ["go", []]]);
  for (const [key, { label, group }] of registry) rows.get(group)?.push([key, label]);
  for (const element of marked()) {
    const label = element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? (element.querySelector("span")?.textContent || element.textContent);
    rows.get(element.dataset.key.startsWith("g ") ? "go" : "page").push([element.dataset.key, label.trim()]);
  }
  return rows;
}

/** Writes the list anew and shows it. */
export function showHelp() {
  const dialog = one("#help-dialog");
  if (!dialog) return;
  const list = one("[data-key-list]", dialog);
  list.replaceChildren();
  for (const [group, rows] of rowsByGroup()) {
    if (rows.length === 0) continue;
    list.append(make("h3", "", dialog.dataset[group]));
    const block = make("dl", "key-list-group");
    for (const [key, label] of rows) block.append(caps(key), make("dd", "", label));
    list.append(block);
  }
  openDialog("help-dialog");
}

document.addEventListener("keydown", pressed);
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-open-help]")) showHelp();
});
const words = one("#help-dialog")?.dataset;
if (words) onKey("?", words.help, showHelp, { group: "everywhere" });
