-- Forty pictures, every other one with a seed of its own: what kill.py ends at all moments.
flux.config { metadata = false, first_look = 0.1 }
local jobs = {}
for number = 1, tonumber(arg[1]) or 40 do
  jobs[number] = flux.generate {
    model = "flux-1.1-pro", prompt = "A lighthouse in a storm", name = tostring(number), width = 256, height = 256,
    seed = number % 2 == 1 and number or nil,
  }
end
for job in flux.completed(jobs) do
  flux.save(assert(job:await()), "out/{name}.{ext}")
end
