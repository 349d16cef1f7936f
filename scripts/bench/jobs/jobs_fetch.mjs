// The same as jobs.lua with Node's fetch: N jobs, 200 in flight, pictures streamed to FOLDER.  jobs_fetch.mjs URL N FOLDER
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const [url, count, folder] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const headers = { "X-API-Key": "afk_bench", "Content-Type": "application/json" };
let next = 0;

async function worker() {
  while (next < count) {
    const seed = next++;
    const body = JSON.stringify({ prompt: "bench", model: "flux-2-pro", fluxParams: { seed } });
    const accepted = await (await fetch(`${url}/v2/images/generate`, { method: "POST", headers, body })).json();
    const state = await (await fetch(`${url}/v2/jobs/${accepted.jobId}`, { headers })).json();
    if (state.status !== "COMPLETED") throw new Error(state.status);
    const picture = await fetch(state.result.images[0]);
    await pipeline(Readable.fromWeb(picture.body), createWriteStream(`${folder}/${seed}.jpg`));
  }
}

await Promise.all(Array.from({ length: 200 }, worker));
