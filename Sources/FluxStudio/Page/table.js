// The table of a sweep: any number of axes, across, down, at one value, or folded away.

const Table = {
  region: element("table"),
  /// Of each axis: { role: "across" | "down" | "one" | "folded", one: place, hidden: Set of places }
  roles: [],
  rows: [],
  current: { row: 0, column: 0 },
  size: 220,

  get axes() { return Data.gallery.axes; },
  get isThere() { return this.axes.length > 0; },

  /// The axis that varies fastest lies across, the next one down, the others stand at their first value.
  start() {
    this.region.addEventListener("click", (event) => this.click(event));
    this.region.addEventListener("dblclick", (event) => { if (this.cellOf(event.target)) Page.open(); });
    this.region.addEventListener("scroll", () => requestAnimationFrame(() => this.window()), { passive: true });
    new ResizeObserver(() => this.window()).observe(this.region);
  },

  setUp() {
    if (this.roles.length === this.axes.length) return;
    const long = this.axes.map((axis, index) => ({ index, length: axis.labels.length })).filter((axis) => axis.length > 1);
    const across = long.at(-1)?.index ?? this.axes.length - 1;
    const down = long.at(-2)?.index ?? this.axes.findLastIndex((_, index) => index !== across);
    this.roles = this.axes.map((_, index) => ({
      role: index === across ? "across" : index === down ? "down" : "one", one: 0, hidden: new Set(),
    }));
    this.controls();
  },

  controls() {
    const names = { across: "across", down: "down", one: "at one value", folded: "folded away" };
    element("axes").replaceChildren(...this.axes.map((axis, index) => {
      const state = this.roles[index];
      const role = make("select", { "aria-label": `Where the axis ${axis.name} lies` });
      for (const [value, text] of Object.entries(names)) role.append(make("option", { value, text, selected: state.role === value }));
      const one = make("select", { "aria-label": `Value of the axis ${axis.name}`, hidden: state.role !== "one" });
      axis.labels.forEach((text, place) => one.append(make("option", { value: String(place), text, selected: state.one === place })));
      role.addEventListener("change", () => { state.role = role.value; one.hidden = role.value !== "one"; this.update(); });
      one.addEventListener("change", () => { state.one = Number(one.value); this.update(); });
      const values = make("details", {}, make("summary", { text: "values" }));
      axis.labels.forEach((label, place) => {
        const box = make("input", { type: "checkbox", checked: !state.hidden.has(place) });
        box.addEventListener("change", () => {
          if (box.checked) state.hidden.delete(place); else state.hidden.add(place);
          this.update();
        });
        values.append(make("label", {}, box, make("span", { dir: "auto", text: label })));
      });
      return make("fieldset", {}, make("legend", { text: axis.name }), role, one, values);
    }));
  },

  /// The combinations of the values of some axes, in order: lists of places.
  combinations(role) {
    let lists = [[]];
    this.axes.forEach((axis, index) => {
      const state = this.roles[index];
      if (state.role !== role) return;
      const places = axis.labels.map((_, place) => place).filter((place) => !state.hidden.has(place));
      lists = lists.flatMap((list) => places.map((place) => [...list, { index, place }]));
    });
    return lists;
  },

  head(combination) {
    return combination.map(({ index, place }) => {
      const label = this.axes[index].labels[place];
      return typeof this.axes[index].values[place] === "string" ? label : `${this.axes[index].name} ${label}`;
    }).join(" · ");
  },

  update() {
    if (this.region.hidden) return;
    const cells = new Map();
    for (const picture of Data.shown) {
      if (!picture.place) continue;
      const isSeen = this.roles.every((state, index) =>
        state.role === "one" ? picture.place[index] === state.one : !state.hidden.has(picture.place[index]));
      if (!isSeen) continue;
      const part = (role) => this.roles.flatMap((state, index) => (state.role === role ? [picture.place[index]] : [])).join(",");
      const key = `${part("down")}/${part("across")}`;
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(picture);
    }
    const key = (combination) => combination.map(({ place }) => place).join(",");
    const across = this.combinations("across"), down = this.combinations("down");
    this.columns = across.map((column) => this.head(column));
    this.rows = down.map((row) => ({
      head: this.head(row), cells: across.map((column) => cells.get(`${key(row)}/${key(column)}`) ?? []),
    }));
    this.current.row = Math.max(0, Math.min(this.current.row, this.rows.length - 1));
    this.current.column = Math.max(0, Math.min(this.current.column, this.columns.length - 1));
    this.draw();
  },

  get rowHeight() { return this.size + 4; },

  draw() {
    this.region.style.setProperty("--cell", `${this.size}px`);
    const head = make("tr", {}, make("td"), ...this.columns.map((text) => make("th", { scope: "col", dir: "auto", text })));
    this.body = make("tbody");
    this.drawn = null;
    this.region.replaceChildren(make("table", {}, make("thead", {}, head), this.body));
    this.window();
  },

  /// Puts the rows into the page that can be seen.
  window() {
    if (this.region.hidden || !this.body) return;
    const first = Math.max(0, Math.floor(this.region.scrollTop / this.rowHeight) - 2);
    const last = Math.min(this.rows.length, Math.ceil((this.region.scrollTop + this.region.clientHeight) / this.rowHeight) + 2);
    if (this.drawn === `${first}-${last}`) return;
    const hadFocus = this.body.contains(document.activeElement);
    this.drawn = `${first}-${last}`;
    const spacer = (count) => {
      if (count <= 0) return [];
      const made = make("tr", { class: "spacer", "aria-hidden": "true" }, make("td"));
      made.style.setProperty("--height", `${count * this.rowHeight - 4}px`);
      return [made];
    };
    const rows = this.rows.slice(first, last).map((row, index) => make(
      "tr", {}, make("th", { scope: "row", dir: "auto", text: row.head }),
      ...row.cells.map((pictures, column) => this.cell(pictures, first + index, column))));
    this.body.replaceChildren(...spacer(first), ...rows, ...spacer(this.rows.length - last));
    if (hadFocus) this.focus();
  },

  cell(pictures, row, column) {
    const made = make("td", {});
    made.dataset.row = row;
    made.dataset.column = column;
    if (!pictures.length) {
      made.className = "left-out";
      made.textContent = "left out";
      return made;
    }
    const picture = pictures[0];
    const inside = tile(picture);
    inside.setAttribute("role", "button");
    inside.removeAttribute("aria-selected");
    inside.setAttribute("aria-pressed", String(Data.selected.has(picture.key)));
    const isCurrent = row === this.current.row && column === this.current.column;
    inside.tabIndex = isCurrent ? 0 : -1;
    inside.classList.toggle("current", isCurrent);
    if (pictures.length > 1) {
      inside.append(make("div", { class: "caption", text: `1 of ${pictures.length} folded` }));
    }
    made.append(inside);
    return made;
  },

  cellOf(target) {
    const made = target.closest?.("td[data-row]");
    return made ? { row: Number(made.dataset.row), column: Number(made.dataset.column) } : null;
  },

  click(event) {
    const cell = this.cellOf(event.target);
    if (!cell || !this.rows[cell.row].cells[cell.column].length) return;
    this.moveTo(cell.row, cell.column);
    if (event.ctrlKey || event.metaKey || event.shiftKey) Page.select(this.picture());
  },

  pictures() { return this.rows[this.current.row]?.cells[this.current.column] ?? []; },
  picture() { return this.pictures()[0]; },

  refresh() {
    this.drawn = null;
    this.window();
  },

  moveTo(row, column) {
    this.current = {
      row: Math.max(0, Math.min(this.rows.length - 1, row)), column: Math.max(0, Math.min(this.columns.length - 1, column)),
    };
    const top = this.current.row * this.rowHeight;
    if (top < this.region.scrollTop) this.region.scrollTop = top;
    const bottom = top + this.rowHeight + 60 - this.region.clientHeight;
    if (bottom > this.region.scrollTop) this.region.scrollTop = bottom;
    this.refresh();
    this.focus();
  },

  focus() {
    const cell = this.body?.querySelector(`td[data-row="${this.current.row}"][data-column="${this.current.column}"] .tile`);
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  },

  key(event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -Infinity], End: [0, Infinity] };
    if (!(event.key in steps)) return false;
    const [down, across] = steps[event.key];
    this.moveTo(this.current.row + down, this.current.column + across);
    return true;
  },
};
