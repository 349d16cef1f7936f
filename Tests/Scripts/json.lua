-- JSON text from values, and back. Names are sorted, so that the same value always gives the same text.
local text = flux.json.encode {
  prompt = "a fox", seeds = { 1, 2, 3 }, size = { width = 256, scale = 0.5 }, raw = false,
  note = flux.json.null, tags = {}, options = flux.json.empty_object,
}
print(text)

local value = flux.json.decode(text)
print(value.prompt, #value.seeds, math.type(value.seeds[1]), value.size.scale)

-- JSON's null is a value of its own, so that it can be told from what is not there.
print(value.note == flux.json.null, value.note, value.nothing)

-- An empty table is a list; flux.json.empty_object is the other one.
print(flux.json.encode {}, flux.json.encode(flux.json.empty_object), next(value.options))

local function refused(f, x) print(select(2, pcall(f, x))) end
refused(flux.json.encode, { seeds = { 1, nil, 3 } })
refused(flux.json.encode, { scale = 0 / 0 })
refused(flux.json.encode, { 1, name = "x" })
refused(flux.json.encode, { show = print })
refused(flux.json.encode, { name = "\xff" })
local loop = {}
loop.again = loop
refused(flux.json.encode, loop)
refused(flux.json.decode, '{ "seeds": [1, 2 }')

--[[ stdout
{"note":null,"options":{},"prompt":"a fox","raw":false,"seeds":[1,2,3],"size":{"scale":0.5,"width":256},"tags":[]}
a fox	3	integer	0.5
true	null	nil
[]	{}	nil
json.lua:17: flux.json.encode: seeds[2] is nil; flux.json.null stands for JSON's null
json.lua:17: flux.json.encode: scale is not a number, which JSON has no number for
json.lua:17: flux.json.encode: the value has both items and names: JSON has lists and objects
json.lua:17: flux.json.encode: show is a function, not a value that JSON has
json.lua:17: flux.json.encode: name is not UTF-8 text
json.lua:17: flux.json.encode: table is nested too deeply (does it contain itself?)
json.lua:17: flux.json.decode: expected ',' or ']' at line 1, column 18 of the text
]]
