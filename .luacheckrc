std = "lua54"
read_globals = { "flux" }
max_line_length = 120
-- The module completes its own table.
files["stdlib"] = { globals = { "flux" } }
-- What a lesson prints stands in a comment, as long as it is.
files["Tests/Scripts"] = { max_comment_line_length = false }
