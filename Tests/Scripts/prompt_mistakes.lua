-- Mistakes in a template are errors at the script's line, with the place in the template, or in the wildcard's file.
local function write(name, text)
  local file <close> = assert(io.open(name, "w"))
  file:write(text)
end
write("colour.txt", "red\n__shade__\n")
write("shade.txt", "# dark ones\n\n  very {dark|pale} __colour__\n")
write("open.txt", "red\ngrün {hell|dunkel\n")
write("empty.txt", "# nothing yet\n")
write("latin.txt", "rot\ngr\xFCn\n")

local function refused(template, options)
  options = options or {}
  options.wildcards = options.wildcards or "."
  local ok, message = pcall(function() return flux.prompts(template, options), nil end)
  local place, what = tostring(message):match("^([%w_.:]+): flux%.prompts: (.*)$")
  assert(not ok and place == "prompt_mistakes.lua:15", message)
  print(what)
end
refused "a {red|blue mug"
refused "ein Bär 🐻 {rot|{blau|grün}"
refused "a red} mug"
refused "\n  a {red|blue} mug,  # or so\n  on {oak|pine\n"
refused "茶碗 {赤|青"
refused(("a red mug, "):rep(20) .. "{a|b, " .. ("a blue mug, "):rep(20))
refused "a __colours__ mug"
refused "a mug, __animals/*__"
refused "__../secret__"
refused "__{oak|pine}_wood__"
refused "{a|__colour__}"
refused "__open__"
refused "__empty__"
refused "__latin__"
refused "__co*ur__"
refused "${colour=red} a ${color} mug"
refused "{${c=a}|b} ${c}"
refused "${c=red|blue}"
refused "${c=red"
refused "{3$$a|b}"
refused "{2$$a}"
refused("{" .. ("9"):rep(40) .. "$$a|b}")
refused "{3-2$$a|b|c}"
refused "{a|-1::b}"
refused "{2000000::a|b}"
refused "{0::a|0::b}"
refused(("{"):rep(5000) .. ("}"):rep(5000))
refused(("${a="):rep(5000))
refused "a m\xFCg"
refused(("a"):rep(1000001))
refused("${a=0123456789}${b=" .. ("${a}"):rep(400) .. "}${c=" .. ("${b}"):rep(400) .. "}" .. "${c}")
refused("{a|b}{c|d}{e|f}{g|h}", { mode = "all", max = 15 })
refused(("{0|1|2|3|4|5|6|7|8|9}"):rep(12), { mode = "all" })
refused(("{a|b}"):rep(1000), { mode = "all" })
refused(("{a|b}"):rep(2000), { mode = "all" })
refused("{1-$$" .. ("{a|b}|"):rep(50) .. "c}", { mode = "all" })
refused(("{a}"):rep(6000), { mode = "all" })
refused(("{a|a}"):rep(60), { mode = "cycle" })
refused("a", { number = 3 })
refused("a", { cuont = 3 })
refused("a", { count = -1 })
refused("a", { count = 2.5 })
refused("a", { count = "3" })
refused("a", { mode = "al" })
refused("a", { mode = "all", count = 3 })
refused("a", { seed = "x" })
refused("a", { wildcards = 7 })
print(select(2, pcall(function() flux.prompts("a", 3) end)))
print(select(2, pcall(function() flux.prompts { "a", "b" } end)))

