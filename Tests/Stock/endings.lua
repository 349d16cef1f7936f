-- The end of a program: finalizers in reverse order, warnings, the error that nobody caught.
warn("@on")
warn("one ", "warning")
warn("@off")
warn("unheard")
warn("@on")
warn("@unknown")
warn("", "@off")
print(pcall(warn))
print(pcall(warn, "never said", {}))
print(pcall(warn, 7, "th"))

for i = 1, 3 do
  Kept = { Kept, setmetatable({}, { __gc = function()
    print("finalized", i)
    setmetatable({}, { __gc = function() print("never") end })
    if i == 2 then error("in a finalizer") end
    if i == 1 then error({}) end
  end }) }
end

collectgarbage("stop")
local used = collectgarbage("count")
local garbage = {}
for i = 1, 1e4 do garbage[i] = { i } end
print(collectgarbage("isrunning"), collectgarbage("count") - used > 100)
garbage = nil -- luacheck: ignore
collectgarbage("restart")
collectgarbage()
print(collectgarbage("count") - used < 50)
print(collectgarbage("incremental"), collectgarbage("generational"))

local last <close> = setmetatable({}, { __close = function(_, err) print("closed", err) end })
coroutine.wrap(function() -- left where it yields
  local unclosed <close> = setmetatable({}, { __close = function() print("never") end })
  coroutine.yield()
end)()
io.stdout:write("no line's end")
error(setmetatable({}, { __tostring = function() return "the last word" end }))
