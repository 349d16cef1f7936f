-- What requests would cost, at least and at most, before any is sent. They are checked as flux.generate checks them.
local requests = {}
for seed = 1, 4 do requests[seed] = { prompt = "a mug", seed = seed } end
print(flux.estimate(requests))
print(flux.estimate "a mug")
print(flux.estimate { prompt = "a street", image = "https://example.com/a.png", outpaint = "Make square" })

-- Several pictures in one job may be one price or several.
print(flux.estimate { model = "flux-lora", loraId = "my-style", prompt = "a mug", num_outputs = 4 })

requests[3].resolution = "3MP"
print(select(2, pcall(flux.estimate, requests)))
print(#flux.jobs())

--[[ stdout
40	40
10	10
9	9
10	40
estimate.lua:12: flux.estimate: item 3: 'resolution' must be one of "0.5MP", "1MP", "2MP", "4MP" (got "3MP")
0
]]
--[[ stderr
…local service…
]]
