-- A sweep with a mistake sends nothing: the mistake is named at the author's line, with the cell that has it.
local function try(f)
  local _, message = pcall(f)
  print(message)
end

try(function() flux.sweep { model = { "flux-2-pro", "flux-1.1-pro" }, prompt = "x", resolution = { "1MP", "3MP" } } end)
try(function() flux.sweep { model = { "flux-2-pro", "flux-1.1-prro" }, prompt = "x", seed = flux.seeds(3) } end)
try(function() flux.sweep { prompt = "x", image_prompt = { "mugs/none.jpg" } } end)
try(function() flux.sweep { prompt = "x", seed = {} } end)
try(function() flux.sweep { prompt = "x", seed = { 1, 2 }, axes = { "modl" } } end)
try(function() flux.sweep { prompt = "x", { 1, 2 } } end)
try(function() flux.sweep { prompt = "x", size = flux.zip { width = { 512 } } } end)
try(function() flux.sweep { prompt = "x", steps = { { 20, seed = 1 } }, seed = { 1, 2 } } end)
try(function() flux.sweep { prompt = "x", where = function(cell) return cell.hue.x end } end)
try(function() flux.sweep "x" end)
try(function() flux.vary("a red mug", { blue = { "x" } }) end)
try(function() flux.vary("a red mug", { red = {} }) end)
try(function() flux.zip { width = { 512, 256 }, height = { 512 } } end)

local sweep = flux.sweep { prompt = "x", seed = { 1, 2 } }
try(function() sweep:run { eech = print } end)
try(function() sweep:run { concurrency = 0 } end)
try(function() return sweep.cell end)
local result = sweep:run()
try(function() result:at { seed = 9 } end)
try(function() result:at {} end)
try(function() result:at { hue = 1 } end)
try(function() return result.images end)
try(function() result:sheet("x.png", { columns = "hue" }) end)
try(function() result:sheet("x.png", { columns = "seed", rows = "seed" }) end)

-- Misspelt names, lists that mean two things, words that are no words.
try(function() flux.sweep { prompt = "x", seeds = { 1, 2 } } end)
try(function() flux.sweep { prompt = "x", wher = function() end } end)
try(function() flux.sweep { prompt = "x", seed = { 1, 2 }, name = "{sed}" } end)
try(function() flux.sweep { prompt = "x", model = { "flux-2-pro", resolution = "4MP" } } end)
try(function() flux.sweep { prompt = "x", model = { { "flux-2-pro", "flux-2-max" } } } end)
try(function() flux.sweep { prompt = "x", seed = flux.seeds(5000), steps = flux.range(1, 50) } end)
try(function() flux.sweep { prompt = flux.vary("a model in red", { model = { "a man" } }) } end)
try(function() flux.vary("a bored man", { red = { "x" } }) end)
try(function() flux.vary("red wine", { red = { "x" }, ["red wine"] = { "y" } }) end)
try(function() flux.vary("Red wine", { red = { "x" } }) end)

-- What is wrong with a sheet, a page or a pattern is told before the jobs are waited for: this sweep ends no earlier than
-- the gate is opened.
local gate = flux.spawn(flux.sleep, 3600)
local slow = flux.sweep { prompt = "x", seed = { 1, 2 } }:start { each = function() gate:await() end }
try(function() slow:sheet("x.png", { colums = "seed" }) end)
try(function() slow:sheet("x.png", { columns = { "sead" } }) end)
try(function() slow:sheet("x.png", { label = "seed" }) end)
try(function() flux.sheet(slow, "x.gif") end)
try(function() slow:gallery("mugs", { titel = "Mugs" }) end)
try(function() slow:save("{seed", { overwrite = true }) end)
try(function() slow:save("{seed}.{ext}", { overwrit = true }) end)
try(function() flux.sheet(slow.jobs, "x.png", { columns = 0 }) end)
try(function() flux.sheet(slow.jobs, "x.png", { rows = "seed" }) end)
try(function() flux.sheet({ slow.jobs[1], "mug.png" }, "x.png") end)
gate:cancel()
print(slow:await())

-- The prompts of a template are an axis.
local templates = flux.prompts("a {red|blue} mug", { mode = "all" })
print(flux.sweep { prompt = templates, seed = 1 }, flux.sweep { prompt = templates, seed = { 1, 2 } }.axes[1].values[2])
try(function() flux.sweep { prompt = flux.prompts("x", { count = 0 }) } end)

