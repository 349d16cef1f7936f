-- A script from someone else, run with --sandbox: it has its own folder and out/, and nothing else of the machine.

print(os.getenv("HOME"), io.open("/etc/passwd"))
print(pcall(os.execute, "ls"))
print(pcall(load, string.char(27) .. "Lua"))
print(arg[0] ~= nil, arg[-1])

-- flux works, for as many pictures as --max-jobs says.
local job = flux.generate { model = "flux-1.1-pro", prompt = "a red fox", width = 256, height = 256, seed = 7 }
assert(job:await())
print(flux.save(job, "out/{seed}.{ext}"))
print(pcall(flux.save, job, "elsewhere/{seed}.{ext}"))
print(pcall(flux.generate, "one more"))

-- options: --sandbox --simulate --max-jobs 1
--[[ stdout
nil	nil	/etc/passwd: outside the folders of the sandbox	13
false	'os.execute' is not available in the sandbox
true	nil	attempt to load a binary chunk (mode is 't')
true	nil
out/7.jpg
false	sandboxed.lua:12: flux.save: cannot write elsewhere/7.jpg: outside the folders of the sandbox
false	sandboxed.lua:13: flux.generate: this run may ask for no more than 1 job
]]
--[[ stderr
fluxlua: --simulate: using the local service, which draws stand-in pictures; nothing is paid
]]
