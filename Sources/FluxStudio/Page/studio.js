// The studio: the same page, alive. What is asked for here goes the way of a script's requests.

const Studio = {
  /// Of the form: parameter → { path, shown, job, index, width, height }.
  images: {},
  call: "generate",

  start() {
    this.about = Data.gallery.studio;
    if (!this.about) return;
    Judgements.all = this.about.judgements;
    Judgements.keep = (key, judgement) => this.post("judge", { key, judgement }).catch((problem) => tell(problem.message));
    Page.more = (picture) => this.actions(picture);
    this.form();
    Painter.start();
    element("run").addEventListener("change", () => this.refresh());
    element("new-picture").addEventListener("click", () => this.open({}));
    Page.update();
    this.runs();
    this.account();
    this.listen();
  },

  async get(path) {
    const answer = await fetch(path, { cache: "no-store" });
    if (!answer.ok) throw new Error((await answer.text()).trim() || `HTTP ${answer.status}`);
    return answer.json();
  },

  async post(path, value) {
    const answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": value instanceof Blob ? "application/octet-stream" : "application/json" },
      body: value instanceof Blob ? value : JSON.stringify(value),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text.trim() || `HTTP ${answer.status}`);
    return text ? JSON.parse(text) : null;
  },

  /// The server says when something has changed; the page then asks what.
  listen() {
    const events = new EventSource("events");
    events.addEventListener("change", () => this.refresh());
    events.onerror = () => { element("account").textContent = "The studio does not answer. Requested pictures are still made; start the studio again to see them."; };
    events.onopen = () => this.account();
  },

  async refresh() {
    if (this.isBusy) { this.isStale = true; return; }
    this.isBusy = true;
    try {
      const run = element("run").value;
      Page.take({ ...await this.get(run ? `gallery.json?run=${run}` : "gallery.json"), studio: this.about });
      await Promise.all([this.runs(), this.account()]);
    } catch (problem) {
      tell(problem.message);
    }
    this.isBusy = false;
    if (this.isStale) { this.isStale = false; this.refresh(); }
  },

  async runs() {
    const runs = await this.get("runs");
    // Somebody may be choosing: the list stays as it is where nothing is new.
    const told = JSON.stringify(runs);
    if (told === this.toldRuns) return;
    this.toldRuns = told;
    // Asked for now: another may have been chosen while the server was asked.
    const chosen = element("run").value;
    element("run").replaceChildren(make("option", { value: "", text: "all" }), ...runs.map((run) =>
      make("option", { value: String(run.id), text: `${run.id}: ${run.script} (${run.count})`, selected: String(run.id) === chosen })));
  },

  async account() {
    const { credits, spent, budget, paid } = await this.get("account");
    const parts = [];
    if (credits !== null) parts.push(`${credits} credits left`);
    if (spent) parts.push(`${spent} spent here`);
    if (budget !== null) parts.push(`budget ${budget}`);
    if (!paid) parts.push("local service: nothing is paid");
    element("account").textContent = parts.join(" · ");
  },

  /// What the viewer offers beside a picture.
  actions(picture) {
    const button = (text, action) => {
      const made = make("button", { type: "button", text });
      made.addEventListener("click", action);
      return made;
    };
    const again = (change) => this.open({ ...picture, ...change });
    const part = make("div", { class: "actions" }, button("Ask again…", () => again({})), button("Another seed…", () => again({ seed: null })));
    if (picture.file) {
      part.append(button("Paint a mask…", () => Painter.open(picture)), button("Outpaint…", () => this.edit(picture, { outpaint: "Zoom out 1.5x" })));
    }
    return part;
  },

  /// Opens the form for an edit of a picture.
  edit(picture, fields) {
    const image = { job: picture.job, index: picture.index, shown: picture.thumb, width: picture.width, height: picture.height };
    const model = this.about.models.find((one) => one.call === "edit").id;
    this.open({ call: "edit", model, prompt: picture.prompt, seed: null, name: null, params: fields }, { image, ...(fields.mask ? { mask: fields.mask } : {}) });
  },

  // The form

  form() {
    element("ask-model").replaceChildren(...this.about.models.map((model) => make("option", { value: model.id, text: model.id })));
    element("ask-model").addEventListener("change", () => { this.parameters({}); this.changed(); });
    element("ask-new-seed").addEventListener("click", () => {
      element("ask-seed").value = String(crypto.getRandomValues(new Uint32Array(1))[0] >>> 1);
      this.changed();
    });
    element("add-axis").addEventListener("click", () => { this.axis("", ""); this.changed(); });
    element("copy-lua").addEventListener("click", () => copyText(element("ask-lua").value, "Script copied"));
    element("ask-close").addEventListener("click", () => element("ask").close());
    element("ask-send").addEventListener("click", () => this.send());
    element("ask-form").addEventListener("submit", (event) => event.preventDefault());
    element("ask").addEventListener("input", () => this.changed());
    element("ask").addEventListener("close", () => Page.closed());
  },

  get model() { return this.about.models.find((model) => model.id === element("ask-model").value) ?? this.about.models[0]; },

  open(picture, images = {}) {
    element("ask-title").textContent = picture.prompt === undefined ? "New picture" : "Ask again";
    element("ask-model").value = picture.model ?? this.about.models[0].id;
    if (!element("ask-model").value) element("ask-model").value = this.about.models[0].id;
    element("ask-prompt").value = picture.prompt ?? "";
    element("ask-seed").value = picture.seed ?? "";
    element("ask-name").value = picture.name ?? "";
    this.images = { ...images };
    element("axis-list").replaceChildren();
    element("ask-axes").open = false;
    this.parameters(picture.params ?? {});
    if (!element("ask").open) element("ask").showModal();
    element("ask-prompt").focus();
    this.changed();
  },

  /// The fields of the chosen model, from its catalogue.
  parameters(values) {
    const fields = [], images = [];
    for (const parameter of this.model.parameters) {
      if (["prompt", "seed"].includes(parameter.name)) continue;
      if (parameter.kind === "images") {
        if (values[parameter.name] !== undefined && !this.images[parameter.name]) {
          this.images[parameter.name] = { path: [values[parameter.name]].flat()[0], shown: null };
        }
        images.push(this.drop(parameter));
        continue;
      }
      const value = values[parameter.name];
      let field;
      if (parameter.values) {
        field = make("select", {}, make("option", { value: "", text: parameter.default === null ? "—" : `${parameter.default} (usual)` }),
          ...parameter.values.map((one) => make("option", { value: one, text: one, selected: one === value })));
      } else if (parameter.kind === "flag") {
        field = make("input", { type: "checkbox", checked: value === true });
      } else {
        field = make("input", { type: "text", size: "8", placeholder: parameter.default === null ? "" : String(parameter.default) });
        field.value = value ?? "";
      }
      field.dataset.parameter = parameter.name;
      field.dataset.kind = parameter.kind;
      field.title = parameter.about;
      const label = make("label", { title: parameter.about }, parameter.name, field);
      if (parameter.name === "outpaint") label.append(this.preview(field));
      fields.push(label);
    }
    element("ask-parameters").replaceChildren(...fields);
    element("ask-images").replaceChildren(...images);
  },

  /// Where a picture is dropped, chosen or painted.
  drop(parameter) {
    const place = make("div", { class: "drop" });
    const show = () => {
      const image = this.images[parameter.name];
      const file = make("input", { type: "file", accept: "image/*", "aria-label": `File for ${parameter.name}` });
      file.addEventListener("change", () => { if (file.files[0]) take(file.files[0]); });
      place.replaceChildren(make("span", { text: parameter.name }));
      if (!image) return place.append(file);
      if (image.shown) place.append(make("img", { src: image.shown, alt: `${parameter.name}: chosen picture` }));
      else place.append(make("span", { text: image.path }));
      const remove = make("button", { type: "button", "aria-label": `Remove ${parameter.name}`, text: "✕" });
      remove.addEventListener("click", () => { delete this.images[parameter.name]; show(); this.changed(); });
      place.append(remove);
    };
    const take = async (file) => {
      try {
        const kept = await this.post("upload", file);
        this.images[parameter.name] = { path: kept.path, shown: kept.shown, width: kept.width, height: kept.height };
        show();
        this.changed();
      } catch (problem) {
        element("ask-problem").textContent = problem.message;
      }
    };
    place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("over"); });
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("over");
      if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
    });
    show();
    return place;
  },

  /// The new canvas of an outpaint preset, with the picture in it.
  preview(field) {
    const canvas = make("canvas", { class: "preview", role: "img", "aria-label": "Preview of the new canvas" });
    canvas.width = 320;
    canvas.height = 240;
    const draw = () => {
      canvas.hidden = !field.value;
      const image = this.images.image, context = canvas.getContext("2d");
      context.clearRect(0, 0, 320, 240);
      const w = image?.width ?? 4, h = image?.height ?? 3;
      const { width, height, x, y } = outpainted(field.value || "Zoom out 1.5x", w, h);
      const scale = Math.min(300 / width, 220 / height), left = (320 - width * scale) / 2, top = (240 - height * scale) / 2;
      context.fillStyle = "#8885";
      context.fillRect(left, top, width * scale, height * scale);
      context.strokeStyle = "#888";
      context.strokeRect(left, top, width * scale, height * scale);
      context.fillStyle = "#5a8fdc";
      context.fillRect(left + x * scale, top + y * scale, w * scale, h * scale);
      if (image?.width) canvas.setAttribute("aria-label", `New canvas: ${width} × ${height} pixels`);
    };
    field.addEventListener("change", draw);
    queueMicrotask(draw);
    return canvas;
  },

  axis(name, values) {
    const field = make("input", { type: "text", class: "axis", "aria-label": "Field, or word of the prompt", placeholder: "seed" });
    const list = make("input", { type: "text", class: "values", "aria-label": "Values", placeholder: "1, 2, 3" });
    field.value = name;
    list.value = values;
    const remove = make("button", { type: "button", "aria-label": "Remove this axis", text: "✕" });
    const row = make("div", { class: "row" }, field, list, remove);
    remove.addEventListener("click", () => { row.remove(); this.changed(); });
    element("axis-list").append(row);
    field.focus();
  },

  /// What the form says: { call, request, axes, words }.
  order() {
    const model = this.model, request = { model: model.id, prompt: element("ask-prompt").value };
    const seed = element("ask-seed").value.trim(), name = element("ask-name").value.trim();
    if (seed) request.seed = number(seed);
    if (name) request.name = name;
    for (const field of element("ask-parameters").querySelectorAll("[data-parameter]")) {
      const { parameter, kind } = field.dataset;
      if (kind === "flag") { if (field.checked) request[parameter] = true; continue; }
      if (field.value !== "") request[parameter] = field.tagName === "SELECT" ? field.value : number(field.value);
    }
    for (const [parameter, image] of Object.entries(this.images)) {
      if (!model.parameters.some((one) => one.name === parameter)) continue;
      request[parameter] = image.path ?? { job: image.job, index: image.index ?? 1 };
    }
    const order = { call: model.call, request, axes: {}, words: {} };
    for (const row of element("axis-list").children) {
      const [field, list] = row.querySelectorAll("input");
      const values = list.value.split(",").map((value) => value.trim()).filter(Boolean).map(number);
      if (!field.value.trim() || !values.length) continue;
      const isField = ["model", "prompt", "seed"].includes(field.value) || this.model.parameters.some((one) => one.name === field.value);
      if (isField) order.axes[field.value.trim()] = values;
      else order.words[field.value.trim()] = values.map(String);
    }
    return order;
  },

  /// The script that asks for the same.
  lua({ call, request, axes, words }) {
    const fields = { ...request, ...axes };
    const text = Object.entries(fields).map(([name, value]) => {
      let shown = value && value.job ? `flux.job(${Lua.value(value.job)})` : Lua.value(value);
      if (name === "prompt" && Object.keys(words).length) shown = `flux.vary(${shown}, ${Lua.value(words)})`;
      return `  ${Lua.name(name)} = ${shown},`;
    }).join("\n");
    if (!Object.keys(axes).length && !Object.keys(words).length) return `local job = flux.${call} {\n${text}\n}\nprint(flux.save(job))\n`;
    return `local result = flux.sweep {\n${text}\n}:run()\nprint(result:gallery("sweep"))\n`;
  },

  /// Shows the script, and asks for the price once the author pauses.
  changed() {
    const order = this.order();
    element("ask-lua").value = this.lua(order);
    element("ask-problem").textContent = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.estimate(order), 250);
  },

  async estimate(order) {
    const number = this.estimates = (this.estimates ?? 0) + 1;
    try {
      const { least, most, count, reused, problem } = await this.post("estimate", order);
      if (number !== this.estimates) return;
      if (problem) throw new Error(problem);
      const cost = least === null ? "price unknown" : least === most ? `${most} credits` : `${least} to ${most} credits`;
      element("ask-estimate").textContent = `${count} picture${count === 1 ? "" : "s"}: ${cost}${reused ? `, ${reused} of them exist already` : ""}`;
      element("ask-send").disabled = false;
    } catch (problem) {
      if (number !== this.estimates) return;
      element("ask-estimate").textContent = "";
      element("ask-problem").textContent = problem.message;
      element("ask-send").disabled = true;
    }
  },

  async send() {
    element("ask-send").disabled = true;
    try {
      const { count } = await this.post("ask", this.order());
      element("ask").close();
      if (Viewer.dialog.open) Viewer.dialog.close();
      tell(`${count} requested`);
      element("run").value = "";
      Page.show("grid");
      this.refresh();
    } catch (problem) {
      element("ask-problem").textContent = problem.message;
    }
    element("ask-send").disabled = false;
  },
};

