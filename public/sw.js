// Lets pages that were open open again without a connection: a reload in a tunnel shows what was there, and what was
// written meanwhile is still waiting to be sent. Nothing else: with a connection, pages always come from the server.

// The cache of pages is named by the account that they were drawn for. There is one at most: with the account that is
// signed in, it goes.
const PAGES = "pages-2-";
const ASSETS = "assets-1";
// A page's answer says for which account it was drawn, see server/src/pages.rs.
const ACCOUNT = "x-weconnect-account";
const NOBODY = "none";
// What may change who is signed in.
const CHANGES_ACCOUNT = /\/api\/(sign_in|enter_code|verify|sign_out|end_session|reset_password|delete_account)$/;
// Pages kept, the least recently kept go first; and scripts and styles, of this version and the one before.
const MAX_PAGES = 30;
const MAX_ASSETS = 40;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const isCurrent = (key) => key === ASSETS || key.startsWith(PAGES);
  const old = caches.keys().then((keys) => keys.filter((key) => !isCurrent(key)));
  event.waitUntil(
    old.then((keys) => Promise.all(keys.map((key) => caches.delete(key)))).then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  // Whatever comes of it: no page is kept until the next one says for whom it was drawn.
  if (request.method === "POST" && CHANGES_ACCOUNT.test(url.pathname)) event.waitUntil(keepFor(NOBODY, ++asked));
  if (request.method !== "GET") return;
  // A download: as long as it likes, and none of our business.
  if (url.pathname.startsWith("/account/")) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (url.pathname.startsWith("/pkg/") || /\.(svg|webmanifest)$/.test(url.pathname)) event.respondWith(asset(event));
});

// The app moved to another address without loading it: keep that page as well.
self.addEventListener("message", (event) => {
  const path = event.data && event.data.keep;
  if (typeof path === "string" && path.startsWith("/")) {
    const turn = ++asked;
    // What a page says once is for who looks at it.
    const headers = { accept: "text/html", purpose: "prefetch" };
    event.waitUntil(fetch(path, { headers }).then((answer) => keepPage(path, answer, turn)).catch(() => {}));
  }
});

async function page(event) {
  const path = new URL(event.request.url).pathname;
  const turn = ++asked;
  try {
    const answer = await fetch(event.request);
    // Beside the answer: a browser that keeps nothing still shows the page.
    event.waitUntil(keepPage(path, answer.clone(), turn).catch(() => {}));
    return answer;
  } catch (error) {
    await changing;
    const cacheName = (await caches.keys()).find((key) => key.startsWith(PAGES));
    const kept = cacheName && ((await caches.match(path, { cacheName })) || (await caches.match("/", { cacheName })));
    if (kept) return kept;
    throw error;
  }
}

// Requests that tell who is signed in are numbered as they leave. An answer that was overtaken by a later one, which
// told of somebody else, is out of date.
let asked = 0;
let known = { account: undefined, turn: 0 };
// Caches are changed by one at a time.
let changing = Promise.resolve();

function alone(change) {
  const done = changing.then(change);
  changing = done.catch(() => {});
  return done;
}

// Throws away the pages of all but this account. Whether it is still the one that is signed in.
function keepFor(account, turn) {
  return alone(async () => {
    if (account !== known.account) {
      if (turn < known.turn) return false;
      known = { account, turn };
    }
    const keys = (await caches.keys()).filter((key) => key.startsWith(PAGES) && key !== PAGES + account);
    await Promise.all(keys.map((key) => caches.delete(key)));
    return true;
  });
}

// Only pages of somebody signed in are worth keeping.
async function keepPage(path, answer, turn) {
  const account = answer.headers.get(ACCOUNT);
  if (!account || !(await keepFor(account, turn)) || account === NOBODY) return;
  const type = answer.headers.get("content-type") || "";
  const isAppPage = path === "/" || path === "/new" || path === "/settings" || path.startsWith("/c/");
  if (!answer.ok || answer.redirected || !type.startsWith("text/html") || !isAppPage) return;
  // Read before anybody else has to wait for it.
  const html = await answer.text();
  // First what the page needs: at the first visit, that was loaded before there was a worker to see it pass.
  await keepAssets(html);
  await alone(async () => {
    if (known.account !== account) return;
    const cache = await caches.open(PAGES + account);
    // Deleted first, so that it becomes the newest.
    await cache.delete(path);
    await cache.put(path, new Response(html, { headers: answer.headers }));
    await trim(cache, MAX_PAGES);
  });
}

async function keepAssets(html) {
  const cache = await caches.open(ASSETS);
  const paths = new Set([...html.matchAll(/href="(\/pkg\/[^"]+)"/g)].map((found) => found[1]));
  for (const path of paths) {
    if (await cache.match(path, { ignoreVary: true })) continue;
    const answer = await fetch(path);
    if (answer.ok) await cache.put(path, answer);
  }
  await trim(cache, MAX_ASSETS);
}

// Names in /pkg carry a hash of their content: what is kept is right for ever. Others are asked for first.
async function asset(event) {
  const { request } = event;
  const cache = await caches.open(ASSETS);
  const isImmutable = /\/pkg\/.*\.[\w-]{16,}\./.test(request.url);
  if (isImmutable) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept) return kept;
  }
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      const copy = answer.clone();
      event.waitUntil(cache.put(request, copy).then(() => trim(cache, MAX_ASSETS), () => {}));
    }
    return answer;
  } catch (error) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function trim(cache, max) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - max)).map((key) => cache.delete(key)));
}
