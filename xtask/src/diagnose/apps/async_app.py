"""An ASGI application that waits in every right and wrong way, by its path."""
import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor

POOL = ThreadPoolExecutor(int(os.environ.get("POOL", 40)))
SLOTS = asyncio.Semaphore(int(os.environ.get("SLOTS", 10)))


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    path = scope["path"]
    if path == "/sleep":
        await asyncio.sleep(0.1)
    elif path == "/block":
        time.sleep(0.05)
    elif path == "/offload":
        await asyncio.get_running_loop().run_in_executor(POOL, time.sleep, 0.1)
    elif path == "/slots":
        async with SLOTS:
            await asyncio.sleep(0.05)
    elif path == "/cpu":
        begun = time.thread_time()
        while time.thread_time() - begun < 0.005:
            pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})
