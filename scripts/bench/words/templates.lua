-- So many prompts of a template, all combinations or at random.   templates.lua FOLDER all|random COUNT [print]
local folder, mode, count = arg[1], arg[2], tonumber(arg[3])
local file <close> = assert(io.open(folder .. "/template.txt"))
local options = { mode = mode, wildcards = folder .. "/wildcards" }
if mode == "all" then options.max = count else options.count, options.seed = count, 1 end
local prompts = flux.prompts(file:read("l"), options)
assert(#prompts == count)
if arg[4] then print(table.concat(prompts, "\n")) end
