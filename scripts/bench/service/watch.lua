-- N jobs at once; prints a line when it first sees each of them complete.   watch.lua N [PROMPT]
local count = tonumber(arg[1])
flux.config { concurrency = count }
local open = {}
for seed = 1, count do
  open[seed] = flux.generate { model = "flux-2-pro", prompt = arg[2] or "bench", seed = seed, resolution = "0.5MP" }
end
io.stdout:setvbuf("line")
while #open > 0 do
  flux.sleep(0.02)
  local still = {}
  for _, job in ipairs(open) do
    if job.status == "COMPLETED" then
      print(string.format("%.3f", job.completed_at))
    else
      assert(not job.done, "a job failed")
      still[#still + 1] = job
    end
  end
  open = still
end
-- The pictures are not what is measured.
os.exit(0)
