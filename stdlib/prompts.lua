-- flux.prompts: many prompts from one template.

local flux = flux
local words = flux.words
-- The last file that needs them: scripts do not see them.
flux.words = nil

local most = 1000000
local names = { "count", "mode", "max", "seed", "wildcards" }
local modes = { "random", "all", "cycle" }
-- So many combinations in a row without a new text end "cycle".
local patience = 100000

local function shown(value)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) == "table" or type(value) == "function" then return "a " .. type(value) end
  return tostring(value)
end

local function whole(value) return type(value) == "number" and math.tointeger(value) or nil end

-- A number with commas: 10,000. Beyond 2^62 nearly.
local function written(number)
  if math.type(number) == "float" then
    local digits = math.log(number, 10)
    return digits < 300 and ("about 10^%d"):format(math.floor(digits)) or "more than 10^300"
  end
  local digits = tostring(number)
  local grouped = digits:reverse():gsub("%d%d%d", "%0,"):reverse()
  return (grouped:gsub("^,", ""))
end

-- The options with their defaults; nil and what is wrong with them.
local function settings_of(options)
  if options == nil then options = {} end
  if type(options) ~= "table" then
    return nil, "expected options such as { count = 20 } after the template, got " .. type(options)
  end
  for name in next, options do
    local is_known = false
    for _, known in ipairs(names) do is_known = is_known or name == known end
    if not is_known then
      return nil, ("unknown option '%s'%s"):format(tostring(name), words.suggestion(tostring(name), names))
    end
  end
  local set = { mode = options.mode or "random", count = 10, max = 10000, wildcards = options.wildcards }
  local is_mode = false
  for _, mode in ipairs(modes) do is_mode = is_mode or set.mode == mode end
  if not is_mode then
    local question = words.suggestion(tostring(set.mode), modes)
    return nil, ("'mode' must be one of \"random\", \"all\", \"cycle\" (got %s)%s"):format(shown(set.mode), question)
  end
  for _, name in ipairs { "count", "max" } do
    local value = options[name]
    if value ~= nil then
      set[name] = whole(value)
      if not set[name] or set[name] < 0 or set[name] > most then
        return nil, ("'%s' must be a whole number from 0 to 1,000,000 (got %s)"):format(name, shown(value))
      end
    end
  end
  if set.mode == "all" and options.count ~= nil then
    return nil, 'mode "all" makes every combination, so it takes no \'count\'; mode "cycle" makes so many'
  end
  if options.seed ~= nil then
    set.seed = whole(options.seed)
    if not set.seed then return nil, ("'seed' must be a whole number (got %s)"):format(shown(options.seed)) end
  end
  if set.wildcards ~= nil and (type(set.wildcards) ~= "string" or set.wildcards == "") then
    return nil, ("'wildcards' must be the path of a folder (got %s)"):format(shown(set.wildcards))
  end
  set.wildcards = (set.wildcards or words.script_folder .. "wildcards"):gsub("(.)/+$", "%1")
  return set
end

-- How often each template was used without a seed.
local uses = {}

-- The seed of a template that is given none: it follows from the text, so that a script that is run again, or whose
-- `count` grows, goes on with the same prompts and pays for none of them twice. Used again in one run, the template
-- gets the next one.
local function seed_of(template)
  local hash = 0xCBF29CE484222325
  for from = 1, #template, 64 do
    for _, byte in ipairs { template:byte(from, from + 63) } do hash = (hash ~ byte) * 0x100000001B3 end
  end
  local seed = (hash ~ (hash >> 32)) % 0x7FFFFFFF + 1
  local times = uses[seed] or 0
  uses[seed] = times + 1
  return (seed + times - 1) % 0x7FFFFFFF + 1
end

local makers = {}

function makers.random(template, set, prompts, choices)
  local dice = words.dice(set.seed)
  for index = 1, set.count do prompts[index], choices[index] = words.roll(template, dice) end
end

-- Every combination up to a number of them, the same text once.
local function combine(template, limit, prompts, choices)
  if limit == 0 then return end
  local seen, idle, count = {}, 0, 0
  words.walk(template, function(text, chosen)
    if seen[text] then
      idle = idle + 1
      if idle > patience then
        words.fail(nil, nil, ("%s combinations in a row gave no new prompt"):format(written(patience)))
      end
      return false
    end
    seen[text], idle, count = true, 0, count + 1
    prompts[count], choices[count] = text, chosen
    return count == limit
  end)
end

function makers.all(template, set, prompts, choices)
  local total = words.count(template)
  if total > set.max then
    words.fail(nil, nil, ("mode \"all\" has %s combinations here, more than %s ('max' raises the limit)")
      :format(written(total), written(set.max)))
  end
  combine(template, math.huge, prompts, choices)
end

function makers.cycle(template, set, prompts, choices)
  combine(template, set.count, prompts, choices)
  local there = #prompts
  for index = there + 1, set.count do
    local again = (index - 1) % there + 1
    prompts[index] = prompts[again]
    choices[index] = table.move(choices[again], 1, #choices[again], 1, {})
  end
end

--- Many prompts from one template: a list of them, and a list of what was chosen in each.
---
---   {red|blue}            one of them; {2::red|blue}: red twice as often; {a|}: a or nothing
---   {2$$a|b|c}            two of them without repeats, as "b, a"; {1-2$$ and $$a|b|c}: one, or two joined by " and "
---   __colours__           a line of wildcards/colours.txt beside the script; __animals/*__, __**__: of several files
---   ${c={red|blue}} ${c}  chosen anew at each ${c}; ${c=!{red|blue}}: once; ${c:grey}: grey when c is not set
---                         (setting one leaves nothing in the prompt, not even the blank behind it)
---   \{                    the character itself
---
--- A template that begins or ends with a line break may have `#` comments; its lines are trimmed and joined by a blank.
---
--- Options: `count` (10); `mode`: "random", "all" (every combination, in order) or "cycle" (as "all", `count` of them);
--- `max` (10,000), the most that "all" makes; `wildcards`, their folder; `seed`, for dice apart from the pictures'.
--- The same template, files and seed give the same list for ever. Without a seed one is drawn from the template's text,
--- so that a script that is run again makes the same prompts and pays nothing twice; the same template used again in
--- one run gets the next one. The list tells it: `prompts.seed`.
---
--- What was chosen is a list per prompt: { text = …, wildcard = …, variable = … } for each place of the template that
--- is in no other braces, in their order, with the wildcard's or variable's name where there is one. A variable chosen
--- once stands where it is set.
--- @param template string
--- @param options? table
--- @return string[] prompts
--- @return table[][] choices
function flux.prompts(template, options)
  if type(template) ~= "string" then
    error("flux.prompts: expected a template such as \"a {red|blue} mug\", got " .. type(template), 2)
  end
  local set, why = settings_of(options)
  if not set then error("flux.prompts: " .. why, 2) end
  if set.mode == "random" then set.seed = set.seed or seed_of(template) else set.seed = nil end
  local prompts, choices = {}, {}
  local ok, mistake = words.catch(function()
    local read = words.read_template(template, words.book(set.wildcards, words.read_line))
    -- Names a variable that is not set, whether the dice would come across it or not.
    words.count(read)
    makers[set.mode](read, set, prompts, choices)
  end)
  if not ok then error("flux.prompts: " .. mistake, 2) end
  -- Not in the list itself, which may go into a sweep as it is: axes.lua knows it by its name.
  local told = { seed = set.seed, mode = set.mode, template = template }
  return setmetatable(prompts, { __name = "prompts", __index = told }), choices
end
