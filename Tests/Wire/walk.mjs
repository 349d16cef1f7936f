// A client in plain Node, as the service's own SDK goes about it: submit, wait, list, upload, account, models, errors by
// status, retries, webhook verification. Ends with 0 when the service answers all of it as the contract says, with no
// member more or less, and none of another type.
//   node walk.mjs BASE_URL API_KEY      (the service refuses every 3rd submit with 429 and Retry-After in seconds, and one
//                                        call for the account with 503 and Retry-After as a date)
import assert from "node:assert/strict";
import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const [base, key] = process.argv.slice(2);

class ServiceError extends Error {
  constructor(status, body, headers) {
    super(body?.error ?? `status ${status}`);
    Object.assign(this, { status, body, requestId: headers.get("x-request-id") });
  }
}

// What an answer must look like: every member of it, by a type, a pattern, a shape of its own, or a test.
function matches(value, shape, where) {
  const shown = `${where}: ${JSON.stringify(value)}`;
  if (typeof shape === "string") return assert.equal(typeof value, shape, shown);
  if (shape instanceof RegExp) return assert.match(value, shape, where);
  if (typeof shape === "function") return assert.ok(shape(value), shown);
  assert.deepEqual(Object.keys(value).sort(), Object.keys(shape).sort(), where);
  for (const [name, inner] of Object.entries(shape)) matches(value[name], inner, `${where}.${name}`);
}
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const isNull = (value) => value === null;
const statuses = ["QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"];
const isStatus = (value) => statuses.includes(value);

function isJob(job, { inList = false, hasWebhook = false } = {}) {
  const [isDone, isFailed] = [job.status === "COMPLETED", job.status === "FAILED"];
  const bounds = { QUEUED: [0, 0], PROCESSING: [1, 99], COMPLETED: [100, 100] }[job.status];
  const isProgress = (value) => Number.isInteger(value) && value >= bounds[0] && value <= bounds[1];
  matches(job, {
    id: uuid, status: isStatus, model: /^flux-/, expired: (value) => value === false, createdAt: timestamp,
    progress: isFailed ? isNull : isProgress,
    result: isDone ? { images: (urls) => urls.length > 0 && urls.every((url) => URL.canParse(url)) } : isNull,
    error: isFailed ? "string" : isNull,
    creditCost: isFailed ? isNull : (value) => Number.isInteger(value) && value > 0,
    webhookStatus: hasWebhook ? (value) => ["pending", "delivered", "failed"].includes(value) : isNull,
    completedAt: isDone || isFailed ? timestamp : isNull,
    ...(inList ? {} : { input: (value) => isStatus(job.status) && typeof value.model === "string" }),
  }, job.status);
  if (job.completedAt) assert.ok(Date.parse(job.completedAt) >= Date.parse(job.createdAt));
}

