-- flux.mask draws a mask exactly as large as a picture: white where flux.edit repaints, black where it keeps.
local photo = flux.save(flux.generate {
  model = "flux-1.1-pro", prompt = "a storefront", seed = 1, width = 512, height = 256, output_format = "png",
}, "refs/photo.{ext}")

local sign = flux.mask(photo, { rect = { 100, 20, 200, 60 } }, { feather = 6, file = "masks/sign.png" })
local rest = flux.mask(photo, { { ellipse = { 50, 50, 20, 30 } }, { polygon = { { 0, 0 }, { 10, 0 }, { 0, 10 } } } },
  { unit = "%", invert = true })
print(sign, rest, flux.mask({ width = 64, height = 64 }, { rect = { 0, 0, 32, 64 } }))
local job = flux.edit { image = photo, mask = sign, prompt = "a green sign", seed = 2 }
print(flux.await(job).status)

-- The same shapes are the same file; other shapes get a name of their own.
print(flux.mask(photo, { rect = { 100, 20, 200, 60 } }, { feather = 6, file = "masks/sign.png" }))
print(flux.mask(photo, { rect = { 0, 0, 20, 60 } }, { file = "masks/sign.png" }))

-- A wrong mask is found before anything is sent.
local function try(f, ...) print(select(2, pcall(f, ...))) end
local function edit(mask) flux.edit { image = photo, mask = mask, prompt = "x" } end
try(edit, flux.mask({ width = 64, height = 64 }, { rect = { 0, 0, 32, 64 } }))
try(edit, flux.mask(photo, { rect = { 0, 0, 512, 256 } }, { invert = true, file = "masks/black.png" }))
try(edit, flux.mask(photo, { rect = { 0, 0, 512, 256 } }, { file = "masks/white.png" }))

try(flux.mask, photo, { rect = { 600, 0, 10, 10 } })
try(flux.mask, photo, { rect = { 1, 2, 3 } })
try(flux.mask, photo, { rectangle = { 1, 2, 3, 4 } })
try(flux.mask, photo, "transparent")
try(flux.mask, photo, { rect = { 1, 2, 3, 4 } }, { fether = 3 })
try(flux.mask, photo, { rect = { 1, 2, 3, 4 } }, { file = "mask.jpg" })
try(flux.mask, "none.png", { rect = { 1, 2, 3, 4 } })
try(flux.mask, { width = 5 }, { rect = { 1, 2, 3, 4 } })

--[[ stdout
masks/sign.png	out/photo-mask.png	out/64x64-mask.png
COMPLETED
masks/sign.png
masks/sign-2.png
masks.lua:19: flux.edit: mask: out/64x64-mask.png is 64 × 64 pixels, but the picture is 512 × 256; flux.mask("refs/photo.png", …) makes one of the same size
masks.lua:19: flux.edit: mask: masks/black.png has nothing white, so nothing would be repainted; flux.mask("refs/photo.png", { rect = { x, y, width, height } }) makes one that is white there
masks.lua:19: flux.edit: mask: masks/white.png is all white, so nothing of the picture would be kept; flux.mask("refs/photo.png", { rect = { x, y, width, height } }) makes one that is black elsewhere
masks.lua:18: flux.mask: all shapes lie outside of the picture, which is 512 × 256 pixels (shapes are in pixels from the upper left; unit = "%" takes hundredths)
masks.lua:18: flux.mask: 'rect' must be { x, y, width, height } (got table)
masks.lua:18: flux.mask: unknown shape 'rectangle'
masks.lua:18: flux.mask: nothing of refs/photo.png is transparent
masks.lua:18: flux.mask: unknown option 'fether' (did you mean 'feather'?)
masks.lua:18: flux.mask: 'file' must end in .png: a mask has hard edges (got "mask.jpg")
masks.lua:18: flux.mask: no such file: none.png
masks.lua:18: flux.mask: expected a file, a job or { width = …, height = … } with whole numbers from 1 to 16384, got table
]]
--[[ stderr
…local service…
]]
