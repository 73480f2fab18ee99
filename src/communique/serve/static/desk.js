// What the pages do with JavaScript beyond what they do without it. Everything works on addresses and markup that are there already.

/** Keys j and k go from fact to fact; what a trigger in the text names is brought into view in the panel while it is pointed at. */
function story(root) {
  const cards = () => [...root.querySelectorAll(".fact")];
  root.addEventListener("mouseover", (event) => {
    const trigger = event.target.closest("a.k.trigger, a.k.exercise");
    const card = trigger && document.getElementById(decodeURIComponent(trigger.hash.slice(1)));
    const panel = card && card.closest(".panel");
    if (panel && getComputedStyle(panel).position === "sticky") {
      panel.scrollTo({ top: card.offsetTop - panel.offsetTop - 40, behavior: "smooth" });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!root.isConnected || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    const step = { j: 1, k: -1 }[event.key];
    if (!step) return;
    const all = cards();
    const at = all.indexOf(document.activeElement.closest(".fact"));
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    if (next) next.focus();
  });
}

/** First and last day of the period that a day is in, as ISO 8601. */
function period(day, by) {
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
  const long = { month: 1, quarter: 3, year: 12 }[by];
  const first = long ? new Date(Date.UTC(year, month - (month % long), 1)) : day;
  const last = long ? new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + long, 0)) : day;
  return [first, last].map((d) => d.toISOString().slice(0, 10));
}

/** A drag over a timeline becomes the filters since and until, in whole periods. */
function brush(figure) {
  const svg = figure.querySelector("svg");
  const { first, last, by } = figure.dataset;
  if (!svg || !first || first === last) return;
  const [left, right] = [64 / 860, (860 - 150) / 860]; // the plot's margins, of the picture's width
  const box = document.createElement("div");
  box.className = "brush";
  box.hidden = true;
  figure.append(box);
  const day = (share) => {
    const inside = Math.min(Math.max((share - left) / (right - left), 0), 1);
    const span = Date.parse(last) - Date.parse(first);
    return new Date(Date.parse(first) + inside * span);
  };
  let start = null;
  const share = (event) => (event.clientX - svg.getBoundingClientRect().left) / svg.getBoundingClientRect().width;
  svg.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") return;
    start = share(event);
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const [a, b] = [start, share(event)].sort((x, y) => x - y);
    const wide = svg.getBoundingClientRect().width;
    box.hidden = false;
    box.style.left = `${a * wide}px`;
    box.style.width = `${(b - a) * wide}px`;
    box.style.height = `${svg.getBoundingClientRect().height}px`;
  });
  svg.addEventListener("pointerup", (event) => {
    const [a, b] = [start, share(event)].sort((x, y) => x - y);
    start = null;
    box.hidden = true;
    if (a === null || b - a < 0.01) return;
    const to = new URL(location.href);
    to.searchParams.set("since", period(day(a), by)[0]);
    to.searchParams.set("until", period(day(b), by)[1]);
    location.assign(to);
  });
}

/** Forms leave out what is empty, so that addresses stay short. */
function tidy(form) {
  form.addEventListener("submit", () => {
    for (const field of form.querySelectorAll("input[name], select[name]")) field.disabled = field.value === "";
    setTimeout(() => form.querySelectorAll("[disabled]").forEach((f) => (f.disabled = false)), 0);
  });
}

/** A button that sends its form as the browser does, for what comes back as a file. */
function plain(button) {
  button.addEventListener("click", (event) => {
    if (!button.form.reportValidity()) return;
    event.preventDefault();
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    button.form.append(field);
    button.form.submit();
    field.remove();
  });
}

const known = new WeakSet();
function begin() {
  for (const [selector, act] of [["[data-story]", story], ["[data-brush]", brush], ["form[method=get]", tidy], ["button[data-plain]", plain]]) {
    for (const element of document.querySelectorAll(selector)) {
      if (!known.has(element)) {
        known.add(element);
        act(element);
      }
    }
  }
}
begin();
new MutationObserver(begin).observe(document.body, { childList: true, subtree: true });
