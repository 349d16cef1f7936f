-- Reads the text files that designers keep: one prompt per line, spreadsheets, wildcards.
--
-- `flux.words` is what the files of this folder share about words. prompts.lua, the last of them, takes it away.

local flux = flux
local words = flux.words

-- Larger files are no words.
local most_bytes = 64 * 1024 * 1024

--- Text without the blanks at its ends. Unlike a pattern it never goes over the blanks in between.
function words.trim(text)
  local left, right = text:byte(1), text:byte(-1)
  if left and left > 32 and right > 32 then return text end
  local first = text:find("%S")
  if not first then return "" end
  local last = #text
  while text:find("^%s", last) do last = last - 1 end
  return text:sub(first, last)
end

-- The line that a byte is on.
local function line_at(text, at)
  local _, breaks = text:sub(1, at - 1):gsub("\n", "")
  return breaks + 1
end

-- UTF-16 as UTF-8. What is no text in it becomes "\xFF", which UTF-8 has no use for.
local function from_utf16(bytes, unit)
  local pieces, high = {}, nil
  local function add(code)
    local low = code & 0xFC00 == 0xDC00
    if high and not low then pieces[#pieces + 1] = "\xFF" end
    if low then
      pieces[#pieces + 1] = high and utf8.char(0x10000 + ((high & 0x3FF) << 10) + (code & 0x3FF)) or "\xFF"
      high = nil
    elseif code & 0xFC00 == 0xD800 then
      high = code
    else
      pieces[#pieces + 1] = utf8.char(code)
      high = nil
    end
  end
  for at = 3, #bytes - 1, 2 do add((unit:unpack(bytes, at))) end
  if high or #bytes % 2 == 1 then pieces[#pieces + 1] = "\xFF" end
  return table.concat(pieces)
end

-- The bytes of a file; nil and why not.
local function bytes_of(path)
  local file <close>, why, code = io.open(path, "rb")
  if not file then return nil, why, code end
  local pieces, size = {}, 0
  while true do
    local piece, problem = file:read(65536)
    if problem then return nil, ("%s: %s"):format(path, problem) end
    if not piece then return table.concat(pieces) end
    size = size + #piece
    if size > most_bytes then return nil, path .. ": more than 64 MB are too much for text" end
    pieces[#pieces + 1] = piece
  end
end

--- The text of a file in UTF-8, without a byte-order mark, its lines ended by "\n". UTF-16 with a mark is read too: it
--- is what Excel calls "Unicode text". Otherwise nil, why not, and io.open's number.
function words.read(path, save_as)
  local text, why, code = bytes_of(path)
  if not text then return nil, why, code end
  local mark = text:sub(1, 2)
  if text:sub(1, 3) == "\xEF\xBB\xBF" then
    text = text:sub(4)
  elseif mark == "\xFF\xFE" then
    text = from_utf16(text, "<I2")
  elseif mark == "\xFE\xFF" then
    text = from_utf16(text, ">I2")
  end
  local length, wrong_at = utf8.len(text)
  if not length then
    return nil, ("%s:%d: not UTF-8 text (save it as %s)"):format(path, line_at(text, wrong_at), save_as or "UTF-8")
  end
  return text:find("\r", 1, true) and text:gsub("\r\n?", "\n") or text
end

--- A line without its comment, and without blanks at its ends: where it begins in the line, and the rest. A `#` begins
--- a comment at the beginning of a line, and behind a blank when a blank follows; so "#1E90FF" is a colour, and "mug
--- #1" a mug.
function words.without_comment(line)
  local first = line:find("%S") or 1
  if line:find("^#", first) then return first, "" end
  local at = first
  while true do
    at = line:find("%s#", at)
    if not at then return first, words.trim(line) end
    if line:find("^%s", at + 2) or at + 1 == #line then return first, words.trim(line:sub(1, at - 1)) end
    at = at + 1
  end
end

--- Goes through the lines of a text that are neither blank nor comments: the line trimmed, and the byte of the text
--- that it begins at.
function words.lines(text)
  local at = 1
  return function()
    while at <= #text do
      local stop = text:find("\n", at, true) or #text + 1
      local start = at
      local first, line = words.without_comment(text:sub(start, stop - 1))
      at = stop + 1
      if line ~= "" then return line, start + first - 1 end
    end
  end
end

--- The lines of a text file, as a list: trimmed, without blank ones and without comments. A `#` begins a comment at the
--- beginning of a line, and between blanks ("a mug # the good one"); "#1E90FF" stays.
--- @param path string
--- @return string[]
function flux.lines(path)
  if type(path) ~= "string" then
    error("flux.lines: expected the path of a file, got " .. type(path), 2)
  end
  local text, why = words.read(path)
  if not text then error("flux.lines: " .. why, 2) end
  local list = {}
  for line in words.lines(text) do list[#list + 1] = line end
  return list
end
