// Puts the parts together: the tools above the pictures, the keys, and what is new.

const Page = {
  view: "grid",
  keys: [
    ["← ↑ ↓ →", "go from picture to picture"], ["Enter", "look at it"], ["Space", "select it, to compare"], ["P or S", "star"], ["X", "reject"],
    ["U", "take the mark off"], ["N", "write a note"], ["C", "compare what is selected, or with the next"], ["G, T", "grid, table"], ["/", "search"], ["E", "export"],
    ["+ −", "larger, smaller; in a picture: zoom"], ["0, 1", "in a picture: fit, 100 %"], ["B, F, V", "in a comparison: beside, flip, slider"],
    ["Shift + arrows", "in a picture: move it"], ["Esc", "close"],
  ],

  start() {
    const gallery = JSON.parse(element("data").textContent);
    Judgements.load(gallery.id);
    Grid.start();
    Table.start();
    Viewer.start();
    Export.start();
    this.tools();
    for (const [key, text] of this.keys) element("key-list").append(make("dt", {}, make("kbd", { text: key })), make("dd", { text }));
    document.addEventListener("keydown", (event) => this.key(event));
    this.take(gallery);
    if (Table.isThere) this.show("table");
    setInterval(() => this.summary(), 1000);
    this.follow();
  },

  take(gallery) {
    Data.take(gallery);
    const names = Data.fields().join();
    element("title").textContent = document.title = gallery.title;
    element("as-table").hidden = !Table.isThere;
    if (Table.isThere) Table.setUp();
    else if (this.view === "table") this.show("grid");
    if (names !== this.listed) this.fieldLists();
    this.listed = names;
    this.update();
  },

  tools() {
    element("as-grid").addEventListener("click", () => this.show("grid"));
    element("as-table").addEventListener("click", () => this.show("table"));
    element("size").addEventListener("input", () => this.resize(Number(element("size").value)));
    element("search").addEventListener("input", () => { Data.search = element("search").value; this.choose(); });
    element("sort").addEventListener("change", () => { Data.sort = element("sort").value; this.choose(); });
    element("filter-field").addEventListener("change", () => this.offerValues());
    element("filter-value").addEventListener("change", () => this.addFilter());
    element("compare").addEventListener("click", () => this.compare());
    element("export").addEventListener("click", () => Export.open());
    element("keys").addEventListener("click", () => element("keys-dialog").showModal());
    element("keys-close").addEventListener("click", () => element("keys-dialog").close());
    element("show-all").addEventListener("click", () => {
      Data.filters = [];
      Data.search = element("search").value = "";
      this.choose();
      this.focus();
    });
  },

  called(field) { return field.startsWith("axis:") ? `axis ${field.slice(5)}` : field; },

  fieldLists() {
    const fields = Data.fields();
    element("sort").replaceChildren(make("option", { value: "order", text: "as requested" }), ...fields.flatMap((field) => [
      make("option", { value: field, text: this.called(field) }), make("option", { value: `-${field}`, text: `${this.called(field)}, reversed` }),
    ]));
    element("sort").value = Data.sort;
    element("filter-field").replaceChildren(make("option", { value: "", text: "everything" }),
      ...fields.map((field) => make("option", { value: field, text: this.called(field) })));
    element("filter-value").hidden = true;
  },

  offerValues() {
    const field = element("filter-field").value;
    element("filter-value").hidden = !field;
    if (!field) return;
    this.offered = Data.values(field);
    element("filter-value").replaceChildren(make("option", { value: "", text: "…" }), ...this.offered.map((value, index) =>
      make("option", { value: String(index), text: value === null ? "none" : String(value).slice(0, 80) })));
  },

  addFilter() {
    const field = element("filter-field").value, value = this.offered[Number(element("filter-value").value)];
    if (value === undefined || element("filter-value").value === "") return;
    Data.filters = [...Data.filters.filter((filter) => filter.field !== field), { field, value }];
    element("filter-field").value = "";
    element("filter-value").hidden = true;
    element("filter-field").focus();
    this.choose();
  },

  choose() {
    Data.choose();
    this.update();
    tell(`${Data.shown.length} of ${Data.gallery.pictures.length} shown`);
  },

  update() {
    element("filters").replaceChildren(...Data.filters.map((filter) => {
      const text = `${this.called(filter.field)}: ${filter.value ?? "none"}`;
      const remove = make("button", { type: "button", "aria-label": `Stop showing only ${text}`, dir: "auto", text: `${text.slice(0, 60)} ✕` });
      remove.addEventListener("click", () => {
        Data.filters = Data.filters.filter((other) => other !== filter);
        this.choose();
        element("filter-field").focus();
      });
      return make("li", {}, remove);
    }));
    element("nothing").hidden = Data.shown.length > 0;
    this.compareButton();
    this.summary();
    if (this.view === "grid") Grid.update(); else Table.update();
  },

  compareButton() { element("compare").disabled = Data.shown.filter((picture) => picture.file).length < 2; },

  summary() {
    const { pictures, made, running } = Data.gallery;
    const done = pictures.filter((picture) => picture.thumb).length;
    const failed = pictures.filter((picture) => !picture.thumb && picture.error).length;
    const jobs = new Map(pictures.map((picture) => [picture.job ?? picture.key, picture.cost ?? 0]));
    const credits = [...jobs.values()].reduce((sum, cost) => sum + cost, 0);
    const parts = [`${done} picture${done === 1 ? "" : "s"}`];
    if (failed) parts.push(`${failed} failed`);
    if (pictures.length - done - failed) parts.push(`${pictures.length - done - failed} to come`);
    if (Data.shown.length < pictures.length) parts.push(`${Data.shown.length} shown`);
    if (credits) parts.push(`${credits} credits`);
    if (Data.selected.size) parts.push(`${Data.selected.size} selected`);
    const age = this.age(made);
    if (running) parts.push(location.protocol === "file:" ? `as it was ${age}: reload the page to see new pictures` : `being made, as of ${age}`);
    const text = parts.join(" · ");
    if (element("summary").textContent !== text) element("summary").textContent = text;
  },

  age(made) {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(made)) / 1000));
    if (seconds < 10) return "just now";
    if (seconds < 90) return `${Math.floor(seconds / 10) * 10} seconds ago`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} minutes ago`;
    if (seconds < 129600) return `${Math.round(seconds / 3600)} hours ago`;
    return `${Math.round(seconds / 86400)} days ago`;
  },

  show(view) {
    this.view = view;
    element("as-grid").setAttribute("aria-checked", String(view === "grid"));
    element("as-table").setAttribute("aria-checked", String(view === "table"));
    element("pictures").hidden = view !== "grid";
    element("table").hidden = element("axes").hidden = view !== "table";
    this.update();
  },

  resize(size) {
    Grid.size = Table.size = size;
    element("size").value = size;
    if (this.view === "grid") { Grid.update(); Grid.moveTo(Grid.current); } else Table.draw();
  },

  get part() { return this.view === "grid" ? Grid : Table; },

  focus() { if (this.view === "grid") Grid.list.focus(); else Table.focus(); },

  select(picture = this.part.picture()) {
    if (!picture) return;
    if (Data.selected.has(picture.key)) Data.selected.delete(picture.key);
    else Data.selected.add(picture.key);
    this.part.refresh(picture);
    this.summary();
    tell(`${Data.selected.size} selected`);
  },

  open() {
    const picture = this.part.picture();
    if (!picture) return;
    const folded = this.view === "table" ? Table.pictures() : [];
    Viewer.open([picture], folded.length > 1 ? folded : Data.shown);
  },

  /// Two to four: those that are selected, else the current one and the next.
  compare() {
    let chosen = Data.gallery.pictures.filter((picture) => Data.selected.has(picture.key) && picture.file);
    if (chosen.length < 2) {
      const from = Math.max(0, Data.shown.indexOf(this.part.picture()));
      const after = Data.shown.slice(from).concat(Data.shown.slice(0, from)).filter((picture) => picture.file && !chosen.includes(picture));
      chosen = chosen.concat(after).slice(0, 2);
    }
    if (chosen.length < 2) return tell("There are no two pictures to compare.");
    if (chosen.length > 4) tell("The first four are compared.");
    Viewer.open(chosen.slice(0, 4), null);
  },

  judge(mark) {
    const picture = this.part.picture();
    if (!picture) return;
    if (mark) Judgements.toggle(picture, mark);
    else Judgements.set(picture, { mark: null });
    this.judged(picture);
  },

  judged(picture) { this.part.refresh(picture); },

  /// The viewer went to another picture.
  moved(picture) {
    if (this.view === "grid") Grid.moveTo(Data.shown.indexOf(picture));
  },

  closed() {
    if (Data.filters.length || Data.sort !== "order") this.choose();
    if (!document.querySelector("dialog[open]")) this.focus();
  },

  key(event) {
    if (event.target.closest("dialog, input, select, textarea, summary") || event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = event.target.closest("button, a") !== null;
    if (isButton && (event.key === "Enter" || event.key === " ")) return;
    if (event.target.closest('[role="radiogroup"]') && event.key.startsWith("Arrow")) {
      const other = [...event.target.parentElement.children].find((button) => button !== event.target && !button.hidden);
      if (other) { other.focus(); other.click(); }
      return event.preventDefault();
    }
    const actions = {
      Enter: () => this.open(), " ": () => this.select(), p: () => this.judge("star"), s: () => this.judge("star"), x: () => this.judge("reject"),
      u: () => this.judge(null), c: () => this.compare(), e: () => Export.open(), g: () => this.show("grid"),
      t: () => { if (Table.isThere) this.show("table"); }, "/": () => element("search").focus(),
      n: () => { this.open(); element("facts").querySelector("textarea")?.focus(); },
      "+": () => this.resize(Math.min(480, Grid.size + 40)), "=": () => this.resize(Math.min(480, Grid.size + 40)),
      "-": () => this.resize(Math.max(90, Grid.size - 40)), "?": () => element("keys-dialog").showModal(),
    };
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action) action();
    else if (isButton || !this.part.key(event)) return;
    event.preventDefault();
    if (["g", "t"].includes(event.key)) this.focus();
  },

  /// Where the page is served, it takes in what is new for as long as the sweep is running.
  async follow() {
    if (Data.gallery.studio || !location.protocol.startsWith("http")) return;
    for (let isFirst = true; isFirst || Data.gallery.running; isFirst = false) {
      // At once: the browser may have kept an older page.
      if (!isFirst) await new Promise((done) => setTimeout(done, 1500));
      try {
        const answer = await fetch("gallery.json", { cache: "no-store" });
        if (!answer.ok) continue;
        const gallery = await answer.json();
        if (gallery.made !== Data.gallery.made) this.take(gallery);
      } catch {
        // The server is away, or the file is being replaced: the next look may find it.
      }
    }
  },
};

// The parts name each other; the page starts when all are there.
queueMicrotask(() => {
  Page.start();
  globalThis.startStudio?.();
});
