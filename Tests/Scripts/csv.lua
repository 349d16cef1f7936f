-- A spreadsheet of requests, one a row: its first line names the fields.
local function write(text, name)
  local file <close> = assert(io.open(name or "mugs.csv", "wb"))
  file:write(text)
end

write [[
prompt,model,seed,width,height,raw
a red mug,flux-1.1-pro,1,256,256,true
"a mug, seen from above",flux-1.1-pro,2,256,256,
]]
for request, number in flux.csv "mugs.csv" do
  print(number, request.prompt, math.type(request.seed), request.raw)
  print(assert(flux.generate(request):await()).ok)
end

-- Quotes keep text as it is, over several lines too; an empty cell is absent, and blank rows are skipped: a spreadsheet
-- leaves them. Semicolons and tabs separate as well, and blanks around a column's name do not count.
write(table.concat({
  "\u{FEFF};;", 'id;" note";"size ', '"', '007;"42"', "", ";;", '8.5;"say ""mug""', 'and go";4', ';"";', " ; ; ", ";",
}, "\r\n"), "other.csv")
for row, number in flux.csv "other.csv" do print(number, row.id, math.type(row.id), row.note, row.size) end

-- What Excel calls "Unicode text" is UTF-16 with tabs, either end first.
for _, order in ipairs { "<", ">" } do
  local text = "\u{FEFF}prompt\tseed\r\nein Bär 🐻 – groß\t7\r\n\t\r\n"
  local units = {}
  for _, code in utf8.codes(text) do
    local pair = code - 0x10000
    units[#units + 1] = pair < 0 and (order .. "I2"):pack(code)
      or (order .. "I2I2"):pack(0xD800 + (pair >> 10), 0xDC00 + (pair & 0x3FF))
  end
  write(table.concat(units), "unicode.txt")
  for row, number in flux.csv "unicode.txt" do print(number, row.prompt, row.seed) end
end

local function refused(text)
  write(text)
  print(select(2, pcall(function()
    for _ in flux.csv "mugs.csv" do end
  end)))
end
refused ""
refused "prompt,seed\na mug,1,2\n"
refused "prompt,prompt\n"
refused "prompt\n\"a mug\n"
refused "prompt\n\"a\" mug\n"
refused "prompt\na m\xFCg\n"
refused "\xFF\xFEp\0\n\0\0\xD8a\0\n\0"
refused "\xFF\xFEp\0\n\0a"
refused " ; \n"
print(select(2, pcall(function() flux.csv "no-such.csv" end)))
print(select(2, pcall(function() flux.csv() end)))

--[[ stdout
1	a red mug	integer	true
true
2	a mug, seen from above	integer	nil
true
1	007	nil	42	nil
2	8.5	float	say "mug"
and go	4
3	nil	nil		nil
1	ein Bär 🐻 – groß	7
1	ein Bär 🐻 – groß	7
csv.lua:40: flux.csv: mugs.csv is empty
csv.lua:40: flux.csv: mugs.csv:2: 3 cells, but the first line names 2 columns
csv.lua:40: flux.csv: mugs.csv:1: two columns are called 'prompt'
csv.lua:40: flux.csv: mugs.csv:2: a quote is not closed
csv.lua:40: flux.csv: mugs.csv:2: text after a closing quote
csv.lua:40: flux.csv: mugs.csv:2: not UTF-8 text (save it as 'CSV UTF-8')
csv.lua:40: flux.csv: mugs.csv:2: not UTF-8 text (save it as 'CSV UTF-8')
csv.lua:40: flux.csv: mugs.csv:2: not UTF-8 text (save it as 'CSV UTF-8')
csv.lua:40: flux.csv: mugs.csv is empty
csv.lua:52: flux.csv: no-such.csv: No such file or directory
csv.lua:53: flux.csv: expected the path of a file, got nil
]]
--[[ stderr
…local service…
]]
