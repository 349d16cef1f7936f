-- Makes prompts from a parsed template: at random, or every combination in order; and counts the combinations.

local flux = flux
local words = flux.words

-- A prompt is a text for a person to read; what makes more of it, or goes round so often, would never end.
local longest = 1000000
local most_steps = 1000000
-- Choices of one prompt when every combination is made: each is a step deeper on Lua's stack.
local deepest = 5000

local function too_large() words.fail(nil, nil, "the template makes a prompt of more than a million characters") end

-- Variables: a list from the newest to the oldest, which parts of a template share. A value is a text that was chosen
-- once, or a part to choose from anew, with the variables that it sees.
local function bind(names, name, value) return { name = name, value = value, older = names } end

local function look_up(names, node)
  local entry = names
  while entry and entry.name ~= node.name do entry = entry.older end
  return entry and entry.value
end

local function names_of(names)
  local list = {}
  while names do
    list[#list + 1] = names.name
    names = names.older
  end
  return list
end

-- MARK: Counting

local exact = 1 << 62

-- Whole numbers for as long as they fit, then nearly.
local function times(a, b)
  local product = a * 1.0 * b
  return product < exact and a * b or product
end

local function plus(a, b)
  local sum = a * 1.0 + b
  return sum < exact and a + b or sum
end

local count

local counters = {}

function counters.sequence(node, names, known)
  local product = 1
  for _, item in ipairs(node) do
    if type(item) == "table" then
      local number = count(item.kind == "set" and item.value or item, names, known)
      if item.kind ~= "set" then
        product = times(product, number)
      elseif item.once then
        names = bind(names, item.name, 1)
        product = times(product, number)
      else
        names = bind(names, item.name, number)
      end
    end
  end
  return product
end

function counters.choice(node, names, known)
  local sum = 0
  for _, option in ipairs(node.options) do sum = plus(sum, count(option, names, known)) end
  return sum
end

-- Orders of every choice of so many options: k! times the k-th elementary symmetric sum.
function counters.several(node, names, known)
  -- So many are too many to write down already, and more would take long to count.
  local high = math.min(node.high, 40)
  local sums = { [0] = 1 }
  for index, option in ipairs(node.options) do
    local number = count(option, names, known)
    for size = math.min(index, high), 1, -1 do
      sums[size] = plus(sums[size] or 0, times(sums[size - 1], number))
    end
  end
  local total, orders = 0, 1
  for size = 0, high do
    if size > 0 then orders = times(orders, size) end
    if size >= math.min(node.low, high) then total = plus(total, times(sums[size], orders)) end
  end
  return total
end

function counters.get(node, names, known)
  local number = look_up(names, node)
  if number then return number end
  if node.default then return count(node.default, names, known) end
  local question = words.suggestion(node.name, names_of(names))
  words.fail(node.where, node.at, ("variable '%s' is not set here%s; ${%s:…} gives it a default")
    :format(node.name, question, node.name))
end

function count(node, names, known)
  if type(node) == "string" then return 1 end
  -- Wildcards may be used everywhere, and in each other.
  local of_node = known[node]
  if not of_node then
    of_node = {}
    known[node] = of_node
  end
  local key = names or known
  local number = of_node[key]
  if not number then
    number = counters[node.kind](node, names, known)
    of_node[key] = number
  end
  return number
end

--- How many combinations a template has, the same text counted as often as it is made: whole, or a float beyond 2^62.
--- Raises when a variable is used that is not set.
function words.count(template)
  if type(template) == "table" and template.kind == "set" then template = { kind = "sequence", template } end
  return count(template, nil, {})
end

-- MARK: Dice

--- Dice of their own, so that they fall the same on every machine: splitmix64 (Steele, Lea, Flood, 2014).
--- @param seed integer
--- @return fun(sides: integer): integer from 1 to `sides`
function words.dice(seed)
  local state = seed
  return function(sides)
    while true do
      state = state + 0x9E3779B97F4A7C15
      local z = (state ~ (state >> 30)) * 0xBF58476D1CE4E5B9
      z = (z ~ (z >> 27)) * 0x94D049BB133111EB
      z = (z ~ (z >> 31)) >> 1
      local value = z % sides
      -- What is left over at the end of the range would make low numbers more likely.
      if z - value <= math.maxinteger - sides + 1 then return value + 1 end
    end
  end
end

-- The option that a throw hits, in a running sum of weights.
local function hit(ends, throw)
  local from, to = 1, #ends
  while from < to do
    local middle = (from + to) // 2
    if throw <= ends[middle] then to = middle else from = middle + 1 end
  end
  return from
end

-- Options and their running sum without those that are taken; then nothing is.
local function without(taken, options, ends)
  local left, sums, sum = {}, {}, 0
  for index, option in ipairs(options) do
    if not taken[index] then
      sum = sum + ends[index] - (ends[index - 1] or 0)
      left[#left + 1], sums[#sums + 1] = option, sum
    end
  end
  return left, sums, {}, 0
end

local Roller = {}
Roller.__index = Roller

local rollers = {}

function rollers.choice(self, node, names)
  local ends, options = node.ends, node.options
  local option
  if ends then
    option = options[hit(ends, self.dice(ends[#ends]))]
  else
    option = options[#options == 1 and 1 or self.dice(#options)]
  end
  -- Most are plain texts.
  return type(option) == "string" and option or self:roll(option, names)
end

function rollers.several(self, node, names)
  local options, ends, dice = node.options, node.ends, self.dice
  local size = node.low == node.high and node.low or node.low - 1 + dice(node.high - node.low + 1)
  local texts = {}
  if not ends then
    -- Shuffled as far as is needed; what was moved is remembered, so that a long list is not copied.
    local moved = {}
    for place = 1, size do
      local drawn = place - 1 + dice(#options - place + 1)
      texts[place] = self:roll(options[moved[drawn] or drawn], names)
      moved[drawn] = moved[place] or place
    end
  else
    -- Thrown again where it hits what is taken; when that is more than half, it is left out from then on.
    local taken, gone = {}, 0
    for place = 1, size do
      if gone * 2 > ends[#ends] then
        options, ends, taken, gone = without(taken, options, ends)
      end
      local index
      repeat index = hit(ends, dice(ends[#ends])) until not taken[index]
      taken[index] = true
      gone = gone + ends[index] - (ends[index - 1] or 0)
      texts[place] = self:roll(options[index], names)
    end
  end
  return table.concat(texts, node.separator)
end

function rollers.get(self, node, names)
  local value = look_up(names, node)
  if not value then return self:roll(node.default, names) end
  if type(value) == "string" then return value end
  return self:roll(value.node, value.names)
end

-- Notes what was chosen at a place of the template; true when there was something to choose.
local function note(choices, item, names, text)
  if item.kind == "set" then
    choices[#choices + 1] = { text = text, variable = item.name }
  elseif item.kind ~= "get" then
    choices[#choices + 1] = { text = text, wildcard = item.name }
  elseif type(look_up(names, item)) ~= "string" then
    choices[#choices + 1] = { text = text, variable = item.name }
  else
    return false
  end
  return true
end

function rollers.sequence(self, node, names, choices)
  -- Of a size that most need.
  local texts, made = { nil, nil, nil, nil }, 0
  for index = 1, #node do
    local item = node[index]
    local text
    if type(item) == "string" then
      text = item
    elseif item.kind ~= "set" then
      text = self:roll(item, names)
      if choices then note(choices, item, names, text) end
    elseif item.once then
      local value = self:roll(item.value, names)
      if choices then note(choices, item, names, value) end
      names = bind(names, item.name, value)
    else
      names = bind(names, item.name, { node = item.value, names = names })
    end
    if text then
      made = made + 1
      texts[made] = text
    end
  end
  return table.concat(texts)
end

function Roller:roll(node, names, choices)
  if type(node) == "string" then return node end
  self.steps = self.steps + 1
  if self.steps > most_steps then too_large() end
  local text = rollers[node.kind](self, node, names, choices)
  if #text > longest then too_large() end
  return text
end

-- A template is a sequence, so that what stands in it alone is recorded as well.
local function sequence_of(template)
  if type(template) == "table" and template.kind == "sequence" then return template end
  return { kind = "sequence", template }
end

--- Makes a prompt by dice.
--- @param dice fun(sides: integer): integer
--- @return string
--- @return table[] choices what was chosen at each place of the template, in the order of the text
function words.roll(template, dice)
  local choices = { nil, nil, nil, nil }
  local roller = setmetatable({ dice = dice, steps = 0 }, Roller)
  return roller:roll(sequence_of(template), nil, choices), choices
end

-- MARK: Every combination

-- Whether a part makes the same texts wherever it stands: nothing in it is or sets a variable.
local function is_constant(node, known)
  if type(node) == "string" then return true end
  if known[node] ~= nil then return known[node] end
  known[node] = false
  if node.kind == "get" or node.kind == "set" then return false end
  for _, part in ipairs(node.kind == "sequence" and node or node.options) do
    if not is_constant(part, known) then return false end
  end
  known[node] = true
  return true
end

-- Each calls what goes on with every text of a node in turn, until that returns true: it wants no more.
local Walker = {}
Walker.__index = Walker

local walkers = {}

function walkers.choice(self, node, names, go_on)
  local options = node.options
  for index = 1, #options do
    local option = options[index]
    -- Most are plain texts.
    if type(option) == "string" then
      if go_on(option) then return true end
    elseif self:walk(option, names, go_on) then
      return true
    end
  end
  return false
end

function walkers.several(self, node, names, go_on)
  local taken, texts = {}, {}
  local function pick(place, size)
    if place > size then return go_on(table.concat(texts, node.separator, 1, size)) end
    for index, option in ipairs(node.options) do
      if not taken[index] then
        taken[index] = true
        local wants_no_more = self:walk(option, names, function(text)
          texts[place] = text
          return pick(place + 1, size)
        end)
        taken[index] = nil
        if wants_no_more then return true end
      end
    end
    return false
  end
  for size = node.low, node.high do
    if pick(1, size) then return true end
  end
  return false
end

function walkers.get(self, node, names, go_on)
  local value = look_up(names, node)
  if not value then return self:walk(node.default, names, go_on) end
  if type(value) == "string" then return go_on(value) end
  return self:walk(value.node, value.names, go_on)
end

function walkers.sequence(self, node, names, go_on) return self:sequence(node, 1, names, "", go_on) end

function Walker:go_deeper()
  self.depth = self.depth + 1
  if self.depth > deepest then
    words.fail(nil, nil, ("the template has more than %d choices, too many to combine"):format(deepest))
  end
end

function Walker:walk(node, names, go_on)
  if type(node) == "string" then return go_on(node) end
  self:go_deeper()
  local wants_no_more = walkers[node.kind](self, node, names, go_on)
  self.depth = self.depth - 1
  return wants_no_more
end

-- More than this is made when it is needed.
local most_kept, most_kept_bytes = 10000, 1 << 20

-- All texts of a part, in order, kept: it is come to again for every combination of what stands before it. False for a
-- part with variables in it, which differs from time to time, and for one with too many.
function Walker:texts(node)
  local texts = self.kept[node]
  if texts ~= nil then return texts end
  texts = is_constant(node, {}) and count(node, nil, {}) <= most_kept and {}
  if texts then
    local made, bytes = 0, 0
    local are_too_many = self:walk(node, nil, function(text)
      made, bytes = made + 1, bytes + #text
      texts[made] = text
      return bytes > most_kept_bytes
    end)
    if are_too_many then texts = false end
  end
  self.kept[node] = texts
  return texts
end

-- Goes on behind each of the texts of an item.
function Walker:each(texts, item, node, index, names, text, go_on, choices)
  self:go_deeper()
  local place = choices and #choices + 1
  local is_last = node[index] == nil
  local wants_no_more = false
  for number = 1, #texts do
    local chosen = texts[number]
    local behind = text .. chosen
    if #behind > longest then too_large() end
    if choices then choices[place] = { text = chosen, wildcard = item.name } end
    if is_last then
      wants_no_more = go_on(behind)
    else
      wants_no_more = self:sequence(node, index, names, behind, go_on, choices)
    end
    if wants_no_more then break end
  end
  if choices then choices[place] = nil end
  self.depth = self.depth - 1
  return wants_no_more
end

-- A sequence from an item on, behind the text that it has made so far.
function Walker:sequence(node, index, names, text, go_on, choices)
  while true do
    local item = node[index]
    if item == nil then return go_on(text) end
    index = index + 1
    if type(item) == "string" then
      text = text .. item
      if #text > longest then too_large() end
    elseif item.kind == "set" and not item.once then
      names = bind(names, item.name, { node = item.value, names = names })
    else
      local is_set = item.kind == "set"
      local texts = not is_set and self:texts(item)
      if texts then return self:each(texts, item, node, index, names, text, go_on, choices) end
      local next_index, before, known = index, text, names
      return self:walk(is_set and item.value or item, names, function(chosen)
        local is_noted = choices and note(choices, item, known, chosen)
        local inner, behind = known, before
        if is_set then inner = bind(known, item.name, chosen) else behind = before .. chosen end
        if #behind > longest then too_large() end
        local wants_no_more = self:sequence(node, next_index, inner, behind, go_on, choices)
        if is_noted then choices[#choices] = nil end
        return wants_no_more
      end)
    end
  end
end

-- A short list is made in one go, in its full size.
local function copy(list)
  local length = #list
  return length <= 50 and { table.unpack(list, 1, length) } or table.move(list, 1, length, 1, {})
end

--- Calls f(prompt, choices) with every combination in order, the last place changing first, until it returns true.
function words.walk(template, f)
  local choices = {}
  local walker = setmetatable({ depth = 0, kept = {} }, Walker)
  walker:sequence(sequence_of(template), 1, nil, "", function(text) return f(text, copy(choices)) end, choices)
end
