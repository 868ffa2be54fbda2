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

test("a product is approved in the end", async () => {
  const traceId = await tiki.push(product);
  assert.deepEqual(await tiki.tracking(traceId), { state: "queuing", reason: "" });
  await fetch(`${url}/__sandbox/clock`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ advance: 3600 }),
  });
  assert.deepEqual(await tiki.tracking(traceId), { state: "approved", reason: "" });
});

test("a request that nobody made is an error", async () => {
  await assert.rejects(tiki.tracking("0".repeat(32)), TikiError);
});

test("every order that waits is pulled once, with its lines", async () => {
  const orders = await tiki.orders();
  assert.ok(orders.length > 20); // more than a page
  assert.equal(new Set(orders.map((order) => order.code)).size, orders.length);
  for (const order of orders) {
    assert.equal(order.status, "queueing");
    assert.ok(order.lines.length > 0);
    assert.ok(order.lines.every((line) => line.article && line.quantity > 0));
  }
});
