local rows = {}
for i = 1, 9000000 do rows[i % 50000 + 1] = { id = i, half = i / 2 } end
local sum = 0
for _, row in ipairs(rows) do sum = sum + row.half end
table.sort(rows, function(a, b) return a.half < b.half end)
assert(sum > 0 and #rows == 50000)
