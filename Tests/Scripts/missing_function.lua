-- A function that flux does not have is nil, as a field of any table is; calling it says what was probably meant.
if flux.generate_video then print("not reached") end
local task = flux.spawn(function() return flux.jsn.encode {} end)
print(select(2, task:await()))
flux.spawn(function() flux.slep(1) end)
flux.sleep(0)
local other = {}
print(select(2, pcall(function() other.paint() end)))
flux.genrate { prompt = "a fox" }

--[[ stdout
missing_function.lua:3: attempt to index a nil value (field 'jsn')
missing_function.lua:8: attempt to call a nil value (field 'paint')
]]
--[[ stderr
fluxlua: missing_function.lua:9: flux has no 'genrate' (did you mean 'generate'?)
fluxlua: a task failed: missing_function.lua:5: flux has no 'slep' (did you mean 'sleep'?)
…]]
-- exit status: 1
