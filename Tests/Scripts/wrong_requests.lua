-- A wrong request is an error at the line that makes it. Nothing was sent: no service is even started.
local function refused(call, ...)
  local ok, err = pcall(flux[call], ...)
  print(ok, err.kind, err.message)
end

refused("generate", { model = "flux-2-pro", prompt = "x", resolution = "3MP" })
refused("generate", { model = "flux-2-por", prompt = "x" })
refused("generate", { prompt = "x", mask = "mask.png" })
refused("generate", { prompt = "x", webhok_url = "https://example.com" })
refused("generate", { prompt = "x", output_quality = 101 })
refused("generate", { prompt = "x", seed = "seven" })
refused("generate", { prompt = "" })
refused("generate", { "a prompt without a name" })
refused("generate", 7)
refused("generate", "a prompt", { seed = 7 })
refused("generate", { prompt = "x", image_prompt = "refs/mug.jpg" })
refused("generate", { prompt = "x", image_prompt = "wrong_requests.lua" })
refused("generate", { prompt = "x", model = "flux-fill-pro" })
refused("edit", { prompt = "x", image = "https://example.com/a.png", mode = "inpaint" })
refused("edit", { prompt = "x", image = "https://example.com/a.png" })
refused("edit", { prompt = "x", outpaint = "Zoom out 2x" })

-- Everything that is wrong with it is in the details.
local _, err = pcall(flux.generate, { prompt = "x", seed = "seven", raw = 1 })
print(err.details.seed)
print(err.details.raw)

--[[ stdout
false	invalid	flux.generate: 'resolution' must be one of "0.5MP", "1MP", "2MP", "4MP" (got "3MP")
false	invalid	flux.generate: unknown model 'flux-2-por' (did you mean 'flux-2-pro'?)
false	invalid	flux.generate: unknown parameter 'mask' for flux-2-pro (it belongs to flux-fill-pro, ideogram-v2, ideogram-v2-turbo, ideogram-v2a, ideogram-v2a-turbo, ideogram-v3-balanced, ideogram-v3-turbo and 5 more)
false	invalid	flux.generate: unknown parameter 'webhok_url' for flux-2-pro (did you mean 'webhook_url'?)
false	invalid	flux.generate: 'output_quality' must be a whole number from 0 to 100 (got 101)
false	invalid	flux.generate: 'seed' must be a whole number (got "seven")
false	invalid	flux.generate: 'prompt' must be 1 to 2000 characters long (it is empty)
false	invalid	flux.generate: expected named fields such as prompt = "…", got a list
false	invalid	flux.generate: expected a table such as { prompt = "…" } or a prompt, got number
false	invalid	flux.generate: expected all in one table such as { prompt = "…", seed = 7 }, got a second table
false	invalid	flux.generate: image_prompt: no such file: refs/mug.jpg
false	invalid	flux.generate: image_prompt: not a PNG, JPEG, WebP or GIF picture: wrong_requests.lua
false	invalid	flux.generate: flux-fill-pro is a model for edit, not for generate
false	invalid	flux.edit: inpaint needs 'mask' (white = repaint, black = keep)
false	invalid	flux.edit: edit needs 'mask' (inpaint: white = repaint, black = keep) or 'outpaint' (where to extend)
false	invalid	flux.edit: flux-fill-pro needs 'image' (the picture to edit)
'seed' must be a whole number (got "seven")
'raw' must be true or false (got 1)
]]
