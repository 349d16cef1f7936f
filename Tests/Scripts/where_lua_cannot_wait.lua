-- Inside some functions of Lua's library nothing can be suspended. They say so; wait before them.
local function refusal(f, ...)
  local ok, err = pcall(f, ...)
  print(ok, err.kind, err.message)
end

refusal(table.sort, { 3, 1, 2 }, function(a, b)
  flux.sleep(0)
  return a < b
end)
refusal(string.gsub, "abc", "%a", function()
  flux.sleep(0)
end)
refusal(tostring, setmetatable({}, {
  __tostring = function()
    flux.sleep(0)
    return "never"
  end,
}))
refusal(table.concat, setmetatable({}, {
  __len = function()
    flux.sleep(0)
    return 0
  end,
}))

-- What is known already may be asked for there.
local done = flux.spawn(function() return 2 end)
done:await()
print(("x"):gsub("x", function() return done:await() end))

-- A finalizer too.
setmetatable({}, {
  __gc = function()
    refusal(flux.sleep, 0)
  end,
})
collectgarbage()

--[[ stdout
false	invalid	cannot wait inside table.sort, where Lua cannot suspend; wait before it and use what came back
false	invalid	cannot wait inside string.gsub, where Lua cannot suspend; wait before it and use what came back
false	invalid	cannot wait inside tostring, where Lua cannot suspend; wait before it and use what came back
false	invalid	cannot wait inside table.concat, where Lua cannot suspend; wait before it and use what came back
2	1
false	invalid	cannot wait inside …, where Lua cannot suspend; wait before it and use what came back
]]
