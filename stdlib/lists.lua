-- Lists for loops and sweeps.

local flux = flux

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) == "number" or type(value) == "boolean" or value == nil then return tostring(value) end
  return "a " .. type(value)
end

-- More than anybody waits for; a step that is far too small ends here instead of in all memory.
local most = 1000000

--- The numbers that `for i = first, last, step` goes through, as a list. Fractions do not add up their errors:
--- flux.range(0, 1, 0.1) has 0.3 in it.
--- @param first number
--- @param last number
--- @param step? number default 1
--- @return number[]
function flux.range(first, last, step)
  if step == nil then step = 1 end
  local function check(value, name)
    if type(value) == "number" and value == value and math.abs(value) ~= math.huge then return end
    error(("flux.range: the %s must be a number, as in flux.range(1, 8) (got %s)"):format(name, shown(value)), 3)
  end
  check(first, "first")
  check(last, "last")
  check(step, "step")
  if step == 0 then error("flux.range: the step must not be 0", 2) end
  -- A last one that a fraction misses by a hair still counts.
  local count = math.floor((last - first) / step + 1e-9) + 1
  if count > most then
    error(("flux.range: from %s to %s in steps of %s is more than a million numbers"):format(first, last, step), 2)
  end
  local whole = math.type(first) == "integer" and math.type(step) == "integer"
  local list = {}
  for index = 0, count - 1 do
    local number = first + index * step
    list[index + 1] = whole and number or tonumber(("%.12g"):format(number)) + 0.0
  end
  return list
end

--- Seeds for one prompt: `count` numbers in a row. The same call gives the same seeds, so a script that is run again
--- makes the same pictures.
--- @param count integer
--- @param first? integer default 1
--- @return integer[]
function flux.seeds(count, first)
  if first == nil then first = 1 end
  local n, start = math.tointeger(count), math.tointeger(first)
  if type(count) == "string" or not n or n < 0 or n > most then
    error(("flux.seeds: how many must be a whole number from 0 to %d (got %s)"):format(most, shown(count)), 2)
  end
  if type(first) == "string" or not start then
    error(("flux.seeds: the first must be a whole number (got %s)"):format(shown(first)), 2)
  end
  local list = {}
  for index = 1, n do list[index] = start + index - 1 end
  return list
end
