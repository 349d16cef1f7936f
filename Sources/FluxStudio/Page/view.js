// The grid. Only the tiles that can be seen are in the page.

/// A picture as a tile, for the grid and for cells of the table.
function tile(picture) {
  const made = make("div", { class: "tile" });
  fill(made, picture);
  return made;
}

function fill(made, picture) {
  const judgement = Judgements.of(picture);
  const frame = make("div", { class: "frame" });
  if (picture.thumb) {
    frame.append(make("img", { src: picture.thumb, alt: "", decoding: "async", draggable: "false" }));
  } else {
    frame.append(make("div", { class: picture.error ? "why failed" : "why", dir: "auto", text: Data.reason(picture) }));
  }
  const badge = make("div", { class: "badge" });
  if (judgement.mark === "star") badge.append(make("span", { class: "star", text: "★" }));
  if (judgement.mark === "reject") badge.append(make("span", { text: "✕" }));
  if (judgement.note) badge.append(make("span", { text: "✎" }));
  if (badge.childElementCount) frame.append(badge);
  const about = Data.about(picture);
  made.replaceChildren(frame, make("div", { class: "caption", dir: "auto", text: about }));
  made.classList.toggle("rejected", judgement.mark === "reject");
  made.dataset.key = picture.key;
  const state = [about];
  if (!picture.thumb) state.push(Data.reason(picture));
  if (judgement.mark) state.push(judgement.mark === "star" ? "starred" : "rejected");
  if (judgement.note) state.push(`note: ${judgement.note}`);
  made.setAttribute("aria-label", state.join(", "));
  made.setAttribute("aria-selected", String(Data.selected.has(picture.key)));
}

const Grid = {
  list: element("pictures"),
  canvas: make("div", { role: "presentation" }),
  tiles: new Map(),
  size: 220,
  gap: 8,
  current: 0,

  start() {
    this.canvas.style.position = "relative";
    this.list.append(this.canvas);
    let isAwaited = false;
    this.list.addEventListener("scroll", () => {
      if (isAwaited) return;
      isAwaited = true;
      requestAnimationFrame(() => { isAwaited = false; this.place(); });
    }, { passive: true });
    new ResizeObserver(() => this.place()).observe(this.list);
    this.list.addEventListener("click", (event) => {
      const index = this.indexOf(event.target);
      if (index === null) return;
      this.moveTo(index);
      if (event.ctrlKey || event.metaKey || event.shiftKey) Page.select(this.picture());
    });
    this.list.addEventListener("dblclick", (event) => {
      if (this.indexOf(event.target) !== null) Page.open();
    });
  },

  indexOf(target) {
    const made = target.closest?.(".tile");
    return made ? Number(made.dataset.index) : null;
  },

  picture() { return Data.shown[this.current]; },

  /// Draws everything anew: other pictures, another order, another size.
  update() {
    this.current = Math.min(this.current, Math.max(0, Data.shown.length - 1));
    for (const made of this.tiles.values()) made.remove();
    this.tiles.clear();
    this.place();
  },

  /// One picture was judged or selected.
  refresh(picture) {
    for (const made of this.tiles.values()) if (made.dataset.key === picture.key) fill(made, picture);
  },

  get columns() {
    return Math.max(1, Math.floor((this.list.clientWidth - this.gap) / (this.size + this.gap)));
  },

  place() {
    if (this.list.hidden) return;
    const { columns, gap } = this;
    const width = Math.floor((this.list.clientWidth - gap) / columns) - gap;
    const height = this.size + 26;
    const rows = Math.ceil(Data.shown.length / columns);
    this.canvas.style.height = `${rows * (height + gap) + gap}px`;
    const first = Math.max(0, Math.floor(this.list.scrollTop / (height + gap)) - 1);
    const last = Math.ceil((this.list.scrollTop + this.list.clientHeight) / (height + gap)) + 1;
    const from = first * columns, to = Math.min(Data.shown.length, last * columns);
    for (const [index, made] of this.tiles) {
      if (index < from || index >= to) {
        made.remove();
        this.tiles.delete(index);
      }
    }
    for (let index = from; index < to; index++) {
      let made = this.tiles.get(index);
      if (!made) {
        made = tile(Data.shown[index]);
        made.setAttribute("role", "option");
        made.id = `picture-${index}`;
        made.dataset.index = index;
        made.setAttribute("aria-setsize", Data.shown.length);
        made.setAttribute("aria-posinset", index + 1);
        this.tiles.set(index, made);
        this.canvas.append(made);
      }
      const left = gap + (index % columns) * (width + gap), top = gap + Math.floor(index / columns) * (height + gap);
      made.style.cssText = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
      made.classList.toggle("current", index === this.current);
    }
    this.list.setAttribute("aria-activedescendant", Data.shown.length ? `picture-${this.current}` : "");
  },

  moveTo(index) {
    if (!Data.shown.length) return;
    this.current = Math.max(0, Math.min(Data.shown.length - 1, index));
    const height = this.size + 26 + this.gap;
    const top = Math.floor(this.current / this.columns) * height;
    if (top < this.list.scrollTop) this.list.scrollTop = top;
    const bottom = top + height + this.gap - this.list.clientHeight;
    if (bottom > this.list.scrollTop) this.list.scrollTop = bottom;
    this.place();
  },

  /// - Returns: whether the key was one for moving.
  key(event) {
    const rows = Math.max(1, Math.floor(this.list.clientHeight / (this.size + 26 + this.gap)));
    const steps = {
      ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns,
      PageUp: -rows * this.columns, PageDown: rows * this.columns, Home: -Infinity, End: Infinity,
    };
    if (!(event.key in steps)) return false;
    this.moveTo(this.current + steps[event.key]);
    return true;
  },
};
