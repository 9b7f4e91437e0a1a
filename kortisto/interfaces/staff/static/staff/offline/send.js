// Send what the desk did, in its order. It may be sent any number of times: the server
// takes each key once and tells again what it told before.
import * as store from "./store.js";

const AT_ONCE = 100;

/** What the server says of who is logged in: {who, csrf}; null: nobody. Throws offline. */
export async function session(urls) {
  const answer = await fetch(urls.session, { headers: { "X-Unattended": "yes" }, credentials: "same-origin" });
  return answer.ok ? answer.json() : null;
}

const asSent = ({ key, kind, at, barcode, card, due_on }) => ({ key, kind, at, barcode, card, due_on });

/**
 * Sends everything that waits. Gives {left, words, refused}: how many still wait, and
 * why. One tab at a time sends; throws when there is no connection.
 */
export function sendAll(urls, csrf) {
  return navigator.locks.request("kortisto-offline-send", async () => {
    for (;;) {
      const waiting = (await store.all()).filter((row) => row.state === "waiting");
      if (waiting.length === 0) return { left: 0, words: "", refused: false };
      const { ticket } = waiting[0];
      const batch = waiting.filter((row) => row.ticket === ticket).slice(0, AT_ONCE);
      const answer = await fetch(urls.merge, {
        method: "POST", credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
        body: JSON.stringify({ ticket, work: batch.map((row) => asSent(row.done)) }),
      });
      const told = await answer.json().catch(() => ({}));
      if (!answer.ok || !told.answers) return { left: waiting.length, words: told.words ?? "", refused: Boolean(told.refused) };
      const again = await takeAnswers(batch, told.answers);
      if (again) return { left: again, words: "", refused: false };
    }
  });
}

/** Keeps what became of each; gives how many must be sent once more. */
async function takeAnswers(batch, answers) {
  const rows = new Map(batch.map((row) => [row.done.key, row]));
  let again = 0;
  for (const answer of answers) {
    const row = rows.get(answer.key);
    if (!row) continue;
    if (answer.again) { again += 1; continue; }
    const { kind, at, barcode } = row.done;
    const told = { kind, at, barcode, title: answer.title || row.done.title, words: answer.words, due_on: answer.due_on };
    await store.settle(row.seq, answer.state, told);
  }
  return again;
}
