// What was chosen, to take along: as a list, as JSON, or as the Lua script that makes it again.

const Lua = {
  words: new Set(("and break do else elseif end false for function goto if in local nil not or repeat return then true until while").split(" ")),

  /// A value as Lua reads it. What steers text or cannot be seen is spelled out.
  value(value) {
    if (typeof value === "string") {
      const text = value.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/\t/g, "\\t")
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (mark) => (/[\u200c\u200d]/.test(mark) ? mark : `\\u{${mark.codePointAt(0).toString(16).toUpperCase()}}`));
      return `"${text}"`;
    }
    if (Array.isArray(value)) return value.length ? `{ ${value.map((item) => this.value(item)).join(", ")} }` : "{}";
    if (value && typeof value === "object") {
      return `{ ${Object.entries(value).map(([name, item]) => `${this.name(name)} = ${this.value(item)}`).join(", ")} }`;
    }
    return value === null ? "nil" : String(value);
  },

  name(name) { return /^[A-Za-z_][A-Za-z_0-9]*$/.test(name) && !this.words.has(name) ? name : `[${this.value(name)}]`; },

  /// The call that makes a picture again. Without a seed it would be another one, so the job itself is looked up.
  call(picture, change = {}) {
    if (picture.seed === null && picture.job && !Object.keys(change).length) return `flux.job(${this.value(picture.job)})`;
    const fields = { model: picture.model, prompt: picture.prompt };
    if (picture.seed !== null) fields.seed = picture.seed;
    if (picture.name) fields.name = picture.name;
    const all = { ...fields, ...picture.params, ...change };
    const lines = Object.entries(all).map(([name, value]) => `  ${this.name(name)} = ${this.value(value)},`);
    return `flux.${picture.call} {\n${lines.join("\n")}\n}`;
  },

  /// A script that makes all of them, and saves them where it is run.
  script(pictures, comment, change = () => ({})) {
    const calls = pictures.map((picture) => `jobs[#jobs + 1] = ${this.call(picture, change(picture))}`);
    return [`-- ${comment.replace(/\s+/g, " ")}`, "local jobs = {}", ...calls, "flux.await(jobs)",
      'flux.save(jobs, "picks/{n}-{model}-{seed}.{ext}")', ""].join("\n");
  },
};

const Export = {
  dialog: element("export-dialog"),

  start() {
    for (const id of ["export-what", "export-as"]) element(id).addEventListener("change", () => this.show());
    element("export-close").addEventListener("click", () => this.dialog.close());
    element("export-copy").addEventListener("click", async () => {
      await copyText(element("export-text").value, "Copied");
      element("export-note").textContent = element("told").textContent;
    });
    element("export-save").addEventListener("click", () => this.download());
    this.dialog.addEventListener("close", () => Page.closed());
  },

  open() {
    const hasStars = Data.gallery.pictures.some((picture) => Judgements.of(picture).mark === "star");
    element("export-what").value = hasStars ? "starred" : Data.selected.size ? "selected" : "shown";
    this.dialog.showModal();
    this.show();
  },

  pictures() {
    const what = element("export-what").value;
    if (what === "shown") return Data.shown;
    return Data.gallery.pictures.filter((picture) =>
      what === "starred" ? Judgements.of(picture).mark === "star" : Data.selected.has(picture.key));
  },

  show() {
    const pictures = this.pictures(), as = element("export-as").value, made = pictures.filter((picture) => picture.file);
    const requests = [...new Map(pictures.map((picture) => [picture.job ?? picture.key, picture])).values()];
    const count = `${pictures.length} picture${pictures.length === 1 ? "" : "s"}`;
    let note = count, text;
    if (as === "list") {
      text = made.map((picture) => decodeURIComponent(picture.file)).join("\n") + (made.length ? "\n" : "");
    } else if (as === "json") {
      text = JSON.stringify(pictures.map(({ order, words, ...picture }) => ({ ...picture, ...Judgements.of({ key: picture.key }) })), null, 2) + "\n";
    } else if (as === "lua") {
      text = Lua.script(requests, `${count} of "${Data.gallery.title}". What this machine's ledger knows is not paid again.`);
    } else {
      const fits = requests.filter((picture) => Data.gallery.sized.includes(picture.model));
      const rest = requests.length - fits.length;
      if (rest) note += `; ${rest} left out: their models have no resolution to choose`;
      text = Lua.script(fits, `${fits.length} of "${Data.gallery.title}" at 4 MP. These are new pictures, and are paid.`,
        () => ({ resolution: "4MP" }));
    }
    element("export-text").value = text;
    element("export-note").textContent = note;
  },

  download() {
    const names = { list: "picks.txt", json: "picks.json", lua: "picks.lua", "lua-4mp": "picks-4mp.lua" };
    const as = element("export-as").value;
    const link = make("a", { download: names[as] });
    link.href = URL.createObjectURL(new Blob([element("export-text").value], { type: "text/plain" }));
    this.dialog.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    element("export-note").textContent = `${names[as]} is in the downloads`;
  },
};
