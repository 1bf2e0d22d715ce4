"""A WSGI application that waits, computes, or keeps memory, by its path."""
import time


def app(environ, start_response):
    if environ["PATH_INFO"] == "/cpu":
        begun = time.thread_time()
        while time.thread_time() - begun < 0.01:
            pass
    elif environ["PATH_INFO"] == "/keep":
        kept = b"x" * 20_000_000
        time.sleep(0.2)
        del kept
    else:
        time.sleep(0.1)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
