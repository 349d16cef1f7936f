-- Ten thousand tasks that wait at once, each for a task of its own.
local count, all = 0, {}
for i = 1, 10000 do
  local slow = flux.spawn(function() flux.sleep(0.5) return i end)
  all[i] = flux.spawn(function()
    if flux.await(slow) == i then count = count + 1 end
  end)
end
flux.await(all)
assert(count == 10000)
