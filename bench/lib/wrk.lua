-- For wrk: session checks with many different sessions, and the outcome as one line of JSON.
-- Arguments behind "--": the path, a file of tokens.
local requests, turn = {}, 0

function init(args)
  for token in io.lines(args[2]) do
    requests[#requests + 1] = wrk.format("GET", args[1], {Host = "localhost", Cookie = "sessionid=" .. token})
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    'JSON {"count":%d,"seconds":%.3f,"p50_ms":%.3f,"p99_ms":%.3f,"errors":%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
