// Small helps that the other modules share.

/** The first element that matches, or null. */
export const one = (selector, root = document) => root.querySelector(selector);

/** Every element that matches, as an array. */
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Whether typed letters belong to this element: then they are never shortcuts. */
export function takesText(element) {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input") && !["checkbox", "radio", "button", "submit", "range"].includes(element.type);
}

/** An element with a class and text; text is never read as HTML. */
export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** The token that posts must carry. It changes at log-in, so ask each time. */
export const csrfToken = () => one('meta[name="csrf-token"]')?.content ?? "";

/** Fetches the token anew after somebody has logged in in another tab. */
export async function refreshCsrfToken() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = one('meta[name="csrf-token"]', page)?.content;
  if (!fresh) return false;
  one('meta[name="csrf-token"]').content = fresh;
  for (const field of all('input[name="csrfmiddlewaretoken"]')) field.value = fresh;
  return true;
}
