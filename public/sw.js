// Lets pages that were open open again without a connection: a reload in a tunnel shows what was there, and what was
// written meanwhile is still waiting to be sent. Nothing else: with a connection, pages always come from the server.

// The cache of pages is named by the account that they were drawn for. There is one at most: with the account that is
// signed in, it goes.
const PAGES = "pages-2-";
const ASSETS = "assets-1";
// A page's answer says for which account it was drawn, see server/src/leptos_context.rs.
const ACCOUNT = "x-weconnect-account";
const NOBODY = "none";
// What may change who is signed in.
const CHANGES_ACCOUNT = /\/api\/(sign_in|enter_code|verify|sign_out|end_session|reset_password|delete_account)$/;
// Pages kept, the least recently kept go first, a conversation counts twice; and scripts and styles, of this version and
// the one before.
const MAX_PAGES = 60;
const MAX_ASSETS = 40;

// What the app asks for when somebody goes to a conversation without loading its page.
const OPEN = "/api/open_conversation";

// The sentences of the page without a connection. `cargo xtask words` writes them, from app/src/words.
const WORDS = {
  "MESSAGES_WAIT": "Your unsent messages will be sent when you’re back online.",
  "OFFLINE": "You’re offline",
  "PAGE_NOT_KEPT": "The server can’t be reached, and this page isn’t saved in this browser.",
  "TO_YOUR_CONVERSATIONS": "Go to your conversations",
  "TRY_AGAIN": "Try again",
  "WINDOW_TITLE": "You’re offline · WeConnect"
};

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
  if (request.method === "POST" && url.pathname.endsWith(OPEN)) event.respondWith(conversation(request));
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
    const kept = fetch(path, { headers }).then((answer) => keepPage(path, answer, turn));
    event.waitUntil(kept.then((account) => account && keepConversation(path, account)).catch(() => {}));
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
    return (await find(path)) || away(path);
  }
}

// What is kept, for whom it is kept.
async function find(key) {
  await changing;
  const cacheName = (await caches.keys()).find((name) => name.startsWith(PAGES));
  return cacheName && caches.match(key, { cacheName });
}

// Asked for by POST, which no cache keeps: an answer lies under an address of its own.
const keyOf = (id) => `${OPEN}/${id}`;

async function conversation(request) {
  const asked = await request.clone().json().catch(() => ({}));
  const kept = async () => asked.before == null && (await find(keyOf(asked.id)));
  try {
    const answer = await fetch(request);
    // The server, or what stands in front of it, is there and can't.
    return (answer.status >= 502 && answer.status <= 504 && (await kept())) || answer;
  } catch (error) {
    const answer = await kept();
    if (answer) return answer;
    throw error;
  }
}

async function keepConversation(path, account) {
  const id = path.match(/^\/c\/([^/]+)$/)?.[1];
  if (!id) return;
  const headers = { accept: "application/json", "content-type": "application/json" };
  // Refused when somebody else is signed in by now.
  const answer = await fetch(`/as/${account}${OPEN}`, { method: "POST", headers, body: JSON.stringify({ id, before: null }) });
  if (answer.ok) await put(account, keyOf(id), answer);
}

// Keeps it as the newest, unless somebody else is signed in by now.
function put(account, key, answer) {
  return alone(async () => {
    if (known.account !== account) return;
    const cache = await caches.open(PAGES + account);
    await cache.delete(key);
    await cache.put(key, answer);
    await trim(cache, MAX_PAGES);
  });
}

// There is no connection, and this page was not kept. Nothing of it runs: a script would need the server's nonce.
async function away(path) {
  const assets = await caches.open(ASSETS);
  const styles = (await assets.keys()).map((request) => new URL(request.url).pathname).filter((name) => name.endsWith(".css"));
  const style = styles.length ? `<link rel="stylesheet" href="${styles.at(-1)}">` : "";
  const home = path === "/" ? "" : `<a class="btn btn-plain" href="/">${WORDS.TO_YOUR_CONVERSATIONS}</a>`;
  const html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${WORDS.WINDOW_TITLE}</title>
<link rel="icon" type="image/svg+xml" href="/favicon.svg">
${style}
</head>
<body>
<div class="porch">
<main class="porch-card">
<h1 class="mb-2 font-serif text-3xl font-semibold">${WORDS.OFFLINE}</h1>
<p class="mb-2" role="alert">${WORDS.PAGE_NOT_KEPT}</p>
<p class="mb-6 text-quiet">${WORDS.MESSAGES_WAIT}</p>
<p class="flex flex-wrap gap-2"><a class="btn btn-primary" href="">${WORDS.TRY_AGAIN}</a> ${home}</p>
</main>
</div>
</body>
</html>`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'",
  };
  return new Response(html, { status: 503, headers });
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

// Only pages of somebody signed in are worth keeping. Returns for which account it was kept, if it was.
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
  await put(account, path, new Response(html, { headers: answer.headers }));
  return account;
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
