-- A campaign from a spreadsheet: one picture per row, saved under the row's name, and all of them on one sheet.
-- usage: fluxlua campaign_headlines.lua [FILE.csv]     (columns: name, headline, place, seed)

local here = arg[0]:match("^(.*/)") or ""
local jobs, headlines = {}, {}
for row in flux.csv(arg[1] or here .. "headlines.csv") do
  jobs[#jobs + 1] = flux.generate {
    model = "flux-2-pro", resolution = "0.5MP", aspect_ratio = "16:9", name = row.name, seed = row.seed,
    prompt = ("%s, a photograph with the headline \"%s\""):format(row.place, row.headline),
  }
  headlines[row.name] = row.headline
end

for job in flux.completed(jobs) do
  if job.ok then print(flux.save(job, "out/campaign/{name}.{ext}")) end
end
local function label(job) return job and { headlines[job.name], job.name } end
print(flux.sheet(jobs, "out/campaign/sheet.jpg", { columns = 2, label = label, title = "Campaign" })[1])
