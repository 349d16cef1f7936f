-- Shows where a mistake is in a text: line, column, and the line itself with a mark under it.

local flux = flux
local words = flux.words

local mistake = {}

-- Half of what is shown of a long line, in characters.
local reach = 38

-- Columns that a terminal gives a character: two in the scripts of East Asia and to emoji, none to marks and joiners.
local function width(code)
  if code >= 0x300 and code <= 0x36F or code == 0x200D or code >= 0xFE00 and code <= 0xFE0F then return 0 end
  if code < 0x1100 then return 1 end
  local is_wide = code <= 0x115F or code >= 0x2E80 and code <= 0xA4CF or code >= 0xAC00 and code <= 0xD7A3
    or code >= 0xF900 and code <= 0xFAFF or code >= 0xFE30 and code <= 0xFE6F or code >= 0xFF00 and code <= 0xFF60
    or code >= 0xFFE0 and code <= 0xFFE6 or code >= 0x1F300 and code <= 0x1FAFF or code >= 0x20000
  return is_wide and 2 or 1
end

-- The line, or the part of it around a byte, and a mark under that byte.
local function shown(line, at)
  local from = utf8.offset(line, -reach, at) or 1
  local stop = utf8.offset(line, reach, at) or #line + 1
  local before, behind = line:sub(from, at - 1):gsub("%c", " "), line:sub(at, stop - 1):gsub("%c", " ")
  if from > 1 then before = "…" .. before end
  if stop <= #line then behind = behind .. "…" end
  local columns = 0
  for _, code in utf8.codes(before) do columns = columns + width(code) end
  return ("  %s%s\n  %s^"):format(before, behind, (" "):rep(columns))
end

-- The byte of the source that a byte of a part of it comes from.
local function source_of(where, at)
  local starts = where.starts
  local from, to = 1, #starts
  while from < to do
    local middle = (from + to + 1) // 2
    if starts[middle][1] <= at then from = middle else to = middle - 1 end
  end
  return starts[from][2] + at - starts[from][1]
end

--- Where a part of a source stands in it.
--- @param source string the whole text
--- @param starts integer[][] pairs, in order: a byte of the part, and the byte of the source that it comes from
--- @param file? string what the source is called; nil: it is the template
function words.where(source, starts, file)
  return { source = source, starts = starts, file = file }
end

--- Raises a mistake, to be caught by words.catch: at a byte of a text, or of no place when there is no `where`.
function words.fail(where, at, message)
  if not where then error(setmetatable({ text = message }, mistake)) end
  local source = where.source
  local byte = math.min(source_of(where, at), #source + 1)
  local first = byte
  while first > 1 and source:sub(first - 1, first - 1) ~= "\n" do first = first - 1 end
  local stop = source:find("[\r\n]", first) or #source + 1
  byte = math.min(byte, stop)
  local _, breaks = source:sub(1, first - 1):gsub("\n", "")
  local column = utf8.len(source, first, byte - 1, true) + 1
  local line = source:sub(first, stop - 1)
  local place = ("%sline %d, column %d"):format(where.file and where.file .. ", " or "", breaks + 1, column)
  error(setmetatable({ text = ("%s: %s\n%s"):format(place, message, shown(line, byte - first + 1)) }, mistake))
end

--- Calls f(...): true and its results, or false and the text of the mistake it raised. Other errors go on.
function words.catch(f, ...)
  local results = table.pack(pcall(f, ...))
  if results[1] then return table.unpack(results, 1, results.n) end
  local err = results[2]
  if type(err) == "table" and getmetatable(err) == mistake then return false, err.text end
  error(err, 0)
end
