// The desk that goes on without a connection: cards, items, what was brought.
import "../../ui/js/theme.js";
import { all, make, one } from "../../ui/js/dom.js";
import { announce } from "../../ui/js/live.js";
import { play } from "../../ui/js/sound.js";
import { calendarOf, dayText, dueForCheckout, local, termsFor } from "./due.js";
import { sendAll, session } from "./send.js";
import * as store from "./store.js";

const read = (id) => JSON.parse(one(`#${id}`).textContent);
const words = read("offline-words");
const urls = read("offline-urls");
const BARRED = 1;
const REPLACED = 2;
const SHOWN = 100;
const ASK_EVERY = 15000; // milliseconds
const STOPS = ["block", "override"];
const KINDS = { done: "ok", nothing: "info", stuck: "attention", unclear: "stop", waiting: "info", settled: "ok", dropped: "info" };

let kit; // the copy, or undefined
let patron = null; // {number, facts}: the card that is open
let mode = "out";
let queue = [];
let refused = false; // the server takes nothing more of what waits
let lastWords = "";

const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/gu, (_all, name) => values[name]);
const clock = () => Date.now() + (kit?.behind ?? 0);
const dayInWords = (text) => text.split("-").reverse().map(Number).join(".");
const masked = (number) => (number.length > 4 ? `…${number.slice(-4)}` : number);
const timeInWords = (at) => new Intl.DateTimeFormat("fi", { timeZone: "Europe/Helsinki", day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit" }).format(at);

// What is said.

function say(kind, word, title = "", buttons = []) {
  const place = one("[data-outcome]");
  const box = make("div", `outcome kind-${kind}`);
  const inside = make("div");
  inside.append(make("p", "outcome-word", word));
  if (title) inside.append(make("p", "outcome-title", title));
  box.append(one(`[data-icon=${kind}]`).content.cloneNode(true), inside);
  place.replaceChildren(box, ...buttons);
  play(kind);
  announce([word, title].filter(Boolean).join(". "), { now: kind === "stop" });
}

function showPatron() {
  const place = one("[data-patron]");
  place.hidden = mode !== "out" || !patron;
  one("[data-patron-word]").textContent = patron ? filled(words.card_open, { card: masked(patron.number) }) : "";
  one("label[for=scan-input]").textContent = mode === "in" ? words.scan_return : patron ? words.scan_item : words.scan_card;
}

function badge(state) {
  return make("span", `badge kind-${KINDS[state] ?? "info"}`, words[`state_${state}`] ?? state);
}

function line({ seq, state, done }) {
  const row = make("tr");
  const what = make("th", "", `${words[done.kind]} · ${timeInWords(new Date(done.at))}`);
  what.scope = "row";
  const item = make("td", "", [done.title, done.barcode].filter(Boolean).join(" · "));
  const told = [done.kind === "checkout" && done.due_on ? filled(words.lent_until, { due: dayInWords(done.due_on) }) : "", ...(done.words ?? [])];
  const how = make("td", "", told.filter(Boolean).join(" "));
  const last = make("td");
  last.append(badge(state));
  if (state === "unclear" || (refused && state === "waiting")) {
    const button = make("button", "button button-small", one("[data-remove-word]").content.textContent.trim());
    button.type = "button";
    button.addEventListener("click", async () => { await store.forget([seq]); await refresh(); });
    last.append(" ", button);
  }
  row.append(what, item, how, last);
  return row;
}

function showCounts() {
  const count = (...states) => queue.filter((row) => states.includes(row.state)).length;
  const told = { waiting: count("waiting"), sent: count("done", "nothing", "stuck", "settled", "dropped"), conflicts: count("stuck", "unclear") };
  for (const [name, n] of Object.entries(told)) {
    one(`[data-count=${name}]`).textContent = filled(words[name], { n });
    one(`[data-count=${name}]`).hidden = name === "conflicts" && n === 0;
  }
  one("[data-send]").disabled = told.waiting === 0;
  one("[data-empty]").hidden = queue.length > 0;
  one("[data-list]").hidden = queue.length === 0;
  one("[data-list] tbody").replaceChildren(...queue.slice(-SHOWN).reverse().map(line));
}

function showKit() {
  const ready = one("[data-ready]");
  const until = kit ? timeInWords(new Date(kit.head.expires_at)) : "";
  ready.textContent = !kit ? words.not_ready : filled(hasRunOut() ? words.ran_out : words.ready_until, { until });
  if (kit) {
    one("[data-library]").textContent = kit.head.library_name;
    one(".desk-banner").classList.add(`lib-hue-${kit.head.hue}`);
  }
  for (const field of all("#scan-input, [data-mode]")) field.disabled = !kit || hasRunOut();
}

const hasRunOut = () => Boolean(kit) && clock() > Date.parse(kit.head.expires_at);

/** From the disk anew: another tab may have done something. */
async function refresh() {
  queue = await store.all();
  showCounts();
}

// What is done.

async function keep(done) {
  const full = { key: crypto.randomUUID(), at: new Date(clock()).toISOString(), ...done };
  try {
    await store.add(kit, full);
  } catch {
    say("stop", words.not_saved, done.title || done.barcode);
    return false;
  }
  await refresh();
  return true;
}

const lately = (barcode) => queue.filter((row) => row.done.barcode === barcode && row.state === "waiting").at(-1)?.done;

async function openCard(number) {
  const facts = await store.card(kit, number);
  patron = null;
  if (facts?.standing === BARRED) say("stop", words.card_barred, masked(number));
  else if (facts?.standing === REPLACED) say("stop", words.card_replaced, masked(number));
  else if (!facts) {
    const button = make("button", "button button-attention", words.lend_anyway);
    button.type = "button";
    button.addEventListener("click", () => { patron = { number, facts: null }; say("ok", filled(words.card_open, { card: masked(number) })); showPatron(); one("#scan-input").focus(); });
    say("attention", words.card_unknown, masked(number), [button]);
  } else {
    patron = { number, facts };
    say("ok", words.card_good, filled(words.card_open, { card: masked(number) }));
  }
  showPatron();
}

const stops = (reason) => STOPS.includes(kit.head.severity[reason]);

/** Why the item is not lent to this patron, in words; empty when it is. */
function whyNot(item) {
  const { facts } = patron;
  const why = item.reasons.filter(stops).map((reason) => words.reasons[reason]);
  if (item.waitsFor && item.waitsFor !== facts?.hash && stops("waits-for-another")) why.push(words.waits_for_another);
  const age = facts?.age ?? -1;
  if (item.age && age < item.age && stops(age < 0 ? "age-unknown" : "age-limit")) why.push(filled(words.age_limit, { age: item.age }));
  if (facts && !termsOf(item).forLoan) why.push(words.not_for_loan);
  return why.join(" ");
}

/** Whose rules hold: as the setting of the library says. */
function placeOf(item, here) {
  const { whose_rules: whose, library } = kit.head;
  if (whose === "item-home") return item.home;
  if (whose === "patron-home") return patron.facts.home;
  return whose === "checkout" || here ? library : item.library;
}

const termsOf = (item, here = false) => termsFor(kit.head, placeOf(item, here), patron.facts.category, item.type);

function dueOf(item, barcode) {
  if (!item || !patron.facts) return null;
  const here = queue.some((row) => row.done.barcode === barcode); // it has been in our hands
  const due = dueForCheckout(termsOf(item, here), calendarOf(kit.head.calendar, placeOf(item, here)), clock(), item.queue);
  return due === null ? null : dayText(local(due).day);
}

async function lend(barcode) {
  const before = lately(barcode);
  if (before?.kind === "checkout") {
    const same = before.card === patron.number;
    const due = before.due_on ? dayInWords(before.due_on) : "–";
    return same ? say("ok", filled(words.lent_already, { due }), before.title) : say("stop", words.lent_to_another, before.title || barcode);
  }
  const item = await store.item(kit, barcode);
  const why = item ? whyNot(item) : "";
  if (why) return say("stop", filled(words.item_stopped, { why }), item.title);
  const due_on = dueOf(item, barcode);
  const title = item?.title ?? "";
  if (!await keep({ kind: "checkout", barcode, card: patron.number, due_on, title })) return undefined;
  const told = item ? item.reasons.map((reason) => (kit.head.severity[reason] ? words.reasons[reason] : "")).filter(Boolean).join(" ") : words.item_unknown;
  const word = due_on ? filled(words.lent_until, { due: dayInWords(due_on) }) : words.lent_no_date;
  return say(told ? "attention" : "ok", word, [title || barcode, told].filter(Boolean).join(" – "));
}

async function takeBack(barcode) {
  if (lately(barcode)?.kind === "checkin") return say("ok", words.returned_twice, barcode);
  const item = await store.item(kit, barcode);
  const title = item?.title ?? "";
  if (!await keep({ kind: "checkin", barcode, title })) return undefined;
  return say("ok", words.returned, title || barcode);
}

let turn = Promise.resolve(); // scans one after another, however fast they come

async function scanned(text) {
  const code = store.normal(text);
  await refresh();
  if (!kit || hasRunOut()) return showKit();
  if (!code) { patron = null; one("[data-outcome]").replaceChildren(); return showPatron(); }
  if (mode === "in") return takeBack(code);
  if (!patron || await store.card(kit, code)) return openCard(code);
  return lend(code);
}

// What is sent.

async function connected() {
  const state = one("[data-connection]");
  let who = null;
  let online = true;
  try {
    who = await session(urls);
  } catch {
    online = false;
  }
  state.dataset.state = online ? "online" : "offline";
  one("[data-connection-word]").textContent = online ? words.online : words.offline;
  one("[data-log-in]").hidden = !online || Boolean(who);
  return who;
}

let sending = false;
async function send() {
  const who = await connected();
  await refresh();
  const waits = queue.some((row) => row.state === "waiting");
  if (!who || !waits || sending) return;
  sending = true;
  tellSending(words.sending);
  try {
    const outcome = await sendAll(urls, who.csrf);
    refused = outcome.refused;
    tellSending(outcome.left === 0 ? words.all_sent : outcome.words || words.send_failed);
  } catch {
    tellSending(words.send_failed); // no connection after all
  } finally {
    sending = false;
    await refresh();
  }
}

function tellSending(sentence) {
  one("[data-sending]").textContent = sentence;
  if (sentence !== lastWords) announce(sentence);
  lastWords = sentence;
}

// The page.

one("#offline-scan").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = one("#scan-input");
  const text = field.value;
  field.value = "";
  turn = turn.then(() => scanned(text));
});
for (const choice of all("[data-mode]")) {
  choice.addEventListener("click", () => {
    mode = choice.dataset.mode;
    patron = null;
    for (const other of all("[data-mode]")) {
      other.setAttribute("aria-pressed", String(other === choice));
      other.classList.toggle("button-primary", other === choice);
    }
    one("[data-outcome]").replaceChildren();
    showPatron();
    one("#scan-input").focus();
  });
}
one("[data-send]").addEventListener("click", send);
one("[data-close]").addEventListener("click", () => { turn = turn.then(() => scanned("")); one("#scan-input").focus(); });
addEventListener("online", send);
addEventListener("offline", connected);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
setInterval(() => { showKit(); send(); }, ASK_EVERY);

async function begin() {
  if (!store.isPossible()) return say("stop", words.not_possible);
  kit = await store.kit();
  showKit();
  showPatron();
  await refresh();
  one("#scan-input").focus();
  return send();
}
await begin();