/// Numbers are numbers, everything else is text.
function number(text) { return /^-?\d+(\.\d+)?$/.test(text) && Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER ? Number(text) : text; }

/// The size of an outpainted picture, and where the old one lies in it.
function outpainted(preset, w, h) {
  const half = (side) => Math.floor(side / 2), side = Math.max(w, h);
  const zoomed = (factor) => {
    const width = Math.round(w * factor), height = Math.round(h * factor);
    return { width, height, x: half(width - w), y: half(height - h) };
  };
  switch (preset) {
    case "Zoom out 2x": return zoomed(2);
    case "Make square": return { width: side, height: side, x: half(side - w), y: half(side - h) };
    case "Left outpaint": return { width: w + half(w), height: h, x: half(w), y: 0 };
    case "Right outpaint": return { width: w + half(w), height: h, x: 0, y: 0 };
    case "Top outpaint": return { width: w, height: h + half(h), x: 0, y: half(h) };
    case "Bottom outpaint": return { width: w, height: h + half(h), x: 0, y: 0 };
    default: return zoomed(1.5);
  }
}

// Painting a mask: white is made anew.
const Painter = {
  view: element("painter-view"),
  canvas: element("painter-canvas"),
  tool: "brush",
  strokes: [],
  zoom: 1,

  start() {
    const clicks = {
      brush: () => this.use("brush"), eraser: () => this.use("eraser"), undo: () => this.undo(),
      "painter-in": () => this.scale(1.25), "painter-out": () => this.scale(0.8),
      "painter-invert": () => this.add({ kind: "invert" }), "painter-clear": () => this.add({ kind: "clear" }),
      "painter-use": () => this.finish(), "painter-close": () => element("painter").close(),
    };
    for (const [id, action] of Object.entries(clicks)) element(id).addEventListener("click", action);
    element("painter").addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      this.canvas.setPointerCapture(event.pointerId);
      this.add({ kind: this.tool, size: Number(element("brush-size").value), points: [this.point(event)] });
      this.isDown = true;
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!this.isDown) return;
      this.strokes.at(-1).points.push(this.point(event));
      this.draw();
    });
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => { this.isDown = false; });
  },

  open(picture) {
    this.picture = picture;
    this.strokes = [];
    this.cursor = { x: picture.width / 2, y: picture.height / 2 };
    this.image = new Image();
    this.image.onload = () => this.draw();
    this.image.src = picture.file;
    this.canvas.width = picture.width;
    this.canvas.height = picture.height;
    this.mask = make("canvas");
    this.mask.width = picture.width;
    this.mask.height = picture.height;
    element("brush-size").max = Math.max(picture.width, picture.height) / 2;
    if (!element("painter").open) element("painter").showModal();
    this.zoom = Math.min(1, (this.view.clientWidth || 800) / picture.width, (innerHeight * 0.6) / picture.height);
    this.view.focus();
    this.draw();
  },

  use(tool) {
    this.tool = tool;
    for (const name of ["brush", "eraser"]) element(name).setAttribute("aria-checked", String(name === tool));
  },

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * this.picture.width, y: ((event.clientY - box.top) / box.height) * this.picture.height };
  },

  add(stroke) { this.strokes.push(stroke); this.draw(); },

  undo() { this.strokes.pop(); this.draw(); },

  scale(factor) { this.zoom = Math.max(0.05, Math.min(8, this.zoom * factor)); this.draw(); },

  /// The mask from its strokes, and over the picture what is painted.
  draw() {
    const { width, height } = this.mask, mask = this.mask.getContext("2d", { willReadFrequently: true });
    mask.globalCompositeOperation = "source-over";
    mask.fillStyle = "#000";
    mask.fillRect(0, 0, width, height);
    for (const stroke of this.strokes) {
      if (stroke.kind === "clear") { mask.fillStyle = "#000"; mask.fillRect(0, 0, width, height); continue; }
      if (stroke.kind === "invert") {
        mask.globalCompositeOperation = "difference";
        mask.fillStyle = "#fff";
        mask.fillRect(0, 0, width, height);
        mask.globalCompositeOperation = "source-over";
        continue;
      }
      mask.strokeStyle = mask.fillStyle = stroke.kind === "brush" ? "#fff" : "#000";
      mask.lineWidth = stroke.size;
      mask.lineCap = mask.lineJoin = "round";
      mask.beginPath();
      const [first, ...rest] = stroke.points;
      mask.arc(first.x, first.y, stroke.size / 2, 0, 2 * Math.PI);
      mask.fill();
      mask.beginPath();
      mask.moveTo(first.x, first.y);
      for (const point of rest) mask.lineTo(point.x, point.y);
      mask.stroke();
    }
    const context = this.canvas.getContext("2d");
    this.canvas.style.width = `${width * this.zoom}px`;
    context.globalAlpha = 1;
    context.clearRect(0, 0, width, height);
    if (this.image.complete) context.drawImage(this.image, 0, 0, width, height);
    context.globalAlpha = 0.55;
    context.globalCompositeOperation = "screen";
    context.drawImage(this.mask, 0, 0);
    context.globalCompositeOperation = "source-over";
    context.globalAlpha = 1;
    const share = this.share();
    element("painted").textContent = share === 0 ? "nothing is painted" : `${Math.max(1, Math.round(share * 100))} % is painted`;
    element("painter-use").disabled = share === 0;
    element("undo").disabled = !this.strokes.length;
  },

  /// How much of it is white, from a small copy.
  share() {
    const small = make("canvas");
    small.width = small.height = 64;
    const context = small.getContext("2d");
    context.drawImage(this.mask, 0, 0, 64, 64);
    const pixels = context.getImageData(0, 0, 64, 64).data;
    let white = 0;
    for (let index = 0; index < pixels.length; index += 4) if (pixels[index] > 127) white++;
    return white / 4096;
  },

  async finish() {
    const blob = await new Promise((done) => this.mask.toBlob(done, "image/png"));
    try {
      const kept = await Studio.post("upload", blob);
      element("painter").close();
      Studio.edit(this.picture, { mask: { path: kept.path, shown: kept.shown, width: kept.width, height: kept.height } });
    } catch (problem) {
      element("painted").textContent = problem.message;
    }
  },

  key(event) {
    if (event.target.closest("input")) return;
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) { this.undo(); return event.preventDefault(); }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const size = element("brush-size"), step = Math.max(4, this.picture.width / 50);
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const actions = {
      b: () => this.use("brush"), e: () => this.use("eraser"), "[": () => { size.value = Number(size.value) - 10; },
      "]": () => { size.value = Number(size.value) + 10; }, "+": () => this.scale(1.25), "-": () => this.scale(0.8), i: () => this.add({ kind: "invert" }),
    };
    const isView = event.target === this.view;
    if (isView && moves[event.key]) {
      this.cursor.x += moves[event.key][0];
      this.cursor.y += moves[event.key][1];
      tell(`Brush at ${Math.round(this.cursor.x)}, ${Math.round(this.cursor.y)}`);
    } else if (isView && event.key === " ") {
      this.add({ kind: this.tool, size: Number(size.value), points: [{ ...this.cursor }] });
    } else if (actions[event.key]) {
      actions[event.key]();
    } else {
      return;
    }
    event.preventDefault();
  },
};

globalThis.startStudio = () => Studio.start();
