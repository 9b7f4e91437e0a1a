// Make this workstation ready to work without a connection (the page "Offline desk").
import { csrfToken, one } from "../../ui/js/dom.js";
import { announce } from "../../ui/js/live.js";
import * as store from "./store.js";

const read = (id) => JSON.parse(one(`#${id}`).textContent);
const words = read("offline-words");
const urls = read("offline-urls");
const CACHE = "kortisto-offline";

function say(sentence, kind = "") {
  const place = one("[data-offline-told]");
  place.textContent = sentence;
  place.dataset.kind = kind;
  if (sentence) announce(sentence);
}

const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/gu, (_all, name) => values[name]);
const when = (text) => new Intl.DateTimeFormat("fi", { dateStyle: "short", timeStyle: "short", timeZone: "Europe/Helsinki" }).format(new Date(text));

async function show() {
  const now = await store.kit();
  const queue = await store.all();
  const waiting = queue.filter((row) => row.state === "waiting").length;
  one("[data-offline-state]").textContent = now ? filled(words.ready_until, { until: when(now.head.expires_at) }) : words.not_ready;
  one("[data-offline-counts]").textContent = [
    ...(now ? [filled(words.made_items, { n: now.taken.items }), filled(words.made_cards, { n: now.taken.cards })] : []),
    filled(words.waiting, { n: waiting }),
  ].join(" · ");
  one("[data-offline-remove]").hidden = !now;
  one("[data-offline-open]").hidden = !now && queue.length === 0;
}

async function asked(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", ...options });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(url), { words: told.words });
  return told;
}

/** The page of the desk and everything that it needs, so that it opens from the disk. */
async function keepPage() {
  const answer = await fetch(urls.desk, { cache: "reload", credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
  const parts = [...page.querySelectorAll("link[rel~=stylesheet], link[rel~=icon], link[rel~=manifest], script[src], use")]
    .map((part) => part.getAttribute("href") ?? part.getAttribute("src"))
    .filter(Boolean).map((address) => address.split("#")[0]).filter(Boolean);
  const cache = await caches.open(CACHE);
  await cache.addAll([...new Set([...parts, ...urls.modules])].map((address) => new Request(address, { cache: "reload" })));
  await cache.put(urls.desk, answer);
}

async function part(name, told) {
  let after = 0;
  let count = 0;
  while (after !== null) {
    const body = new URLSearchParams({ after });
    const { rows, after: next } = await asked(told.parts[name], { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
    await store.keepRows(name, told.id, rows);
    count += rows.length;
    after = next;
    say(`${words.making} ${filled(words[`made_${name}`], { n: count })}`);
  }
  return count;
}

async function makeReady() {
  if ((await store.all()).some((row) => row.state === "waiting")) return say(words.send_first, "attention");
  say(words.making);
  let told = null;
  try {
    await navigator.serviceWorker.register(urls.worker, { scope: "/" });
    await navigator.storage?.persist?.();
    const asked_at = Date.now();
    told = await asked(urls.kits, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
    const taken = { items: await part("items", told), cards: await part("cards", told) };
    await keepPage();
    await store.take({ ...told, asked_at, taken, language: document.documentElement.lang });
    await store.forget((await store.all()).filter((row) => row.state !== "unclear").map((row) => row.seq));
    say(words.made, "ok");
  } catch (error) {
    if (told) await store.dropRows(told.id);
    say([words.make_failed, error.words].filter(Boolean).join(" "), "stop");
    if (!error.words) console.warn(error);
  }
  return show();
}

const button = one("[data-offline-make]");
if (!store.isPossible()) {
  button.disabled = true;
  say(words.not_possible, "stop");
} else {
  button.addEventListener("click", async () => {
    button.disabled = true;
    await makeReady();
    button.disabled = button.dataset.shut === "yes";
    button.focus();
  });
  one("[data-offline-remove]").addEventListener("click", async () => {
    await store.removeCopy();
    if (!(await store.all()).some((row) => row.state === "waiting")) {
      await caches.delete(CACHE);
      await (await navigator.serviceWorker.getRegistration("/"))?.unregister();
    }
    say(words.removed);
    await show();
  });
  show();
}