--[[ stdout
sweep_errors.lua:7: flux.sweep: cell model=flux-2-pro resolution=3MP: 'resolution' must be one of "0.5MP", "1MP", "2MP", "4MP" (got "3MP")
sweep_errors.lua:8: flux.sweep: cell model=flux-1.1-prro seed=1: unknown model 'flux-1.1-prro' (did you mean 'flux-1.1-pro'?)
sweep_errors.lua:9: flux.sweep: cell image_prompt=mugs/none.jpg: image_prompt: no such file: mugs/none.jpg
sweep_errors.lua:10: flux.sweep: 'seed' has no values
sweep_errors.lua:11: flux.sweep: 'axes' names 'modl', but the sweep has 'seed'
sweep_errors.lua:12: flux.sweep: fields have names, such as seed = flux.seeds(4); only flux.zip { … } has none
sweep_errors.lua:13: flux.sweep: 'size': flux.zip names its fields itself; write it without 'size ='
sweep_errors.lua:14: flux.sweep: 'seed' is set by the axis 'steps' and by 'seed'
sweep_errors.lua:15: attempt to index a nil value (field 'hue')
sweep_errors.lua:16: flux.sweep: expected a table such as { prompt = "…", seed = flux.seeds(4) }, got string
sweep_errors.lua:17: flux.vary: 'blue' is not in "a red mug"
sweep_errors.lua:18: flux.vary: 'red' needs a list of words, such as { "red", … }
sweep_errors.lua:19: flux.zip: the lists must have the same length ('height' has 1, 'width' has 2)
sweep_errors.lua:22: sweep:run: unknown option 'eech' (did you mean 'each'?)
sweep_errors.lua:23: sweep:run: 'concurrency' must be a whole number, 1 or more (got 0)
sweep_errors.lua:24: a sweep has no field 'cell' (it has axes, cells, estimate, run, start)
sweep_errors.lua:26: result:at: no value of 'seed' is 9 (it has 1, 2)
sweep_errors.lua:27: result:at: several cells fit; name more of the axes, or labels ('seed')
sweep_errors.lua:28: result:at: there is no axis 'hue': the sweep has 'seed'
sweep_errors.lua:29: the result of a sweep has no field 'images' (it has jobs, failed, axes, at, cells, pick, place, save, sheet, gallery, await)
sweep_errors.lua:30: flux.sheet: 'columns' names the axis 'hue', but the sweep has 'seed'
sweep_errors.lua:31: flux.sheet: the axis 'seed' cannot be in two places
sweep_errors.lua:34: flux.sweep: unknown field 'seeds' (did you mean 'seed'?)
sweep_errors.lua:35: flux.sweep: unknown field 'wher' (did you mean 'where'?)
sweep_errors.lua:36: flux.sweep: 'name': there is no axis 'sed' (did you mean 'seed'?)
sweep_errors.lua:37: flux.sweep: 'model': 'resolution' cannot be beside a list; put a value and its fields into a table of their own, as in { { "…", resolution = … }, … }
sweep_errors.lua:38: flux.sweep: 'model': "flux-2-pro" and "flux-2-max" stand in one table; it holds one value
sweep_errors.lua:39: flux.sweep: 50 × 5000 are more than 100000 cells
sweep_errors.lua:40: flux.sweep: the word 'model' of flux.vary is also the name of a field; vary a longer piece of the text
sweep_errors.lua:41: flux.vary: 'red' is not in "a bored man" as a word of its own
sweep_errors.lua:42: flux.vary: 'red' is not in "red wine" outside of 'red wine'
sweep_errors.lua:43: flux.vary: 'red' is not in "Red wine" (did you mean 'Red'?)
sweep_errors.lua:49: flux.sheet: unknown option 'colums' (did you mean 'columns'?)
sweep_errors.lua:50: flux.sheet: 'columns' names the axis 'sead' (did you mean 'seed'?), but the sweep has 'seed'
sweep_errors.lua:51: flux.sheet: 'label' must be a list of fields such as { "prompt", "seed" }, a function, or false
sweep_errors.lua:52: flux.sheet: the file's name must end in .png, .jpg or .webp (got "x.gif")
sweep_errors.lua:53: flux.gallery: unknown option 'titel' (did you mean 'title'?)
sweep_errors.lua:54: result:save: '{' without '}' in the file pattern "{seed"
sweep_errors.lua:55: result:save: unknown option 'overwrit' (did you mean 'overwrite'?)
sweep_errors.lua:56: flux.sheet: 'columns' must be a whole number, 1 or more, for a list of jobs
sweep_errors.lua:57: flux.sheet: 'rows' needs the result of a sweep
sweep_errors.lua:58: flux.sheet: expected jobs or images, but item 2 is a string
result of 2 cells, 2 done
sweep of 2 cells	a blue mug
sweep_errors.lua:65: flux.sweep: 'prompt' has no values
]]
--[[ stderr
…local service…
]]
