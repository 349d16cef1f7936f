-- Many prompts from one template, and what was chosen in each.
local file <close> = assert(io.open("colours.txt", "w"))
file:write("# for mugs\nred\n2::sky blue\n")
file:close()

local prompts, choices = flux.prompts("a {small|large} mug, __colours__, {2$$soft light|bokeh|film grain}",
  { count = 3, seed = 7, wildcards = "." })
for index, prompt in ipairs(prompts) do
  print(prompt)
  for _, choice in ipairs(choices[index]) do print("", choice.text, choice.wildcard) end
end

-- Every combination; a variable that is chosen once is the same wherever it stands.
local template = [[
  ${wood=!{oak|pine}}       # the table's and the spoon's
  a {red|blue} mug on a ${wood} table,
  with a ${wood} spoon
]]
local all, places = flux.prompts(template, { mode = "all" })
print(table.concat(all, "\n"))
print(places[4][1].variable, places[4][1].text, places[4][2].text, #places[4])
print(#flux.prompts(template, { mode = "cycle", count = 10 }), all.seed)

-- Without a seed it follows from the template: a script that is run again makes the same prompts and pays nothing
-- twice. Used once more in one run, the template gets the next seed.
local first, second = flux.prompts(template), flux.prompts(template)
print(#first, first.seed, second.seed)
print(flux.prompts(template, { seed = first.seed })[10] == first[10])
-- More of them begin as few did.
print(table.concat(flux.prompts(template, { seed = 1, count = 3 }), "\n")
  == table.concat(flux.prompts(template, { seed = 1, count = 300 }), "\n", 1, 3))

-- Every combination in order, however long the texts of a place are, and with a limit in the middle of a place.
local long, numbers = {}, {}
for index = 1, 30 do long[index] = ("x"):rep(1000) .. index end
for index = 1, 50 do numbers[index] = index end
local place = ("{{%s}-{%s}|z}"):format(table.concat(long, "|"), table.concat(numbers, "|"))
local many = flux.prompts("{a|b} " .. place .. " {1|2}", { mode = "cycle", count = 4001 })
print(#many, many[4]:sub(1, 3) .. many[4]:sub(1000), many[4001]:sub(1, 3) .. many[4001]:sub(1000))
print(table.concat(flux.prompts("{a|b} {c|{d|e} f} {2$$1|2|3}", { mode = "cycle", count = 9 }), "; "))

--[[ stdout
a large mug, sky blue, soft light, film grain
	large	nil
	sky blue	colours
	soft light, film grain	nil
a large mug, sky blue, film grain, soft light
	large	nil
	sky blue	colours
	film grain, soft light	nil
a small mug, red, soft light, bokeh
	small	nil
	red	colours
	soft light, bokeh	nil
a red mug on a oak table, with a oak spoon
a blue mug on a oak table, with a oak spoon
a red mug on a pine table, with a pine spoon
a blue mug on a pine table, with a pine spoon
wood	pine	blue	2
10	nil
10	1623263009	1623263010
true
true
4001	a xxxx1-2 2	b xxxx10-50 1
a c 1, 2; a c 1, 3; a c 2, 1; a c 2, 3; a c 3, 1; a c 3, 2; a d f 1, 2; a d f 1, 3; a d f 2, 1
]]
