-- The first that succeeds wins; those that fail before it do not count.
local function after(task, ...)
  local results = table.pack(...)
  return flux.spawn(function()
    if task then task:await() end
    return table.unpack(results, 1, results.n)
  end)
end

local failing = flux.spawn(error, "no luck")
local quick = after(failing, "quick", 2)
local slow = after(quick, "slow")
print(flux.any { failing, slow, quick })

-- When none does: nil and an error that tells of the last.
print(flux.any { failing, flux.spawn(error, "none here either") })
print(flux.any {})

-- With pictures: the others go on, and are still yours.
local jobs = {}
for seed, prompt in ipairs { "please fail", "a fox" } do
  jobs[seed] = flux.generate { model = "flux-1.1-pro", prompt = prompt, seed = seed, width = 256, height = 256 }
end
print(flux.any(jobs).seed)
print(jobs[1]:await())

-- options: --fault fail:prompt=please
--[[ stdout
quick	2
nil	none of 2 succeeded; the last: none here either
nil	none succeeded: the list is empty
2
nil	the job failed: The model could not make this picture
]]
--[[ stderr
…local service…
]]
