-- The bank contest's mix for wrk: 220 debits, 110 credits and 10 statements in 340 requests, spread over five accounts.
--   wrk -t1 -c64 -d20s -s bank.lua http://127.0.0.1:9999            connections are kept
--   wrk -t1 -c64 -d20s -s bank.lua http://127.0.0.1:9999 -- close   a new connection for each request
-- Ends with one line of name=value pairs. A 422 is a debit beyond the limit, as the contract wants; `bad` are all other
-- answers than 200 and 422.
local threads = {}

function setup(thread)
  thread:set("seed", #threads + os.time())
  table.insert(threads, thread)
end

function init(arguments)
  math.randomseed(seed)
  refused, bad = 0, 0
  headers = { ["Content-Type"] = "application/json" }
  if arguments[1] == "close" then headers["Connection"] = "close" end
end

function request()
  local account, dice = math.random(1, 5), math.random(1, 340)
  if dice > 330 then return wrk.format("GET", "/clientes/" .. account .. "/extrato", headers) end
  local kind = dice <= 220 and "d" or "c"
  local body = '{"valor": ' .. math.random(1, 10000) .. ', "tipo": "' .. kind .. '", "descricao": "abcdefghij"}'
  return wrk.format("POST", "/clientes/" .. account .. "/transacoes", headers, body)
end

function response(status)
  if status == 422 then refused = refused + 1 elseif status ~= 200 then bad = bad + 1 end
end

function done(summary, latency, _)
  local all_refused, all_bad = 0, 0
  for _, thread in ipairs(threads) do
    all_refused = all_refused + thread:get("refused")
    all_bad = all_bad + thread:get("bad")
  end
  local e = summary.errors
  io.write(string.format(
    "requests_per_second=%.0f p50_ms=%.2f p99_ms=%.2f max_ms=%.1f requests=%d refused=%d bad=%d socket_errors=%d\n",
    summary.requests * 1e6 / summary.duration, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    summary.requests, all_refused, all_bad, e.connect + e.read + e.write + e.timeout))
end
