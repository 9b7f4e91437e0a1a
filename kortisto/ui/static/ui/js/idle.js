// The end of a session is announced five minutes before and swallows nothing: the
// page stays as it is, and whoever comes back logs in in another tab.
import { all, csrfToken, one, refreshCsrfToken } from "./dom.js";
import { openDialog } from "./dialog.js";
import { announce } from "./live.js";

const WARNING = 5 * 60; // seconds
const LAST = "kortisto-last-request";
const body = document.body.dataset;
const limit = Number(body.sessionSeconds ?? 0);
const dialog = one("#session-dialog");
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

function showEnd(ended) {
  for (const part of all("[data-session-soon], [data-session-stay]", dialog)) part.hidden = ended;
  for (const part of all("[data-session-over], [data-session-log-in]", dialog)) part.hidden = !ended;
}

/** Shows that the session is over and how to go on. */
export function sessionOver() {
  over = true;
  if (!dialog) return;
  showEnd(true);
  openDialog("session-dialog");
}

/** The session works again: the dialog goes away. */
export function sessionBack() {
  over = false;
  heard();
  if (!dialog) return;
  showEnd(false);
  dialog.close();
  document.dispatchEvent(new CustomEvent("session:back"));
}

/** Back from logging in in another tab: everything on the page works again. */
async function comeBack() {
  if (over && document.visibilityState === "visible" && (await refreshCsrfToken())) sessionBack();
}

export const isOver = () => over;

async function stay() {
  const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true" };
  const answer = await fetch(body.stayUrl, { method: "POST", headers, redirect: "manual", credentials: "same-origin" });
  if (answer.ok && !asksToLogIn(answer)) sessionBack();
  else if (asksToLogIn(answer)) sessionOver();
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
  dialog.addEventListener("cancel", (event) => { if (over) event.preventDefault(); });
  addEventListener("focus", () => comeBack().catch(() => {})); // no network yet: the next focus tries again
  document.addEventListener("visibilitychange", () => comeBack().catch(() => {}));
  document.addEventListener("submit", (event) => {
    // A form sent now would be answered with the log-in page and what was typed lost.
    if (!over || event.target.method !== "post") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    sessionOver();
  }, { capture: true });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) heard(); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 401 || isLogIn(xhr.responseURL)) {
      event.detail.shouldSwap = false;
      sessionOver();
    }
  });
  setInterval(tick, 1000 * Math.min(10, Math.max(1, limit / 60)));
}
