-- A sweep asks for every combination of the values of its axes. A list is an axis; so is each word of flux.vary, and
-- what flux.zip ties together.
local sweep = flux.sweep {
  model = { "flux-1.1-pro", { "flux-2-dev", steps = 20, label = "dev, 20 steps" } },
  prompt = flux.vary("a red mug on marble", { red = { "red", "blue" }, marble = { "marble", "oak", "linen" } }),
  seed = flux.seeds(2),
}
print(#sweep, sweep)
print(sweep:estimate())
for _, axis in ipairs(sweep.axes) do print(axis.name, table.concat(axis.labels, " | ")) end

-- The first axis varies slowest. A cell is a request, and answers by its axes too.
local shown = 0
for cell in sweep:cells() do
  shown = shown + 1
  if shown % 7 == 1 then print(cell.prompt, cell.model, cell.steps, cell.seed, cell.marble) end
end

-- The author's order; cells left out; a name of each cell; no seed: one is held for all cells that can have one.
local small = flux.sweep {
  model = "flux-2-dev", prompt = { "a cat", { "a dog on a very long beach", label = "dog" } }, name = "{prompt}!",
  flux.zip { width = { 512, 256 }, height = { 256, 512 } },
  axes = { "height+width" },
  where = function(cell) return cell.width == 512 or cell.prompt == "a cat" end,
}
local seeds = {}
for cell in small:cells() do
  print(cell.name, cell.width, cell.height)
  seeds[#seeds + 1] = cell.seed
end
print(#seeds, seeds[1] == seeds[2] and seeds[2] == seeds[3])

-- seed = "each": each cell has its own. A parameter that is a list is an axis when its elements are lists.
local each = flux.sweep { model = "flux-2-pro", prompt = { "a", "b" }, seed = "each" }
local first, second = each:cells()().seed, nil
for cell in each:cells() do second = cell.seed end
print(math.type(first), first ~= second)
local url = "https://example.com/%d.jpg"
local lists = flux.sweep {
  model = "flux-2-flex", prompt = "a mug",
  input_images = { { url:format(1), url:format(2) }, { { url:format(3) }, label = "three" } },
}
for cell in lists:cells() do print(#cell.input_images, cell.input_images[1]) end

-- A value that stands twice counts once; a word is not replaced inside a longer one, nor twice.
print(#flux.sweep { prompt = "x", seed = { 1, 2, 1 } })
local words = flux.vary("red, bored, 빨강은 red wine", {
  red = { "blue red" }, ["red wine"] = { "wine" }, ["빨강"] = { "파랑" },
})
for cell in flux.sweep { prompt = words }:cells() do print(cell.prompt) end
for cell in flux.sweep { prompt = flux.vary("3 rosé, ros", { ros = { "rye" }, ["3"] = { 4 } }) }:cells() do
  print(cell.prompt)
end

-- Values that change together may have names and further fields too; and so may the axis.
local pairs_of = flux.sweep {
  prompt = "a mug", model = "flux-2-flex",
  flux.zip { label = "shape", width = { { 512, label = "wide", steps = 9 }, 256 }, height = { 256, 512 } },
}
print(pairs_of.axes[1].name, table.concat(pairs_of.axes[1].labels, " | "))
for cell in pairs_of:cells() do print(cell.width, cell.height, cell.steps, cell.shape.width) end

--[[ stdout
24	sweep of 2 × 3 × 2 × 2, 24 cells
240	240	0
red	red | blue
marble	marble | oak | linen
model	flux-1.1-pro | dev, 20 steps
seed	1 | 2
a red mug on marble	flux-1.1-pro	nil	1	marble
a red mug on oak	flux-2-dev	20	2	oak
a blue mug on marble	flux-2-dev	20	1	marble
a blue mug on linen	flux-1.1-pro	nil	2	linen
a cat!	512	256
dog!	512	256
a cat!	256	512
3	true
integer	true
2	https://example.com/1.jpg
1	https://example.com/3.jpg
2
blue red, bored, 파랑은 wine
4 rosé, rye
shape	height=256, wide | height=512, width=256
512	256	9	512
256	512	nil	256
]]
--[[ stderr
…local service…
]]
