// A client in plain Node, as the service's own SDK goes about it: submit, wait, list, upload, account, models, errors by
// status, retries, webhook verification. Ends with 0 when the service answers all of it as the contract says.
//   node walk.mjs BASE_URL API_KEY      (the service refuses every 3rd submit with 429 and Retry-After: 1)
import assert from "node:assert/strict";
import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const [base, key] = process.argv.slice(2);

class ServiceError extends Error {
  constructor(status, body, headers) {
    super(body?.error ?? `status ${status}`);
    Object.assign(this, { status, body, requestId: headers.get("x-request-id") });
  }
}

// One transport: the key, retries on 429 and 5xx, errors from the status.
let retries = 0;
async function call(method, path, { json, form, headers = {}, apiKey = key, attempts = 4 } = {}) {
  const body = json === undefined ? form : JSON.stringify(json);
  const all = { "User-Agent": "wire-walk/1", ...headers };
  if (apiKey) all["X-API-Key"] = apiKey;
  if (json !== undefined) all["Content-Type"] = "application/json";
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(base + path, { method, headers: all, body });
    const text = await answer.text();
    const isJSON = answer.headers.get("content-type")?.startsWith("application/json");
    const value = isJSON ? JSON.parse(text) : text;
    assert.match(answer.headers.get("x-request-id") ?? "", /^req_/, "every answer names its request");
    if (answer.ok) return value;
    if (attempt < attempts && (answer.status === 429 || answer.status >= 500)) {
      const seconds = Number(answer.headers.get("retry-after") ?? 1);
      assert.ok(seconds >= 0 && seconds < 60);
      retries++;
      await new Promise((wake) => setTimeout(wake, seconds * 1000));
      continue;
    }
    throw new ServiceError(answer.status, value, answer.headers);
  }
}

const submit = (body, options = {}) =>
  call("POST", body.fluxFillParams ? "/v2/images/edit" : "/v2/images/generate", {
    json: body,
    ...options,
    headers: { "Idempotency-Key": randomUUID(), ...options.headers },
  });

async function wait(id) {
  const deadline = Date.now() + 60_000;
  const seen = [];
  while (Date.now() < deadline) {
    const job = await call("GET", `/v2/jobs/${id}`);
    seen.push(job.progress ?? 100);
    assert.deepEqual(seen, [...seen].sort((a, b) => a - b), "progress rises");
    if (["COMPLETED", "FAILED", "CANCELLED"].includes(job.status)) return job;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`job ${id} does not end`);
}

async function refused(status, work) {
  const error = await work().then(() => null, (thrown) => thrown);
  assert.ok(error instanceof ServiceError, `${status} expected, got ${error ?? "success"}`);
  assert.equal(error.status, status, error.message);
  assert.equal(typeof error.body.error, "string");
  return error;
}

function isSigned(raw, header, apiKey) {
  const secret = createHash("sha256").update(apiKey).digest();
  const right = createHmac("sha256", secret).update(raw).digest();
  const given = Buffer.from((header ?? "").replace(/^sha256=/, ""), "hex");
  return given.length === right.length && timingSafeEqual(given, right);
}

