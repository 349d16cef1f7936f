-- A coroutine of your own may wait, however deep it is nested: the wait passes outward by itself.
local function doubled(n)
  return coroutine.wrap(function()
    flux.sleep(0)
    coroutine.yield(n)
    flux.sleep(0)
    coroutine.yield(n * 2)
  end)
end

local outer = coroutine.wrap(function()
  for n in doubled(1) do
    flux.sleep(0)
    coroutine.yield("inner gave " .. n)
  end
  return "outer is done"
end)
print(outer())
print(outer())
print(outer())

-- To others a coroutine that waits is at work, so nobody resumes it by mistake. (Closing it is another thing: see
-- close_waiting.lua.)
local co = coroutine.create(function(...)
  flux.sleep(0.01)
  return "got", ...
end)
local task = flux.spawn(coroutine.resume, co, 1, nil, 3)
flux.sleep(0)
print(coroutine.status(co))
print(coroutine.resume(co))
print(task:await())
print(coroutine.status(co), coroutine.close(co))

-- An error after a wait ends the coroutine as any error does.
co = coroutine.create(function()
  flux.sleep(0)
  error({ code = 7 })
end)
local ok, err = coroutine.resume(co)
print(ok, err.code, coroutine.status(co))

--[[ stdout
inner gave 1
inner gave 2
outer is done
normal
false	cannot resume non-suspended coroutine
true	got	1	nil	3
dead	true
false	7	dead
]]
