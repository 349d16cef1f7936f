-- Without a seed one is drawn, sent and recorded, so that every picture can be made again.
local function ask(seed)
  return flux.generate {
    model = "flux-1.1-pro", prompt = "a mug", seed = seed, width = 256, height = 256, output_format = "png",
  }
end
local function bytes(job)
  local file <close> = assert(io.open(assert(job:await()).images[1].path, "rb"))
  return file:read("a")
end

local drawn, other = ask(), ask()
print(math.type(drawn.seed), drawn.seed > 0, drawn.seed ~= other.seed)
print(bytes(drawn) == bytes(ask(drawn.seed)), bytes(drawn) == bytes(other))

-- seed = false sends none, and the service draws one that it does not tell.
local unknown = ask(false)
print(unknown.seed, assert(unknown:await()).ok)
print(ask(0).seed, ask(-5).seed, ask(7.0).seed)

--[[ stdout
integer	true	true
true	false
nil	true
0	-5	7
]]
--[[ stderr
…local service…
]]
