-- A task runs beside the script; whoever awaits it gets all that its function returned.
local function wait_and_say(word, ...)
  flux.sleep(0)
  return word, select("#", ...), ...
end

local task = flux.spawn(wait_and_say, "hello", nil, nil)
print(task, task.status, task.done)
print(flux.await(task))
print(task.status, task.done, task.error)
print(task:await())

-- Tasks go on while others wait: the first is waiting for the second.
local second
local first = flux.spawn(function() return "first heard: " .. second:await() end)
second = flux.spawn(function()
  flux.sleep(0)
  return "second"
end)
print(first:await())

-- Of a list: the first result of each in order, and how many failed.
local results, failed = flux.await {
  flux.spawn(function() return "a", "not this" end),
  flux.spawn(error, "no"),
  flux.spawn(function() return nil end),
  flux.spawn(function() return "d" end),
}
print(results[1], results[2], results[3], results[4], failed)

-- A task may be a table's key, and a script ends only when its tasks have ended.
local names = { [task] = "greeting" }
flux.spawn(function()
  flux.sleep(0)
  print("still here, " .. names[task])
end)

--[[ stdout
task of spawn.lua:7 running	running	false
hello	2	nil	nil
done	true	nil
hello	2	nil	nil
first heard: second
a	false	nil	d	1
still here, greeting
]]
