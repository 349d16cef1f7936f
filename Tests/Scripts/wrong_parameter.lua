-- A mistake is found where it stands, before anything is sent: no service is even started.
flux.generate { model = "flux-2-pro", prompt = "x", resolutoin = "2MP" }

-- exit status: 1
--[[ stderr
fluxlua: wrong_parameter.lua:2: flux.generate: unknown parameter 'resolutoin' for flux-2-pro …'resolution'?)
]]
