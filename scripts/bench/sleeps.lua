-- A hundred thousand tasks that each sleep once.
for _ = 1, 100000 do flux.spawn(function() flux.sleep(0.001) end) end
