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
