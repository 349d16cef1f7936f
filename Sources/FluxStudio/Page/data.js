// What the page shows: pictures, the author's judgements of them, and which are shown in which order.

const element = (id) => document.getElementById(id);

/// A new element. Texts are always text, never markup.
function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && typeof value !== "string") made[key] = value;
    else if (key === "text") made.textContent = value;
    else if (value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const tell = (text) => { element("told").textContent = text; };

const Data = {
  gallery: { pictures: [], axes: [] },
  byKey: new Map(),
  shown: [],
  selected: new Set(),
  search: "",
  sort: "order",
  filters: [],

  take(gallery) {
    this.gallery = gallery;
    gallery.pictures.forEach((picture, order) => {
      picture.order = order;
      picture.words = [picture.prompt, picture.name].join("\n").toLowerCase();
    });
    this.byKey = new Map(gallery.pictures.map((picture) => [picture.key, picture]));
    for (const key of this.selected) if (!this.byKey.has(key)) this.selected.delete(key);
    this.choose();
  },

  /// Names of the fields that pictures can be sorted and filtered by, with what people call them.
  fields() {
    const names = ["model", "status", "seed", "name", "prompt", "cost", "created"];
    const params = new Set();
    for (const picture of this.gallery.pictures) for (const name in picture.params) params.add(name);
    return [...names, ...[...params].sort(), ...this.gallery.axes.map((axis) => `axis:${axis.name}`), "judgement", "note"];
  },

  /// A field's value in a picture; null where it has none.
  value(picture, field) {
    if (field === "judgement") return Judgements.of(picture).mark ?? "none";
    if (field === "note") return Judgements.of(picture).note || null;
    if (field.startsWith("axis:")) {
      const index = this.gallery.axes.findIndex((axis) => `axis:${axis.name}` === field);
      const place = picture.place?.[index];
      return place === undefined ? null : this.gallery.axes[index].labels[place];
    }
    const value = field in picture ? picture[field] : picture.params?.[field];
    if (value === undefined || value === null) return null;
    return typeof value === "object" ? JSON.stringify(value) : value;
  },

  /// The different values of a field, in order.
  values(field) {
    return [...new Set(this.gallery.pictures.map((picture) => this.value(picture, field)))].sort(inOrder);
  },

  /// Works out anew what is shown.
  choose() {
    const words = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (picture) =>
      words.every((word) => picture.words.includes(word)) &&
      this.filters.every(({ field, value }) => this.value(picture, field) === value);
    const shown = this.gallery.pictures.filter(fits);
    if (this.sort !== "order") {
      const [, sign, field] = /^(-?)(.*)$/.exec(this.sort);
      const direction = sign ? -1 : 1;
      shown.sort((a, b) => direction * inOrder(this.value(a, field), this.value(b, field)) || a.order - b.order);
    }
    this.shown = shown;
  },

  /// A picture in a few words, for captions and screen readers.
  about(picture) {
    const seed = picture.seed === null ? "" : ` · seed ${picture.seed}`;
    return `${picture.name || picture.prompt || "no prompt"} · ${picture.model}${seed}`;
  },

  /// Why there is nothing to look at.
  reason(picture) {
    return picture.error || { PENDING: "waiting to be sent", QUEUED: "in the service's queue", PROCESSING: "being made" }[picture.status]
      || picture.status.toLowerCase();
  },
};

/// Numbers by size, texts by the alphabet, nothing last.
function inOrder(a, b) {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/// Stars, rejections and notes. They stay in the browser, or with the studio where there is one.
const Judgements = {
  all: {},
  /// What keeps them: set by the studio.
  keep: null,

  load(id) {
    this.id = `fluxlua:${id}`;
    try {
      const kept = JSON.parse(localStorage.getItem(this.id) ?? "{}");
      if (kept && typeof kept === "object") this.all = kept;
    } catch {
      tell("This browser keeps no data for this page: stars and notes are lost when you close it.");
    }
  },

  of(picture) { return this.all[picture.key] ?? {}; },

  /// - Parameter change: { mark: "star" | "reject" | null, note: text }
  set(picture, change) {
    const judgement = { ...this.of(picture), ...change };
    if (!judgement.mark) delete judgement.mark;
    if (!judgement.note) delete judgement.note;
    if (Object.keys(judgement).length) this.all[picture.key] = judgement;
    else delete this.all[picture.key];
    if (this.keep) return this.keep(picture.key, judgement);
    try {
      localStorage.setItem(this.id, JSON.stringify(this.all));
    } catch {
      tell("This browser keeps no data for this page: export what you chose before you close it.");
    }
  },

  /// Sets a mark, or takes it off where it stands already.
  toggle(picture, mark) {
    const isSet = this.of(picture).mark === mark;
    this.set(picture, { mark: isSet ? null : mark });
    tell(isSet ? "No mark" : mark === "star" ? "Starred" : "Rejected");
  },
};
