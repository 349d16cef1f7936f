-- What templates make, case by case: every combination in order, then dice, which fall the same on every machine.
local function write(name, text)
  local file <close> = assert(io.open(name, "w"))
  file:write(text)
end
write("hue.txt", "red\nblue\n")
write("shade.txt", "pale __hue__\n{deep|dark} grey\n")
write("heavy.txt", "3::oak\n0::ash\npine\n")
write("odd.txt", "# comment\n\n  50% off   # half\n#1E90FF\n\\#1E90FF\na|b\n2 :: x\n")
write("animals-cat.txt", "cat\n")
write("animals-dog.txt", "dog\ncat\n")

local all = {
  -- What is no template stays as it is.
  { "a red mug", "a red mug" },
  { "", "" },
  { "50%, $5, _x_, a__b, a | b, $$, ${5}", "50%, $5, _x_, a__b, a | b, $$, $5" },
  { "fill in ____ and ___hue__", "fill in ____ and ___hue__" },
  { "2::1 is a ratio", "2::1 is a ratio" },
  { "mug # 1 and #1", "mug # 1 and #1" },
  { "two\nlines", "two\nlines" },
  { "茶碗 – Bär 🐻", "茶碗 – Bär 🐻" },
  -- Choices.
  { "a {red|blue} mug", "a red mug / a blue mug" },
  { "{a|b}{c|d}", "ac / ad / bc / bd" },
  { "{a|b} {c|d} {e|f}", "a c e / a c f / a d e / a d f / b c e / b c f / b d e / b d f" },
  { "{red}", "red" },
  { "{}", "" },
  { "a{ shiny|} mug", "a shiny mug / a mug" },
  { "{|a||b}", " / a / b" },
  { "{ a | b }", " a  /  b " },
  { "{a|a|b|a}", "a / b" },
  { "{a|ab}{bc|c}", "abc / ac / abbc" },
  { "{ä|本|🐻}", "ä / 本 / 🐻" },
  { "{50%|$5}", "50% / $5" },
  { "${5|10}", "$5 / $10" },
  { "{a|{b|c}}", "a / b / c" },
  { "{a {b|c} d|{e|{f|g}}}", "a b d / a c d / e / f / g" },
  -- Weights: of no matter here, but for 0.
  { "{0.5::a|2::b|.5::c|1.::d}", "a / b / c / d" },
  { "{0::a|b|0.0::c}", "b" },
  { "{2 :: a|a::b|:: c}", "2 :: a / a::b / :: c" },
  { "{16::9}", "9" },
  -- Several.
  { "{2$$a|b|c}", "a, b / a, c / b, a / b, c / c, a / c, b" },
  { "{1$$a|b}", "a / b" },
  { "{0$$a|b}", "" },
  { "{0-1$$a|b}", " / a / b" },
  { "{1-2$$ and $$a|b}", "a / b / a and b / b and a" },
  { "{-2$$a|b}", "a / b / a, b / b, a" },
  { "{2-$$a|b}", "a, b / b, a" },
  { "{1-9$$a|b}", "a / b / a, b / b, a" },
  { "{3$$-$$a|b|c}", "a-b-c / a-c-b / b-a-c / b-c-a / c-a-b / c-b-a" },
  { "{2$$$$a|b}", "ab / ba" },
  { "{ 2 $$ a | b }", "a, b / b, a" },
  { [[{2$$ \| $$a|b}]], "a | b / b | a" },
  { "{2$${a|b}|c}", "a, c / b, c / c, a / c, b" },
  { "{2$$a|b|a}", "a, b / b, a" },
  { "{2$$__hue__|__hue__}", "red, red / red, blue / blue, red / blue, blue" },
  { "{2$$a|{1$$b|c}}", "a, b / a, c / b, a / c, a" },
  { "{1-2$${red|blue}, $$x|y}", "red, $$x / blue, $$x / y / red, $$x, y / blue, $$x, y / y, red, $$x / y, blue, $$x" },
  { "{$$a|b}", "$$a / b" },
  { "{2$$${x:a}|b}", "a, b / b, a" },
  { "{2$$+$$${x:a}|b}", "a+b / b+a" },
  -- Wildcards.
  { "a __hue__ mug", "a red mug / a blue mug" },
  { "__hue____hue__", "redred / redblue / bluered / blueblue" },
  { "a__hue__b", "aredb / ablueb" },
  { "__hue.txt__", "red / blue" },
  { "__shade__", "pale red / pale blue / deep grey / dark grey" },
  { "__heavy__", "oak / pine" },
  { "__odd__", "50% off / #1E90FF / a|b / 2 :: x" },
  { "__animals-*__", "cat / dog" },
  { "{2$$__animals-*__}", "cat, dog / dog, cat" },
  { "{2$$__hue__}", "red, blue / blue, red" },
  { "{2$$ or $$__hue__|grey}", "red or grey / blue or grey / grey or red / grey or blue" },
  { "{a __hue__|{b|__hue__}}", "a red / a blue / b / red / blue" },
  -- Variables.
  { "${c={r|g}}${c} ${c}", "r r / r g / g r / g g" },
  { "${c=!{r|g}}${c} ${c}", "r r / g g" },
  { "${c=!{r|g}} a ${c} mug", "a r mug / a g mug" },
  { "${ c = ! {r|g} }${c}", "r / g" },
  { "${c=red}${c}", "red" },
  { "${c:red}", "red" },
  { "${c:{r|g}}", "r / g" },
  { "${c:}", "" },
  { "${c=blue}${c:red}", "blue" },
  { "${c=a}${c}${c=b}${c}", "ab" },
  { "${a={x|y}}${b=${a}!}${a=z}${b}", "x! / y!" },
  { "${a=!{x|y}}${b=${a}{1|2}}${b}", "x1 / x2 / y1 / y2" },
  { "{${c=r}${c}|${c:g}} ${c:b}", "r b / g b" },
  { "${farbe_größe=!__hue__}${farbe_größe}", "red / blue" },
  { "{2$$${c:a}|${d:b}}", "a, b / b, a" },
  -- Characters taken as they are.
  { [[\{a\|b\}]], "{a|b}" },
  { [[{a\|b|c\}}]], "a|b / c}" },
  { [[\\ \n \_\_hue__ \$ \]], [[\ n __hue__ $ \]] },
  { [[\${c} \__hue__]], "$c __hue__" },
  { [[{2\::a|\2::b}]], "2::a / 2::b" },
  -- Line breaks and comments.
  { "\n  a mug,  \n\n  in {red|blue}\n", "a mug, in red / a mug, in blue" },
  { "a mug # red\n# big\n  in #1E90FF\t# blue\n", "a mug in #1E90FF" },
  { "\r\n a {\r\n  red # or so\r\n  | blue\r\n} mug\r\n", "a red mug / a blue mug" },
  { "\n \\# \\\n b\n", "#  b" },
  { "\n ${c=!{r|g}}\n a ${c}\n", "a r / a g" },
  { "\n", "" },
}

