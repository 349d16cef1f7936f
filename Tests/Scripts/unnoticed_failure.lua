-- Nothing passes in silence: a job that failed and that the script never looked at is told of, and the status says so.
local function ask(prompt, seed)
  return flux.generate { model = "flux-1.1-pro", prompt = prompt, seed = seed, width = 256, height = 256 }
end

ask("please fail", 1)
ask("a fox", 2)
local seen = ask("please fail too", 3)
print(seen:await())

-- options: --fault fail:prompt=please
--[[ stdout
nil	the job failed: The model could not make this picture
]]
--[[ stderr
fluxlua: no APIFRAME_API_KEY: using the local service, which draws stand-in pictures; nothing is paid
fluxlua: failed, and the script did not check it: unnoticed_failure.lua:3: flux-1.1-pro seed=1: the job failed: …
]]
-- exit status: 3
