"""An ASGI application whose requests each have one of a pool's connections to PostgreSQL for 50 ms."""
import os

import asyncpg

SIZE = int(os.environ.get("POOL", 10))
POOL = asyncpg.create_pool(host="127.0.0.1", user="postgres", database="postgres", min_size=SIZE, max_size=SIZE)


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await POOL
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    async with POOL.acquire() as connection:
        await connection.execute("select pg_sleep(0.05)")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})
