// The scan box. It takes the next scan while the last one is on its way, sends them
// one by one in the order they were made, and never forgets one: see scan-queue.js.
//
// The server answers a POST with an HTML part for the form's data-scan-target, and
// in it, out of band, <div id="scan-fields" hx-swap-oob="true">: the hidden fields
// that the next scan carries. It goes to another page by the header HX-Redirect.
// Fields sent: scan, key (keep it unique: a scan may come twice), at, and those.
import { all, csrfToken, make, one, refreshCsrfToken, takesText } from "./dom.js";
import { anyDialogOpen } from "./dialog.js";
import { asksToLogIn, heard, isOver, sessionOver } from "./idle.js";
import { onKey } from "./keys.js";
import { announce } from "./live.js";
import * as queue from "./scan-queue.js";
import { play } from "./sound.js";

const form = one("#scan");
const input = form && one("#scan-input");
const RETRY = [2, 4, 8, 15, 30]; // seconds between attempts while nothing answers
let sending = false;
let leaving = false; // an answer leads to another page, which sends the rest
let attempts = 0;
let timer = 0;

const fieldsNow = () => Object.fromEntries(
  [...form.querySelectorAll("#scan-fields input[name]")].map(({ name, value }) => [name, value]),
);
const whoNow = () => form.dataset.who ?? "";

function showState() {
  const scans = queue.waiting();
  const stuck = scans.length > 0 && (!sending || attempts > 0);
  for (const note of all("[data-unsaved], [data-unsaved-here]")) note.hidden = !stuck;
  for (const count of all("[data-unsaved-count], [data-unsaved-count-here]")) count.textContent = String(scans.length);
  form.setAttribute("aria-busy", String(sending));
}

function showConnection(online) {
  const mark = one("[data-connection]");
  if (!mark) return;
  const state = online ? "online" : "offline";
  if (mark.dataset.state === state) return;
  mark.dataset.state = state;
  one("[data-connection-word]", mark).textContent = mark.dataset[state];
  for (const icon of mark.querySelectorAll("[data-connection-icon]")) icon.hidden = icon.dataset.connectionIcon !== state;
  announce(mark.dataset[state], { now: !online });
}

function post(entry) {
  const body = new URLSearchParams({ ...entry.fields, scan: entry.scan, key: entry.key, at: entry.at });
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href, "X-CSRFToken": csrfToken(), "Idempotency-Key": entry.key };
  return fetch(entry.url, { method: "POST", body, headers, redirect: "manual", credentials: "same-origin" });
}

/** A whole page in place of a part (an error page): only what its main says. */
function partOf(html) {
  if (!/<html[\s>]/i.test(html)) return html;
  const page = new DOMParser().parseFromString(html, "text/html");
  return (one("main", page) ?? page.body).innerHTML;
}

/** The looks and the scripts of a page that this one lacks. A script runs once. */
async function bringAlong(page) {
  const has = (link) => all("link[rel=stylesheet]").some((other) => other.getAttribute("href") === link.getAttribute("href"));
  for (const link of all("link[rel=stylesheet]", page)) if (!has(link)) document.head.append(document.adoptNode(link));
  for (const script of all("script[type=module][src]", page)) await import(new URL(script.getAttribute("src"), location.href).href);
}

/**
 * Another page in this one's place, without a moment in which keys go nowhere: what
 * is scanned meanwhile stays in the box.
 */
