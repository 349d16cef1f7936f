-- A generator may wait and yield in turn; what it yields arrives, what it waits for passes by.
local function pictures(...)
  local prompts = { ... }
  return coroutine.wrap(function()
    for _, prompt in ipairs(prompts) do
      local job = assert(flux.await(flux.generate { prompt = prompt, seed = 1, resolution = "0.5MP" }))
      coroutine.yield(job.prompt, #job.images)
    end
  end)
end

for prompt, count in pictures("a fox", "an owl") do print(prompt, count) end

-- To the author the program itself is no coroutine.
print(coroutine.isyieldable(), select(2, coroutine.running()))
print(pcall(coroutine.yield))

-- Waiting under pcall, inside a coroutine.
local co = coroutine.create(function()
  local ok, job = pcall(flux.await, flux.generate { prompt = "a bear", seed = 1, resolution = "0.5MP" })
  return ok, job.ok
end)
print(coroutine.resume(co))
print(coroutine.status(co))

--[[ stdout
a fox	1
an owl	1
false	true
false	attempt to yield from outside a coroutine
true	true	true
dead
]]
--[[ stderr
…local service…
]]
