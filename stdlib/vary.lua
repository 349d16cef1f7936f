-- Words of a prompt that take several values in a sweep. axes.lua recognises them by `flux.vary_type`.

local flux = flux
local mistake = flux.mistake

local Vary = { __name = "vary" }
flux.vary_type = Vary

-- Whether a character goes on with a word of letters, so that "red" is not found in "bored", nor "ros" in "rosé". In
-- scripts without spaces, or whose words grow endings and beginnings of their own (빨강은), every place will do.
local function is_letter(code)
  if code < 0x80 then return string.char(code):find("^[%w_]") ~= nil end
  return code == 0xAA or code == 0xB5 or code == 0xBA
    or code >= 0xC0 and code <= 0x587 and code ~= 0xD7 and code ~= 0xF7
    or code >= 0x1E00 and code <= 0x1FFF
end

local function first_letter(text, at) return at <= #text and is_letter(utf8.codepoint(text, at)) end
local function last_letter(text, stop)
  local at = stop >= 1 and utf8.offset(text, -1, stop + 1)
  return at and is_letter(utf8.codepoint(text, at)) or false
end

-- Whether a word stands at a byte of a text, and not inside a longer one.
local function stands(text, word, at)
  if text:sub(at, at + #word - 1) ~= word then return false end
  if first_letter(word, 1) and last_letter(text, at - 1) then return false end
  return not (last_letter(word, #word) and first_letter(text, at + #word))
end

-- Why a word was found nowhere.
local function complain(text, word, words)
  local why = ""
  for _, longer in ipairs(words) do
    if #longer > #word and longer:find(word, 1, true) and text:find(longer, 1, true) then
      why = (" outside of '%s'"):format(longer)
      break
    end
  end
  if why == "" and text:find(word, 1, true) then why = " as a word of its own" end
  local at = why == "" and text:lower():find(word:lower(), 1, true)
  if at then why = (" (did you mean '%s'?)"):format(text:sub(at, at + #word - 1)) end
  mistake(("flux.vary: '%s' is not in \"%s\"%s"):format(word, text, why))
end

--- Words of a text that take several values: `flux.vary("a red mug on marble", { red = { "red", "blue" } })` in a
--- sweep makes an axis of each word. A word is replaced wherever it stands, and not inside a longer word; where two
--- could stand, the longer one does. What replaces it may be any text, and is not searched again.
--- @param text string
--- @param words table<string, any[]>
function flux.vary(text, words)
  if type(text) ~= "string" then
    mistake("flux.vary: expected a text such as \"a red mug\", got " .. type(text))
  end
  if not utf8.len(text) then mistake("flux.vary: the text must be UTF-8") end
  if type(words) ~= "table" or next(words) == nil then
    mistake("flux.vary: expected words such as { red = { \"red\", \"blue\" } } after the text")
  end
  local list = {}
  for word, values in pairs(words) do
    if type(word) ~= "string" or word == "" or not utf8.len(word) then
      mistake(("flux.vary: a word must be a text, as in { red = { \"red\", \"blue\" } } (got %s)"):format(
        type(word) == "string" and '""' or tostring(word)))
    end
    if type(values) ~= "table" or #values == 0 then
      mistake(("flux.vary: '%s' needs a list of words, such as { \"%s\", … }"):format(word, word))
    end
    list[#list + 1] = word
  end
  -- Longer words first, so that "red wine" is found before "red".
  table.sort(list, function(a, b) if #a ~= #b then return #a > #b end return a < b end)
  -- The text in pieces: plain strings, and { word = … } where one stands.
  local pieces, order, found = {}, {}, {}
  local at, plain = 1, 1
  local function end_plain() if plain < at then pieces[#pieces + 1] = text:sub(plain, at - 1) end end
  while at <= #text do
    local here
    for _, word in ipairs(list) do
      if stands(text, word, at) then
        here = word
        break
      end
    end
    if here then
      end_plain()
      pieces[#pieces + 1] = { word = here }
      if not found[here] then order[#order + 1] = here end
      found[here] = true
      at = at + #here
      plain = at
    else
      at = utf8.offset(text, 2, at)
    end
  end
  end_plain()
  for _, word in ipairs(list) do if not found[word] then complain(text, word, list) end end
  return setmetatable({ pieces = pieces, order = order, words = words }, Vary)
end
