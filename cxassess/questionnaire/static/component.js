/**
 * The questionnaire in a browser: one ES module without dependencies.
 *
 * The host gives `el`, a place on its page, and `model`: get, set, save_changes, on, off and send, as anywidget does.
 *
 * Read from the model    form, words, survey, answers, lang, token_key, theme, state, device
 * Sent to the host       {kind: "answer", seq, item, level, flag, why, comment, revision}
 *                        {kind: "submit", seq}   {kind: "reopen", seq}
 * Expected from it       {kind: "ack", seq, revision?}
 *                        {kind: "refused", seq, code, message: {lang: text}, answer?: what is stored}
 *                        {kind: "state", state: "open" | "submitted" | "closed"}
 *
 * There are no words in here: they come with the model. Text is always set as text, never as markup, and styles are
 * set as properties, so that a strict content security policy holds.
 */

const LATE_AFTER = 2500; // ms without an acknowledgement until the page says that an answer is not saved
const FIRST_RETRY = 3000; // ms; each further try waits twice as long, up to
const LONGEST_RETRY = 30000;
const TICK = 500;
const TYPING_PAUSE = 700; // ms between two saves of the same text while it is being written
const LONGEST_TEXT = 4000; // characters, as the store allows
const FLAGS = ["dont_know", "not_applicable"];
const CLOSING = ["wave_closed", "not_admitted"]; // refusals after which nothing more is taken

// ------------------------------------------------------------------------------------------------------- elements

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  // paths in a box of 24 units, drawn as lines
  calendar: "M4.5 6h15v14h-15zM4.5 10h15M8 3.5V6M16 3.5V6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V12l3 2",
  device: "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3zM11 18h2",
  left: "M15 5l-7 7 7 7",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9.5h-13z",
  menu: "M4 7h16M4 12h16M4 17h10",
  pen: "M4 20l1-4L16 5l3 3L8 19z",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
  plus: "M12 5v14M5 12h14",
  right: "M9 5l7 7-7 7",
  ring: "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z",
  speech: "M4 18.5V6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H8l-4 2.5zM8.5 10h7",
  turn: "M12 4a8 8 0 1 1-7.4 5",
  windows: "M4 8.5h11v11H4zM8.5 8.5v-4h11v11h-4.5",
};

/** Make an icon that screen readers pass over. */
function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    viewBox: "0 0 24 24",
    width: size,
    height: size,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 2,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] ?? ICONS.right);
  svg.append(path);
  return svg;
}

/**
 * Make an element. `on…` is a listener, `style` an object of properties, `value` and `checked` are properties,
 * false and null leave an attribute out. Children are nodes or text; empty ones are passed over.
 */
function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === false || value == null) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "style") for (const [name, set] of Object.entries(value)) node.style.setProperty(name, set);
    else if (key === "value" || key === "checked") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...present(children));
  return node;
}

function present(children) {
  return children.flat().filter((child) => child != null && child !== false);
}

/** Make a way to say things in the language of the moment: fields in braces, plurals by the field `n`. */
function createSpeaker(words, language) {
  const speak = (key, fields = {}) => {
    const spoken = words[language()] ?? Object.values(words)[0];
    let message = spoken[key] ?? "";
    if (typeof message === "object") {
      message = message[new Intl.PluralRules(language()).select(fields.n)] ?? message.other;
    }
    return message.replace(/\{(\w+)\}/g, (_, field) => String(fields[field] ?? ""));
  };
  const choose = (texts) => texts?.[language()] ?? Object.values(texts ?? {})[0] ?? "";
  return { speak, choose };
}

// -------------------------------------------------------------------------------------------------------- answers

const NO_ANSWER = Object.freeze({ level: null, flag: null, why: "", comment: "", revision: 0 });

/** Return an answer of the shape that the form allows, whatever was given. */
function tidy(given, levels) {
  const level = Number.isInteger(given?.level) && given.level >= 1 && given.level <= levels ? given.level : null;
  const flag = level === null && FLAGS.includes(given?.flag) ? given.flag : null;
  const text = (value) => (typeof value === "string" ? value.slice(0, LONGEST_TEXT) : "");
  const revision = Number.isInteger(given?.revision) && given.revision >= 0 ? given.revision : 0;
  return { level, flag, why: text(given?.why), comment: text(given?.comment), revision };
}

function isAnswered(answer) {
  return answer.level !== null || answer.flag !== null;
}

function isSame(one, other) {
  return ["level", "flag", "why", "comment"].every((part) => one[part] === other[part]);
}

// ------------------------------------------------------------------------------------- unsaved answers on the device

