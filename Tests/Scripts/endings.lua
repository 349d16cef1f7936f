-- At the end finalizers run; os.exit ends there and then, closing what is open.
setmetatable({}, { __gc = function() print("finalized", pcall(flux.sleep, 0)) end })
flux.spawn(function()
  local guard <close> = setmetatable({}, { __close = function() print("closed") end })
  os.exit(7)
  print(guard, "is never reached")
end)

-- exit status: 7
--[[ stdout
closed
finalized	false	endings.lua:2: the program is ending
]]
