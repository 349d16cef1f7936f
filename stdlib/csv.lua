-- Reads the tables that designers keep in spreadsheets.

local flux = flux
local words = flux.words

-- What may stand between cells; a spreadsheet takes the one that its language is used to.
local separators = { ",", ";", "\t" }
local quote = ('"'):byte()

-- Reads one record of a file, which is a line unless a cell in quotes goes over several: its cells, and which of them
-- were in quotes. At the end nil; nil and a reason where the file is wrong.
local function record(read_line, separator)
  local line, why = read_line()
  if not line then return nil, why end
  local cells, quoted, at, index = {}, {}, 1, 0
  local between = separator:byte()
  while true do
    index = index + 1
    if line:byte(at) == quote then
      local from = at + 1
      local close, is_doubled = line:find('"', from, true), false
      while not close or line:byte(close + 1) == quote do
        if close then
          from, is_doubled = close + 2, true
        else
          local more, why_not = read_line()
          if not more then return nil, why_not or "a quote is not closed" end
          from = #line + 2
          line = line .. "\n" .. more
        end
        close = line:find('"', from, true)
      end
      local cell = line:sub(at + 1, close - 1)
      cells[index] = is_doubled and cell:gsub('""', '"') or cell
      quoted[index] = true
      at = close + 1
    else
      local stop = line:find(separator, at, true) or #line + 1
      cells[index] = words.trim(line:sub(at, stop - 1))
      at = stop
    end
    if at > #line then return cells, quoted end
    if line:byte(at) ~= between then return nil, "text after a closing quote" end
    at = at + 1
  end
end

-- The separator that the header, the first line that says something, uses most.
local function separator_of(header)
  local best, most = separators[1], 0
  for _, separator in ipairs(separators) do
    local _, count = header:gsub('"[^"]*"', ""):gsub(separator, "")
    if count > most then best, most = separator, count end
  end
  return best
end

-- What a cell without quotes stands for: a number, true or false, nothing, or text. 007 is text.
local function value_of(cell)
  local first = cell:byte()
  if not first then return nil end
  if cell == "true" or cell == "false" then return cell == "true" end
  -- Only what begins with a digit or a minus can be a number.
  if first > 57 or first < 45 then return cell end
  local digits, rest = cell:match("^%-?(%d+)(.*)$")
  local is_plain = digits and (digits == "0" or digits:sub(1, 1) ~= "0")
  if is_plain and (rest == "" or rest:match("^%.%d+$") or rest:match("^%.?%d*[eE][+-]?%d+$")) then
    return tonumber(cell)
  end
  return cell
end

-- Whether a row says nothing: a spreadsheet leaves such ones behind its last row, and between others.
local function is_blank(cells, quoted)
  for index, cell in ipairs(cells) do
    if cell ~= "" or quoted[index] then return false end
  end
  return true
end

--- Reads a CSV file row by row: `for row, number in flux.csv("prompts.csv") do`. The first line names the columns, and
--- a row is a table with those names, ready for flux.generate. Numbers, true and false become such unless they stand
--- in quotes; an empty cell is absent, and blank rows are skipped. Commas, semicolons or tabs may separate the cells,
--- and the text may be UTF-8 or Excel's "Unicode text".
--- @param path string
--- @return fun(): table?, integer?
function flux.csv(path)
  if type(path) ~= "string" then
    error("flux.csv: expected the path of a file, got " .. type(path), 2)
  end
  local text, why = words.read(path, "'CSV UTF-8'")
  if not text then error("flux.csv: " .. why, 2) end
  local at, line_number = 1, 0

  -- Called by what the script calls, so that the error is at the script's line.
  local function wrong(what)
    error(("flux.csv: %s:%d: %s"):format(path, line_number, what), 3)
  end
  local header = text:match("[^\n]*[^%s,;][^\n]*")
  if not header then error(("flux.csv: %s is empty"):format(path), 2) end
  local separator = separator_of(header)
  local function read_line()
    if at > #text then return nil end
    local stop = text:find("\n", at, true) or #text + 1
    local line = text:sub(at, stop - 1)
    at, line_number = stop + 1, line_number + 1
    return line
  end
  -- The next row that is not blank; nil at the end, or nil and a reason.
  local function next_record()
    while true do
      local cells, quoted = record(read_line, separator)
      if not cells or not is_blank(cells, quoted) then return cells, quoted end
    end
  end

  local names, problem = next_record()
  if not names then wrong(problem) end
  local seen = {}
  for index, name in ipairs(names) do
    name = words.trim(name)
    names[index] = name
    if seen[name] and name ~= "" then wrong(("two columns are called '%s'"):format(name)) end
    seen[name] = true
  end

  local count = 0
  return function()
    local cells, quoted = next_record()
    if not cells then
      if quoted then wrong(quoted) end
      return nil
    end
    local row = {}
    for index, cell in ipairs(cells) do
      local name = names[index]
      if name == nil and cell ~= "" then
        wrong(("%d cells, but the first line names %d columns"):format(#cells, #names))
      end
      if name ~= nil and name ~= "" then
        if quoted[index] then row[name] = cell else row[name] = value_of(cell) end
      end
    end
    count = count + 1
    return row, count
  end
end
