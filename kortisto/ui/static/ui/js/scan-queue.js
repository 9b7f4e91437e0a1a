// Scans that the server has not answered yet. They are kept in localStorage, so a
// closed tab, a lost network or an ended session loses none of them.
const STORE = "kortisto-scans";
let memory = []; // where the browser refuses storage, the page itself remembers

/** A key that the server keeps unique, so that a scan sent twice counts once. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http on a closed network
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function waiting() {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "[]");
  } catch {
    return memory;
  }
}

function keep(scans) {
  memory = scans;
  try {
    if (scans.length === 0) localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, JSON.stringify(scans));
  } catch {
    // Storage is full or forbidden: the scans stay in memory and on the screen.
  }
}

/**
 * Puts a scan last in the queue. `fields` are what the form said when the scan was
 * made; null behind another scan, because that one's answer decides them.
 */
export function add({ scan, url, who, fields }) {
  const entry = { key: newKey(), scan, url, who, fields, at: new Date().toISOString() };
  keep([...waiting(), entry]);
  return entry;
}

export const first = () => waiting()[0];

export function remove(key) {
  keep(waiting().filter((entry) => entry.key !== key));
}

/** Settles what the first scan carries, before it is sent the first time. */
export function settle(fields) {
  const [head, ...rest] = waiting();
  if (!head) return undefined;
  const settled = { ...head, fields: head.fields ?? fields };
  keep([settled, ...rest]);
  return settled;
}

/** Another tab changed the queue. */
export function onChange(tell) {
  addEventListener("storage", (event) => { if (event.key === STORE) tell(); });
}
