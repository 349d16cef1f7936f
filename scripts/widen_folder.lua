-- Widens pictures until they fill 16:9: room is added on the left and on the right in turn.
-- usage: fluxlua widen_folder.lua [PICTURE...]     (such as photos/*.jpg)
-- Without pictures, two are made first.

local pictures = { table.unpack(arg) }
if #pictures == 0 then
  for seed = 1, 2 do
    local made = flux.generate { prompt = "A yellow car in a street", seed = seed, resolution = "0.5MP" }
    pictures[seed] = flux.save(made, "out/wide/before-{seed}.{ext}")
    print(pictures[seed])
  end
end

flux.map(pictures, function(picture)
  local image, sides = picture, { "Left outpaint", "Right outpaint" }
  for step = 1, 4 do
    local job = assert(flux.await(flux.edit {
      image = image, outpaint = sides[(step - 1) % 2 + 1], prompt = "The same place, going on", seed = 1,
    }))
    image = job.images[1]
    if image.width / image.height >= 16 / 9 then break end
  end
  local name = picture:match("([^/]+)%.%w+$") or "picture"
  print(flux.save(image, "out/wide/" .. name .. "-wide.{ext}"), image.width .. " x " .. image.height)
end, { concurrency = 4 })
