// Calls Tiki: offers a product, reads what became of it, pulls the orders that wait.

const ATTEMPTS = 3;
const PAGE = 20;
const LONGEST_WAIT = 60;

/** Whatever goes wrong at Tiki. `repeatable`: the same call may be sent again. */
export class TikiError extends Error {
  constructor(message, { repeatable = false, wait = 0, cause } = {}) {
    super(message, { cause });
    this.name = "TikiError";
    this.repeatable = repeatable;
    this.wait = wait;
  }
}

export class Tiki {
  /** `pause` is called with the seconds to wait before another attempt. */
  constructor(url, token, { timeout = 10_000, pause = sleep } = {}) {
    this.url = url;
    this.token = token;
    this.timeout = timeout;
    this.pause = pause;
  }

  /** Offers a product; returns the trace id of the request. */
  async push(product) {
    const created = await this.#call("POST", "/v1/products", product);
    return text(created, "trace_id");
  }

  /** Returns the state of a request, and Tiki's reason if it was rejected. */
  async tracking(traceId) {
    const seen = await this.#call("GET", `/v1/tracking/${encodeURIComponent(traceId)}`);
    if (text(seen, "trace_id") !== traceId) throw new TikiError("the response is about another request");
    return { state: text(seen, "state"), reason: seen.reason ?? "" };
  }

  /** Returns the orders that wait for a confirmation, each of them once. */
  async orders() {
    const found = new Map();
    for (let page = 1; ; page++) {
      const listed = await this.#call("GET", `/v1/orders?status=queueing&page=${page}&limit=${PAGE}`);
      // an order may move to the next page while we read, and the counts of pages are not reliable
      const fresh = list(listed, "data").map(order).filter(({ code }) => !found.has(code));
      if (fresh.length === 0) return [...found.values()];
      for (const one of fresh) found.set(one.code, one);
    }
  }

  async #call(method, path, body) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(method, path, body);
      } catch (error) {
        if (!(error instanceof TikiError) || !error.repeatable || attempt === ATTEMPTS) throw error;
        await this.pause(error.wait);
      }
    }
  }

  async #once(method, path, body) {
    const read = method === "GET"; // nobody knows whether a write without a response was taken
    const headers = { "tiki-api": this.token };
    if (body !== undefined) headers["content-type"] = "application/json";
    let status, wait, content;
    try {
      const signal = AbortSignal.timeout(this.timeout);
      const response = await fetch(this.url + path, { method, headers, signal, body: JSON.stringify(body) });
      status = response.status;
      wait = Math.min(Number(response.headers.get("retry-after")) || 1, LONGEST_WAIT);
      content = await response.text();
    } catch (cause) {
      throw new TikiError(`${method} ${path}: no response`, { repeatable: read, wait: 1, cause });
    }
    if (status === 429) throw new TikiError(`${method} ${path}: too many calls`, { repeatable: true, wait });
    if (status >= 500) throw new TikiError(`${method} ${path}: status ${status}`, { repeatable: read, wait });
    if (status !== 200) throw new TikiError(`${method} ${path}: status ${status}`);
    try {
      return JSON.parse(content);
    } catch (cause) {
      throw new TikiError(`${method} ${path}: the response is not JSON`, { cause });
    }
  }
}

function order(raw) {
  const lines = list(raw, "items").map((item) => ({
    article: item.original_sku || text(item, "sku"), // the seller's own code may be null, empty or missing
    quantity: whole(item, "qty"),
  }));
  return { code: text(raw, "order_code"), status: text(raw, "status"), lines };
}

function text(from, name) {
  if (typeof from?.[name] !== "string") throw new TikiError(`the response has no text \`${name}\``);
  return from[name];
}

function whole(from, name) {
  if (!Number.isSafeInteger(from?.[name])) throw new TikiError(`the response has no number \`${name}\``);
  return from[name];
}

function list(from, name) {
  if (!Array.isArray(from?.[name])) throw new TikiError(`the response has no list \`${name}\``);
  return from[name];
}

function sleep(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
