# A Rack application that waits.
run lambda { |_environment|
  sleep 0.1
  [200, { "Content-Type" => "text/plain", "Content-Length" => "2" }, ["ok"]]
}
