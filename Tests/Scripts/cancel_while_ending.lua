-- What runs at the end of a cancelled task may cancel it, or others, once more; what it raises is told.
local first, second
local function guard(name, other)
  return setmetatable({}, { __close = function()
    print(name .. " ends")
    other():cancel()
  end })
end

first = flux.spawn(function()
  local g <close> = guard("first", function() return second end)
  flux.sleep(60)
  return g
end)
second = flux.spawn(function()
  local g <close> = guard("second", function() return first end)
  flux.sleep(60)
  return g
end)
flux.sleep(0)
flux.sleep(0.01)
first:cancel()
print(first.status, second.status)

local clumsy = flux.spawn(function()
  local g <close> = setmetatable({}, { __close = function() error("boom in cleanup") end })
  flux.sleep(60)
  return g
end)
flux.sleep(0.01)
clumsy:cancel()
print(clumsy.status)

-- exit status: 1
--[[ stdout
first ends
second ends
cancelled	cancelled
failed
]]
--[[ stderr
fluxlua: a task failed: cancel_while_ending.lua:26: boom in cleanup
]]
