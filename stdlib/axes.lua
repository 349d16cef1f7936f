-- The axes of a sweep: what an author writes in flux.sweep { … } becomes lists of values, each with the fields that it
-- sets in its cells. Used by sweep.lua, which hides `flux.axes_of` from scripts.

local flux = flux
local mistake = flux.mistake
local Vary = flux.vary_type
flux.vary_type = nil

local Zip = { __name = "zip" }

local function shown(value)
  if type(value) == "string" then return '"' .. value .. '"' end
  if type(value) == "table" then return "a table" end
  return tostring(value)
end

local function fail(message) mistake("flux.sweep: " .. message) end

-- Whether a value is a list or table of the author's, or a list of flux.prompts, and no object such as flux.vary's.
local function is_table(value)
  if type(value) ~= "table" then return false end
  local meta = getmetatable(value)
  return meta == nil or type(meta) == "table" and meta.__name == "prompts"
end

-- A value as a label: on one line. A job is called as its author called it.
local function label_of(value)
  if math.type(value) == "float" then return ("%.10g"):format(value) end
  if is_table(value) then
    local parts, keys = {}, {}
    for index, part in ipairs(value) do parts[index] = label_of(part) end
    for key in pairs(value) do if type(key) == "string" then keys[#keys + 1] = key end end
    table.sort(keys)
    for _, key in ipairs(keys) do parts[#parts + 1] = key .. "=" .. label_of(value[key]) end
    return table.concat(parts, ", ")
  end
  local text = tostring(value)
  if type(value) == "userdata" and text:find("^job ") then text = value.name or value.prompt end
  return (text:gsub("%s+", " "))
end

--- Fields that change together: `flux.zip { width = { 1024, 512 }, height = { 512, 1024 } }` in a sweep, without a
--- field's name, is one axis. Its lists are equally long. `label = "size"` names the axis, which is called after its
--- fields otherwise: `height+width`.
--- @param fields table<string, any[]>
function flux.zip(fields)
  local example = "{ width = { 512, 1024 }, height = { 1024, 512 } }"
  if not is_table(fields) or next(fields) == nil then mistake("flux.zip: expected lists such as " .. example) end
  local names, count, label = {}, nil, nil
  for name, list in pairs(fields) do
    if name == "label" and type(list) == "string" then
      label = list
    elseif type(name) ~= "string" then
      mistake("flux.zip: lists have the names of their fields, as in " .. example)
    elseif not is_table(list) or #list == 0 then
      mistake(("flux.zip: '%s' must be a list with a value or more"):format(name))
    else
      names[#names + 1] = name
    end
  end
  table.sort(names)
  if #names == 0 then mistake("flux.zip: expected lists such as " .. example) end
  for _, name in ipairs(names) do
    count = count or #fields[name]
    if #fields[name] ~= count then
      mistake(("flux.zip: the lists must have the same length ('%s' has %d, '%s' has %d)"):format(
        names[1], count, name, #fields[name]))
    end
  end
  return setmetatable({ fields = fields, names = names, count = count, label = label }, Zip)
end

-- An element of a list taken apart: its value, and the named fields that stand beside it. Some parameters take tables
-- themselves: there { value, label = … } has a table as its value.
local function parted(name, element, takes)
  if getmetatable(element) == Vary or getmetatable(element) == Zip then
    fail(("'%s': flux.vary and flux.zip cannot be in a list"):format(name))
  end
  if not is_table(element) then return element, {} end
  if takes and not is_table(element[1]) then
    if takes == "map" then return element, {} end
    local list, named = {}, {}
    for key, own in pairs(element) do
      if math.type(key) == "integer" then list[key] = own else named[key] = own end
    end
    return list, named
  end
  if element[1] == nil then
    fail(("'%s': a table in the list needs its value first, as in { \"…\", label = \"…\" }"):format(name))
  end
  local named = {}
  for key, own in pairs(element) do
    if type(key) == "string" then
      named[key] = own
    elseif key ~= 1 then
      fail(("'%s': %s and %s stand in one table; it holds one value"):format(name, shown(element[1]), shown(own)))
    end
  end
  return element[1], named
end

-- One value of an axis: what it is, what it is called, and the fields that it sets.
local function value_of(name, element, takes)
  local value, named = parted(name, element, takes)
  local entry = { value = value, label = label_of(value), fields = { [name] = value } }
  for key, own in pairs(named) do
    if key == "label" then
      if type(own) ~= "string" or own == "" then fail(("'%s': 'label' must be a text"):format(name)) end
      entry.label, entry.is_named = own, true
    else
      if key == name then fail(("'%s' is used in its own value"):format(name)) end
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

local function vary_axes(vary)
  local axes = {}
  for index, word in ipairs(vary.order) do
    local entries = {}
    for place, element in ipairs(vary.words[word]) do
      local entry = value_of(word, element)
      if type(entry.value) == "number" then entry.value = label_of(entry.value) end
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

local function zip_axis(zip, lists)
  local entries = {}
  for index = 1, zip.count do
    local fields, labels, value, is_named = {}, {}, {}, false
    for place, name in ipairs(zip.names) do
      local entry = value_of(name, zip.fields[name][index], lists[name])
      for field, own in pairs(entry.fields) do
        if fields[field] ~= nil then fail(("flux.zip: '%s' is set twice at place %d"):format(field, index)) end
        fields[field] = own
      end
      value[name] = entry.value
      is_named = is_named or entry.is_named
      labels[place] = entry.is_named and entry.label or name .. "=" .. entry.label
    end
    entries[index] = { value = value, label = table.concat(labels, ", "), fields = fields, is_named = is_named }
  end
  return { name = zip.label or table.concat(zip.names, "+"), entries = entries }
end

-- The axis of a field, if what it was given is a list of values.
local function field_axis(name, value, takes)
  if not is_table(value) then return nil end
  if takes and not is_table(value[1]) then return nil end
  if #value == 0 and next(value) ~= nil then return nil end
  for key in pairs(value) do
    if math.type(key) ~= "integer" then
      fail(("'%s': '%s' cannot be beside a list; put a value and its fields into a table of their own, as in "
        .. "{ { \"…\", %s = … }, … }"):format(name, tostring(key), tostring(key)))
    end
  end
  if #value == 0 then fail(("'%s' has no values"):format(name)) end
  local entries = {}
  for index, element in ipairs(value) do entries[index] = value_of(name, element, takes) end
  return axis(name, entries)
end

-- Two axes must not have one name, nor set one field; nor must a word be called like a field.
local function check(axes, shared)
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
  local fields = { model = true, prompt = true, seed = true, name = true }
  for _, one in ipairs(axes) do
    if one.is_word and (fields[one.name] or shared[one.name] ~= nil or setters[one.name]) then
      fail(("the word '%s' of flux.vary is also the name of a field; vary a longer piece of the text"):format(one.name))
    end
  end
  return setters
end

--- The axes of what an author gave flux.sweep, in their order, the fields that all cells share, the pieces of a varied
--- prompt, and which axis sets which field.
--- @param spec table
--- @param known { order: string[], lists: table<string, true> } parameters of the catalogue
function flux.axes_of(spec, known)
  local shared, groups, pieces = {}, {}, nil
  local rank = { prompt = -3, model = -1, seed = math.huge }
  for index, name in ipairs(known.order) do rank[name] = rank[name] or index end
  for key, value in pairs(spec) do
    local takes = known.lists[key] and "list" or key == "params" and "map" or nil
    local one
    if math.type(key) == "integer" then
      if getmetatable(value) ~= Zip then
        fail("fields have names, such as seed = flux.seeds(4); only flux.zip { … } has none")
      end
      groups[#groups + 1] = { rank = -2, tie = ("%09d"):format(key), axes = { zip_axis(value, known.lists) } }
    elseif getmetatable(value) == Zip then
      fail(("'%s': flux.zip names its fields itself; write it without '%s ='"):format(key, key))
    elseif getmetatable(value) == Vary then
      if key ~= "prompt" then fail(("'%s': flux.vary is for the words of a prompt"):format(key)) end
      pieces = value.pieces
      groups[#groups + 1] = { rank = rank.prompt, tie = "", axes = vary_axes(value) }
    else
      one = field_axis(key, value, takes)
      if one then
        groups[#groups + 1] = { rank = rank[key] or 1e6, tie = key, axes = { one } }
      else
        shared[key] = value
      end
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
  return axes, shared, pieces, check(axes, shared)
end
