"""One small application in two forms: `wsgi` for servers with workers and threads, `asgi` for servers with an event loop.

`/` waits 100 ms on a downstream call, as most web requests do; `/cpu` computes for 5 ms and waits for nobody.
"""
import asyncio
import time

WAIT_S = 0.1
CPU_S = 0.005


def compute():
    begun = time.thread_time()
    while time.thread_time() - begun < CPU_S:
        pass


def wsgi(environ, start_response):
    if environ["PATH_INFO"] == "/cpu":
        compute()
    else:
        time.sleep(WAIT_S)  # a database, another service: whatever answers 100 ms later
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        return await lifespan(receive, send)
    if scope["path"] == "/cpu":
        compute()
    else:
        await asyncio.sleep(WAIT_S)  # the same wait; meanwhile the loop serves others
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain"), (b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def lifespan(receive, send):
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