const steps = {
  async submitAndWait() {
    const { jobId, status } = await submit({
      model: "flux-2-pro", prompt: "a red fox in fresh snow", fluxParams: { resolution: "0.5MP", seed: 7 },
    });
    assert.equal(status, "QUEUED");
    const job = await wait(jobId);
    assert.equal(job.status, "COMPLETED");
    assert.equal(job.progress, 100);
    assert.equal(job.error, null);
    assert.equal(job.expired, false);
    assert.equal(job.webhookStatus, null);
    assert.equal(job.input.fluxParams.seed, 7);
    assert.ok(Date.parse(job.completedAt) >= Date.parse(job.createdAt));
    const picture = await fetch(job.result.images[0], { headers: { "User-Agent": "wire-walk/1" } });
    assert.equal(picture.headers.get("content-type"), "image/jpeg");
    const bytes = new Uint8Array(await picture.arrayBuffer());
    assert.deepEqual([...bytes.slice(0, 3)], [0xff, 0xd8, 0xff]);
  },

  async uploadAndEdit() {
    const { jobId } = await submit({
      model: "flux-1.1-pro", prompt: "a street", fluxParams: { width: 256, height: 256, output_format: "png" },
    });
    const source = (await wait(jobId)).result.images[0];
    const bytes = await (await fetch(source, { headers: { "User-Agent": "wire-walk/1" } })).arrayBuffer();
    const form = new FormData();
    form.append("file", new Blob([bytes], { type: "text/plain" }), "street.txt");
    const upload = await call("POST", "/v2/uploads", { form });
    assert.equal(upload.contentType, "image/png");
    assert.equal(upload.byteSize, bytes.byteLength);
    assert.equal(upload.kind, "image");
    assert.ok(Date.parse(upload.expiresAt) > Date.now() + 3_500_000);
    const edit = await submit({
      model: "flux-fill-pro",
      fluxFillParams: { prompt: "a wider street", mode: "outpaint", outpaint: "Zoom out 2x", image: upload.url },
    });
    const job = await wait(edit.jobId);
    assert.equal(job.status, "COMPLETED", job.error);
    assert.equal(job.creditCost, 9);
  },

  async listInPages() {
    const made = [];
    for (let index = 0; index < 7; index++) {
      const body = { model: "flux-1.1-pro-ultra", prompt: `page ${index}`, fluxParams: { width: 256, height: 256 } };
      made.push((await submit(body)).jobId);
    }
    const found = [];
    let cursor = null;
    do {
      const query = new URLSearchParams({ model: "flux-1.1-pro-ultra", limit: "3" });
      if (cursor) query.set("cursor", cursor);
      const page = await call("GET", `/v2/jobs?${query}`);
      assert.equal(page.hasMore, page.nextCursor !== null);
      for (const job of page.jobs) {
        assert.ok(!("input" in job));
        found.push(job.id);
      }
      cursor = page.nextCursor;
    } while (cursor);
    assert.deepEqual(found, made.reverse());
    for (const id of made) await wait(id);
    const running = await call("GET", "/v2/jobs?status=FAILED");
    assert.ok(running.jobs.every((job) => job.status === "FAILED"));
  },

  async account() {
    const { user, team, apiKey } = await call("GET", "/v2/me");
    for (const field of ["id", "email", "role"]) assert.equal(typeof user[field], "string");
    for (const field of ["id", "name", "plan"]) assert.equal(typeof team[field], "string");
    assert.equal(typeof team.credits, "number");
    assert.ok("customerId" in team);
    for (const field of ["id", "name", "prefix"]) assert.equal(typeof apiKey[field], "string");
    assert.ok(key.startsWith(apiKey.prefix));
  },

  async models() {
    const { models } = await call("GET", "/v2/models?modality=image", { apiKey: null });
    const fill = models.find((model) => model.id === "flux-fill-pro");
    assert.equal(fill.modality, "image");
    assert.equal(fill.costMin, 9);
    for (const model of models) {
      for (const field of ["id", "label", "modality", "pricingMode"]) assert.equal(typeof model[field], "string");
      assert.ok(model.costMin <= model.costMax);
    }
  },

  async errors() {
    const right = { model: "flux-2-pro", prompt: "a fox" };
    const wrong = await refused(400, () => submit({ ...right, fluxParams: { resolution: "3MP" } }));
    assert.equal(typeof wrong.body.details["fluxParams.resolution"][0], "string");
    assert.match(wrong.requestId, /^req_/);
    await refused(401, () => submit(right, { apiKey: null }));
    await refused(401, () => submit(right, { apiKey: "afk_of_somebody_else" }));
    await refused(404, () => call("GET", `/v2/jobs/${randomUUID()}`));
    await refused(400, () => call("GET", "/v2/jobs/17"));
    await refused(404, () => call("GET", "/v2/nothing"));
    await refused(405, () => call("DELETE", "/v2/me"));

    const again = { headers: { "Idempotency-Key": randomUUID() } };
    const first = await submit(right, again);
    assert.equal((await submit(right, again)).jobId, first.jobId);
    await refused(409, () => submit({ ...right, prompt: "a hare" }, again));
    const [one, two] = await Promise.all(
      Array.from({ length: 2 }, () => submit(right, { headers: { "Idempotency-Key": "at the same instant" } })));
    assert.equal(one.jobId, two.jobId);
  },

  async failure() {
    const { jobId } = await submit({ model: "flux-2-pro", prompt: "a broken mug" });
    const job = await wait(jobId);
    assert.equal(job.status, "FAILED");
    assert.equal(job.error, "out of paint");
    assert.equal(job.result, null);
    assert.equal(job.creditCost, null);
  },

  async webhooks() {
    const received = [];
    let arrived;
    const server = createServer((request, response) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        received.push({ headers: request.headers, raw: Buffer.concat(chunks) });
        response.end();
        arrived?.();
      });
    });
    await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
    const webhookUrl = `http://127.0.0.1:${server.address().port}/hook`;
    const { jobId } = await submit({
      model: "flux-2-pro", prompt: "a fox", webhookUrl, webhookEvents: ["progress", "completed", "failed"],
      fluxParams: { width: 256, height: 256 },
    });
    const isLast = ({ headers }) => headers["x-webhook-event"] === "completed";
    while (!received.some(isLast)) await new Promise((wake) => (arrived = wake));
    server.close();
    for (const { headers, raw } of received) {
      const body = JSON.parse(raw);
      assert.equal(headers["x-webhook-event"], body.event);
      assert.equal(body.jobId, jobId);
      assert.match(headers["x-webhook-signature"], /^sha256=[0-9a-f]{64}$/);
      assert.ok(isSigned(raw, headers["x-webhook-signature"], key));
      assert.ok(!isSigned(Buffer.concat([raw, Buffer.from(" ")]), headers["x-webhook-signature"], key));
    }
    assert.ok(received.length > 1 && isLast(received.at(-1)), "events come as they happen");
    const completed = JSON.parse(received.at(-1).raw);
    assert.equal(completed.result.images.length, 1);
    let job;
    do job = await call("GET", `/v2/jobs/${jobId}`);
    while (job.webhookStatus === "pending");
    assert.equal(job.webhookStatus, "delivered");
  },

  async retries() {
    assert.ok(retries > 0, "429 was met, waited for, and overcome");
  },

  async credits() {
    // The account of the walk does not hold much; what is left is spent here.
    for (;;) {
      const { credits } = (await call("GET", "/v2/me")).team;
      if (credits < 10) break;
      await submit({ model: "flux-2-pro", prompt: "a fox", fluxParams: { width: 256, height: 256 } });
    }
    const error = await refused(402, () => submit({ model: "flux-2-pro", prompt: "a fox" }));
    assert.equal(error.body.creditsRequired, 10);
    assert.ok(error.body.creditsAvailable < 10);
  },
};

for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
    console.log(`ok    ${name}`);
  } catch (error) {
    console.log(`FAILED ${name}: ${error.stack}`);
    process.exitCode = 1;
  }
}
