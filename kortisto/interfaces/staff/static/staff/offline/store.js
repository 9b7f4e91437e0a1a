// What the workstation keeps on its own disk. The copy of items and cards is one thing,
// the queue of what was done another: making the desk ready anew never touches the queue.
const NAME = "kortisto-offline";
const CODES = ["items", "cards"];

let opened;
function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const name of ["kit", "keys", ...CODES]) asked.result.createObjectStore(name);
      asked.result.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

const answerOf = (asked) => new Promise((resolve, reject) => {
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

/** Runs in one transaction; resolves when the disk has it, with what `work` gave. */
async function writing(names, work) {
  const transaction = (await database()).transaction(names, "readwrite", { durability: "strict" });
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  const made = work(...names.map((name) => transaction.objectStore(name)));
  await ended;
  return made && "result" in made ? made.result : made;
}

async function reading(name, ask) {
  const transaction = (await database()).transaction(name);
  return answerOf(ask(transaction.objectStore(name)));
}

/** Whether this browser can keep what the offline desk needs. */
export const isPossible = () => Boolean(window.isSecureContext && window.indexedDB && crypto.subtle && navigator.serviceWorker);

// Keys: made or brought in so that no script, ours either, can read them out again.
const CIPHER = "AES-GCM";

/** The key of the queue. It is made once and outlives every copy. */
async function queueKey() {
  const known = await reading("keys", (keys) => keys.get("queue"));
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ["encrypt", "decrypt"]);
  await writing(["keys"], (keys) => keys.add(made, "queue")).catch(() => undefined); // another tab was first
  return reading("keys", (keys) => keys.get("queue"));
}

async function sealed(content) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(content));
  return { iv, data: await crypto.subtle.encrypt({ name: CIPHER, iv }, await queueKey(), text) };
}

async function unsealed({ iv, data }) {
  const text = await crypto.subtle.decrypt({ name: CIPHER, iv }, await queueKey(), data);
  return JSON.parse(new TextDecoder().decode(text));
}

// The copy.

/** The kit in use, or undefined. */
export const kit = () => reading("kit", (kits) => kits.get("now"));

const inKit = (id, code) => `${String(id).padStart(12, "0")}|${code}`;
const allOf = (id) => IDBKeyRange.bound(inKit(id, ""), inKit(id, "\uffff"));
const before = (id) => IDBKeyRange.upperBound(inKit(id, ""), true);

/** Keeps rows of a copy that is being fetched. Their first value is their code. */
export const keepRows = (name, id, rows) => writing([name], (store) => {
  for (const [code, ...rest] of rows) store.put(rest, inKit(id, code));
});

/** From now on this copy is the one in use; whatever was before it goes. */
export async function take(told) {
  const raw = Uint8Array.from(atob(told.key), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const { id, ticket, head, language } = told;
  const behind = Date.parse(told.now) - told.asked_at; // the server's clock is the one that counts
  await writing(["kit", ...CODES], (kits, ...stores) => {
    kits.put({ id, ticket, head, key, language, behind, taken: told.taken }, "now");
    for (const store of stores) store.delete(before(id));
  });
}

/** Drops a copy that was not fetched to its end. */
export const dropRows = (id) => writing(CODES, (...stores) => {
  for (const store of stores) store.delete(allOf(id));
});

/** Takes the copy off the workstation; the queue stays. */
export const removeCopy = () => writing(["kit", ...CODES], (...stores) => {
  for (const store of stores) store.clear();
});

/** A card or a barcode as it is compared: no white space, in capitals. */
export const normal = (text) => text.replace(/\s+/gu, "").toUpperCase();

/** What the copy knows of a card: {category, standing, age, home}, or undefined. */
export async function card(now, number) {
  const hash = await cardHash(now, number);
  const row = await reading("cards", (cards) => cards.get(inKit(now.id, hash)));
  if (!row) return undefined;
  const [category, standing, age, home] = row;
  return { hash, category, standing, age, home };
}

export async function cardHash(now, number) {
  const signed = await crypto.subtle.sign("HMAC", now.key, new TextEncoder().encode(normal(number)));
  return [...new Uint8Array(signed).slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the copy knows of an item, or undefined. */
export async function item(now, barcode) {
  const row = await reading("items", (items) => items.get(inKit(now.id, normal(barcode))));
  if (!row) return undefined;
  const [type, home, library, title, reasons, queue, waitsFor, age] = row;
  return { type, home, library, title, reasons, queue, waitsFor, age };
}

// The queue. Only its state can be read on the disk; what was done is sealed.

/** Puts something last. Resolves when the disk has it: before that nothing was done. */
export async function add(now, done) {
  const kept = await sealed(done);
  return writing(["queue"], (queue) => queue.add({ ticket: now.ticket, state: "waiting", ...kept }));
}

/** Everything, in the order in which it was done. */
export async function all() {
  const rows = await reading("queue", (queue) => queue.getAll());
  return Promise.all(rows.map(async (row) => ({ ...row, done: await unsealed(row) })));
}

/** What became of one that was sent: nothing of the patron stays with it. */
export async function settle(seq, state, told) {
  const kept = await sealed(told);
  await writing(["queue"], (queue) => {
    const asked = queue.get(seq);
    asked.onsuccess = () => { if (asked.result) queue.put({ ...asked.result, state, ...kept }); };
  });
}

/** Forgets those that have been sent, or others by their number. */
export const forget = (seqs) => writing(["queue"], (queue) => { for (const seq of seqs) queue.delete(seq); });
