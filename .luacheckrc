std = "lua54"
read_globals = { "flux" }
max_line_length = 120