local thrown = {
  { "{red|blue|green}", "blue / red / red / blue / green / blue / green / red" },
  { "{5::red|blue}", "red / red / blue / red / red / red / red / blue" },
  { "{0.1::red|0.2::blue|0::green}", "blue / blue / blue / blue / blue / red / blue / blue" },
  { "{a|b}{c|d}", "bc / bd / bc / bd / ac / bc / bc / bc" },
  { "{2$$a|b|c}", "b, a / a, c / c, b / c, a / c, b / a, b / a, b / a, b" },
  { "{1-3$$ and $$a|b|c}", "a and c / c and b / a and b and c / c / c / a / c / c and a and b" },
  { "{1$$9::a|b}", "a / a / a / a / a / a / a / a" },
  { "{2$$8::a|b|c}", "a, c / a, b / a, b / a, c / a, b / a, b / a, b / a, c" },
  { "{0-1$$x}", "x / x / x / x /  /  / x / x" },
  { "__hue__ {__shade__|x}",
    "blue dark grey / blue dark grey / red deep grey / blue deep grey"
      .. " / blue x / red deep grey / red x / red dark grey" },
  { "__heavy__", "oak / oak / pine / oak / oak / oak / pine / oak" },
  { "{2$$__hue__|grey}",
    "grey, blue / grey, red / grey, red / blue, grey / grey, blue / blue, grey / red, grey / red, grey" },
  { "${c={r|g}}${c}${c}", "gr / gg / gr / gg / rr / gr / gr / gr" },
  { "${c=!{r|g}}${c}${c}", "gg / rr / gg / gg / gg / rr / gg / gg" },
  { "{a|{b|{c|d}}}", "b / d / a / c / a / b / b / b" },
  { "{a|}", " / a /  /  /  / a /  / " },
  { "always", "always / always / always / always / always / always / always / always" },
  { "${c={a|b}}{${c}|x}{2$$${c}|y}", "xb, y / xb, y / ay, b / bb, y / ay, a / xa, y / xy, a / ay, b" },
}

