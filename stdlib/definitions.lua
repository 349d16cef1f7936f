---@meta flux
-- luacheck: ignore
-- The definitions of flux for editors with the Lua language server. The models' requests are at the end.

--- The pictures of a job; a URL; the path of a file.
---@alias flux.Picture string|flux.Job|flux.Image

--- A placeholder pattern such as `out/{seed}.{ext}`.
---@alias flux.Pattern string

---@alias flux.ErrorKind "invalid"|"auth"|"credits"|"budget"|"rate_limited"|"failed"|"moderated"|"expired"|"network"|"service"|"timeout"|"cancelled"|"unknown_outcome"|"io"

---@class flux.Error
---@field kind flux.ErrorKind one word to branch on
---@field message string what happened, in a line
---@field hint? string what you can do
---@field status? integer of HTTP
---@field details? table<string, string> field → message
---@field retry_after? number seconds
---@field job? flux.Job
---@field request_id? string

---@class flux.Image
---@field url string
---@field format string
---@field width integer
---@field height integer
---@field path? string

---@alias flux.Status "PENDING"|"QUEUED"|"PROCESSING"|"COMPLETED"|"FAILED"|"CANCELLED"

--- Its fields tell the newest state and never wait.
---@class flux.Job
---@field id? string
---@field model string
---@field prompt string
---@field seed? integer
---@field params table<string, any>
---@field name? string
---@field status flux.Status
---@field progress integer 0 to 100
---@field done boolean
---@field ok boolean
---@field error? flux.Error
---@field images flux.Image[]
---@field cost? integer credits
---@field reused boolean answered from what was made before
---@field created_at? number seconds since 1970
---@field completed_at? number seconds since 1970
---@field elapsed? number seconds
local Job = {}

--- Waits for the job.
---@param options? flux.AwaitOptions
---@return flux.Job? job nil when it failed
---@return flux.Error? err
function Job:await(options) end

--- Saves its pictures.
---@param pattern? flux.Pattern
---@param options? flux.SaveOptions
---@return string ... the path of each picture
function Job:save(pattern, options) end

---@class flux.AwaitOptions
---@field timeout? number|false seconds; false: for ever

---@class flux.SaveOptions
---@field overwrite? boolean

---@class flux.Task
---@field status "running"|"done"|"failed"|"cancelled"
local Task = {}

--- Waits for the function's results.
---@return any ... its results, or nil and an error
function Task:await() end

function Task:cancel() end

--- What every request may have beside its model's parameters.
---@class flux.Request
---@field prompt? string what the picture shows, 1 to 2,000 characters
---@field name? string any label of yours; file names and tables show it
---@field fresh? boolean asks anew, whatever was made before
---@field webhook_url? string
---@field webhook_events? ("progress"|"completed"|"failed")[]

--- A request to a model that the catalogue does not know.
---@class flux.OtherRequest: flux.Request
---@field model string
---@field params_key string the key that the model wants
---@field params table<string, any> sent as they are

---@class flux.Settings
---@field model? flux.Model the model of requests that name none
---@field out? string the folder of pictures that are saved without a pattern
---@field concurrency? integer jobs in flight at once
---@field retries? integer how often a call that failed in passing is tried again
---@field timeout? number|false seconds after which a wait gives up
---@field first_look? number|false seconds until a new job is first looked at
---@field metadata? boolean whether saved files carry prompt, model, seed and parameters
---@field webhook? string|false a public URL that leads here
---@field budget? integer|false credits that the run may cost

---@class flux.Account
---@field user? string
---@field credits? integer
---@field plan? string
---@field key? string its beginning

---@class flux.Axis
---@field name string
---@field values any[]
---@field labels string[]

--- Fields of a request; a list makes an axis.
---@class flux.SweepSpec: flux.Request
---@field model? flux.Model|any[]
---@field prompt? string|string[]|any
---@field seed? integer|integer[]|"each"
---@field axes? string[] which axis varies slowest
---@field where? fun(cell: table): boolean leaves cells out
---@field [string] any

---@class flux.Sweep
---@field axes flux.Axis[]
---@operator len: integer
local Sweep = {}

---@return fun(): table? cells
function Sweep:cells() end

---@return integer least credits
---@return integer most
---@return integer reused
function Sweep:estimate() end

