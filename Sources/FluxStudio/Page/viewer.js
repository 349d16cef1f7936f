// Looking at one picture, or at two to four with the same pan and zoom.

const Viewer = {
  dialog: element("viewer"),
  panes: element("panes"),
  pictures: [],
  /// What the arrows walk through; null in a comparison.
  walk: null,
  mode: "beside",
  front: 0,
  /// Of the pictures: scale (1 = fits), and where their middle lies, in shares of the pane.
  camera: { scale: 1, x: 0, y: 0 },

  start() {
    const clicks = {
      close: () => this.dialog.close(), previous: () => this.step(-1), next: () => this.step(1),
      "zoom-in": () => this.zoom(1.25), "zoom-out": () => this.zoom(0.8), "zoom-fit": () => this.fit(), "zoom-full": () => this.full(),
    };
    for (const [id, action] of Object.entries(clicks)) element(id).addEventListener("click", action);
    for (const button of element("modes").children) button.addEventListener("click", () => this.setMode(button.dataset.mode));
    element("slider").addEventListener("input", () => this.split());
    this.dialog.addEventListener("close", () => Page.closed());
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.panes.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = this.paneAt(event).getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY / 400), (event.clientX - box.left) / box.width - 0.5, (event.clientY - box.top) / box.height - 0.5);
    }, { passive: false });
    this.drag();
    new ResizeObserver(() => this.draw()).observe(this.panes);
  },

  open(pictures, walk) {
    this.pictures = pictures;
    this.walk = walk;
    this.front = 0;
    this.camera = { scale: 1, x: 0, y: 0 };
    element("modes").hidden = pictures.length < 2;
    element("previous").hidden = element("next").hidden = !walk;
    this.setMode(pictures.length < 2 ? "beside" : this.mode);
    if (!this.dialog.open) this.dialog.showModal();
    this.panes.focus();
    this.build();
  },

  setMode(mode) {
    this.mode = mode;
    for (const button of element("modes").children) {
      button.setAttribute("aria-checked", String(button.dataset.mode === mode));
    }
    this.build();
  },

  build() {
    const many = this.pictures.length > 1;
    this.panes.className = !many || this.mode === "beside" ? (this.pictures.length > 2 ? "four" : "") : "stacked";
    this.panes.replaceChildren(...this.pictures.map((picture, index) => {
      const pane = make("div", { class: "pane" });
      if (picture.file) {
        pane.append(make("img", { src: picture.file, alt: Data.about(picture), draggable: "false" }));
        pane.firstChild.style.width = `${picture.width}px`;
      } else {
        pane.append(make("div", { class: picture.error ? "why failed" : "why", dir: "auto", text: Data.reason(picture) }));
      }
      if (many) pane.append(make("div", { class: "tag", dir: "auto", text: `${index + 1}: ${Data.about(picture)}` }));
      return pane;
    }));
    element("slider-label").hidden = !many || this.mode !== "slider";
    this.panes.setAttribute("aria-label", many ? `${this.pictures.length} pictures, ${this.mode}` : Data.about(this.pictures[0]));
    this.facts();
    this.split();
    this.draw();
  },

  paneAt(event) { return event.target.closest(".pane") ?? this.panes.firstElementChild ?? this.panes; },

  /// Pixels of the page for one pixel of the picture, when it fits.
  fitting(pane, picture) {
    return Math.min(pane.clientWidth / picture.width, pane.clientHeight / picture.height, 1e9);
  },

  draw() {
    [...this.panes.children].forEach((pane, index) => {
      const picture = this.pictures[index], image = pane.querySelector("img");
      if (!image) return;
      const scale = this.fitting(pane, picture) * this.camera.scale;
      const x = this.camera.x * pane.clientWidth - (picture.width * scale) / 2;
      const y = this.camera.y * pane.clientHeight - (picture.height * scale) / 2;
      image.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
      image.style.imageRendering = scale > 2 ? "pixelated" : "auto";
    });
    const first = this.panes.firstElementChild, picture = this.pictures[0];
    const isFit = this.camera.scale === 1;
    element("zoom").textContent = !first || !picture?.file || isFit ? "fit"
      : `${Math.round(this.fitting(first, picture) * this.camera.scale * 100)} %`;
  },

  /// In flip one picture is in front; in slider two share the pane.
  split() {
    const isStacked = this.panes.className === "stacked";
    const at = Number(element("slider").value);
    [...this.panes.children].forEach((pane, index) => {
      pane.style.clipPath = "";
      pane.style.visibility = "";
      if (!isStacked) return;
      if (this.mode === "flip") pane.style.visibility = index === this.front ? "" : "hidden";
      else if (index > 1) pane.style.visibility = "hidden";
      else pane.style.clipPath = index === 0 ? `inset(0 ${100 - at}% 0 0)` : `inset(0 0 0 ${at}%)`;
    });
  },

  flip(step = 1) {
    this.front = (this.front + step + this.pictures.length) % this.pictures.length;
    this.split();
    this.facts();
    tell(`Picture ${this.front + 1}: ${Data.about(this.pictures[this.front])}`);
  },

  step(by) {
    if (!this.walk) return;
    const index = this.walk.indexOf(this.pictures[0]) + by;
    if (index < 0 || index >= this.walk.length) return tell(by < 0 ? "The first picture" : "The last picture");
    this.pictures = [this.walk[index]];
    this.build();
    Page.moved(this.pictures[0]);
    tell(Data.about(this.pictures[0]));
  },

  zoom(factor, x = 0, y = 0) {
    const before = this.camera.scale, scale = Math.max(0.1, Math.min(64, before * factor));
    this.camera.x = x - ((x - this.camera.x) * scale) / before;
    this.camera.y = y - ((y - this.camera.y) * scale) / before;
    this.camera.scale = scale;
    this.draw();
  },

  fit() { this.camera = { scale: 1, x: 0, y: 0 }; this.draw(); },

  full() {
    const pane = this.panes.firstElementChild;
    if (!pane || !this.pictures[0].file) return;
    this.camera = { scale: 1 / this.fitting(pane, this.pictures[0]) / devicePixelRatio, x: 0, y: 0 };
    this.draw();
  },

  drag() {
    const fingers = new Map();
    this.panes.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      this.panes.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    this.panes.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const pane = this.panes.firstElementChild;
      if (!pane) return;
      if (fingers.size === 2) {
        const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
        const distance = (a, b) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
        this.zoom(distance(now, other) / distance(before, other));
      }
      this.camera.x += (now.x - before.x) / pane.clientWidth / fingers.size;
      this.camera.y += (now.y - before.y) / pane.clientHeight / fingers.size;
      fingers.set(event.pointerId, now);
      this.draw();
    });
    for (const name of ["pointerup", "pointercancel"]) {
      this.panes.addEventListener(name, (event) => fingers.delete(event.pointerId));
    }
  },

  /// The requests of the pictures; what differs from the first is marked.
  facts() {
    const order = this.mode === "flip" && this.pictures.length > 1 ? [this.front] : this.pictures.map((_, index) => index);
    element("facts").replaceChildren(...order.map((index) => this.about(this.pictures[index], index)));
  },

  about(picture, index) {
    const fields = Viewer.fields(picture);
    const first = index > 0 ? Viewer.fields(this.pictures[0]) : null;
    const list = make("dl");
    const names = new Set([...Object.keys(fields), ...Object.keys(first ?? {})]);
    for (const name of names) {
      const text = fields[name] ?? "—";
      const isOther = first && (first[name] ?? "—") !== text && !["cost", "made", "size", "status", "file"].includes(name);
      list.append(make("dt", { text: name }), make("dd", { dir: "auto" }, isOther ? make("mark", { text }) : text));
    }
    const judgement = Judgements.of(picture);
    const mark = (name, text) => {
      const button = make("button", { type: "button", "aria-pressed": String(judgement.mark === name), text });
      button.addEventListener("click", () => { Judgements.toggle(picture, name); this.judged(picture); });
      return button;
    };
    const copy = (text, what) => {
      const button = make("button", { type: "button", text: `Copy ${what}` });
      button.addEventListener("click", () => copyText(text, `${what[0].toUpperCase()}${what.slice(1)} copied`));
      return button;
    };
    const note = make("textarea", { rows: "2", "aria-label": "Note", placeholder: "a note", dir: "auto" });
    note.value = judgement.note ?? "";
    note.addEventListener("change", () => { Judgements.set(picture, { note: note.value.trim() }); Page.judged(picture); });
    const heading = this.pictures.length > 1 ? `${index + 1}: ${picture.name || picture.model}` : picture.name || picture.model;
    return make("section", {}, make("h2", { dir: "auto", text: heading }),
      make("div", { class: "actions" }, mark("star", "★ Star"), mark("reject", "✕ Reject")), note, list,
      make("div", { class: "actions" }, copy(picture.prompt, "prompt"),
        picture.seed === null ? null : copy(String(picture.seed), "seed"), copy(Lua.call(picture), "call")),
      Page.more ? Page.more(picture) : null);
  },

  judged(picture) {
    Page.judged(picture);
    const focused = document.activeElement?.textContent;
    this.facts();
    [...element("facts").querySelectorAll("button")].find((button) => button.textContent === focused)?.focus();
  },

  /// All that a request says, as texts.
  fields(picture) {
    const all = { prompt: picture.prompt, model: picture.model };
    if (picture.name) all.name = picture.name;
    if (picture.seed !== null) all.seed = String(picture.seed);
    for (const [name, value] of Object.entries(picture.params ?? {})) {
      all[name] = typeof value === "object" ? JSON.stringify(value) : String(value);
    }
    if (picture.width) all.size = `${picture.width} × ${picture.height}`;
    all.status = picture.thumb ? "made" : Data.reason(picture);
    if (picture.cost !== null) all.cost = `${picture.cost} credit${picture.cost === 1 ? "" : "s"}`;
    if (picture.created) all.made = new Date(picture.created).toLocaleString();
    if (picture.file && !Data.gallery.studio) all.file = decodeURIComponent(picture.file);
    return all;
  },

  key(event) {
    if (event.target.closest("textarea, input, select") || event.altKey || event.ctrlKey || event.metaKey) return;
    const picture = this.pictures[this.mode === "flip" ? this.front : 0];
    const actions = {
      "+": () => this.zoom(1.25), "=": () => this.zoom(1.25), "-": () => this.zoom(0.8), 0: () => this.fit(), 1: () => this.full(),
      f: () => { if (this.pictures.length > 1) { if (this.mode === "flip") this.flip(); else this.setMode("flip"); } },
      b: () => { if (this.pictures.length > 1) this.setMode("beside"); },
      v: () => { if (this.pictures.length > 1) this.setMode("slider"); },
      p: () => { Judgements.toggle(picture, "star"); this.judged(picture); },
      s: () => { Judgements.toggle(picture, "star"); this.judged(picture); },
      x: () => { Judgements.toggle(picture, "reject"); this.judged(picture); },
      u: () => { Judgements.set(picture, { mark: null }); this.judged(picture); },
      n: () => element("facts").querySelector("textarea")?.focus(),
    };
    const step = 0.08;
    const moves = event.shiftKey || !this.walk
      ? { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] } : {};
    if (event.target.closest("#facts") && event.key.startsWith("Arrow")) return;
    if (moves[event.key]) {
      if (this.mode === "flip" && this.pictures.length > 1 && !event.shiftKey) {
        this.flip(event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 1);
      } else {
        this.camera.x += moves[event.key][0];
        this.camera.y += moves[event.key][1];
        this.draw();
      }
    } else if (this.walk && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.step(event.key === "ArrowLeft" ? -1 : 1);
    } else if (actions[event.key.toLowerCase()]) {
      actions[event.key.toLowerCase()]();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  },
};

async function copyText(text, said) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page from a file may have no clipboard of its own.
    const area = make("textarea", { class: "unseen", readOnly: true });
    area.value = text;
    ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(area);
    area.select();
    const isDone = document.execCommand("copy");
    area.remove();
    if (!isDone) return tell("The browser does not let this page copy.");
  }
  tell(said);
}
