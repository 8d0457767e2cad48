// Keeps the page of the door for when there is no network. What people are named on it never
// passes here: rosters and scans go straight to the portal and lie in the page's own database.
const KEPT = "door-{{ version }}";
const SHELL = {{ shell|safe }};

self.addEventListener("install", (event) => {
  const fresh = SHELL.map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("door-") && name !== KEPT).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (!SHELL.includes(address.pathname)) return;
  event.respondWith(caches.match(address.pathname, { cacheName: KEPT }).then((kept) => kept ?? fetch(request)));
});
