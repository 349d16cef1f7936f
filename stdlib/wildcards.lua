-- The files for `__name__`: a folder of lists, one choice per line.

local flux = flux
local words = flux.words
local text_files, suggestion = words.text_files, words.suggestion

-- Files that lead to each other, one in the other.
local deepest = 200

-- Whether the parts of a name, from a position each, fit the parts of a pattern: `**` stands for any number of folders,
-- `*` for any letters of one name.
local function fits(parts, part, pattern, index)
  local wanted = pattern[index]
  if not wanted then return parts[part] == nil end
  if wanted == "**" then
    for next_part = part, #parts + 1 do
      if fits(parts, next_part, pattern, index + 1) then return true end
    end
    -- At its end `**` is everything below.
    return index == #pattern and part <= #parts
  end
  if not parts[part] then return false end
  local expression = "^" .. wanted:gsub("[%-%.]", "%%%0"):gsub("%*+", ".*") .. "$"
  return parts[part]:find(expression) ~= nil and fits(parts, part + 1, pattern, index + 1)
end

local function parts_of(name)
  local parts = {}
  for part in name:gmatch("[^/]+") do parts[#parts + 1] = part end
  return parts
end

local Book = {}
Book.__index = Book

--- The wildcards of a folder. Each file is read once.
--- @param folder string
--- @param parse fun(line: string, where: table, book: table): any, integer, string the parsed line, its weight, and
--- what it is without it
function words.book(folder, parse)
  return setmetatable({ folder = folder, parse = parse, nodes = {}, open = {} }, Book)
end

function Book:names()
  self.all_names = self.all_names or text_files(self.folder)
  return self.all_names
end

function Book:path(name) return ("%s/%s.txt"):format(self.folder, name) end

-- The choices of one file, as three lists: parsed, weights, texts.
function Book:read(name, where, at)
  for index, open in ipairs(self.open) do
    if open == name then
      local circle = table.concat(self.open, " → ", index) .. " → " .. name
      words.fail(where, at, "wildcards that contain each other: " .. circle)
    end
  end
  if #self.open >= deepest then words.fail(where, at, ("more than %d wildcards inside each other"):format(deepest)) end
  local path = self:path(name)
  local source, why, code = words.read(path)
  if not source then
    -- 2 is ENOENT.
    if code ~= 2 then words.fail(where, at, ("wildcard '%s' cannot be read: %s"):format(name, why)) end
    words.fail(where, at, ("no wildcard '%s': there is no %s%s"):format(name, path, suggestion(name, self:names())))
  end
  self.open[#self.open + 1] = name
  local parsed, weights, texts = {}, {}, {}
  for line, start in words.lines(source) do
    local index = #parsed + 1
    parsed[index], weights[index], texts[index] = self.parse(line, words.where(source, { { 1, start } }, path), self)
  end
  self.open[#self.open] = nil
  if #parsed == 0 then words.fail(where, at, ("wildcard '%s': %s has no lines"):format(name, path)) end
  return parsed, weights, texts
end

--- What `__name__` at a byte of a text chooses from.
--- @return any[] parsed
--- @return integer[] weights
--- @return string[] texts
function Book:find(name, where, at)
  name = name:gsub("%.txt$", "")
  for _, part in ipairs(parts_of(name)) do
    if part == "." or part == ".." then
      words.fail(where, at, "a wildcard's name can only lead to files in its folder, without '" .. part .. "'")
    end
  end
  if not name:find("*", 1, true) then return self:read(name, where, at) end
  local pattern = parts_of(name)
  local parsed, weights, texts = {}, {}, {}
  for _, candidate in ipairs(self:names()) do
    if fits(parts_of(candidate), 1, pattern, 1) then
      local more, more_weights, more_texts = self:read(candidate, where, at)
      table.move(more, 1, #more, #parsed + 1, parsed)
      table.move(more_weights, 1, #more_weights, #weights + 1, weights)
      table.move(more_texts, 1, #more_texts, #texts + 1, texts)
    end
  end
  if #parsed == 0 then words.fail(where, at, ("no file below %s/ fits '%s'"):format(self.folder, name)) end
  return parsed, weights, texts
end
