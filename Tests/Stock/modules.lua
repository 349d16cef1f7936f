-- `require` says and does what the stock one does.
local name = os.tmpname()
local folder = name .. "_modules/"
os.remove(name)
os.execute("mkdir " .. folder)
local function write(file, text)
  local f <close> = assert(io.open(folder .. file, "w"))
  f:write(text)
end
local function show(...)
  local shown = table.pack(...)
  for i = 1, shown.n do shown[i] = tostring(shown[i]):gsub(folder, "FOLDER/", nil) end
  print(table.concat(shown, "\t", 1, shown.n))
end

write("plain.lua", "return { name = ..., path = select(2, ...) }")
write("nothing.lua", "loaded_nothing = (loaded_nothing or 0) + 1")
write("no.lua", "return false")
write("own.lua", "package.loaded[...] = 'set by itself'")
write("cycle_a.lua", "package.loaded[...] = { 'a' } local b = require 'cycle_b' return { 'a', b[2] }")
write("cycle_b.lua", "return { 'b', require('cycle_a')[1] }")
write("broken.lua", "return +")
write("raises.lua", "error('while loading')")
write("raises_table.lua", "error({ 7 })")
local path = package.path
package.path = folder .. "?.lua"

local plain, extra = require "plain"
show(plain.name, plain.path, extra, require "plain" == plain, select("#", require "plain"))
show(require "nothing")
show(require "nothing")
show(loaded_nothing, package.loaded.nothing)
show(require "no")
show(require "no")
show(require "own")
show(require("cycle_a")[2], package.loaded.cycle_a[1])
show(pcall(require, "broken"))
show(pcall(require, "raises"))
show(type(select(2, pcall(require, "raises_table"))))
show(package.loaded.raises)
package.loaded.plain = nil
show(require "plain" == plain)

package.preload.early = function(...) return table.concat({ ... }, "+") end
show(require "early")
package.preload.wrong = 3
show(pcall(require, "wrong"))
show(pcall(require, "absent.part"))
show(pcall(require))
show(pcall(require, {}))
show(require(1 + 1 == 2 and "early"))

table.insert(package.searchers, 1, function(n)
  if n == "found" then return function(...) return select("#", ...), "ignored" end, "data" end
  if n == "told" then return "\n\ttold why not" end
  if n == "number" then return 42 end
end)
show(require "found")
for _, n in ipairs { "told", "number", "silent" } do show(pcall(require, n)) end
table.insert(package.searchers, 1, function(n) if n == "bad" then error("the searcher raised") end end)
show(pcall(require, "bad"))

local searchers = package.searchers
package.searchers = nil
show(pcall(require, "anything"))
package.searchers, package.path = searchers, {}
show(pcall(require, "anything"))
package.path = path
-- A package table that was replaced is not asked.
package = { path = "", searchers = {}, loaded = {} } -- luacheck: ignore
show(pcall(require, "early"))
os.execute("rm -r " .. folder)
