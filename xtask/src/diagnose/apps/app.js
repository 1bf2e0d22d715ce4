// A server that waits without blocking, or blocks its loop, by its path.
const cell = new Int32Array(new SharedArrayBuffer(4));
require("http")
  .createServer((request, response) => {
    const answer = () => response.end("ok");
    if (request.url === "/block") {
      Atomics.wait(cell, 0, 0, 50);
      answer();
    } else {
      setTimeout(answer, 100);
    }
  })
  .listen(Number(process.argv[2]), "127.0.0.1");
