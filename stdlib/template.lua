-- Reads a prompt template. What comes out is text, or a table with a `kind`:
--   "sequence": a list of the others
--   "choice":   `options`; `ends` when they have weights: their running sum; `name` of the wildcard
--   "several":  the same, with `low`, `high` and `separator`
--   "set":      `name`, `value`, `once`
--   "get":      `name`, `default`, and where it stands
-- Options of the weight 0 are left out.

local flux = flux
local words = flux.words

-- Braces in braces, and bytes of a template: beyond is a mistake of a program, not of a person.
local deepest = 100
local longest = 1000000

-- Weights are counted in millionths, so that choosing is whole numbers all along, the same on every machine.
local unit = 1000000
local heaviest = 1000000

-- What a name is made of: letters of any language.
local letter = "[%a_\x80-\xFF]"
local variable = "^%$%{%s*(" .. letter .. "[%w_%-\x80-\xFF]*)%s*([=:}])()"
local wildcard = "^__([%w/%.%*%-\x80-\xFF][%w_/%.%*%-\x80-\xFF]-)__()"
local composed = "^__[%w_/%.%*%-\x80-\xFF]*%$?%b{}[%w_/%.%*%-\x80-\xFF]*__"

-- Of options with weights: the running sum, unless all weigh the same.
local function running_sum(weights)
  local ends, sum, differ = {}, 0, false
  for index, weight in ipairs(weights) do
    sum = sum + weight
    ends[index] = sum
    differ = differ or weight ~= weights[1]
  end
  return differ and ends or nil
end

