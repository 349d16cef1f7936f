-- webhook_url and webhook_events go with the request; what cannot be right is refused before.
local function ask(fields)
  fields.model, fields.prompt, fields.width, fields.height = "flux-1.1-pro", "a mug", 256, 256
  return flux.generate(fields)
end
local function refused(fields)
  local _, err = pcall(ask, fields)
  print((err.message:gsub("^flux.generate: ", "")))
end

refused { webhook_url = "nowhere" }
refused { webhook_url = "ftp://example.com/hook" }
refused { webhook_url = "https://example.com/hook", webhook_events = {} }
refused { webhook_url = "https://example.com/hook", webhook_events = { "done" } }
refused { webhook_url = "https://example.com/hook", webhook_events = "completed" }

local job = ask { webhook_url = "https://example.com/hook", webhook_events = { "progress", "completed", "failed" } }
print(assert(job:await()).ok)

--[[ stdout
'webhook_url' must be an http:// or https:// address (got "nowhere")
'webhook_url' must be an http:// or https:// address (got "ftp://example.com/hook")
'webhook_events' must name at least one of "progress", "completed", "failed"
'webhook_events' must be among "progress", "completed", "failed" (got "done")
'webhook_events' must be a list of strings (got "completed")
true
]]
--[[ stderr
…local service…
]]