---@class flux.SweepOptions
---@field concurrency? integer
---@field retries? integer
---@field each? fun(job: flux.Job, cell: table): nil|"retry"|"stop"

--- Asks, waits, and gives the result.
---@param options? flux.SweepOptions
---@return flux.SweepResult
function Sweep:run(options) end

--- Gives the result at once, for flux.await.
---@param options? flux.SweepOptions
---@return flux.SweepResult
function Sweep:start(options) end

---@class flux.SweepResult
---@field jobs (flux.Job|false)[]
---@field failed integer
---@field axes flux.Axis[]
---@operator len: integer
local SweepResult = {}

---@return fun(): table?, flux.Job? cells
function SweepResult:cells() end

--- The job at coordinates: by value, label or place.
---@param coordinates table<string, any>
---@return flux.Job
function SweepResult:at(coordinates) end

---@param keep fun(job: flux.Job, cell: table): any
---@return flux.SweepResult
function SweepResult:pick(keep) end

---@param pattern? flux.Pattern
---@return string[] paths
function SweepResult:save(pattern) end

---@param file string
---@param options? flux.SheetOptions
---@return string[]? pages
---@return flux.Error? err
function SweepResult:sheet(file, options) end

---@param folder string
---@param options? flux.GalleryOptions
---@return string? page
---@return flux.Error? err
function SweepResult:gallery(folder, options) end

---@class flux.SheetOptions
---@field columns? integer|string|string[]
---@field rows? string|string[]
---@field pages? string|string[]
---@field cell? integer longer side of a picture in pixels
---@field label? string[]|false|fun(job: flux.Job?, cell: table?): any
---@field title? string
---@field theme? "light"|"dark"
---@field gap? integer
---@field font_size? integer
---@field quality? integer

---@class flux.GalleryOptions
---@field title? string
---@field copy? "link"|"copy"

---@class flux.PromptOptions
---@field count? integer
---@field mode? "random"|"all"|"cycle"
---@field seed? integer
---@field max? integer
---@field wildcards? string

---@class flux.Shape
---@field rect? number[] x, y, width, height
---@field ellipse? number[] x, y, rx, ry
---@field polygon? number[][]

---@class flux.MaskOptions
---@field unit? "px"|"%"
---@field feather? number
---@field invert? boolean
---@field file? string
---@field overwrite? boolean
---@field from? string

---@class flux.JobFilter
---@field status? string
---@field model? string
---@field since? number|string
---@field limit? integer

--- A trained style; further fields are as the service tells them.
---@class flux.LoRA
---@field id string what `loraId` of flux-lora takes
---@field name? string
---@field status? string such as "READY" or "TRAINING"
---@field is_ready? boolean
---@field trigger_word? string the word of a prompt that calls it
---@field image_count? integer
---@field steps? integer
---@field created_at? number seconds since 1970

---@class flux
flux = {}

--- Asks for a picture and returns a job at once.
---@param request string|flux.GenerateRequest|flux.OtherRequest
---@return flux.Job
function flux.generate(request) end

--- Repaints the white of a mask, or extends a picture.
---@param request flux.EditRequest|flux.OtherRequest
---@return flux.Job
function flux.edit(request) end

--- Makes a picture larger.
---@overload fun(request: flux.UpscaleRequest): flux.Job
---@param image flux.Picture
---@param options? flux.UpscaleRequest
---@return flux.Job
function flux.upscale(image, options) end

--- Cuts the subject out: a PNG with transparency.
---@overload fun(request: flux.RemoveBackgroundRequest): flux.Job
---@param image flux.Picture
---@param options? flux.RemoveBackgroundRequest
---@return flux.Job
function flux.remove_background(image, options) end

--- Waits for a job, a task, a list or the result of a sweep.
---@overload fun(job: flux.Job, options?: flux.AwaitOptions): flux.Job?, flux.Error?
---@overload fun(task: flux.Task, options?: flux.AwaitOptions): any
---@overload fun(list: any[], options?: flux.AwaitOptions): any[], integer
---@param result flux.SweepResult
---@param options? flux.AwaitOptions
---@return flux.SweepResult
function flux.await(result, options) end

--- Jobs, each as it finishes.
---@param jobs flux.Job[]|flux.SweepResult
---@return fun(): flux.Job?
function flux.completed(jobs) end

--- The first that succeeds.
---@param jobs flux.Job[]
---@return flux.Job?
---@return flux.Error?
function flux.any(jobs) end

