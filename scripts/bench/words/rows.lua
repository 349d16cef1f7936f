-- All rows of a table as a list.   rows.lua FILE COUNT [print]
local rows = {}
for row in flux.csv(arg[1]) do rows[#rows + 1] = row end
assert(#rows == tonumber(arg[2]))
if arg[3] then
  for _, row in ipairs(rows) do
    print(row.name, row.prompt, row.seed, row.width, row.headline, row.note)
  end
end
