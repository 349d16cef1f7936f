-- Tasks that wait for each other would never end. The one that would close the circle is told, with the lines of all of it.
local itself
itself = flux.spawn(function() return flux.await(itself) end)
print(itself:await())

local first, second
first = flux.spawn(function() return second:await() end)
second = flux.spawn(function() return flux.await({ first }) end)
print(first:await())

-- Inside of flux.map, and by the first of several.
local mapping
mapping = flux.spawn(function()
  flux.map({ 1 }, function() return flux.any { mapping } end)
end)
print(select(2, mapping:await()))

local list = {}
list[1] = flux.spawn(function() flux.sleep(0.001) return "one" end)
list[2] = flux.spawn(function()
  for task in flux.completed(list) do print(task, (task:await())) end
end)
print(flux.await(list[2]))

-- Who can still go on in another way does: after a time, or by another task.
local third, fourth
third = flux.spawn(function() return select(2, flux.await(fourth, { timeout = 0.01 })).kind end)
fourth = flux.spawn(function() return third:await() end)
print(fourth:await())

local short = flux.spawn(function() flux.sleep(0.001) return "short" end)
local fifth, sixth
fifth = flux.spawn(function() return flux.any { sixth, short } end)
sixth = flux.spawn(function() return fifth:await() end)
print(sixth:await())

-- A job that fails leaves nothing but the circle.
local job = flux.generate { prompt = "a fox", seed = 1, fresh = true, image_prompt = "http://127.0.0.1:9/none.png" }
local seventh, eighth
seventh = flux.spawn(function() return flux.any { job, eighth } end)
eighth = flux.spawn(function() return seventh:await() end)
print((select(2, eighth:await())))
print(job.status)

--[[ stdout
nil	flux.await: the task of waiting_in_circles.lua:3 would wait for its own end for ever
nil	flux.await: these tasks would wait for each other for ever: the one of waiting_in_circles.lua:8 → the one of waiting_in_circles.lua:7 (waits at waiting_in_circles.lua:7) → the one of waiting_in_circles.lua:8
waiting_in_circles.lua:14: flux.any: these tasks would wait for each other for ever: this one → the one of waiting_in_circles.lua:13 (waits at waiting_in_circles.lua:14) → the one of waiting_in_circles.lua:14 → this one
task of waiting_in_circles.lua:19 done	one
nil	waiting_in_circles.lua:21: flux.completed: the task of waiting_in_circles.lua:20 would wait for its own end for ever
timeout
short
waiting_in_circles.lua:40: flux.any: these tasks would wait for each other for ever: the one of waiting_in_circles.lua:40 → the one of waiting_in_circles.lua:41 (waits at waiting_in_circles.lua:41) → the one of waiting_in_circles.lua:40
FAILED
]]
--[[ stderr
…local service…
]]
