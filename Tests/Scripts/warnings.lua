-- What the service accepts but does not document for a model gives a warning, once, and goes on.
for seed = 1, 2 do
  local job = flux.generate { model = "flux-2-pro", prompt = "a fox", seed = seed, width = 256, height = 256 }
  print(assert(job:await()).images[1].width)
end

--[[ stdout
256
256
]]
--[[ stderr
warnings.lua:3: warning: flux.generate: 'height' is not documented for flux-2-pro; the service may ignore it
warnings.lua:3: warning: flux.generate: 'width' is not documented for flux-2-pro; the service may ignore it
fluxlua: no APIFRAME_API_KEY: using the local service, which draws stand-in pictures; nothing is paid
]]
