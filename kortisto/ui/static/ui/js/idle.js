// The lock of a session is announced five minutes before and swallows nothing: the page
// stays as it is behind the dialog, and goes on when its person unlocks it in place, or
// has logged in in another tab.
import { all, csrfToken, one, refreshCsrfToken } from "./dom.js";
import { openDialog } from "./dialog.js";
import { onKey } from "./keys.js";
import { announce } from "./live.js";

const WARNING = 5 * 60; // seconds
const LAST = "kortisto-last-request";
const SCANNER = 35; // milliseconds a letter: nobody types that fast
const body = document.body.dataset;
const limit = Number(body.sessionSeconds ?? 0);
const dialog = one("#session-dialog");
const unlocking = dialog && one("[data-session-unlock]", dialog);
let acted = Date.now();
let over = false;

/** Tells that the server has just heard from this session, in every tab. */
export function heard() {
  localStorage.setItem(LAST, String(Date.now()));
}

const secondsLeft = () => limit - (Date.now() - Number(localStorage.getItem(LAST) ?? 0)) / 1000;

/** Whether an answer means "log in first" rather than an answer. */
export function asksToLogIn(answer) {
  if (answer.type === "opaqueredirect" || answer.status === 401) return true;
  const target = answer.headers.get("HX-Redirect") ?? answer.headers.get("HX-Location");
  return isLogIn(target ?? (answer.redirected ? answer.url : ""));
}

function isLogIn(address) {
  if (!address || !body.logInUrl) return false;
  return new URL(address, location.href).pathname === new URL(body.logInUrl, location.href).pathname;
}

/** What of the dialog is seen: the warning, the lock, or that only a log-in helps. */
function show(state) {
  const locked = state === "over" && Boolean(unlocking);
  for (const part of all("[data-session-soon], [data-session-stay]", dialog)) part.hidden = state !== "soon";
  for (const part of all("[data-session-over]", dialog)) part.hidden = state === "soon" || state === "gone";
  for (const part of all("[data-session-gone]", dialog)) part.hidden = state !== "gone";
  for (const part of all("[data-session-log-in]", dialog)) part.hidden = state === "soon" || locked;
  if (unlocking) unlocking.hidden = !locked;
  dialog.toggleAttribute("data-keep-open", state !== "soon");
  dialog.toggleAttribute("data-locked", state !== "soon");
}

/** Shows that the session is locked and how to go on. */
export function sessionOver() {
  const already = over;
  over = true;
  if (!dialog) return;
  if (!already) show("over");
  openDialog("session-dialog");
  if (!already) one("#unlock-password", dialog)?.focus();
}

/** The session works again: the dialog goes away. */
export function sessionBack() {
  over = false;
  heard();
  if (!dialog) return;
  unlocking?.reset();
  show("soon");
  dialog.close();
  document.dispatchEvent(new CustomEvent("session:back"));
}

/** Back from logging in in another tab: everything on the page works again. */
async function comeBack() {
  if (over && document.visibilityState === "visible" && (await refreshCsrfToken())) sessionBack();
}

export const isOver = () => over;

function post(url, fields = {}) {
  const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true" };
  return fetch(url, { method: "POST", headers, body: new URLSearchParams(fields), redirect: "manual", credentials: "same-origin" });
}

async function stay() {
  const answer = await post(body.stayUrl);
  if (answer.ok && !asksToLogIn(answer)) sessionBack();
  else if (asksToLogIn(answer)) sessionOver();
}

async function lockNow() {
  await post(body.lockUrl);
  sessionOver();
}

/** What an attempt to unlock led to. */
async function unlockedBy(answer) {
  const error = one("[data-session-error]", dialog);
  error.textContent = "";
  if (answer.status === 422) error.textContent = await answer.text();
  else if (answer.ok && !asksToLogIn(answer)) sessionBack();
  else show("gone");
}

