import { expect, test } from "../support/test.ts";

// That no page of any other spec breaks the policy is checked by each spec: see `Faults`.

test("every answer says what a page may load, and nothing is inline or foreign", async ({ people }) => {
  const ada = await people.member("ada");
  const path = await ada.room("Tea house");
  for (const page of ["/", path, "/new", "/settings", "/settings/profile", "/no/such/page"]) {
    const answer = await ada.context.request.get(page);
    const policy = answer.headers()["content-security-policy"] ?? "";
    expect(policy, page).toContain("default-src 'none'");
    expect(policy, page).not.toContain("unsafe-inline");
    expect(policy, page).not.toContain("'unsafe-eval'");
    const nonce = policy.match(/'nonce-([^']+)'/)?.[1];
    expect(nonce, page).toBeTruthy();
    const html = await answer.text();
    for (const [script] of html.matchAll(/<script[^>]*>/g)) expect(script, page).toContain(nonce);
    expect(html, page).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
    expect(html, page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(answer.headers()["cache-control"], page).toBe("no-store, no-transform");
    // Another page, another nonce.
    const again = await ada.context.request.get(page);
    expect(again.headers()["content-security-policy"], page).not.toContain(nonce);
  }
});

test("the policy is enforced: a script smuggled into the page does not run", async ({ people }) => {
  const ada = await people.member("ada");
  ada.faults.tolerate(/Content Security Policy/);
  const tab = await ada.tab("/");
  const ran = await tab.page.evaluate(() => {
    const hole = document.createElement("div");
    hole.innerHTML = `<button onclick="document.documentElement.dataset.ran = 'yes'">`;
    document.body.append(hole);
    hole.querySelector("button")?.click();
    return document.documentElement.dataset.ran ?? "no";
  });
  expect(ran).toBe("no");
});

test("another site can't use somebody's session", async ({ people }) => {
  const ada = await people.member("ada");
  const path = await ada.room("Tea house");
  const request = ada.context.request;
  const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const form = { username: "somebody" };
  expect((await request.post("/api/start_direct", { form, headers })).status()).toBe(403);
  expect((await request.get("/ws", { headers: { ...headers, connection: "upgrade", upgrade: "websocket" } })).status())
    .toBe(403);
  // And the session's cookie is out of any script's reach.
  const tab = await ada.tab(path);
  expect(await tab.page.evaluate(() => document.cookie)).toBe("");
  const [cookie] = await ada.context.cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
});
