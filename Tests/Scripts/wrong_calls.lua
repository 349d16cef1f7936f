-- What is wrong with a call for a picture is said at its line, before anything is sent, with what to do.
local function try(f, ...)
  local _, err = pcall(f, ...)
  print(err.kind, err.message, err.hint)
end
local url = "https://example.com/mug.jpg"
try(flux.generate, { model = "topaz-image-upscale", prompt = "a mug" })
try(flux.upscale, url, { model = "bria-bg-remove" })
try(flux.upscale, url, { upscale_factor = 3 })
try(flux.upscale, url, { prompt = "sharp" })
try(flux.upscale, url, { scale_factor = 2 })
try(flux.upscale, url, "large")
try(flux.upscale)
try(flux.upscale, { url, url })
try(flux.upscale, "no-such.png")
try(flux.remove_background, url, { seed = 7 })
try(flux.remove_background, url, { image = url })
try(flux.remove_background, url, { model = "flux-fill-pro" })
try(flux.generate, { model = "imagen-4", prompt = "a mug", aspect_ratio = "5:1" })
try(flux.generate, { model = "ideogram-character", prompt = "a mug" })

-- The service looks at the picture before it takes credits.
local mug = flux.generate { prompt = "a red mug", seed = 7, resolution = "4MP" }
local _, err = flux.upscale(mug, { upscale_factor = 6 }):await()
print(err.kind, err.status, err.details["topazUpscaleParams.upscale_factor"])

--[[ stdout
invalid	flux.generate: topaz-image-upscale is a model for upscale, not for generate	use flux.upscale for it; flux.generate usually takes flux-2-pro
invalid	flux.upscale: bria-bg-remove is a model for remove_background, not for upscale	use flux.remove_background for it; flux.upscale usually takes topaz-image-upscale
invalid	flux.upscale: 'upscale_factor' must be one of 1, 2, 4, 6 (got 3)	nil
invalid	flux.upscale: topaz-image-upscale takes no 'prompt'	nil
invalid	flux.upscale: unknown parameter 'scale_factor' for topaz-image-upscale (it belongs to clarity-upscale)	nil
invalid	flux.upscale: expected a table of options after the picture, as in flux.upscale("mug.jpg", { model = "topaz-image-upscale" }), got string	nil
invalid	flux.upscale: topaz-image-upscale needs 'image' (the picture to make larger)	nil
invalid	flux.upscale: expected one picture, got a list	use flux.map(list, flux.upscale) for a list
invalid	flux.upscale: image: no such file: no-such.png	nil
invalid	flux.remove_background: unknown parameter 'seed' for bria-bg-remove (it belongs to flux-2-pro, flux-1.1-pro, flux-1.1-pro-ultra, flux-fill-pro, flux-2-dev, flux-2-flex, flux-2-max and … more)	nil
invalid	flux.remove_background: 'image' is given twice	nil
invalid	flux.remove_background: flux-fill-pro is a model for edit, not for remove_background	use flux.edit for it; flux.remove_background usually takes bria-bg-remove
invalid	flux.generate: 'aspect_ratio' must be one of "1:1", "9:16", "16:9", "3:4", "4:3" (got "5:1")	nil
invalid	flux.generate: ideogram-character needs 'character_reference_image' (who is to be in the picture)	nil
invalid	400	The result would have …; the local service makes at most 40
]]
--[[ stderr
…local service…
]]