/**
 * Keep unsaved answers in localStorage, one entry an item, so that two windows never overwrite each other's items.
 * Where storage is not allowed, `works` is false and nothing is kept.
 */
function createMemory(tokenKey, allowed) {
  const prefix = `cxq:${tokenKey}:`;
  const owner = randomNumber();
  const memory = { works: allowed && Boolean(tokenKey) };

  function attempt(action, otherwise) {
    if (!memory.works) return otherwise;
    try {
      return action();
    } catch {
      memory.works = false; // full, or refused by the browser's settings
      return otherwise;
    }
  }

  const ownKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));

  memory.keep = (item, answer) => attempt(() => localStorage.setItem(prefix + item, JSON.stringify({ owner, answer })));

  memory.forget = (item) =>
    attempt(() => {
      const kept = JSON.parse(localStorage.getItem(prefix + item) ?? "null");
      if (kept?.owner === owner) localStorage.removeItem(prefix + item); // a newer one of another window stays
    });

  memory.discard = (item) => attempt(() => localStorage.removeItem(prefix + item));

  memory.clear = () => attempt(() => ownKeys().forEach((key) => localStorage.removeItem(key)));

  memory.load = () =>
    attempt(() => {
      const found = new Map();
      for (const key of ownKeys()) {
        try {
          found.set(key.slice(prefix.length), JSON.parse(localStorage.getItem(key)).answer);
        } catch {
          localStorage.removeItem(key);
        }
      }
      return found;
    }, new Map());

  attempt(() => {
    localStorage.setItem(prefix, "");
    localStorage.removeItem(prefix);
  });
  return memory;
}

function randomNumber() {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high % 0x100000) * 0x100000000 + low;
}

// ---------------------------------------------------------------------------------------------------------- saving

/**
 * Send changes and wait for each to be acknowledged. Of one item only one message is under way at a time; what is
 * changed meanwhile goes out afterwards, with the new revision. A message is sent again until it is answered.
 *
 * `read(item)` returns the answer as it is now, with the revision that it builds on. The host hears of `changed()`,
 * `saved(item, revision)`, `refused(item, message)` and `controlled(kind, message)`.
 */
function createOutbox({ model, memory, read, on }) {
  const entries = new Map(); // item → {flight, waiting, timer}; there while anything of the item is unsaved
  let control = null; // {kind, flight, since}: submit or reopen; submit goes out once every answer is saved
  let held = false; // true while the form takes no answers
  let seq = randomNumber(); // not from 1: several windows may hear each other's acknowledgements
  let ticking = null;

  function transmit(flight) {
    flight.tried = Date.now();
    try {
      model.send(flight.message);
    } catch {
      // no connection: the next try comes by itself
    }
  }

  function launch(message) {
    seq += 1;
    const flight = { message: { ...message, seq }, since: Date.now(), tried: 0, pause: FIRST_RETRY };
    transmit(flight);
    return flight;
  }

  function pump() {
    for (const [item, entry] of entries) {
      if (held || entry.flight || entry.timer || !entry.waiting) continue;
      entry.waiting = false;
      entry.flight = launch({ kind: "answer", item, ...read(item) });
    }
    const ready = control && !control.flight && (control.kind !== "submit" || entries.size === 0);
    if (ready) control.flight = launch({ kind: control.kind });
    clearTimeout(ticking);
    ticking = (entries.size && !held) || control ? setTimeout(tick, TICK) : null;
    on.changed();
  }

  const flights = () => [...entries.values(), control].map((part) => part?.flight).filter(Boolean);

  function tick() {
    for (const flight of flights()) {
      if (Date.now() - flight.tried < flight.pause) continue;
      flight.pause = Math.min(flight.pause * 2, LONGEST_RETRY);
      transmit(flight);
    }
    pump();
  }

  function put(item, { typing = false } = {}) {
    const entry = entries.get(item) ?? { flight: null, waiting: false, timer: null };
    entries.set(item, entry);
    entry.waiting = true;
    memory.keep(item, read(item));
    if (!typing) settle(entry);
    else
      entry.timer ??= setTimeout(() => {
        settle(entry);
        pump();
      }, TYPING_PAUSE);
    pump();
  }

  function settle(entry) {
    clearTimeout(entry.timer);
    entry.timer = null;
  }

  function drop(item) {
    const entry = entries.get(item);
    if (entry) settle(entry);
    entries.delete(item);
    memory.forget(item);
  }

  function flush() {
    entries.forEach(settle);
    pump();
  }

  function retry() {
    for (const flight of flights()) Object.assign(flight, { tried: 0, pause: FIRST_RETRY });
    if (entries.size || control) tick();
  }

  function hear(message) {
    if (message?.kind !== "ack" && message?.kind !== "refused") return;
    if (control?.flight?.message.seq === message.seq) {
      const { kind } = control;
      control = null;
      on.controlled(kind, message);
    } else {
      const found = [...entries].find(([, entry]) => entry.flight?.message.seq === message.seq);
      if (!found) return; // an answer to another window, or to a message that was answered before
      const [item, entry] = found;
      const wasLate = isLate(entry.flight);
      entry.flight = null;
      if (message.kind === "refused") on.refused(item, message);
      else {
        on.saved(item, message.revision);
        if (entry.waiting) memory.keep(item, read(item));
        else drop(item);
      }
      if (wasLate) retry(); // the connection is back
    }
    pump();
  }

  const isLate = (flight) => Date.now() - flight.since > LATE_AFTER;

  return {
    put,
    drop,
    flush,
    retry,
    hear,
    has: (item) => entries.has(item),
    count: () => entries.size,
    request(kind) {
      flush();
      control ??= { kind, flight: null, since: Date.now() };
      pump();
    },
    withdraw() {
      control = null;
      pump();
    },
    requested: () => control?.kind ?? null,
    requestIsLate: () => Boolean(control) && Date.now() - control.since > LATE_AFTER,
    requestIsOut: () => Boolean(control?.flight),
    isLate: () => flights().some(isLate),
    hold() {
      held = true;
      for (const entry of entries.values()) {
        entry.flight = null;
        entry.waiting = true;
      }
      pump();
    },
    release() {
      held = false;
      pump();
    },
    stop() {
      flush();
      clearTimeout(ticking);
    },
  };
}

