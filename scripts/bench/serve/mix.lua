-- For wrk: what clients of the service ask, mixed. Each connection waits between its requests, which sets the rate.
-- luacheck: globals wrk setup init request response delay done number failed
local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
  thread:set("number", #threads)
end

local headers = { ["X-API-Key"] = "afk_load", ["User-Agent"] = "load/1" }
local json = {
  ["X-API-Key"] = "afk_load", ["User-Agent"] = "load/1", ["Content-Type"] = "application/json", ["Idempotency-Key"] = ""
}
local form = {
  ["X-API-Key"] = "afk_load", ["User-Agent"] = "load/1", ["Content-Type"] = "multipart/form-data; boundary=b"
}
local upload = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.gif"\r\n\r\nGIF89a'
  .. string.rep("x", 30000) .. "\r\n--b--\r\n"

-- Per thread: ids of jobs that were accepted, and the last that were seen completed.
local ids, pictures, pause, submitted, submits_only = {}, {}, 0, 0, false
failed = ""

function init(args)
  pause = tonumber(args[1]) or 0
  submits_only = args[2] == "submits"
  math.randomseed(os.time() * 2 + number)
end

function delay() return pause end

local function submit()
  submitted = submitted + 1
  json["Idempotency-Key"] = string.format("%d-%08x-%d", number, math.random(0, 0x7fffffff), submitted)
  local body = string.format(
    '{"model":"flux-2-pro","prompt":"a mug number %d","fluxParams":{"seed":%d,"width":256,"height":256}}',
    math.random(1000), math.random(1000000))
  return wrk.format("POST", "/v2/images/generate", json, body)
end

function request()
  local die = submits_only and 1 or math.random(100)
  local id = ids[math.random(math.max(1, #ids))]
  if not id or die <= 10 then return submit() end
  if die <= 50 then return wrk.format("GET", "/v2/jobs/" .. id, headers) end
  if die <= 70 then return wrk.format("GET", "/v2/jobs?limit=20", headers) end
  if die <= 80 then return wrk.format("GET", "/v2/me", headers) end
  if die <= 85 then return wrk.format("GET", "/v2/models?modality=image", headers) end
  if die <= 88 then return wrk.format("POST", "/v2/uploads", form, upload) end
  local picture = pictures[math.random(math.max(1, #pictures))]
  return wrk.format("GET", picture or "/v2/me", headers)
end

local function remember(list, value)
  if #list >= 200 then table.remove(list, 1) end
  list[#list + 1] = value
end

function response(status, _, body)
  if status >= 400 then
    -- For `done`, which sees only a thread's globals.
    if #failed < 500 then failed = failed .. status .. " " .. body:sub(1, 80) .. "\n" end
    return
  end
  local id = body:match('^{"jobId":"([%x-]+)"')
  if id then return remember(ids, id) end
  if #body < 4000 and body:find('"COMPLETED"', 1, true) then
    local path = body:match('"https?://[^/"]+(/cdn/[^"]+)"')
    if path then remember(pictures, path) end
  end
end

function done(summary, latency)
  local errors = summary.errors
  for _, thread in ipairs(threads) do
    io.stderr:write(thread:get("failed"))
  end
  io.write(string.format(
    "RESULT %d %.3f %d %d %d %d %d %.2f %.2f %.2f %.2f\n", summary.requests, summary.duration / 1e6, errors.connect,
    errors.read, errors.write, errors.status, errors.timeout, latency:percentile(50) / 1000,
    latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
