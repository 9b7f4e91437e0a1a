// The command palette: Ctrl K, type, Enter. Its commands come from the JSON in the
// page, from the actions on the page (data-key or data-command), and from the server
// when the dialog has data-search-url, which answers {"commands": [{label, url, hint}]}.
import { all, csrfToken, make, one } from "./dom.js";
import { openDialog } from "./dialog.js";
import { onKey } from "./keys.js";

const WAIT = 150; // milliseconds of quiet before the server is asked
const MOST = 40;
const dialog = one("#palette");
const input = dialog && one("input", dialog);
const list = dialog && one("#palette-list");
let shown = [];
let selected = 0;
let timer = 0;
let asked = 0;

function fromPage() {
  return all("[data-command], [data-key]:not(input)").filter((element) => !dialog.contains(element)).map((element) => ({
    label: element.dataset.command || element.getAttribute("aria-label") || (element.querySelector("span")?.textContent || element.textContent).trim(),
    hint: element.dataset.key ?? "",
    words: "",
    run: () => element.click(),
  }));
}

function fromJson() {
  const text = one("#palette-commands")?.textContent;
  const commands = text ? JSON.parse(text) : [];
  return Array.isArray(commands) ? commands : [];
}

function fits(command, query) {
  const text = `${command.label} ${command.hint ?? ""} ${command.words ?? ""}`.toLocaleLowerCase();
  return query.toLocaleLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** Only pages of this site: what a command says is data, not a promise. */
function go(command) {
  dialog.close();
  if (command.run) return command.run();
  const target = new URL(command.url, location.href);
  if (target.origin === location.origin) location.assign(target);
}

function select(place) {
  selected = Math.max(0, Math.min(place, shown.length - 1));
  [...list.children].forEach((row, nth) => {
    row.setAttribute("aria-selected", String(nth === selected));
    if (nth === selected) row.scrollIntoView({ block: "nearest" });
  });
  if (shown.length > 0) input.setAttribute("aria-activedescendant", `palette-${selected}`);
  else input.removeAttribute("aria-activedescendant");
}

function draw(commands) {
  const seen = new Set();
  shown = commands.filter(({ label }) => label && !seen.has(label) && seen.add(label)).slice(0, MOST);
  list.replaceChildren(...shown.map((command, place) => {
    const row = make("div");
    row.id = `palette-${place}`;
    row.setAttribute("role", "option");
    row.append(make("span", "", command.label));
    if (command.hint) row.append(make("span", "hint", command.hint));
    row.addEventListener("click", () => go(command));
    return row;
  }));
  one("[data-palette-empty]", dialog).hidden = shown.length > 0;
  select(0);
}

/** What the page calls a secret is for the scan box alone. */
const isSecret = (query) => {
  const { secret } = one("#scan")?.dataset ?? {};
  return Boolean(secret) && new RegExp(secret).test(query.replace(/\s/g, "").toUpperCase());
};

async function askServer(query, local) {
  const number = ++asked;
  if (isSecret(query)) return;
  const answer = await fetch(dialog.dataset.searchUrl, { // posted: an address would be logged
    method: "POST",
    body: new URLSearchParams({ q: query }),
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    credentials: "same-origin",
  });
  if (!answer.ok || answer.redirected || number !== asked) return;
  const { commands = [] } = await answer.json();
  if (dialog.open) draw([...local, ...commands]);
}

function search() {
  const query = input.value.trim();
  const local = [...fromPage(), ...fromJson()].filter((command) => !query || fits(command, query));
  draw(local);
  clearTimeout(timer);
  asked += 1;
  if (query.length > 1 && dialog.dataset.searchUrl) {
    timer = setTimeout(() => askServer(query, local).catch(() => {}), WAIT); // no network: the local commands stay
  }
}

export function openPalette() {
  if (!dialog || dialog.open) return;
  input.value = "";
  openDialog("palette");
  search();
  input.focus();
}

if (dialog) {
  onKey("Control+K", one("#help-dialog")?.dataset.palette ?? "", openPalette, { group: "everywhere" });
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") select(selected + 1);
    else if (event.key === "ArrowUp") select(selected - 1);
    else if (event.key === "Enter" && shown[selected]) go(shown[selected]);
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-open-palette]")) openPalette();
  });
}
