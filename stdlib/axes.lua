-- The axes of a sweep: what an author writes in flux.sweep { … } becomes lists of values, each with the fields that it
-- sets in its cells. Used by sweep.lua, which takes `flux.axes_of` away from scripts.

local flux = flux

local Vary, Zip = {}, {}

local function shown(value)
  if type(value) == "string" then return '"' .. value .. '"' end
  if type(value) == "table" then return "a table" end
  return tostring(value)
end

-- A value as a label: short, on one line.
local function label_of(value)
  if math.type(value) == "float" then return ("%.10g"):format(value) end
  if type(value) == "table" then
    local parts = {}
    for index, part in ipairs(value) do parts[index] = label_of(part) end
    return table.concat(parts, ", ")
  end
  return (tostring(value):gsub("%s+", " "))
end

--- Words of a text that take several values: `flux.vary("a red mug on marble", { red = { "red", "blue" } })` in a
--- sweep makes an axis of each word. A word is replaced wherever it stands, and not inside a longer word.
--- @param text string
--- @param words table<string, string[]>
function flux.vary(text, words)
  if type(text) ~= "string" then error("flux.vary: expected a text such as \"a red mug\", got " .. type(text), 2) end
  if type(words) ~= "table" or next(words) == nil then
    error("flux.vary: expected words such as { red = { \"red\", \"blue\" } } behind the text", 2)
  end
  local list = {}
  for word, values in pairs(words) do
    if type(word) ~= "string" or word == "" then error("flux.vary: a word must be a text, got " .. shown(word), 2) end
    if type(values) ~= "table" or #values == 0 then
      error(("flux.vary: '%s' needs a list of words, such as { \"%s\", … }"):format(word, word), 2)
    end
    list[#list + 1] = word
  end
  -- Longer words first, so that "red wine" is found before "red".
  table.sort(list, function(a, b) if #a ~= #b then return #a > #b end return a < b end)
  local function stands(word, at)
    if text:sub(at, at + #word - 1) ~= word then return false end
    local before, after = text:sub(at - 1, at - 1), text:sub(at + #word, at + #word)
    if at > 1 and before:match("[%w_]") and word:match("^[%w_]") then return false end
    return not (after:match("[%w_]") and word:match("[%w_]$"))
  end
  -- The text in pieces: plain strings, and { word = … } where one stands.
  local pieces, plain, order, found = {}, {}, {}, {}
  local at = 1
  while at <= #text do
    local here
    for _, word in ipairs(list) do if stands(word, at) then here = word break end end
    if here then
      if #plain > 0 then pieces[#pieces + 1] = table.concat(plain) end
      plain = {}
      pieces[#pieces + 1] = { word = here }
      if not found[here] then order[#order + 1] = here end
      found[here] = true
      at = at + #here
    else
      plain[#plain + 1] = text:sub(at, at)
      at = at + 1
    end
  end
  if #plain > 0 then pieces[#pieces + 1] = table.concat(plain) end
  for _, word in ipairs(list) do
    if not found[word] then error(("flux.vary: '%s' does not stand in \"%s\""):format(word, text), 2) end
  end
  return setmetatable({ text = text, pieces = pieces, order = order, words = words }, Vary)
end

--- Fields that change together: `flux.zip { width = { 1024, 512 }, height = { 512, 1024 } }` in a sweep, without a
--- field's name, is one axis. Its lists are equally long.
--- @param fields table<string, any[]>
function flux.zip(fields)
  if type(fields) ~= "table" or next(fields) == nil then
    error("flux.zip: expected lists such as { width = { 512, 1024 }, height = { 1024, 512 } }", 2)
  end
  local names, count = {}, nil
  for name, list in pairs(fields) do
    if type(name) ~= "string" or type(list) ~= "table" or #list == 0 then
      error(("flux.zip: '%s' must be a list with a value or more"):format(tostring(name)), 2)
    end
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    count = count or #fields[name]
    if #fields[name] ~= count then
      error(("flux.zip: the lists must be equally long ('%s' has %d, '%s' has %d)"):format(
        names[1], count, name, #fields[name]), 2)
    end
  end
  return setmetatable({ fields = fields, names = names, count = count }, Zip)
end

-- Whether an element of a list is { value, label = …, field = … }: a table that is not the value itself.
local function is_labelled(element, takes_lists)
  if type(element) ~= "table" or getmetatable(element) ~= nil then return false end
  if takes_lists then return type(element[1]) == "table" end
  return true
end

-- One value of an axis: what it is, what it is called, and the fields that it sets.
local function value_of(name, element, takes_lists, fail)
  if getmetatable(element) == Vary or getmetatable(element) == Zip then
    fail(("'%s': flux.vary and flux.zip stand alone, not in a list"):format(name))
  end
  if not is_labelled(element, takes_lists) then
    return { value = element, label = label_of(element), fields = { [name] = element } }
  end
  local value = element[1]
  if value == nil then
    fail(("'%s': a table in the list needs its value first, as in { \"…\", label = \"…\" }"):format(name))
  end
  if #element > 1 then fail(("'%s': %s and %s stand in one table; it holds one value"):format(
    name, shown(element[1]), shown(element[2]))) end
  local entry = { value = value, label = label_of(value), fields = { [name] = value } }
  for key, own in pairs(element) do
    if key == "label" then
      if type(own) ~= "string" or own == "" then fail(("'%s': 'label' must be a text"):format(name)) end
      entry.label, entry.is_named = own, true
    elseif type(key) == "string" then
      if key == name then fail(("'%s' stands in its own value"):format(name)) end
      entry.fields[key] = own
    end
  end
  return entry
end

-- An axis without values that stand twice: those would be paid twice for one picture.
local function axis(name, entries)
  local seen, list = {}, {}
  for _, entry in ipairs(entries) do
    local plain = type(entry.value) ~= "table"
    for key in pairs(entry.fields) do if key ~= name then plain = false end end
    if not (plain and seen[entry.value]) then list[#list + 1] = entry end
    if plain then seen[entry.value] = true end
  end
  return { name = name, entries = list }
end

local function vary_axes(vary, fail)
  local axes = {}
  for index, word in ipairs(vary.order) do
    local entries = {}
    for place, element in ipairs(vary.words[word]) do
      local entry = value_of(word, element, false, fail)
      if type(entry.value) ~= "string" then
        fail(("flux.vary: '%s' takes texts, got %s"):format(word, shown(entry.value)))
      end
      entry.fields[word] = nil
      entries[place] = entry
    end
    axes[index] = axis(word, entries)
    axes[index].is_word = true
  end
  return axes
end

local function zip_axis(zip, order)
  local entries = {}
  for index = 1, zip.count do
    local fields, labels, value = {}, {}, {}
    for place, name in ipairs(zip.names) do
      fields[name] = zip.fields[name][index]
      value[name] = fields[name]
      labels[place] = name .. "=" .. label_of(fields[name])
    end
    entries[index] = { value = value, label = table.concat(labels, ", "), fields = fields }
  end
  return { name = table.concat(zip.names, "+"), entries = entries, zipped = zip.names, at = order }
end

--- The axes of what an author gave flux.sweep, in their order, and the fields that all cells share.
--- @param spec table
--- @param known { order: string[], lists: table<string, true> } parameters of the catalogue
--- @param fail fun(message: string) raises at the author's line
function flux.axes_of(spec, known, fail)
  local shared, groups, pieces = {}, {}, nil
  local rank = { prompt = -3, model = -1, seed = math.huge }
  for index, name in ipairs(known.order) do rank[name] = rank[name] or index end
  for key, value in pairs(spec) do
    if math.type(key) == "integer" then
      if getmetatable(value) ~= Zip then
        fail("fields have names, such as seed = flux.seeds(4); only flux.zip { … } stands without one")
      end
      local zip = zip_axis(value, key)
      groups[#groups + 1] = { rank = -2, tie = ("%09d"):format(key), axes = { zip } }
    elseif getmetatable(value) == Zip then
      fail(("'%s': flux.zip names its fields itself; write it without '%s ='"):format(key, key))
    elseif getmetatable(value) == Vary then
      if key ~= "prompt" then fail(("'%s': flux.vary is for the words of a prompt"):format(key)) end
      pieces = value.pieces
      groups[#groups + 1] = { rank = rank.prompt, tie = "", axes = vary_axes(value, fail) }
    elseif type(value) == "table" and getmetatable(value) == nil
      and (not known.lists[key] or type(value[1]) == "table") and key ~= "webhook_events" and key ~= "params" then
      if #value == 0 then fail(("'%s' has no values"):format(key)) end
      local entries = {}
      for index, element in ipairs(value) do entries[index] = value_of(key, element, known.lists[key], fail) end
      groups[#groups + 1] = { rank = rank[key] or 1e6, tie = key, axes = { axis(key, entries) } }
    else
      shared[key] = value
    end
  end
  table.sort(groups, function(a, b)
    if a.rank ~= b.rank then return a.rank < b.rank end
    return a.tie < b.tie
  end)
  local axes = {}
  for _, group in ipairs(groups) do
    for _, one in ipairs(group.axes) do axes[#axes + 1] = one end
  end
  -- Two axes must not have one name, nor set one field.
  local names, setters = {}, {}
  for _, one in ipairs(axes) do
    if names[one.name] then fail(("two axes are called '%s'"):format(one.name)) end
    names[one.name] = true
    for _, entry in ipairs(one.entries) do
      for field in pairs(entry.fields) do
        if setters[field] and setters[field] ~= one.name then
          fail(("'%s' is set by the axis '%s' and by '%s'"):format(field, setters[field], one.name))
        end
        setters[field] = one.name
      end
    end
  end
  return axes, shared, pieces, setters
end