--[[ stdout
line 1, column 3: this brace is not closed (\{ is the character itself)
  a {red|blue mug
    ^
line 1, column 11: this brace is not closed (\{ is the character itself)
  ein Bär 🐻 {rot|{blau|grün}
             ^
line 1, column 6: this brace closes nothing (\} is the character itself)
  a red} mug
       ^
line 3, column 6: this brace is not closed (\{ is the character itself)
    on {oak|pine
       ^
line 1, column 4: this brace is not closed (\{ is the character itself)
  茶碗 {赤|青
       ^
line 1, column 221: this brace is not closed (\{ is the character itself)
  …mug, a red mug, a red mug, a red mug, {a|b, a blue mug, a blue mug, a blue …
                                         ^
line 1, column 3: no wildcard 'colours': there is no ./colours.txt (did you mean 'colour'?)
  a __colours__ mug
    ^
line 1, column 8: no file below ./ fits 'animals/*'
  a mug, __animals/*__
         ^
line 1, column 1: a wildcard's name can only lead to files in its folder, without '..'
  __../secret__
  ^
line 1, column 1: a wildcard's name cannot be put together; choose between wildcards: {__a__|__b__}
  __{oak|pine}_wood__
  ^
./shade.txt, line 3, column 20: wildcards that contain each other: colour → shade → colour
    very {dark|pale} __colour__
                     ^
./open.txt, line 2, column 6: this brace is not closed (\{ is the character itself)
  grün {hell|dunkel
       ^
line 1, column 1: wildcard 'empty': ./empty.txt has no lines
  __empty__
  ^
line 1, column 1: wildcard 'latin' cannot be read: ./latin.txt:2: not UTF-8 text (save it as UTF-8)
  __latin__
  ^
./shade.txt, line 3, column 20: wildcards that contain each other: colour → shade → colour
    very {dark|pale} __colour__
                     ^
line 1, column 17: variable 'color' is not set here (did you mean 'colour'?); ${color:…} gives it a default
  ${colour=red} a ${color} mug
                  ^
line 1, column 12: variable 'c' is not set here; ${c:…} gives it a default
  {${c=a}|b} ${c}
             ^
line 1, column 8: a choice in a variable needs braces of its own: ${name={a|b}}
  ${c=red|blue}
         ^
line 1, column 1: this brace is not closed (\{ is the character itself)
  ${c=red
  ^
line 1, column 1: 3 different options are wanted, and there are only 2
  {3$$a|b}
  ^
line 1, column 1: 2 different options are wanted, and there is only 1
  {2$$a}
  ^
line 1, column 1: 999999999 different options are wanted, and there are only 2
  {999999999999999999999999999999999999…
  ^
line 1, column 2: from 3 to 2 is not a number of options
  {3-2$$a|b|c}
   ^
line 1, column 4: a weight must be 0 or more
  {a|-1::b}
     ^
line 1, column 2: a weight may be a million at most
  {2000000::a|b}
   ^
line 1, column 1: there is nothing to choose from: every option has the weight 0
  {0::a|0::b}
  ^
line 1, column 100: more than 100 braces inside each other
  …{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{…
                                         ^
line 1, column 397: more than 100 braces inside each other
  …a=${a=${a=${a=${a=${a=${a=${a=${a=${a=${a=${a=${a=${a=${a=${a=${a=${a=${a=$…
                                         ^
line 1, column 4: this is not UTF-8 text
  a m
     ^
a template may have a million bytes at most (this one has 1000001)
the template makes a prompt of more than a million characters
mode "all" has 16 combinations here, more than 15 ('max' raises the limit)
mode "all" has 1,000,000,000,000 combinations here, more than 10,000 ('max' raises the limit)
mode "all" has more than 10^300 combinations here, more than 10,000 ('max' raises the limit)
mode "all" has more than 10^300 combinations here, more than 10,000 ('max' raises the limit)
mode "all" has about 10^70 combinations here, more than 10,000 ('max' raises the limit)
the template has more than 5000 choices, too many to combine
100,000 combinations in a row gave no new prompt
unknown option 'number'
unknown option 'cuont' (did you mean 'count'?)
'count' must be a whole number from 0 to 1,000,000 (got -1)
'count' must be a whole number from 0 to 1,000,000 (got 2.5)
'count' must be a whole number from 0 to 1,000,000 (got "3")
'mode' must be one of "random", "all", "cycle" (got "al") (did you mean 'all'?)
mode "all" makes every combination, so it takes no 'count'; mode "cycle" makes so many
'seed' must be a whole number (got "x")
'wildcards' must be the path of a folder (got 7)
prompt_mistakes.lua:67: flux.prompts: expected options such as { count = 20 } after the template, got number
prompt_mistakes.lua:68: flux.prompts: expected a template such as "a {red|blue} mug", got table
]]
