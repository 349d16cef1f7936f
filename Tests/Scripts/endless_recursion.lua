-- A recursion without end is an error with the ends of its traceback.
local function down() return 1 + down() end
down()

-- exit status: 1
--[[ stderr
fluxlua: endless_recursion.lua:2: stack overflow…
stack traceback:
	endless_recursion.lua:2: in upvalue 'down'
…levels left out)
…	endless_recursion.lua:3: in main chunk
]]
