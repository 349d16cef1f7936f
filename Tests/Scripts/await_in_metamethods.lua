-- Operators may wait: a table can stand for something that takes a while to know.
local meta = {}
local function slow(name, result)
  meta["__" .. name] = function()
    flux.sleep(0)
    return result
  end
end
slow("index", "index")
slow("newindex")
slow("call", "call")
slow("add", "add")
slow("unm", "unm")
slow("concat", "concat")
slow("len", "len")
slow("eq", true)
slow("lt", true)
slow("le", false)
meta.__close = function()
  flux.sleep(0)
  print("closed")
end

local a, b = setmetatable({}, meta), setmetatable({}, meta)
print(a.anything, a(), a + b, -a, a .. "text", #a)
print(a == b, a ~= b, a < b, a > b, a <= b)
a.anything = 1
print(rawget(a, "anything"))
do
  local c <close> = a
  print("in scope", rawequal(a, c))
end

-- A table whose fields are pictures that are asked for when they are first read.
local pictures = setmetatable({}, {
  __index = function(self, prompt)
    local job = assert(flux.await(flux.generate {
      model = "flux-1.1-pro", prompt = prompt, seed = 1, width = 256, height = 256,
    }))
    rawset(self, prompt, job)
    return job
  end,
})
print(pictures["a fox"].ok, pictures["a fox"] == pictures["a fox"])

--[[ stdout
index	call	add	unm	concat	len
true	false	true	true	false
nil
in scope	true
closed
true	true
]]
--[[ stderr
…local service…
]]
