# The same as jobs.lua with aiohttp: N jobs, 200 in flight, pictures streamed to FOLDER.   jobs_aiohttp.py URL N FOLDER
import asyncio
import sys

import aiohttp

url, count, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]


async def job(session, turns, seed):
    async with turns:
        body = {"prompt": "bench", "model": "flux-2-pro", "fluxParams": {"seed": seed}}
        async with session.post(f"{url}/v2/images/generate", json=body) as answer:
            accepted = await answer.json()
        async with session.get(f"{url}/v2/jobs/{accepted['jobId']}") as answer:
            state = await answer.json()
        assert state["status"] == "COMPLETED"
        async with session.get(state["result"]["images"][0]) as answer:
            with open(f"{folder}/{seed}.jpg", "wb") as file:
                async for piece in answer.content.iter_chunked(65536):
                    file.write(piece)


async def main():
    turns = asyncio.Semaphore(200)
    connector = aiohttp.TCPConnector(limit=200)
    async with aiohttp.ClientSession(connector=connector, headers={"X-API-Key": "afk_bench"}) as session:
        await asyncio.gather(*(job(session, turns, seed) for seed in range(count)))


asyncio.run(main())
