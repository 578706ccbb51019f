// The interactive assessment in the browser: choices, pages and thought experiments around the report's own HTML.
// It knows no figures but those on the page; every choice is sent to Python, which answers with a new page.

const SLOW = 350; // milliseconds before a wait is worth a word

function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

function button(text, className, onClick) {
  const node = make("button", className, text);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

function render({ model, el }) {
  const id = `cxe-${Math.random().toString(36).slice(2, 9)}`;
  const root = make("div", "cxe");
  const bar = make("div", "cxe-bar");
  bar.setAttribute("role", "group");
  const tabs = make("div", "cxe-tabs");
  tabs.setAttribute("role", "tablist");
  const parts = make("div", "cxe-parts");
  const controls = make("div", "cxe-trial");
  const note = make("p", "cxe-note");
  const page = make("div", "cxe-page");
  const panel = make("div", "cxe-panel");
  panel.id = `${id}-panel`;
  panel.setAttribute("role", "tabpanel");
  panel.append(parts, controls, note, page);
  const status = make("p", "cxe-status");
  status.setAttribute("role", "status");
  const foot = make("div", "cxe-foot");
  const buttons = make("div", "cxe-buttons");
  foot.append(buttons, status);
  root.append(bar, tabs, panel, foot);
  el.append(root);

  let titleNext = false; // after a step into an element the title gets the focus
  let waiting = 0;
  let file = "";
  let queued = false;
  const selects = new Map();

  const screen = () => model.get("screen");

  function send(message, word = "working", at = SLOW) {
    root.setAttribute("aria-busy", "true");
    clearTimeout(waiting);
    waiting = setTimeout(() => tell(screen().messages[word]), at);
    model.send(message);
  }

  function tell(text, link = null) {
    status.replaceChildren(text);
    if (link) status.append(" ", link);
  }

  function rest() {
    clearTimeout(waiting);
    root.removeAttribute("aria-busy");
  }

  // -------------------------------------------------------------- choices

  function drawBar() {
    const { label, selects: wanted } = screen();
    bar.setAttribute("aria-label", label);
    for (const one of wanted) {
      if (!selects.has(one.key)) {
        const field = make("label", "cxe-field");
        const name = make("span", "cxe-name");
        const select = make("select");
        field.dataset.key = select.dataset.key = one.key;
        select.addEventListener("change", () => send({ kind: "choose", key: one.key, value: select.value }));
        field.append(name, select);
        bar.append(field);
        selects.set(one.key, { name, select, seen: "" });
      }
      const { name, select } = selects.get(one.key);
      name.textContent = one.label;
      const seen = JSON.stringify(one.groups);
      if (selects.get(one.key).seen !== seen) {
        selects.get(one.key).seen = seen;
        select.replaceChildren(...one.groups.flatMap(options));
      }
      select.value = one.value;
    }
  }

  function options(group) {
    const found = group.choices.map((choice) => {
      const option = make("option", "", choice.name);
      option.value = choice.value;
      option.disabled = choice.hidden;
      return option;
    });
    if (!group.label) return found;
    const box = make("optgroup");
    box.label = group.label;
    box.append(...found);
    return [box];
  }

  // -------------------------------------------------------------- pages

  function drawTabs() {
    const { views } = screen();
    tabs.setAttribute("aria-label", views.label);
    const keys = views.list.map((view) => view.key).join();
    if (tabs.dataset.keys !== keys) {
      tabs.dataset.keys = keys;
      tabs.replaceChildren(
        ...views.list.map((view) => {
          const tab = button("", "cxe-tab", () => send({ kind: "open", view: view.key }));
          tab.setAttribute("role", "tab");
          tab.id = `${id}-${view.key}`;
          tab.dataset.key = view.key;
          tab.setAttribute("aria-controls", panel.id);
          return tab;
        }),
      );
    }
    for (const tab of tabs.children) {
      const chosen = tab.dataset.key === views.chosen;
      tab.textContent = views.list.find((view) => view.key === tab.dataset.key).name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) panel.setAttribute("aria-labelledby", tab.id);
    }
  }

  tabs.addEventListener("keydown", (event) => {
    const all = [...tabs.children];
    const here = all.indexOf(document.activeElement);
    const to = {
      ArrowRight: (here + 1) % all.length,
      ArrowLeft: (here - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (to === undefined || here < 0) return;
    event.preventDefault();
    event.stopPropagation();
    all[to].focus();
    all[to].click();
  });

  // -------------------------------------------------------------- elements and items

  function drawParts() {
    const { elements } = screen();
    const focused = parts.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    parts.replaceChildren();
    parts.hidden = !elements.shown;
    if (!elements.shown) return;
    parts.append(
      row(elements.label, elements.list, elements.chosen, (one) => ({ kind: "open", element: one.id })),
    );
    if (elements.items.length) {
      const list = [{ id: "", number: "", name: elements.whole }, ...elements.items];
      parts.append(row(elements.items_label, list, elements.item, (one) => ({ kind: "open", item: one.id })));
    }
    if (focused) parts.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  function row(label, list, chosen, message) {
    const box = make("div", "cxe-row");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", label);
    for (const one of list) {
      const node = button("", "cxe-chip", () => send(message(one)));
      if (one.number) node.append(make("span", "cxe-no", one.number), " ");
      node.append(one.name);
      node.dataset.key = `${label}/${one.id}`;
      node.setAttribute("aria-pressed", String(one.id === chosen));
      box.append(node);
    }
    return box;
  }

  // -------------------------------------------------------------- the thought experiment

  function drawTrial() {
    const { trial } = screen();
    const focused = controls.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    controls.replaceChildren();
    controls.hidden = !trial;
    if (!trial) return;
    const outcome = make("div", "cxe-outcome");
    outcome.append(make("p", "cxe-mark", trial.mark));
    for (const one of trial.outcome) {
      const box = make("p", "cxe-result");
      const figure = make("span", "cxe-figure", one.now);
      if (one.then) figure.append(" → ", make("strong", "cxe-then", one.then));
      box.append(make("span", "cxe-name", one.name), figure, make("span", "cxe-chances", one.chance));
      outcome.append(box);
    }
    const list = make("ul", "cxe-moves");
    list.setAttribute("aria-label", trial.label);
    for (const one of trial.rows) list.append(move(one, trial));
    const clear = button(trial.clear, "cxe-button", () => send({ kind: "clear" }));
    clear.dataset.key = "clear";
    clear.disabled = !trial.rows.some((one) => one.by);
    controls.append(outcome, list, clear);
    const again = focused && controls.querySelector(`[data-key="${CSS.escape(focused)}"]`);
    if (again && again.disabled) (again.parentElement.querySelector("button:not(:disabled)") || clear).focus();
    else if (again) again.focus();
  }

  function move(one, trial) {
    const box = make("li", `cxe-move cxe-${one.kind}${one.by ? " cxe-moved" : ""}`);
    const name =
      one.kind === "element"
        ? button(one.name, "cxe-link", () => send({ kind: "open", element: one.id }))
        : make("span", "", one.name);
    name.dataset.key = `name/${one.id}`;
    const less = button("−", "cxe-step", () => send({ kind: "move", id: one.id, steps: -1 }));
    const more = button("+", "cxe-step", () => send({ kind: "move", id: one.id, steps: 1 }));
    for (const [node, label, key] of [[less, one.less, "less"], [more, one.more, "more"]]) {
      node.disabled = !label;
      if (label) node.setAttribute("aria-label", label);
      else node.setAttribute("aria-hidden", "true");
      node.dataset.key = `${key}/${one.id}`;
    }
    const values = make("span", "cxe-values");
    values.append(make("span", "cxe-now", one.now));
    if (one.by) values.append(" → ", make("strong", "cxe-then", one.then));
    box.append(name, less, values, more);
    return box;
  }

  // -------------------------------------------------------------- the page

  function drawPage() {
    page.innerHTML = model.get("page"); // escaped by the report's own renderer, from which alone it comes
    const { elements, views } = screen();
    const byNumber = new Map(elements.list.map((one) => [one.number, one]));
    for (const head of page.querySelectorAll(".cxa-profile th[scope=row], .cxa-dumbbell th[scope=row]")) {
      const one = byNumber.get(head.querySelector(".cxa-no")?.textContent.trim());
      if (one) link(head.querySelector(".cxa-no + span"), one.open, { element: one.id, view: "elements" });
    }
    for (const head of page.querySelectorAll(".cxa-panels h4")) {
      const one = byNumber.get(head.querySelector(".cxa-no")?.textContent.trim());
      if (one) link(head, one.open, { element: one.id, view: "elements" });
    }
    if (views.chosen === "elements") {
      const items = new Map(elements.items.map((one) => [one.number, one]));
      for (const head of page.querySelectorAll(".cxa-answers th[scope=row]")) {
        const one = items.get(head.querySelector(".cxa-no")?.textContent.trim());
        if (one) link(head.querySelector(".cxa-no + span"), "", { item: one.id, view: "elements" });
      }
    }
    if (titleNext) {
      titleNext = false;
      const title = page.querySelector(".cxa-title");
      if (title) {
        title.tabIndex = -1;
        title.focus({ preventScroll: true });
        panel.scrollIntoView({ block: "nearest" });
      }
    }
  }

  // Makes the name in a row a button: its first piece of text that is not a note.
  function link(holder, label, wanted) {
    const strong = holder?.querySelector("strong");
    const target = strong || [...(holder?.childNodes || [])].find((node) => node.nodeType === 3 && node.data.trim());
    if (!target) return;
    const node = button(target.textContent, "cxe-link", () => {
      titleNext = true;
      send({ kind: "open", ...wanted });
    });
    if (label) node.title = label;
    if (strong) strong.replaceChildren(node);
    else target.replaceWith(node);
  }

  // -------------------------------------------------------------- the foot

  function drawFoot() {
    const wanted = screen().buttons;
    const words = { print: "printing", files: "handing" };
    const focused = buttons.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    buttons.replaceChildren(
      ...wanted.map((one) => {
        const node = button(one.name, "cxe-button", () => send({ kind: one.key }, words[one.key], 0));
        node.dataset.key = one.key;
        return node;
      }),
    );
    if (focused) buttons.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  function draw() {
    queued = false;
    const now = screen();
    if (!now.views) return;
    root.lang = now.lang;
    root.style.setProperty("--cxe-accent", now.colours.accent);
    root.style.setProperty("--cxe-ink", now.colours.ink);
    drawBar();
    drawTabs();
    drawParts();
    drawTrial();
    note.textContent = now.note;
    note.hidden = !now.note;
    drawPage();
    drawFoot();
  }

  function later() {
    if (queued) return;
    queued = true;
    queueMicrotask(draw);
  }

  function hear(message, buffers) {
    if (message.kind === "done") {
      rest();
      if ([screen().messages.working].includes(status.textContent)) tell("");
    } else if (message.kind === "told") {
      rest();
      tell(message.text);
      later(); // what could not be chosen goes back to what is
    } else if (message.kind === "file") {
      rest();
      if (file) URL.revokeObjectURL(file);
      file = URL.createObjectURL(new Blob([buffers[0]], { type: "application/pdf" }));
      const node = make("a", "cxe-file", message.link);
      node.href = file;
      node.download = message.name;
      tell(message.text, node);
    }
  }

  model.on("change:screen", later);
  model.on("change:page", later);
  model.on("msg:custom", hear);
  draw();
  model.send({ kind: "ready" });
  return () => {
    clearTimeout(waiting);
    if (file) URL.revokeObjectURL(file);
    model.off("change:screen", later);
    model.off("change:page", later);
    model.off("msg:custom", hear);
  };
}

export default { render };