local function check(cases, options)
  local right = 0
  for _, case in ipairs(cases) do
    options.wildcards = "."
    local ok, made = pcall(flux.prompts, case[1], options)
    local text = ok and table.concat(made, " / ") or made
    if text == case[2] then right = right + 1 else print(case[1], "made", text, "and not", case[2]) end
  end
  print(("%d of %d %s"):format(right, #cases, options.mode))
end
check(all, { mode = "all" })
check(thrown, { mode = "random", seed = 7, count = 8 })
check({
  { "{a|b|c}", "a / b / c / a / b / c / a / b" },
  { "{a|a}", "a / a / a / a / a / a / a / a" },
  { "{a|b}{c|d}{e|f}{g|h}", "aceg / aceh / acfg / acfh / adeg / adeh / adfg / adfh" },
  { ("{a|b}"):rep(3), "aaa / aab / aba / abb / baa / bab / bba / bbb" },
}, { mode = "cycle", count = 8 })

-- Dice are fair, and weights are what they say.
local function tell(template)
  local counts, texts = {}, {}
  for _, prompt in ipairs(flux.prompts(template, { count = 10000, seed = 1 })) do
    counts[prompt] = (counts[prompt] or 0) + 1
  end
  for text in pairs(counts) do texts[#texts + 1] = text end
  table.sort(texts)
  for index, text in ipairs(texts) do texts[index] = text .. " " .. counts[text] end
  print(template, table.concat(texts, ", "))
end
tell "{a|b|c|d}"
tell "{0.5::a|2::b|c}"
tell "{2$$a|b|c}"
tell "{2$$8::a|b|c}"
tell "{0-2$$a|b}"

-- The product of the choices, in order, each text once.
local parts = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" }
local digits = "{" .. table.concat(parts, "|") .. "}"
local prompts = flux.prompts(digits:rep(4), { mode = "all" })
local is_ordered = true
for index = 2, #prompts do is_ordered = is_ordered and prompts[index - 1] < prompts[index] end
print(#prompts, prompts[1], prompts[#prompts], is_ordered)
print(#flux.prompts(("{a|b}"):rep(50), { mode = "cycle", count = 1000 }))

--[[ stdout
85 of 85 all
18 of 18 random
4 of 4 cycle
{a|b|c|d}	a 2431, b 2517, c 2510, d 2542
{0.5::a|2::b|c}	a 1425, b 5638, c 2937
{2$$a|b|c}	a, b 1706, a, c 1680, b, a 1666, b, c 1691, c, a 1627, c, b 1630
{2$$8::a|b|c}	a, b 3952, a, c 4000, b, a 869, b, c 130, c, a 928, c, b 121
{0-2$$a|b}	 3320, a 1728, a, b 1582, b 1656, b, a 1714
10000	aaaa	jjjj	true
1000
]]
