// Passkeys. A part of a page says what it wants by attributes:
//   data-passkey="new" or "proof", data-options (address), data-send (address)
// with a button in it, an [data-passkey-error] for words, and for "new" an input "label".
import { all, csrfToken, one } from "./dom.js";

const able = () => Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON);

function post(url, fields = {}) {
  const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true" };
  return fetch(url, { method: "POST", headers, body: new URLSearchParams(fields), redirect: "manual", credentials: "same-origin" });
}

async function answerOf(kind, asked) {
  const options = kind === "new" ? PublicKeyCredential.parseCreationOptionsFromJSON(asked) : PublicKeyCredential.parseRequestOptionsFromJSON(asked);
  const made = kind === "new" ? await navigator.credentials.create({ publicKey: options }) : await navigator.credentials.get({ publicKey: options });
  return JSON.stringify(made.toJSON());
}

/** Asks the server, then the person's device, then the server again. */
export async function run({ kind, options, send, label = "" }) {
  const asked = await post(options);
  if (!asked.ok) return asked;
  return post(send, { answer: await answerOf(kind, await asked.json()), label });
}

async function start(part) {
  const error = one("[data-passkey-error]", part);
  error.textContent = "";
  const { passkey: kind, options, send } = part.dataset;
  try {
    const answer = await run({ kind, options, send, label: one("[name=label]", part)?.value });
    if (answer.status === 422) error.textContent = await answer.text();
    else if (answer.ok) location.assign((await answer.json()).next);
    else location.reload(); // the time to do it has run out
  } catch {
    error.textContent = part.dataset.failed; // refused or given up by the person's device
  }
}

for (const part of all("[data-passkey]")) {
  const button = one("button", part);
  button.disabled = !able();
  if (!able()) one("[data-passkey-error]", part).textContent = part.dataset.unable;
  button.addEventListener("click", (event) => { event.preventDefault(); start(part).catch(() => {}); });
}
