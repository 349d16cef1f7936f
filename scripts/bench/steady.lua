-- Makes many pictures in one run, 400 at a time, and forgets each: how much memory and how many open files the program
-- has after each tenth. The last line tells whether all ended well, and whether it stayed as it was after the first.
--   fluxlua --quiet steady.lua [JOBS]
local jobs = tonumber(arg[1]) or 100000
local tenth = math.max(1, jobs // 10)

local function field(name)
  for line in io.lines("/proc/self/status") do
    local value = line:match("^" .. name .. ":%s+(%d+)")
    if value then return tonumber(value) end
  end
end

local function open_files()
  local list = assert(io.popen("ls /proc/$PPID/fd | wc -l"))
  local count = tonumber(list:read("a"))
  list:close()
  return count
end

flux.config { first_look = 0.02, concurrency = 400 }
local began, asked, ended, failed, memory, files = os.time(), 0, 0, 0, {}, {}
print("jobs", "memory MB", "Lua MB", "open files", "seconds")
local function worker()
  while asked < jobs do
    asked = asked + 1
    local job, err = flux.generate {
      model = "flux-1.1-pro", prompt = "a fox", seed = asked, width = 256, height = 256, output_quality = 10,
      fresh = true,
    }:await()
    if not job then
      failed = failed + 1
      if failed <= 3 then print(err) end
    end
    ended = ended + 1
    if ended % tenth == 0 then
      collectgarbage()
      memory[#memory + 1], files[#files + 1] = field("VmRSS") / 1024, open_files()
      print(ended, ("%.0f"):format(memory[#memory]), ("%.1f"):format(collectgarbage("count") / 1024), files[#files],
        os.time() - began)
    end
  end
end
local workers = {}
for index = 1, math.min(400, jobs) do workers[index] = flux.spawn(worker) end
local _, broken = flux.await(workers)

local growth, more = memory[#memory] / memory[1], files[#files] - files[1]
print(("%d of %d made, %d failed; memory ×%.2f and %+d open files since the first tenth"):format(
  ended - failed, jobs, failed, growth, more))
if failed > 0 or broken > 0 or growth > 1.2 or more > 8 then os.exit(1, true) end