--- Saves a job, an image or a list; returns the path of each picture.
---@param what flux.Job|flux.Image|any[]
---@param pattern? flux.Pattern
---@param options? flux.SaveOptions
---@return any ... paths
function flux.save(what, pattern, options) end

--- Runs a function beside the others.
---@param f fun(...: any): any
---@param ... any
---@return flux.Task
function flux.spawn(f, ...) end

--- `f(item, index)` for each item at the same time; results in order.
---@generic Item, Result
---@param list Item[]
---@param f fun(item: Item, index: integer): Result
---@param options? { concurrency?: integer }
---@return Result[]
function flux.map(list, f, options) end

--- Waits.
---@param seconds number
function flux.sleep(seconds) end

--- What models there are, what they take and what they cost.
---@return table<integer|flux.Model, table>
function flux.models() end

--- Checks requests without sending them.
---@param requests string|table
---@return integer? least credits
---@return integer? most
function flux.estimate(requests) end

---@return flux.Account?
---@return flux.Error?
function flux.account() end

--- A job of an earlier run.
---@param id string
---@return flux.Job?
---@return flux.Error?
function flux.job(id) end

--- What this machine has asked for, newest first.
---@param filter? flux.JobFilter
---@return flux.Job[]?
---@return flux.Error?
function flux.jobs(filter) end

--- The account's trained styles, for flux-lora; with an id, that one.
---@overload fun(id: string): flux.LoRA?, flux.Error?
---@param options? { include_archived?: boolean }
---@return flux.LoRA[]?
---@return flux.Error?
function flux.loras(options) end

--- The URL of a local picture, good for about an hour.
---@param path string
---@return string?
---@return flux.Error?
function flux.upload(path) end

--- A list of numbers to loop over, the last one included.
---@param first number
---@param last number
---@param step? number
---@return number[]
function flux.range(first, last, step) end

---@param count integer
---@param first? integer
---@return integer[]
function flux.seeds(count, first) end

--- The rows of a spreadsheet as tables; the first line names the fields.
---@param file string
---@return fun(): table<string, string>?
function flux.csv(file) end

--- The lines of a text file, without blank ones and # comments.
---@param file string
---@return string[]
function flux.lines(file) end

--- Every combination of lists of values.
---@param spec flux.SweepSpec
---@return flux.Sweep
function flux.sweep(spec) end

--- Words of a prompt that take several values, in a sweep.
---@param text string
---@param words table<string, string[]>
---@return any
function flux.vary(text, words) end

--- Fields that change together, in a sweep.
---@param fields table<string, any[]>
---@return any
function flux.zip(fields) end

--- Many prompts from one template.
---@param template string
---@param options? flux.PromptOptions
---@return string[] prompts
---@return table[] choices
function flux.prompts(template, options) end

--- A contact sheet.
---@param what flux.Job[]|flux.SweepResult
---@param file string
---@param options? flux.SheetOptions
---@return string[]? pages
---@return flux.Error?
function flux.sheet(what, file, options) end

--- A folder with a page to look through, compare and choose from.
---@param what flux.Job[]|flux.SweepResult
---@param folder string
---@param options? flux.GalleryOptions
---@return string? page
---@return flux.Error?
function flux.gallery(what, folder, options) end

--- A mask for flux.edit: white where it repaints.
---@param picture flux.Picture|{ width: integer, height: integer }
---@param shapes flux.Shape|flux.Shape[]|"transparent"
---@param options? flux.MaskOptions
---@return string path
function flux.mask(picture, shapes, options) end

--- The request that made a picture, and the program's name.
---@param file string
---@return table? request
---@return string|flux.Error program
---@return table<string, any>? rest
function flux.read(file) end

--- Pictures in the terminal.
---@param what flux.Picture|any[]|flux.SweepResult
function flux.show(what) end

--- Reads or changes the settings.
---@param settings? flux.Settings
---@return flux.Settings
function flux.config(settings) end

--- Any value as text.
---@param value any
---@param options? { depth?: integer, width?: integer }
---@return string
function flux.inspect(value, options) end

---@class flux.JSON
---@field null any
---@field empty_object any
flux.json = {}

---@param value any
---@return string
function flux.json.encode(value) end

---@param text string
---@return any
function flux.json.decode(text) end
