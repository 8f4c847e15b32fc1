-- With a file of cookies, one a line, as argument: each request sends the next of them.
init = function(args)
  if not args[1] then return end
  local requests, next = {}, 0
  for cookie in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format(nil, nil, { Cookie = cookie })
  end
  request = function()
    next = next % #requests + 1
    return requests[next]
  end
end

-- The last line of wrk's output in the same words as our own load generator's.
done = function(summary, latency, requests)
  local e = summary.errors
  local kinds = string.format('connect %d, read %d, write %d, status %d, timeout %d', e.connect, e.read, e.write, e.status, e.timeout)
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format(
    '{"requests":%d,"bytes":%d,"seconds":%.6f,"errors":%d,"firstError":%s,"p50":%.3f,"p99":%.3f,"p999":%.3f}\n',
    summary.requests, summary.bytes, summary.duration / 1e6, errors, errors > 0 and '"' .. kinds .. '"' or 'null',
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3))
end
