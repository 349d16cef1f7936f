-- Tries one seed after another until a picture succeeds, and stops there.
-- usage: fluxlua best_of.lua [PROMPT [TRIES]]

local prompt = arg[1] or "A paper boat on a calm lake, morning mist"
local tries = tonumber(arg[2] or 5)

for seed = 1, tries do
  local job, err = flux.await(flux.generate { prompt = prompt, seed = seed })
  if job then
    print("seed " .. seed .. " worked", flux.save(job, "out/best/{seed}.{ext}"))
    return
  end
  -- Another seed does not help against a wrong key or an empty account.
  if err.kind ~= "failed" and err.kind ~= "moderated" then error(err) end
  print("seed " .. seed .. " failed: " .. err.message)
end

error("none of " .. tries .. " seeds worked")
