-- One million awaits of something that is done.
local task = flux.spawn(function() return 1 end)
flux.await(task)
for _ = 1, 1000000 do flux.await(task) end
