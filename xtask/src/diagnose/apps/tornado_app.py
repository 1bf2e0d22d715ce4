"""Tornado, with a handler that holds its loop."""
import asyncio
import sys
import time

from tornado.web import Application, RequestHandler


class Block(RequestHandler):
    def get(self):
        time.sleep(0.05)
        self.write("ok")


async def main():
    Application([("/", Block)], log_function=lambda _handler: None).listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
