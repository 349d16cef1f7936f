-- Failed cells that the script never looks at are told of at the end, like any other job.
local result = flux.sweep { prompt = { "a mug", "[sim moderated] a mug", "[sim fail] a mug" }, seed = 1 }:run()
print(#result, result.jobs[1].ok)
-- To look at one is to notice it.
print(result:at({ prompt = 3 }).error.kind)

--[[ stdout
3	true
failed
]]
--[[ stderr
…local service…
fluxlua: failed, and the script did not check it: sweep_unnoticed.lua:2: flux-2-pro seed=1: content moderation refused the picture: Flagged by content moderation
]]
-- exit status: 3
