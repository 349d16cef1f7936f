-- What of the flux module is better said in Lua. Called once with the table that Swift has filled.
local flux = ...

return flux
