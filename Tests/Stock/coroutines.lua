-- What the replaced functions of `coroutine` do must not differ from stock Lua by a word.
local function closing(name, raises)
  return setmetatable({}, { __close = function(_, err)
    print("close", name, err)
    if raises then error(raises, 0) end
  end })
end

local main, is_main = coroutine.running()
print(type(main), is_main, coroutine.isyieldable(), coroutine.status(main))
print(coroutine.resume(main))
print(pcall(coroutine.yield, 1))
print(pcall(coroutine.close, main))
print(pcall(table.sort, { 3, 2, 1 }, coroutine.yield))

-- Wrong arguments, by name.
for _, name in ipairs { "create", "resume", "wrap", "status", "close", "isyieldable" } do
  print(name, pcall(coroutine[name], 7))
end
print(pcall(coroutine.resume))
print(select("#", coroutine.running("ignored")))

-- Values in and out, also nil and none.
local echo = coroutine.create(function(...)
  local n = select("#", ...)
  while n > 0 do n = select("#", coroutine.yield(n, ...)) end
  return nil, "last", nil
end)
print(coroutine.resume(echo, nil, nil))
print(coroutine.resume(echo, 1))
print(select("#", coroutine.resume(echo)))
print(coroutine.status(echo), coroutine.resume(echo))

-- Status seen from within and from beside.
local outer, inner
outer = coroutine.create(function()
  inner = coroutine.create(function()
    print("inside", coroutine.status(outer), coroutine.status(inner), coroutine.isyieldable(outer))
    print(coroutine.resume(outer))
    print(pcall(coroutine.close, outer))
    coroutine.yield()
  end)
  coroutine.resume(inner)
  print("between", coroutine.status(inner))
end)
coroutine.resume(outer)
print("after", coroutine.status(outer), coroutine.status(inner))

-- Errors: strings get a place from wrap, other values stay what they are.
print(coroutine.resume(coroutine.create(function() error("plain") end)))
print(pcall(coroutine.wrap(function() error("placed") end)))
print(pcall(coroutine.wrap(function() error("bare", 0) end)))
print(select(2, pcall(coroutine.wrap(function() error({ code = 7 }) end))).code)
print(pcall(coroutine.wrap(function() coroutine.wrap(function() error("twice") end)() end)))
local dead = coroutine.wrap(function() end)
dead()
print(pcall(dead))
local own
own = coroutine.wrap(function() return pcall(own) end)
print(own())

-- Closing: order, errors that replace each other, a second time.
local co = coroutine.create(function()
  local a <close> = closing("a", "from a")
  local b <close> = closing("b", "from b")
  local c <close> = closing("c")
  coroutine.yield("in scope")
end)
print(coroutine.resume(co))
print(coroutine.close(co))
print(coroutine.close(co))
co = coroutine.create(function()
  local a <close> = closing("kept until closed")
  error("in the body", 0)
end)
print(coroutine.resume(co))
print(coroutine.status(co), coroutine.close(co))
local wrapped = coroutine.wrap(function()
  local a <close> = closing("of wrap", "replaced")
  coroutine.yield()
  error("first")
end)
wrapped()
print(pcall(wrapped))

-- Yields through pcall, metamethods, iterators and closing variables.
local through = coroutine.wrap(function()
  local t = setmetatable({}, {
    __index = function(_, k) return coroutine.yield("index " .. k) end,
    __lt = function() return coroutine.yield("lt") end,
    __concat = function() return coroutine.yield("concat") end,
    __call = function(_, x) return coroutine.yield("call " .. x) end,
  })
  local ok, err = pcall(function()
    local d <close> = setmetatable({}, { __close = function() coroutine.yield("closing") end })
    print(t.field, t < t, t .. "", t(1))
    error("through")
  end)
  for i in function(_, i) return coroutine.yield("next " .. tostring(i)) end do coroutine.yield("body " .. i) end
  return ok, err
end)
local answer = nil
for _ = 1, 12 do
  local said, more = through(answer)
  print(said, more)
  if type(said) == "boolean" then break end
  answer = said:find("next") and (said:find("nil") and 5 or nil) or "answer"
end

-- A stack that is used up.
local function nest() return coroutine.wrap(nest)() end
local ok, message = pcall(nest)
print(ok, message:find("C stack overflow", 1, true) ~= nil)
local function unpack_many(n) return pcall(table.unpack, {}, 1, n) end
print(coroutine.resume(coroutine.create(unpack_many), 1e7))
