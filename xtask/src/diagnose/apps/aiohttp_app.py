"""aiohttp, with a handler that waits and lets others go on."""
import asyncio
import sys

from aiohttp import web


async def wait(_request):
    await asyncio.sleep(0.1)
    return web.Response(text="ok")


application = web.Application()
application.add_routes([web.get("/", wait)])
web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
