-- The function behind a generic `for` may wait, and so may the closing value behind it.
local function slowly(list)
  local index = 0
  local function next_item()
    flux.sleep(0)
    index = index + 1
    return list[index]
  end
  local closing = setmetatable({}, {
    __close = function()
      flux.sleep(0)
      print("loop is over")
    end,
  })
  return next_item, nil, nil, closing
end

for word in slowly { "one", "two" } do print(word) end
for word in slowly { "three", "four", "five" } do
  print(word)
  if word == "four" then break end
end

-- An object that is called.
local countdown = setmetatable({ left = 2 }, {
  __call = function(self)
    flux.sleep(0)
    self.left = self.left - 1
    if self.left >= 0 then return self.left end
  end,
})
for left in countdown do print(left) end

-- Waiting in the body of an iteration of the library's own.
for word in ("a b"):gmatch("%a") do
  flux.sleep(0)
  print(word)
end

--[[ stdout
one
two
loop is over
three
four
loop is over
1
0
a
b
]]
