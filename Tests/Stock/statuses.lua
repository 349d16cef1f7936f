-- The exit status is what `os.exit` was given, wherever it is called; what it cannot take is an error like any other.
local interpreter = '"' .. arg[-2] .. '"'
local statuses = {
  "0", "7", "7.0", "'9'", "'0x10'", "true", "false", "nil", "256 + 3", "-1", "3, true", "1e100", "{}", "print", "'x'",
}
for _, status in ipairs(statuses) do
  print(status, os.execute(("%s -e 'os.exit(%s)' 2>/dev/null"):format(interpreter, status:gsub("'", '"'))))
end
print(os.execute(interpreter .. " -e 'coroutine.wrap(function() os.exit(4, true) end)()'"))
print(os.execute(interpreter .. " -e 'table.sort({ 2, 1 }, function() os.exit(5, true) end)'"))
print(os.execute(interpreter .. " -e 'pcall(os.exit, 6)'"))

for _, value in ipairs { 1.5, 1e100, {}, print, "x", "1.5" } do
  print(pcall(function() os.exit(value) end))
end
