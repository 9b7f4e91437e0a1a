// When a page cannot be fetched, the offline desk opens by itself. Everything else of
// the site goes to the server as ever: nothing that anybody has looked at is kept.
const CACHE = "kortisto-offline";
const DESK = "/offline/desk/";
const PATIENCE = 5000; // milliseconds that the network may take for what is kept here

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function fetched(request) {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), PATIENCE);
  try {
    return await fetch(request, { signal: given.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function keptOrFetched(request, kept) {
  try {
    const answer = await fetched(request);
    return answer.ok || answer.type === "opaqueredirect" ? answer : kept;
  } catch {
    return kept;
  }
}

async function toTheDesk(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(CACHE);
    if (await cache.match(DESK, { ignoreVary: true })) return Response.redirect(DESK, 302);
    throw error;
  }
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
  if (kept) return keptOrFetched(request, kept);
  return request.mode === "navigate" ? toTheDesk(request) : fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const ours = new URL(request.url).origin === self.location.origin;
  if (!ours || request.method !== "GET") return;
  if (request.mode === "navigate" || ["script", "style", "image", "manifest"].includes(request.destination)) {
    event.respondWith(answer(request));
  }
});
