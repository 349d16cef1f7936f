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

-- Quotes keep text as it is, over several lines too; an empty cell is absent. Semicolons and tabs separate as well.
write('\u{FEFF}id;note\r\n007;"42"\r\n\r\n8.5;"say ""mug""\nand go"\r\n;', "other.csv")
for row in flux.csv "other.csv" do print(row.id, math.type(row.id), row.note) end

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
print(select(2, pcall(function() flux.csv "no-such.csv" end)))
print(select(2, pcall(function() flux.csv() end)))

--[[ stdout
1	a red mug	integer	true
true
2	a mug, seen from above	integer	nil
true
007	nil	42
8.5	float	say "mug"
and go
nil	nil	nil
csv.lua:24: flux.csv: mugs.csv is empty
csv.lua:24: flux.csv: mugs.csv:2: 3 cells, but the first line names 2 columns
csv.lua:24: flux.csv: mugs.csv:1: two columns are called 'prompt'
csv.lua:24: flux.csv: mugs.csv:2: a quote is not closed
csv.lua:24: flux.csv: mugs.csv:2: text behind a closing quote
csv.lua:24: flux.csv: mugs.csv:2: not UTF-8 text (save it as 'CSV UTF-8')
csv.lua:33: flux.csv: no-such.csv: No such file or directory
csv.lua:34: flux.csv: expected the path of a file, got nil
]]
--[[ stderr
…local service…
]]
