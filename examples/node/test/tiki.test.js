import assert from "node:assert/strict";
import test from "node:test";

import { Tiki, TikiError } from "../tiki.js";

const { SELLERSPEC_URL: url, SELLERSPEC_TOKEN: token } = process.env;
const tiki = new Tiki(url, token, { timeout: 1000, pause: () => {} });

const product = {
  category_id: 1846,
  name: "Laptop",
  description: "A laptop that does not exist.",
  image: "https://shop.example/laptop.png",
  images: ["https://shop.example/laptop-2.png"],
  attributes: { ram: "8GB", brand: "Example" },
  option_attributes: [],
  variants: [{ sku: "LAPTOP-1", price: 20000, quantity: 20, inventory_type: "backorder", supplier: 239091 }],
};

/** Asks or changes the sandbox behind the API. */
async function sandbox(path, body) {
  const headers = { "content-type": "application/json" };
  const method = body ? "POST" : "GET";
  return (await fetch(`${url}/__sellerspec/${path}`, { method, headers, body: JSON.stringify(body) })).json();
}

test("a product is approved in the end", async () => {
  const traceId = await tiki.push(product);
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