-- A choice from what weighs something; the same words once when `unique`. At the byte is what messages point at.
local function new_choice(options, weights, texts, unique, where, at)
  local chosen, heavy, place_of = {}, {}, {}
  for index, option in ipairs(options) do
    local weight, text = weights[index], texts[index]
    local place = unique and type(option) == "string" and place_of[text]
    if place then
      heavy[place] = heavy[place] + weight
    elseif weight > 0 then
      chosen[#chosen + 1], heavy[#heavy + 1] = option, weight
      if type(option) == "string" then place_of[text] = #chosen end
    end
  end
  if #chosen == 0 then words.fail(where, at, "there is nothing to choose from: every option has the weight 0") end
  return { kind = "choice", options = chosen, ends = running_sum(heavy) }
end

local Reader = {}
Reader.__index = Reader

function Reader:fail(at, message) words.fail(self.where, at, message) end

-- The weight at a byte, and where the option begins behind it.
function Reader:weight(at)
  local digits, stop = self.text:match("^%s*(%d+%.?%d*)::()", at)
  if not digits then digits, stop = self.text:match("^%s*(%.%d+)::()", at) end
  if not digits then
    if self.text:find("^%s*%-%d[%d%.]*::", at) then self:fail(at, "a weight must be 0 or more") end
    return unit, at
  end
  local number = tonumber(digits)
  if number > heaviest then self:fail(at, "a weight may be a million at most") end
  local weight = math.floor(number * unit + 0.5)
  if weight == 0 and number > 0 then weight = 1 end
  return weight, stop
end

-- `__name__` at a byte: the choice, and where the text goes on behind it. Nil when it is none.
function Reader:wildcard(at)
  local text = self.text
  local name, stop = text:match(wildcard, at)
  if not name then
    if text:find(composed, at) then
      self:fail(at, "a wildcard's name cannot be put together; choose between wildcards: {__a__|__b__}")
    end
    return nil
  end
  local known = self.book.nodes[name]
  if not known then
    local options, weights, texts = self.book:find(name, self.where, at)
    known = new_choice(options, weights, texts, false, self.where, at)
    known.name, known.all, known.weights, known.texts = name, options, weights, texts
    self.book.nodes[name] = known
  end
  return known, stop
end

-- `${name}`, `${name:default}`, `${name=value}` or `${name=!value}` at a byte; nil when it is none of them.
function Reader:variable(at)
  local name, sign, stop = self.text:match(variable, at)
  if not name then return nil end
  if sign == "}" then return { kind = "get", name = name, where = self.where, at = at }, stop end
  local once = sign == "=" and self.text:match("^%s*!()", stop) or nil
  local value
  value, stop = self:sequence(once or stop, "value", at, true)
  if sign == ":" then return { kind = "get", name = name, default = value, where = self.where, at = at }, stop + 1 end
  return { kind = "set", name = name, value = value, once = once ~= nil }, stop + 1
end

-- More than any template has; a number of many digits would be no whole one.
local most_options = 999999999

-- How many, and what stands between them, at the byte behind a brace: low, high, separator, where the options begin.
function Reader:several(at)
  local low, dash, high, stop = self.text:match("^%s*(%d*)%s*(%-?)%s*(%d*)%s*%$%$()", at)
  if not low or low .. high == "" or dash == "" and low ~= "" and high ~= "" then return nil end
  if dash == "" then high = low .. high low = high end
  low = low == "" and 1 or math.min(tonumber(low), most_options)
  high = high == "" and math.huge or math.min(tonumber(high), most_options)
  if low > high then self:fail(at, ("from %d to %d is not a number of options"):format(low, high)) end
  local separator, from = {}, stop
  while true do
    local next_at = self.text:find("[\\$|{}]", from)
    if not next_at then break end
    separator[#separator + 1] = self.text:sub(from, next_at - 1)
    if self.text:find("^%$%$", next_at) then return low, high, table.concat(separator), next_at + 2 end
    local sign = self.text:sub(next_at, next_at)
    if sign == "\\" then
      next_at = next_at + 1
      sign = self.text:sub(next_at, next_at)
    elseif sign ~= "$" then
      break
    end
    separator[#separator + 1] = sign
    from = next_at + 1
  end
  return low, high, ", ", stop
end

-- `{…}` at a byte: what it chooses, and where the text goes on behind it.
function Reader:choice(open)
  local at = open + 1
  local low, high, separator, start = self:several(at)
  if low then at = start end
  local trims = self.trims or low ~= nil
  local options, weights, texts = {}, {}, {}
  repeat
    local index = #options + 1
    weights[index], at = self:weight(at)
    local from = at
    options[index], at = self:sequence(at, "option", open, trims)
    texts[index] = words.trim(self.text:sub(from, at - 1))
    at = at + 1
  until self.text:sub(at - 1, at - 1) == "}"
  local only = options[1]
  local is_wildcard = #options == 1 and type(only) == "table" and only.name and only.kind == "choice"
  if not low then
    if is_wildcard and weights[1] > 0 then return only, at end
    return new_choice(options, weights, texts, false, self.where, open), at
  end
  -- Several of one wildcard are several of its lines.
  if is_wildcard then options, weights, texts = only.all, only.weights, only.texts end
  local node = new_choice(options, weights, texts, true, self.where, open)
  local count = #node.options
  if low > count then
    local are = count == 1 and "there is only 1" or ("there are only %d"):format(count)
    self:fail(open, ("%d different options are wanted, and %s"):format(low, are))
  end
  node.kind, node.low, node.high, node.separator = "several", low, math.min(high, count), separator
  node.name = is_wildcard and only.name or nil
  return node, at
end

-- Text and choices from a byte on, up to what ends them: nothing ("all"), `|` or `}` ("option"), `}` ("value"). What
-- was read, and where it ended.
--- @param open integer where the braces begin that this is in
--- @param trims boolean whether blanks at the ends are left out
function Reader:sequence(at, within, open, trims)
  local text, items, from = self.text, {}, at
  self.depth = self.depth + 1
  if self.depth > deepest then self:fail(open, ("more than %d braces inside each other"):format(deepest)) end
  local plain = {}
  local function flush()
    if #plain > 0 then items[#items + 1] = table.concat(plain) end
    plain = {}
  end
  if trims then from = text:find("%S", from) or #text + 1 end
  -- How the text ends that is not taken as it is.
  local function take(stop, is_last)
    local piece = text:sub(from, stop)
    if is_last and trims then piece = words.trim("." .. piece):sub(2) end
    if piece ~= "" then plain[#plain + 1] = piece end
  end
  local search = from
  while true do
    local found = text:find("[\\{}|$_]", search)
    if not found then
      if within ~= "all" then self:fail(open, "this brace is not closed (\\{ is the character itself)") end
      take(#text, true)
      at = #text + 1
      break
    end
    local sign = text:sub(found, found)
    if sign == "}" or sign == "|" and within ~= "all" then
      if within == "all" then self:fail(found, "this brace closes nothing (\\} is the character itself)") end
      if within == "value" and sign == "|" then
        self:fail(found, "a choice in a variable needs braces of its own: ${name={a|b}}")
      end
      take(found - 1, true)
      at = found
      break
    end
    local node, stop
    if sign == "\\" and found < #text then
      take(found - 1)
      plain[#plain + 1] = text:sub(found + 1, found + 1)
      search, from = found + 2, found + 2
    else
      -- A longer row of them is a line to write on.
      if sign == "_" and text:find("^__", found) and (found == from or text:sub(found - 1, found - 1) ~= "_") then
        node, stop = self:wildcard(found)
      elseif sign == "$" and text:find("^{", found + 1) then
        node, stop = self:variable(found)
      elseif sign == "{" then
        node, stop = self:choice(found)
      end
      if node then
        take(found - 1)
        flush()
        items[#items + 1] = node
        -- Setting a variable leaves nothing in the prompt, not even the blank behind it.
        if node.kind == "set" then stop = text:find("%S", stop) or #text + 1 end
        search, from = stop, stop
      else
        search = found + 1
      end
    end
  end
  flush()
  self.depth = self.depth - 1
  if #items == 0 then return "", at end
  if #items == 1 and not (type(items[1]) == "table" and items[1].kind == "set") then return items[1], at end
  items.kind = "sequence"
  return items, at
end

local function new_reader(text, where, book, trims)
  return setmetatable({ text = text, where = where, book = book, trims = trims, depth = 0 }, Reader)
end

--- Reads a line of a wildcard's file: what it says, its weight, and its text without the weight.
function words.read_line(line, where, book)
  local reader = new_reader(line, where, book, false)
  local weight, from = reader:weight(1)
  -- Most lines are words.
  if from == 1 and not line:find("[\\{}$_]") then return line, weight, line end
  return reader:sequence(from, "all", from, true), weight, words.trim(line:sub(from))
end

-- The lines of a template joined by blanks, without comments, and where in it they come from.
local function joined(template)
  local lines, starts, length = {}, {}, 0
  local at = 1
  while at <= #template do
    local stop = template:find("\n", at, true) or #template + 1
    local line = template:sub(at, stop - 1)
    local first, rest = words.without_comment(line)
    -- A blank that is taken as it is.
    local last = #rest
    while rest:sub(last, last) == "\\" do last = last - 1 end
    if (#rest - last) % 2 == 1 then rest = line:sub(first, first + #rest) end
    if rest ~= "" then
      lines[#lines + 1] = rest
      starts[#starts + 1] = { length + 1, at + first - 1 }
      length = length + #rest + 1
    end
    at = stop + 1
  end
  if #lines == 0 then starts[1] = { 1, 1 } end
  return table.concat(lines, " "), starts
end

--- Reads a template. One that begins or ends with a line break is written over several lines: they are trimmed and
--- joined by a blank, and so are the options in it; comments are left out. (Lua drops the line break behind `[[`, so
--- the one before `]]` tells it.)
function words.read_template(template, book)
  if #template > longest then
    words.fail(nil, nil, ("a template may have a million bytes at most (this one has %d)"):format(#template))
  end
  local length, wrong_at = utf8.len(template)
  if not length then
    words.fail(words.where(template:sub(1, wrong_at - 1), { { 1, 1 } }), wrong_at, "this is not UTF-8 text")
  end
  local is_block = (template:find("^[ \t]*\r?\n") or template:find("\n[ \t]*$")) ~= nil
  local text, starts = template, { { 1, 1 } }
  if is_block then text, starts = joined(template) end
  local reader = new_reader(text, words.where(template, starts), book, is_block)
  return (reader:sequence(1, "all", 1, is_block))
end