// -------------------------------------------------------------------------------------------------------- the page

function render({ model, el }) {
  const form = model.get("form");
  const survey = model.get("survey");
  const prefix = `cxq${randomNumber().toString(36)}`; // two copies on one page must not share radio groups
  const items = form.elements.flatMap((element) => element.items.map((item) => ({ ...item, element })));
  const byId = new Map(items.map((item) => [item.id, item]));
  const codes = form.languages.map((language) => language.code);

  const given = model.get("answers") ?? {};
  const answers = new Map(items.map((item) => [item.id, tidy(given[item.id], form.levels)]));
  const notes = new Map(); // item → {kind: "conflict" | "refused", text by language, mine?}
  let lang = codes.includes(model.get("lang")) ? model.get("lang") : codes[0];
  let state = model.get("state") || "open";
  let closing = null; // why the form was closed, by language, where the host said so
  let reopened = false;
  let page = state === "open" ? "welcome" : "end"; // or the number of an element, or "review"
  let menuOpen = false;
  let inTrouble = false;
  let alive = true;
  const { speak, choose } = createSpeaker(model.get("words"), () => lang);

  const memory = createMemory(model.get("token_key"), model.get("device") !== "memory");
  const outbox = createOutbox({
    model,
    memory,
    read: (item) => answers.get(item),
    on: { changed: showProgressOfSaving, saved: noteRevision, refused: noteRefusal, controlled: noteControl },
  });

  const countAnswered = (list) => list.filter((item) => isAnswered(answers.get(item.id))).length;
  const isInside = () => typeof page === "number" || page === "review";

  // ------------------------------------------------------------------------------------------ answers and replies

  function record(id, change, options) {
    answers.set(id, { ...answers.get(id), ...change });
    if (notes.delete(id)) refreshNote(id);
    outbox.put(id, options);
    refreshProgress();
  }

  function noteRevision(id, revision) {
    if (Number.isInteger(revision)) answers.get(id).revision = revision;
  }

  function noteRefusal(id, message) {
    if (CLOSING.includes(message.code)) {
      closing = message;
      return enter("closed");
    }
    if (message.code === "submitted") return enter("submitted");
    outbox.drop(id);
    if (message.code === "conflict" && message.answer) {
      notes.set(id, { kind: "conflict", text: message.message, mine: answers.get(id) });
      answers.set(id, tidy(message.answer, form.levels));
    } else notes.set(id, { kind: "refused", text: message.message });
    if (outbox.requested() === "submit") outbox.withdraw(); // not before it was looked at
    redrawItem(id);
    refreshProgress();
    announce(choose(message.message));
    if (page === "end") show("review");
    else if (page === "review") draw();
  }

  function noteControl(kind, message) {
    if (message.kind === "refused" && CLOSING.includes(message.code)) {
      closing = message;
      return enter("closed");
    }
    if (message.kind === "refused" && message.code !== "submitted") {
      show(state === "open" ? "review" : "end");
      return announce(choose(message.message));
    }
    enter(kind === "reopen" ? "open" : "submitted");
    if (kind === "submit") memory.clear();
  }

  /** Take the form to another state; whatever the host says twice changes nothing. */
  function enter(next) {
    const changed = next !== state;
    reopened = next === "open" && (reopened || state === "submitted");
    state = next;
    if (state === "open") {
      outbox.release();
      if (changed) show("review");
    } else {
      outbox.hold();
      if (outbox.requested() && state === "closed") outbox.withdraw();
      if (changed || page !== "end") show("end");
    }
  }

  /** Show what was saved elsewhere, unless the same item waits to be saved from here. */
  function adopt(remote) {
    for (const [id, own] of answers) {
      const theirs = tidy(remote?.[id], form.levels);
      if (outbox.has(id) || notes.has(id) || theirs.revision <= own.revision) continue;
      answers.set(id, theirs);
      if (!isSame(theirs, own)) redrawItem(id);
    }
    refreshProgress();
  }

  function restoreUnsaved() {
    for (const [id, kept] of memory.load()) {
      const stored = answers.get(id);
      const mine = tidy(kept, form.levels);
      if (!stored || isSame(stored, mine)) memory.discard(id);
      else {
        answers.set(id, mine);
        outbox.put(id);
      }
    }
  }

  // -------------------------------------------------------------------------------------------------------- frame

  const status = make("p", { class: "cxq-hidden", role: "status" });
  const saveLine = make("p", { class: "cxq-save" });
  const menu = make("button", {
    class: "cxq-menu cxq-narrow",
    type: "button",
    "aria-controls": `${prefix}-nav`,
    onclick: () => openMenu(!menuOpen),
  });
  const summary = make("p", { class: "cxq-summary" });
  const bar = make("div", { class: "cxq-bar", role: "progressbar", "aria-valuemin": 0 });
  const top = make("div", { class: "cxq-top" }, make("div", { class: "cxq-line" }, menu, summary, saveLine), bar);
  const panel = make("div", { class: "cxq-panel" });
  const nav = make("nav", { class: "cxq-nav", id: `${prefix}-nav` }, panel);
  const main = make("div", { class: "cxq-page" });
  const frame = make("div", { class: "cxq-frame" }, nav, main);
  const root = make("section", { class: "cxq", "data-lm-suppress-shortcuts": "true" }, top, frame, status);

  function announce(text) {
    status.textContent = text;
  }

  function openMenu(open, { back = false } = {}) {
    menuOpen = open;
    nav.toggleAttribute("data-open", open);
    menu.setAttribute("aria-expanded", String(open));
    if (open) (panel.querySelector("[aria-current]") ?? panel.querySelector("button")).focus({ preventScroll: true });
    else if (back) menu.focus();
  }

  /** Say whether everything is saved. It is spoken only when something is wrong, and once when it is right again. */
  function showProgressOfSaving() {
    if (!alive) return;
    const n = outbox.count();
    const refused = [...notes.values()].filter((note) => note.kind === "refused").length;
    const late = n > 0 && outbox.isLate();
    const kind = late ? "late" : n > 0 ? "saving" : refused ? "refused" : "saved";
    const text = {
      saved: () => speak("saved"),
      saving: () => speak("saving"),
      late: () => speak(memory.works ? "late" : "late_keep_open", { n }),
      refused: () => speak("not_saved", { n: refused }),
    }[kind]();
    if (saveLine.dataset.kind !== kind || saveLine.textContent !== text) {
      saveLine.dataset.kind = kind;
      const sign = { saved: "check", saving: "turn", late: "device", refused: "device" }[kind];
      saveLine.replaceChildren(icon(sign, 18), make("span", {}, text));
    }
    if (late && !inTrouble) announce(text);
    if (kind === "saved" && inTrouble) announce(text);
    inTrouble = late || (inTrouble && kind !== "saved");
    showProgressOfRequest();
  }

  function showProgressOfRequest() {
    const late = outbox.requestIsLate();
    const send = main.querySelector(".cxq-send span");
    if (send) send.textContent = speak(outbox.requested() === "submit" ? "sending" : "send");
    if (late && outbox.requested() === "submit" && page !== "end") show("end");
    const hint = main.querySelector(".cxq-contact");
    if (hint) {
      const text = late && outbox.requested() === "reopen" ? speak("no_contact") : "";
      if (hint.textContent !== text) hint.textContent = text;
    }
  }

  /** Refresh what counts answers. The page itself is never rebuilt under somebody's finger. */
  function refreshProgress() {
    const n = countAnswered(items);
    const left = Math.ceil(((items.length - n) * survey.minutes) / items.length);
    const answered = speak("answered", { n, total: items.length });
    const text = left ? speak("left", { answered, n: left }) : answered;
    for (const node of [summary, main.querySelector(".cxq-left")]) if (node) node.textContent = text;
    bar.setAttribute("aria-valuemax", items.length);
    bar.setAttribute("aria-valuenow", n);
    bar.setAttribute("aria-valuetext", answered);
    bar.setAttribute("aria-label", answered);
    form.elements.forEach((element, place) => {
      const open = element.items.length - countAnswered(element.items);
      bar.children[place].style.setProperty("--part", `${100 - (100 * open) / element.items.length}%`);
      const button = panel.querySelector(`[data-element="${place}"]`);
      button.toggleAttribute("data-done", open === 0);
      button.querySelector("svg").replaceWith(icon(open ? "ring" : "check"));
      const count = open ? speak("open", { n: open }) : make("span", { class: "cxq-hidden" }, speak("done"));
      button.querySelector(".cxq-count").replaceChildren(count);
    });
  }

  function drawFrame() {
    root.lang = lang;
    root.setAttribute("aria-label", choose(survey.title));
    top.hidden = nav.hidden = !isInside();
    frame.toggleAttribute("data-rail", isInside());
    menu.replaceChildren(icon("menu"), make("span", {}, speak("sections")));
    openMenu(false);
    nav.setAttribute("aria-label", speak("sections"));
    bar.replaceChildren(...form.elements.map((_, place) => make("i", { "data-here": page === place })));
    const entry = (target, props, ...children) =>
      make(
        "li",
        {},
        make(
          "button",
          {
            type: "button",
            "aria-current": page === target ? "step" : null,
            onclick: () => show(target),
            ...props,
          },
          ...children,
        ),
      );
    const sections = form.elements.map((element, place) =>
      entry(
        place,
        { "data-element": place },
        icon("ring"),
        make("span", {}, choose(element.name)),
        make("span", { class: "cxq-count" }),
      ),
    );
    const last = entry("review", {}, icon("right"), make("span", {}, speak("review")));
    panel.replaceChildren(...present([make("ol", { class: "cxq-sections" }, sections, last), languageButtons()]));
  }

  function languageButtons() {
    if (codes.length < 2) return null;
    const choice = ({ code, name }) =>
      make(
        "button",
        {
          type: "button",
          lang: code,
          "aria-pressed": String(code === lang),
          "data-language": code,
          onclick: (event) => changeLanguage(code, nav.contains(event.target) ? nav : main),
        },
        name,
      );
    return make(
      "div",
      { class: "cxq-languages", role: "group", "aria-label": speak("language") },
      form.languages.map(choice),
    );
  }

  /** Say everything in another language, at the same place of the form and with the same button in focus. */
  function changeLanguage(code, within) {
    if (!codes.includes(code)) return;
    const wasOpen = menuOpen;
    const first = [...main.querySelectorAll(".cxq-item")].find((node) => node.getBoundingClientRect().bottom > 0);
    const before = first?.getBoundingClientRect().top;
    lang = code;
    model.set("lang", code);
    model.save_changes();
    draw();
    if (wasOpen) openMenu(true);
    within?.querySelector(`[data-language="${code}"]`)?.focus({ preventScroll: true });
    const same = first && itemNode(first.dataset.item);
    if (same && before < 0) same.scrollIntoView({ block: "start" });
  }

  // -------------------------------------------------------------------------------------------------------- pages

  function show(next, id) {
    page = next; // before the flush, which looks at the page
    outbox.flush();
    draw();
    if (id) {
      const field = itemNode(id);
      field.scrollIntoView({ block: "start" });
      (field.querySelector("input:checked") ?? field.querySelector("input")).focus({ preventScroll: true });
    } else {
      root.scrollIntoView({ block: "start" });
      main.querySelector("h1").focus({ preventScroll: true });
    }
  }

  function draw() {
    drawFrame();
    main.className = page === "welcome" ? "cxq-page cxq-welcome" : "cxq-page";
    const build =
      typeof page === "number" ? elementPage : { welcome: welcomePage, review: reviewPage, end: endPage }[page];
    main.replaceChildren(...present(build()));
    refreshProgress();
    showProgressOfSaving();
  }

  const heading = (text) => make("h1", { tabindex: -1 }, text);

  const foot = (...children) => make("div", { class: "cxq-foot" }, ...children);

  const backButton = (text, onclick) =>
    make("button", { class: "cxq-second", type: "button", onclick }, icon("left"), make("span", {}, text));

  const hello = () =>
    make("div", { class: "cxq-hello" }, make("p", { class: "cxq-kicker" }, survey.organisation), languageButtons());

  function welcomePage() {
    const answered = countAnswered(items);
    const begin = () => show(answered ? firstOpenPage() : 0);
    const fact = ({ icon: sign, term, text }) =>
      make("div", {}, icon(sign, 24), make("dt", {}, choose(term)), make("dd", {}, choose(text)));
    const count = speak("answered", { n: answered, total: items.length });
    return [
      make(
        "div",
        {},
        hello(),
        heading(choose(survey.title)),
        make("p", { class: "cxq-lead" }, choose(survey.lead)),
        make("dl", { class: "cxq-facts" }, survey.facts.map(fact)),
        make(
          "div",
          { class: "cxq-start" },
          make(
            "button",
            { class: "cxq-first", type: "button", onclick: begin },
            make("span", {}, speak(answered ? "resume" : "start")),
            icon("right"),
          ),
          answered > 0 && make("p", { class: "cxq-hint" }, count),
        ),
      ),
      survey.did && didBox(survey.did),
    ];
  }

  function firstOpenPage() {
    const place = form.elements.findIndex((element) => countAnswered(element.items) < element.items.length);
    return place < 0 ? "review" : place;
  }

  function didBox(did) {
    const entry = ({ said, state: reached, done }) =>
      make(
        "li",
        {},
        make("p", {}, choose(said)),
        make("p", {}, make("span", { class: "cxq-reached" }, choose(reached)), " ", choose(done)),
      );
    const title = make("h2", { id: `${prefix}-did` }, choose(did.title));
    return make(
      "section",
      { class: "cxq-did", "aria-labelledby": `${prefix}-did` },
      title,
      make("ul", {}, did.list.map(entry)),
    );
  }

  function elementPage() {
    const element = form.elements[page];
    const next = form.elements[page + 1];
    const place = page;
    return [
      make("p", { class: "cxq-kicker" }, speak("section", { n: place + 1, total: form.elements.length })),
      heading(choose(element.name)),
      make("p", { class: "cxq-lead cxq-hint" }, speak("pick")),
      notesElsewhere(element),
      element.items.map(itemField),
      foot(
        make("p", { class: "cxq-left cxq-narrow" }),
        backButton(speak("previous"), () => show(place ? place - 1 : "welcome")),
        make(
          "button",
          { class: "cxq-first", type: "button", onclick: () => show(next ? place + 1 : "review") },
          make(
            "span",
            {},
            make("b", {}, speak(next ? "next" : "review")),
            next && make("small", {}, choose(next.name)),
          ),
          icon("right"),
        ),
      ),
    ].flat();
  }

  function reviewPage() {
    const open = items.filter((item) => !isAnswered(answers.get(item.id)));
    const entry = (item) =>
      make(
        "li",
        {},
        make(
          "button",
          { type: "button", onclick: () => show(form.elements.indexOf(item.element), item.id) },
          make(
            "span",
            {},
            make("span", { class: "cxq-where" }, choose(item.element.name)),
            make("span", { class: "cxq-what" }, choose(item.name)),
          ),
          icon("right"),
        ),
      );
    return [
      make("p", { class: "cxq-kicker" }, speak("review")),
      heading(open.length ? speak("open_title", { n: open.length }) : speak("done_title")),
      make("p", { class: "cxq-lead cxq-hint" }, speak(open.length ? "open_note" : "done_note")),
      reopened && make("p", { class: "cxq-note" }, icon("pen"), make("span", {}, speak("reopened"))),
      notesElsewhere(null),
      open.length > 0 && make("ul", { class: "cxq-open" }, open.map(entry)),
      foot(
        backButton(speak("back"), () => show(form.elements.length - 1)),
        make(
          "button",
          { class: "cxq-first cxq-send", type: "button", onclick: () => outbox.request("submit") },
          make("span", {}, speak("send")),
          icon("right"),
        ),
      ),
    ];
  }

  function endPage() {
    const build = state === "closed" ? closedPage : state === "submitted" ? thanksPage : waitingPage;
    return [hello(), ...build()];
  }

  function waitingPage() {
    return [
      make("div", { class: "cxq-sign cxq-waiting" }, icon("device", 28)),
      heading(speak("wait_title")),
      make("p", { class: "cxq-lead" }, speak(memory.works ? "wait_note" : "wait_note_keep_open")),
      !outbox.requestIsOut() &&
        foot(
          backButton(speak("back"), () => {
            outbox.withdraw();
            show("review");
          }),
        ),
    ];
  }

  function thanksPage() {
    const unsent = outbox.count();
    return [
      make("div", { class: "cxq-sign" }, icon("check", 28)),
      heading(speak("thanks_title")),
      unsent > 0 &&
        make("p", { class: "cxq-note" }, icon("windows"), make("span", {}, speak("changed_elsewhere", { n: unsent }))),
      make("h2", { class: "cxq-sub" }, speak("thanks_next")),
      make(
        "ul",
        { class: "cxq-rows" },
        survey.next.map(({ icon: sign, text }) => make("li", {}, icon(sign, 24), make("p", {}, choose(text)))),
      ),
      foot(
        make(
          "button",
          { class: "cxq-second", type: "button", onclick: () => outbox.request("reopen") },
          icon("pen"),
          make("span", {}, speak("change")),
        ),
      ),
      make("p", { class: "cxq-contact cxq-hint", role: "status" }),
    ];
  }

  function closedPage() {
    const lost = outbox.count();
    const gone = closing?.code === "not_admitted";
    const began = closing || lost > 0 || countAnswered(items) > 0; // without, it may not have been opened yet
    const note = speak(began ? "closed_note" : "not_open_note");
    return [
      make("div", { class: "cxq-sign" }, icon("lock", 28)),
      heading(speak(gone ? "gone_title" : began ? "closed_title" : "not_open_title")),
      make("p", { class: "cxq-lead" }, gone ? choose(closing.message) : note),
      lost > 0 && make("p", { class: "cxq-note" }, icon("device"), make("span", {}, speak("lost", { n: lost }))),
    ];
  }

  // ------------------------------------------------------------------------------------------------------ an item

  const itemNode = (id) => main.querySelector(`[data-item="${CSS.escape(id)}"]`);

  function itemField(item) {
    const { id } = item;
    const below = make("div");
    const note = make("div", { class: "cxq-notes" });
    let commentWanted = Boolean(answers.get(id).comment);

    function radio(value, text) {
      const { level, flag } = answers.get(id);
      const change = FLAGS.includes(value) ? { level: null, flag: value } : { level: Number(value), flag: null };
      const onchange = () => {
        record(id, change);
        drawBelow({ announced: true });
      };
      const checked = value === String(flag ?? level ?? "");
      const input = make("input", {
        type: "radio",
        name: `${prefix}-${id}`,
        value,
        checked,
        onchange,
        "data-part": value,
      });
      return make("label", { class: "cxq-option" }, input, make("span", {}, text));
    }

    function textField(part, label) {
      const name = `${prefix}-${id}-${part}`;
      const box = make("textarea", {
        id: name,
        rows: 2,
        maxlength: LONGEST_TEXT,
        "aria-describedby": `${name}-hint`,
        "data-part": part,
        value: answers.get(id)[part],
        oninput: () => record(id, { [part]: box.value }, { typing: true }),
        onblur: () => outbox.flush(),
      });
      const hint = make("p", { class: "cxq-hint", id: `${name}-hint` }, speak("optional"));
      return [make("label", { class: "cxq-label", for: name }, label), hint, box];
    }

    /** Follow the answer with what it asks for. This stands apart from the radios, so that choosing moves no anchor. */
    function drawBelow({ announced = false } = {}) {
      const answer = answers.get(id);
      const wantsWhy = answer.level === 1 || answer.level === form.levels || Boolean(answer.why);
      const hadWhy = below.querySelector(".cxq-why");
      const why = wantsWhy && (hadWhy ?? make("div", { class: "cxq-why" }, textField("why", choose(item.why))));
      const comment =
        commentWanted &&
        (below.querySelector(".cxq-comment") ??
          make("div", { class: "cxq-comment" }, textField("comment", speak("comment"))));
      const tools = make(
        "div",
        { class: "cxq-tools" },
        !commentWanted && commentButton(),
        isAnswered(answer) && clearButton(),
      );
      below.replaceChildren(...present([why, comment, tools]));
      if (announced && why && !hadWhy) announce(speak("why_shown"));
    }

    function commentButton() {
      const onclick = () => {
        commentWanted = true;
        drawBelow();
        below.querySelector(".cxq-comment textarea").focus();
      };
      return make(
        "button",
        { class: "cxq-third", type: "button", onclick, "data-part": "add" },
        icon("plus", 18),
        speak("add_comment"),
      );
    }

    function clearButton() {
      const onclick = () => {
        record(id, { level: null, flag: null });
        field.querySelectorAll("input").forEach((input) => {
          input.checked = false;
        });
        drawBelow();
        field.querySelector("input").focus();
      };
      return make("button", { class: "cxq-third", type: "button", onclick, "data-part": "clear" }, speak("clear"));
    }

    const field = make(
      "fieldset",
      { class: "cxq-item", "data-item": id },
      make("legend", {}, make("h2", {}, choose(item.name))),
      note,
      make(
        "div",
        { class: "cxq-options" },
        choose(item.anchors).map((text, place) => radio(String(place + 1), text)),
      ),
      make(
        "div",
        { class: "cxq-apart" },
        radio("dont_know", speak("dont_know")),
        radio("not_applicable", speak("not_applicable")),
      ),
      below,
    );
    fillNote(note, id);
    drawBelow();
    return field;
  }

  function fillNote(node, id) {
    const found = notes.get(id);
    if (!found) return node.replaceChildren();
    const mine =
      found.mine &&
      make("button", { class: "cxq-third", type: "button", onclick: () => takeMine(id) }, speak("use_mine"));
    const text = make("span", {}, choose(found.text));
    return node.replaceChildren(make("div", { class: "cxq-note" }, icon("windows"), make("div", {}, text, mine)));
  }

  function refreshNote(id) {
    const node = itemNode(id)?.querySelector(".cxq-notes");
    if (node) fillNote(node, id);
  }

  /** Put the answer of this window in place of the one that was saved from another. */
  function takeMine(id) {
    const { revision, ...mine } = notes.get(id).mine;
    record(id, mine);
    redrawItem(id);
    const field = itemNode(id);
    (field.querySelector("input:checked") ?? field.querySelector("input")).focus();
  }

  /** Draw one item anew, with the same part of it in focus. */
  function redrawItem(id) {
    const old = itemNode(id);
    if (!old) return;
    const part = old.contains(document.activeElement) ? document.activeElement.dataset.part : null;
    const field = itemField(byId.get(id));
    old.replaceWith(field);
    if (part)
      (field.querySelector(`[data-part="${part}"]`) ?? field.querySelector("input")).focus({ preventScroll: true });
  }

  /** List the items of other pages that need a look. */
  function notesElsewhere(element) {
    return [...notes]
      .filter(([id]) => byId.get(id).element !== element)
      .map(([id, { text }]) => {
        const item = byId.get(id);
        const onclick = () => show(form.elements.indexOf(item.element), id);
        return make(
          "div",
          { class: "cxq-note" },
          icon("windows"),
          make(
            "div",
            {},
            make("strong", {}, choose(item.name)),
            make("span", {}, choose(text)),
            make("button", { class: "cxq-third", type: "button", onclick }, speak("show")),
          ),
        );
      });
  }

  // -------------------------------------------------------------------------------------------------------- wiring

  const listeners = {
    "msg:custom": (message) => {
      if (message?.kind === "state") enter(message.state);
      else outbox.hear(message);
    },
    "change:answers": () => adopt(model.get("answers")),
    "change:lang": () => {
      if (model.get("lang") !== lang) changeLanguage(model.get("lang"), null);
    },
    "change:state": () => enter(model.get("state")),
    "change:theme": () => paint(),
  };

  function paint() {
    const theme = model.get("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  }

  const onOnline = () => outbox.retry();
  const onHide = () => {
    if (document.visibilityState === "hidden") outbox.flush();
    else outbox.retry();
  };
  const onLeave = (event) => {
    if (outbox.count() && !memory.works) event.preventDefault();
  };

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menuOpen) openMenu(false, { back: true });
    event.stopPropagation(); // the notebook's own keys stay out
  });
  nav.addEventListener("focusout", ({ relatedTarget: to }) => {
    if (menuOpen && to && to !== menu && !nav.contains(to)) openMenu(false);
  });
  root.addEventListener("pointerdown", ({ target }) => {
    if (menuOpen && !nav.contains(target) && !menu.contains(target)) openMenu(false);
  });
  for (const [name, listener] of Object.entries(listeners)) model.on(name, listener);
  window.addEventListener("online", onOnline);
  window.addEventListener("beforeunload", onLeave);
  document.addEventListener("visibilitychange", onHide);

  if (state !== "open") outbox.hold();
  restoreUnsaved();
  paint();
  draw();
  el.append(root);

  return () => {
    alive = false;
    outbox.stop();
    for (const [name, listener] of Object.entries(listeners)) model.off(name, listener);
    window.removeEventListener("online", onOnline);
    window.removeEventListener("beforeunload", onLeave);
    document.removeEventListener("visibilitychange", onHide);
    root.remove();
  };
}

export default { render };
