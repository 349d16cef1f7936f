-- Prompts one a line, in a text file: blank lines and comments are left out.
local function write(text)
  local file <close> = assert(io.open("prompts.txt", "wb"))
  file:write(text)
end

write(table.concat({
  "\u{FEFF}# for the spring", "", "a red mug   ", "\ta mug in #1E90FF  # a blue", "  # later", "mug #1",
  "\\{not a template|50%}",
}, "\r\n"))
for index, prompt in ipairs(flux.lines "prompts.txt") do print(index, prompt) end

-- Notepad's "Unicode" is UTF-16, and old Macs end lines by a carriage return alone.
write("\xFF\xFEa\0\r\0b\0\r\0\n\0\xAC\x20")
print(table.concat(flux.lines "prompts.txt", "|"))
write "  \n# nothing\n"
print(#flux.lines "prompts.txt")

write "a mug\nm\xFCg\n"
print(select(2, pcall(function() flux.lines "prompts.txt" end)))
print(select(2, pcall(function() flux.lines "no-such.txt" end)))
print(select(2, pcall(function() flux.lines "." end)))
print(select(2, pcall(function() flux.lines() end)))

--[[ stdout
1	a red mug
2	a mug in #1E90FF
3	mug #1
4	\{not a template|50%}
a|b|€
0
lines.lua:20: flux.lines: prompts.txt:2: not UTF-8 text (save it as UTF-8)
lines.lua:21: flux.lines: no-such.txt: No such file or directory
lines.lua:22: flux.lines: .: Is a directory
lines.lua:23: flux.lines: expected the path of a file, got nil
]]