// One transport: the key, retries on 429 and 5xx, errors from the status.
const retries = { seconds: 0, date: 0 };
const requestIds = new Set();
async function call(method, path, { json, raw, form, headers = {}, apiKey = key, attempts = 4 } = {}) {
  const body = raw ?? (json === undefined ? form : JSON.stringify(json));
  const all = { "User-Agent": "wire-walk/1", ...headers };
  if (apiKey) all["X-API-Key"] = apiKey;
  if (form === undefined && body !== undefined) all["Content-Type"] = "application/json";
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(base + path, { method, headers: all, body });
    const text = await answer.text();
    assert.match(answer.headers.get("content-type") ?? "", /^application\/json\b/);
    const value = JSON.parse(text);
    const requestId = answer.headers.get("x-request-id") ?? "";
    assert.match(requestId, /^req_/, "every answer names its request");
    assert.ok(!requestIds.has(requestId), "and each another one");
    requestIds.add(requestId);
    if (answer.ok) return value;
    if (attempt < attempts && (answer.status === 429 || answer.status >= 500)) {
      const after = answer.headers.get("retry-after");
      const isDate = Number.isNaN(Number(after));
      const seconds = isDate ? (Date.parse(after) - Date.now()) / 1000 : Number(after);
      assert.ok(seconds >= -1 && seconds < 60, after);
      retries[isDate ? "date" : "seconds"]++;
      await new Promise((wake) => setTimeout(wake, Math.max(0, seconds) * 1000));
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
  let last = { status: "QUEUED", progress: 0 };
  while (Date.now() < deadline) {
    const job = await call("GET", `/v2/jobs/${id}`);
    isJob(job, { hasWebhook: "webhookUrl" in job.input });
    assert.ok((job.progress ?? 100) >= last.progress, "progress rises");
    assert.ok(statuses.indexOf(job.status) >= statuses.indexOf(last.status), "status goes on");
    assert.ok(last.createdAt === undefined || job.createdAt === last.createdAt);
    last = job;
    if (["COMPLETED", "FAILED", "CANCELLED"].includes(job.status)) return job;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`job ${id} does not end`);
}

async function refused(status, work) {
  const error = await work().then(() => null, (thrown) => thrown);
  assert.ok(error instanceof ServiceError, `${status} expected, got ${error ?? "success"}`);
  assert.equal(error.status, status, error.message);
  const extra = {
    400: { details: (value) => value === undefined || Object.values(value).flat().every((text) => text.length > 0) },
    402: { creditsRequired: "number", creditsAvailable: "number" },
  }[status];
  matches({ ...(status === 400 ? { details: undefined } : {}), ...error.body }, { error: "string", ...extra }, `${status}`);
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
    const body = {
      model: "flux-2-pro", prompt: "a red fox in fresh snow", fluxParams: { resolution: "0.5MP", seed: 7 },
    };
    const accepted = await submit(body);
    matches(accepted, { jobId: uuid, status: (value) => value === "QUEUED" }, "submit");
    const { jobId } = accepted;
    const job = await wait(jobId);
    assert.equal(job.status, "COMPLETED");
    assert.equal(job.id, jobId);
    assert.deepEqual(job.input, body);
    const now = Date.now();
    assert.ok(Math.abs(Date.parse(job.createdAt) - now) < 60_000 && Date.parse(job.completedAt) <= now + 1000);
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
    matches(upload, {
      id: uuid, url: (value) => URL.canParse(value), kind: (value) => value === "image", expiresAt: timestamp,
      contentType: (value) => value === "image/png", byteSize: (value) => value === bytes.byteLength,
    }, "upload");
    const life = (Date.parse(upload.expiresAt) - Date.now()) / 3_600_000;
    assert.ok(life > 0.9 && life <= 2, "one to two hours");
    const stored = await fetch(upload.url, { headers: { "User-Agent": "wire-walk/1" } });
    assert.deepEqual(Buffer.from(await stored.arrayBuffer()), Buffer.from(bytes));
    const edit = await submit({
      model: "flux-fill-pro",
      fluxFillParams: { prompt: "a wider street", mode: "outpaint", outpaint: "Zoom out 2x", image: upload.url },
    });
    const job = await wait(edit.jobId);
    assert.equal(job.status, "COMPLETED", job.error);
    assert.equal(job.creditCost, 9);

    const other = (name, content) => {
      const form = new FormData();
      form.append(name, new Blob([content], { type: "image/png" }), "a.png");
      return () => call("POST", "/v2/uploads", { form });
    };
    await refused(400, other("file", "no picture"));
    await refused(400, other("picture", bytes));
    await refused(413, other("file", Buffer.concat([Buffer.from(bytes), Buffer.alloc(25 << 20)])));
    await refused(400, () => call("POST", "/v2/uploads", { json: { file: "a.png" } }));
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
      matches(page, {
        jobs: (value) => value.length <= 3, nextCursor: page.hasMore ? "string" : isNull, hasMore: "boolean",
      }, "page");
      for (const job of page.jobs) {
        isJob(job, { inList: true });
        found.push(job.id);
      }
      cursor = page.nextCursor;
    } while (cursor);
    assert.deepEqual(found, made.reverse());
    for (const id of made) await wait(id);
    for (const status of statuses) {
      const { jobs } = await call("GET", `/v2/jobs?limit=100&status=${status}`);
      assert.ok(jobs.every((job) => job.status === status));
      assert.equal(jobs.length > 0, status === "COMPLETED");
    }
    for (const query of ["limit=0", "limit=101", "limit=x", "status=DONE", "cursor=x"]) {
      await refused(400, () => call("GET", `/v2/jobs?${query}`));
    }
  },

  async account() {
    const account = await call("GET", "/v2/me");
    matches(account, {
      user: { id: "string", email: "string", name: "string", role: "string" },
      team: { id: "string", name: "string", credits: "number", plan: "string", customerId: isNull },
      apiKey: { id: "string", name: "string", prefix: (value) => key.startsWith(value) && value.length > 4 },
    }, "account");
  },

  async models() {
    const { models } = await call("GET", "/v2/models?modality=image", { apiKey: null });
    const facts = JSON.parse(readFileSync(new URL("models.json", import.meta.url), "utf8")).models;
    assert.deepEqual(models.map((model) => model.id).sort(), facts.map((fact) => fact.model).sort());
    for (const { credits, ...model } of models) {
      matches(model, {
        id: "string", label: "string", name: "string", modality: /^image$/, parametersKey: /^[A-Za-z0-9]*Params$/,
        pricingMode: "string", costMin: "number", costMax: "number",
      }, model.id);
      assert.ok(model.costMin <= model.costMax);
      // Where the price follows from the picture there is no single one.
      assert.equal(credits, model.costMin === model.costMax ? model.costMin : undefined, model.id);
    }
    assert.equal(models.find((model) => model.id === "flux-fill-pro").costMin, 9);
    assert.deepEqual(await call("GET", "/v2/models?modality=video"), { models: [] });
    await refused(400, () => call("GET", "/v2/models?modality=smell"));
  },

  async errors() {
    const right = { model: "flux-2-pro", prompt: "a fox" };
    const wrong = await refused(400, () => submit({ ...right, fluxParams: { resolution: "3MP" } }));
    assert.equal(typeof wrong.body.details["fluxParams.resolution"][0], "string");
    assert.match(wrong.requestId, /^req_/);
    for (const [body, path] of [
      [{ ...right, seed: 1 }, "seed"], [{ ...right, fluxParams: { sede: 1 } }, "fluxParams.sede"],
      [{ model: right.model }, "prompt"], [{ ...right, prompt: "" }, "prompt"],
      [{ ...right, prompt: "x".repeat(2001) }, "prompt"], [{ ...right, model: "flux-9" }, "model"],
      [{ ...right, webhookUrl: "https://example.com/", webhookEvents: [] }, "webhookEvents"],
      [{ model: "flux-fill-pro", fluxFillParams: { mode: "inpaint", image: "https://example.com/a.png", prompt: "x" } },
        "fluxFillParams.mask"],
    ]) {
      const { body: { details } } = await refused(400, () => submit(body));
      assert.deepEqual(Object.keys(details), [path]);
    }
    await refused(400, () => submit(right, { headers: { "Idempotency-Key": "x".repeat(256) } }));
    await refused(400, () => call("POST", "/v2/images/generate", { raw: "{" }));
    await refused(413, () => call("POST", "/v2/images/generate", { raw: " ".repeat((1 << 20) + 1) }));
    await refused(401, () => submit(right, { apiKey: null }));
    await refused(401, () => submit(right, { apiKey: "afk_of_somebody_else" }));
    await refused(404, () => call("GET", `/v2/jobs/${randomUUID()}`));
    await refused(400, () => call("GET", "/v2/jobs/17"));
    await refused(404, () => call("GET", "/v2/nothing"));
    await refused(405, () => call("DELETE", "/v2/me"));

    const again = { headers: { "Idempotency-Key": randomUUID() } };
    const first = await submit(right, again);
    assert.equal((await submit(right, again)).jobId, first.jobId);
    await wait(first.jobId);
    assert.deepEqual(await submit(right, again), { jobId: first.jobId, status: "COMPLETED" }, "a replay tells the status");
    await refused(409, () => submit({ ...right, prompt: "a hare" }, again));
    const [one, two] = await Promise.all(
      Array.from({ length: 2 }, () => submit(right, { headers: { "Idempotency-Key": "at the same instant" } })));
    assert.equal(one.jobId, two.jobId);
  },

  async failure() {
    const credits = async () => (await call("GET", "/v2/me")).team.credits;
    const [before, again] = [await credits(), { headers: { "Idempotency-Key": randomUUID() } }];
    const body = { model: "flux-2-pro", prompt: "a broken mug" };
    const { jobId } = await submit(body, again);
    const job = await wait(jobId);
    assert.equal(job.status, "FAILED");
    assert.equal(job.error, "out of paint");
    assert.equal(await credits(), before, "its credits come back");
    assert.deepEqual(await submit(body, again), { jobId, status: "FAILED" });
  },

  async webhooks() {
    const received = [];
    let arrived;
    const server = createServer((request, response) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        received.push({ headers: request.headers, raw: Buffer.concat(chunks) });
        // The first is refused, and must come again.
        response.writeHead(received.length === 1 ? 500 : 200).end();
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
    const bodies = received.map(({ raw }) => JSON.parse(raw));
    assert.deepEqual(bodies[1], bodies[0], "what was refused comes again");
    const members = {
      event: "string", jobId: uuid, status: isStatus, model: (value) => value === "flux-2-pro",
      progress: (value) => Number.isInteger(value),
    };
    for (const body of bodies.slice(0, -1)) matches(body, members, body.event);
    matches(bodies.at(-1), {
      ...members, result: { images: (urls) => urls.length === 1 }, creditCost: "number", completedAt: timestamp,
    }, "completed");
    const order = bodies.map((body) => body.progress);
    assert.deepEqual(order, [...order].sort((a, b) => a - b), "events come as they happen");
    let job;
    do job = await call("GET", `/v2/jobs/${jobId}`);
    while (job.webhookStatus === "pending");
    assert.equal(job.webhookStatus, "delivered");
  },

  async retries() {
    assert.ok(retries.seconds > 0 && retries.date > 0, "429 and 503 were met, waited for, and overcome");
  },

  async credits() {
    // The account of the walk does not hold much; what is left is spent here.
    for (;;) {
      const { credits } = (await call("GET", "/v2/me")).team;
      if (credits < 10) break;
      await submit({ model: "flux-2-pro", prompt: "a fox", fluxParams: { width: 256, height: 256 } });
    }
    const { body } = await refused(402, () => submit({ model: "flux-2-pro", prompt: "a fox" }));
    assert.ok(body.creditsRequired === 10 && body.creditsAvailable < 10);
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
