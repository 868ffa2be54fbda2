import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { product } from "../product.js";
import { Tiki, TikiError } from "../tiki.js";

// the sandbox; the calls of the connector go there too, or to a proxy in front of it
const { SELLERSPEC_URL: url, SELLERSPEC_TOKEN: token, TIKI_URL: proxy } = process.env;
const articles = JSON.parse(await readFile(new URL("../articles.json", import.meta.url)));
const timeout = proxy ? 10_000 : 1000; // mutations let calls time out, a proxy does not
const tiki = new Tiki(proxy ?? url, token, { timeout, pause: () => {} });

/** Asks or changes the sandbox behind the API. */
async function sandbox(path, body) {
  const headers = { "content-type": "application/json" };
  const method = body ? "POST" : "GET";
  return (await fetch(`${url}/__sellerspec/${path}`, { method, headers, body: JSON.stringify(body) })).json();
}

test.before(() => sandbox("reset", {}));

test("the products of the shop satisfy the contract", async () => {
  for (const article of articles) {
    const { findings } = await sandbox("check/tiki/createProduct", product(article));
    assert.deepEqual(findings.map(({ rule, message }) => `${rule}: ${message}`), []);
  }
});

test("a product is approved in the end", async () => {
  const traceId = await tiki.push(product(articles[0]));
  assert.deepEqual(await tiki.tracking(traceId), { state: "queuing", reason: "" });
  await sandbox("clock", { advance: 3600 });
  assert.deepEqual(await tiki.tracking(traceId), { state: "approved", reason: "" });
});

test("a request that nobody made is an error", async () => {
  await assert.rejects(tiki.tracking("0".repeat(32)), TikiError);
});

test("every order that waits is pulled once, with its lines", async () => {
  const kept = Object.values((await sandbox("state")).tables.orders).filter(({ seller }) => seller === "1");
  const waiting = kept.map(({ order }) => order).filter(({ status }) => status === "queueing");
  assert.ok(waiting.length > 20); // more than a page
  const expected = waiting.map((order) => ({
    code: order.order_code,
    status: "queueing",
    lines: order.items.map((item) => ({ article: item.original_sku || item.sku, quantity: item.qty })),
  }));
  const byCode = (one, other) => one.code.localeCompare(other.code);
  assert.deepEqual((await tiki.orders()).sort(byCode), expected.sort(byCode));
});