async function moveTo(target) {
  const answer = await fetch(target, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = one("#main", page);
  if (!answer.ok || answer.redirected || !main || !one("#scan-fields", page)) {
    leaving = true;
    location.assign(target);
    return;
  }
  await bringAlong(page);
  history.pushState({ moved: true }, "", target);
  document.title = page.title;
  one("#scan-fields").replaceWith(one("#scan-fields", page));
  form.toggleAttribute("data-send-empty", one("#scan", page).hasAttribute("data-send-empty"));
  one(".desk-nav").replaceWith(one(".desk-nav", page));
  window.htmx.swap(one("#main"), main.innerHTML, { swapStyle: "innerHTML" });
}

async function showAnswer(answer) {
  const place = answer.headers.get("HX-Location");
  if (place) {
    const target = new URL(place, location.href);
    if (target.origin === location.origin) await moveTo(target);
    return;
  }
  const redirect = answer.headers.get("HX-Redirect");
  if (redirect) {
    const target = new URL(redirect, location.href);
    if (target.origin !== location.origin) return;
    leaving = true;
    location.assign(target);
    return;
  }
  const html = await answer.text();
  const target = one(form.dataset.scanTarget ?? "#scan-result");
  if (target && html.trim()) window.htmx.swap(target, partOf(html), { swapStyle: "innerHTML" });
  if (document.activeElement === document.body) input.focus();
}

/** The server's answer; null when it asks to log in first. Throws when there is none. */
async function ask(entry) {
  let answer = await post(entry);
  if (answer.status === 403 && (await refreshCsrfToken())) answer = await post(entry); // logged in anew elsewhere
  if (asksToLogIn(answer)) {
    sessionOver();
    return null;
  }
  showConnection(true);
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new Error(`answered ${answer.status}`);
  return answer;
}

/** Sends the first scan. Answers whether the next one may follow. */
async function sendFirst() {
  const entry = queue.settle(fieldsNow());
  const answer = await ask(entry);
  if (!answer) return false;
  queue.remove(entry.key); // any other answer is an answer: the server has decided
  attempts = 0;
  if (answer.ok) heard();
  await showAnswer(answer);
  return !answer.headers.has("HX-Redirect");
}

async function drain() {
  while (queue.first() && (await sendFirst())) showState();
}

/** Two tabs of one desk send in turn, where the browser can arrange it. */
const inTurn = (work) => (navigator.locks ? navigator.locks.request("kortisto-scans", work) : work());

async function send() {
  if (sending || leaving || !queue.first() || isOver()) return showState();
  sending = true;
  clearTimeout(timer);
  showState();
  try {
    await inTurn(drain);
  } catch {
    // Nothing answered, or the server stumbled: the scan stays and is sent again.
    showConnection(navigator.onLine && attempts < 1);
    if (attempts === 0) play("attention");
    timer = setTimeout(send, RETRY[Math.min(attempts, RETRY.length - 1)] * 1000);
    attempts += 1;
  } finally {
    sending = false;
    showState();
  }
}

function keep(scan) {
  const fields = queue.first() || sending || leaving ? null : fieldsNow(); // the answer before it decides
  queue.add({ scan, url: form.action, who: whoNow(), fields });
  send();
}

/** What the page calls a secret is sent at once and kept nowhere: no queue, no disk. */
const isSecret = (scan) => Boolean(form.dataset.secret) &&
  new RegExp(`^(?:${form.dataset.secret})$`).test(scan.replace(/\s/g, "").toUpperCase());

async function sendSecret(scan) {
  if (sending || leaving || queue.first() || isOver()) {
    input.value = scan; // the scans before it come first: Enter sends it again
    return play("attention");
  }
  sending = true;
  showState();
  try {
    const entry = { key: queue.newKey(), scan, url: form.action, fields: fieldsNow(), at: new Date().toISOString() };
    const answer = await ask(entry);
    if (answer?.ok) heard();
    if (answer) await showAnswer(answer);
  } catch {
    input.value = scan;
    showConnection(false);
    play("attention");
  } finally {
    sending = false;
    showState();
    send(); // what was scanned meanwhile
  }
}

function take() {
  const scan = input.value.trim();
  if (!scan && !form.hasAttribute("data-send-empty")) return;
  input.value = "";
  input.focus();
  if (isSecret(scan)) sendSecret(scan);
  else keep(scan);
}

/** Scans left behind by somebody else, or for another library, wait for a decision. */
const mine = () => queue.waiting().every((entry) => entry.who === whoNow());

function listUnsaved() {
  const list = one("[data-unsaved-list]");
  if (!list) return;
  list.replaceChildren(...queue.waiting().map((entry) => {
    const row = make("li", "row row-apart");
    const button = make("button", "button button-small button-danger", list.dataset.remove);
    button.type = "button";
    button.addEventListener("click", () => { queue.remove(entry.key); listUnsaved(); showState(); });
    row.append(make("span", "code", entry.scan), make("span", "soft", new Date(entry.at).toLocaleTimeString()), button);
    return row;
  }));
}

if (form) {
  const words = one("#help-dialog")?.dataset ?? {};
  const focus = () => { input.focus(); input.select(); };
  onKey("F2", words.scan ?? "", focus, { group: "everywhere" });
  onKey("/", words.scan ?? "", focus, { group: "everywhere" });
  form.addEventListener("submit", (event) => { event.preventDefault(); take(); });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (input.value) input.value = "";
    else input.blur(); // now single letters are keys
  });
  document.addEventListener("keydown", (event) => {
    // A scanner types a number and Enter wherever the focus is.
    const digit = /^\d$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (digit && !takesText(event.target) && !anyDialogOpen()) input.focus();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-send-unsaved]")) { attempts = 0; send(); }
    if (event.target.closest?.("[data-dialog='unsaved-dialog']")) listUnsaved();
  });
  addEventListener("online", () => { showConnection(true); attempts = 0; send(); });
  addEventListener("offline", () => showConnection(false));
  document.addEventListener("session:back", send);
  document.addEventListener("scan:kept", (event) => { play("attention"); keep(event.detail); });
  addEventListener("popstate", () => location.reload());
  addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; send(); } });
  queue.onChange(showState);
  if (!one("[autofocus]") && document.activeElement === document.body && matchMedia("(pointer: fine)").matches) input.focus();
  showState();
  if (mine()) send();
}