// A scanner types into whatever has the focus and then Enter: here, into the password.
// What comes faster than hands can type is a scan, kept like any other.
let typed = [];
const fast = (value) => value.length > 3 && typed.length === value.length && typed.at(-1) - typed[0] < value.length * SCANNER;

function unlock(event) {
  event.preventDefault();
  const field = one("#unlock-password", dialog);
  const { value } = field;
  const isScan = fast(value);
  typed = [];
  field.value = "";
  if (isScan) document.dispatchEvent(new CustomEvent("scan:kept", { detail: value }));
  else if (value) post(body.unlockUrl, { password: value }).then(unlockedBy).catch(() => { field.value = value; });
}

async function unlockByPasskey(button) {
  const { run } = await import("./passkeys.js");
  const { options, send, failed } = button.dataset;
  await run({ kind: "proof", options, send }).then(unlockedBy, () => { one("[data-session-error]", dialog).textContent = failed; });
}

/** Whoever scans is here, and the warning must not swallow the scan. */
function answerWarning(event) {
  const box = one("#scan-input");
  if (!box) return;
  event.preventDefault();
  dialog.close();
  box.value += event.key;
  box.focus();
  stay().catch(() => {});
}

function keyInDialog(event) {
  if (event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!over) return answerWarning(event);
  const field = one("#unlock-password", dialog);
  if (field && event.target !== field) field.focus();
  if (!field?.value) typed = [];
  typed.push(event.timeStamp);
}

function tick() {
  if (over) return;
  const left = Math.round(secondsLeft());
  if (left <= 0) return sessionOver();
  if (left > WARNING) return dialog.open && dialog.close();
  const quiet = (Date.now() - acted) / 1000;
  if (quiet < 30) return void stay().catch(() => {}); // somebody is typing; no network: asked again soon
  if (!dialog.open) {
    announce(one("[data-session-text]", dialog).textContent, { now: true });
    openDialog("session-dialog");
  }
  const minutes = Math.floor(left / 60);
  one("[data-session-left]", dialog).textContent = `${minutes}:${String(left % 60).padStart(2, "0")}`;
}

if (limit > 0 && dialog) {
  heard();
  for (const kind of ["keydown", "pointerdown"]) {
    document.addEventListener(kind, (event) => {
      if (!dialog.contains(event.target)) acted = Date.now();
    }, { passive: true });
  }
  one("[data-session-stay]", dialog).addEventListener("click", () => stay().catch(() => {}));
  dialog.addEventListener("keydown", keyInDialog);
  dialog.addEventListener("cancel", (event) => { if (over) event.preventDefault(); });
  dialog.addEventListener("close", () => { if (over) dialog.showModal(); }); // a second Escape is not asked about
  unlocking?.addEventListener("submit", unlock);
  one("[data-session-passkey]", dialog)?.addEventListener("click", (event) => unlockByPasskey(event.currentTarget).catch(() => {}));
  addEventListener("focus", () => comeBack().catch(() => {})); // no network yet: the next focus tries again
  document.addEventListener("visibilitychange", () => comeBack().catch(() => {}));
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-lock]")) {
      event.preventDefault();
      event.target.closest("details")?.removeAttribute("open");
      return void lockNow().catch(() => {});
    }
    // A form sent now would be answered with the log-in page and what was typed lost.
    if (!over || event.target.method !== "post" || event.target === unlocking) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    sessionOver();
  }, { capture: true });
  if (body.lockUrl) onKey("F8", dialog.dataset.lockKey, () => lockNow().catch(() => {}), { group: "everywhere" });
  document.addEventListener("htmx:afterRequest", (event) => {
    const unattended = event.detail.requestConfig?.headers?.["X-Unattended"];
    if (event.detail.successful && !unattended) heard();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 401 || isLogIn(xhr.responseURL)) {
      event.detail.shouldSwap = false;
      sessionOver();
    }
  });
  setInterval(tick, 1000 * Math.min(10, Math.max(1, limit / 60)));
}
