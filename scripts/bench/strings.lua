for _ = 1, 3 do
  local parts = {}
  for i = 1, 400000 do parts[#parts + 1] = ("x%d"):format(i):rep(3):sub(2, 9) end
  local text, words = table.concat(parts, " "), 0
  for _ in text:gmatch("%d+") do words = words + 1 end
  assert(words > 400000 and #text:gsub("x", "yy") > #text)
end
