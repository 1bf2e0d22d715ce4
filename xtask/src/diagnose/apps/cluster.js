// Two processes that share a port, each of them the application.
const cluster = require("cluster");
if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
} else {
  require("./app.js");
}
