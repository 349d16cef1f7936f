std = "lua54"
read_globals = { "flux" }
max_line_length = 120
-- The module completes its own table.
files["stdlib"] = { globals = { "flux" } }
