/**
 * The facilitator's board in a browser: one ES module without dependencies.
 *
 * The host gives `el`, a place on its page, and `model`: get, set, save_changes, on, off and send, as anywidget does.
 *
 * Read from the model    board, words, lang, join, polls, age
 * Sent to the host       {kind, seq, …}: look, go, choose, reveal, timer, agree, rate, target, action,
 *                        remove_action, undo
 * Expected from it       {kind: "ack" | "hint" | "refused", seq, hint?: a key of the words' hints, what?: of undone}
 *
 * What is drawn follows from `board` and from what is being written; each drawing is compared with what stands there,
 * so that focus, caret and scroll stay where they are. There are no words in here: they come with the model. Text is
 * always set as text, never as markup, and there are no inline styles, so that a strict content security policy holds.
 */

const TICK = 500; // ms between two looks at the clock, and at the host where the board asks by itself
const PATIENCE = 5000; // ms without a reply until the board says so
const HINT_STAYS = 9000; // ms
const OLD_AFTER = 5; // seconds without contact until the board says so
const LOCALES = { en: "en-GB", da: "da-DK", sv: "sv-SE" };
const ITEM_STEPS = ["vote", "reveal", "discuss", "consensus"];
const LONG_TITLE = 58; // characters that fit into one line
const MOST_PIPS = 150;
const QUARTERS = 12; // ends of quarters to choose a date from: 36 months
const RATINGS = 5;
const MOST_WIDE = 2; // groups whose columns have room for the mark beside the name

// ------------------------------------------------------------------------------------------------------- elements

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "path", "rect", "circle", "line", "text", "g"]);
const SHAPES = {
  // paths around the middle of a box of 28 units
  role: [
    "M0-13L13 0L0 13L-13 0Z",
    "M-10-10H10V10H-10Z",
    "M0-11A11 11 0 1 1 0 11A11 11 0 1 1 0-11Z",
    "M0-12L12.5 10H-12.5Z",
    "M0 12L12.5-10H-12.5Z",
    "M-12 0L-6-10.5H6L12 0L6 10.5H-6Z",
  ],
  pool: [
    "M-4.5-12H4.5V-4.5H12V4.5H4.5V12H-4.5V4.5H-12V-4.5H-4.5Z",
    "M-6-12L0-6L6-12L12-6L6 0L12 6L6 12L0 6L-6 12L-12 6L-6 0L-12-6Z",
  ],
  all: ["M-4-11H4L11-4V4L4 11H-4L-11 4V-4Z"],
};

/**
 * Make an element. `value` is a property, false and null leave an attribute out. Children are nodes or text; empty
 * ones are passed over. What happens on a click stands in `data-do`, what is written in `data-field`.
 */
function make(tag, props = {}, ...children) {
  const node = DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === false || value == null || key === "value") continue;
    node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(2).filter((child) => child != null && child !== false && child !== ""));
  if (props.value != null) node.value = props.value;
  return node;
}

const isField = (node) => ["INPUT", "TEXTAREA", "SELECT"].includes(node.nodeName);

/** Make `old` look like `fresh` and change no more than differs. */
function morph(old, fresh) {
  const differs = old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName;
  if (differs || old.dataset?.key !== fresh.dataset?.key) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.nodeName !== "TEXTAREA") morphChildren(old, [...fresh.childNodes]);
  if (isField(old) && old.value !== fresh.value) old.value = fresh.value;
}

function morphChildren(old, wanted) {
  wanted.forEach((child, place) => {
    let there = old.childNodes[place];
    const key = child.dataset?.key;
    if (key && there?.dataset?.key !== key) {
      const moved = [...old.childNodes].slice(place).find((node) => node.dataset?.key === key);
      if (moved) {
        old.insertBefore(moved, there);
        there = moved;
      }
    }
    if (there) morph(there, child);
    else old.append(child);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}

/** Draw the shape of a group's mark around a point. */
function shape(mark, x = 0, y = 0, scale = 1) {
  const [, kind, place] = /^(role|pool|all)(\d*)$/.exec(mark) ?? ["", "all", ""];
  const paths = SHAPES[kind];
  const at = `translate(${x} ${y})${scale === 1 ? "" : ` scale(${scale})`}`;
  const colour = kind === "all" ? "all" : kind + (Number(place) % paths.length);
  return make("path", { d: paths[Number(place) % paths.length], class: `cxb-fill-${colour}`, transform: at });
}

const badge = (mark) =>
  make("svg", { class: "cxb-badge", viewBox: "-14 -14 28 28", "aria-hidden": "true" }, shape(mark));

// ---------------------------------------------------------------------------------------------------------- words

/** Make a way to say things in the language of the moment: fields in braces, plurals by the field `n`. */
function createSpeaker(model) {
  const language = () => model.get("lang") || model.get("board")?.language || "en";
  const locale = () => LOCALES[language()] ?? language();

  function find(key) {
    const words = model.get("words") ?? {};
    let found = words[language()] ?? Object.values(words)[0] ?? {};
    for (const part of key.split(".")) found = found?.[part];
    return found ?? "";
  }

  function say(key, fields = {}) {
    let message = find(key);
    if (typeof message === "object") {
      message = message[new Intl.PluralRules(locale()).select(fields.n)] ?? message.other ?? "";
    }
    return message.replace(/\{(\w+)\}/g, (_, field) => String(fields[field] ?? ""));
  }

  const choose = (texts) => texts?.[language()] ?? Object.values(texts ?? {})[0] ?? "";
  const number = (value, digits = 1) =>
    new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits })
      .format(value)
      .replace("-", "−");
  const signed = (value) => (value > 0 ? "+" : "") + number(value);
  const date = (iso, month = "short") =>
    iso
      ? new Intl.DateTimeFormat(locale(), { day: "numeric", month, year: "numeric", timeZone: "UTC" }).format(
          new Date(iso),
        )
      : "";
  return { language, say, choose, number, signed, date };
}

// ----------------------------------------------------------------------------------------------------- the messages

function randomNumber() {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high % 0x100000) * 0x100000000 + low;
}

/**
 * Send commands and hand out their replies; a reply that is for another window is passed over. A command waits for the
 * reply to the one before it, or until that is overdue, so that they are obeyed in the order in which they were given.
 */
function createLine(model, { replied, silent }) {
  const queue = []; // messages that have not been sent
  const sent = new Map(); // seq → {since, then}
  let flight = 0; // seq of the command whose reply is awaited
  let seq = randomNumber(); // not from 1: several windows may hear each other's replies
  let looking = 0;
  let heard = Date.now();

  function transmit(message) {
    try {
      model.send(message);
    } catch {
      // no connection: the board says so when no reply has come for a while
    }
  }

  function pump() {
    if (flight || !queue.length) return;
    const { message, then } = queue.shift();
    seq += 1;
    flight = seq;
    sent.set(seq, { since: Date.now(), then });
    transmit({ ...message, seq });
  }

  return {
    send(message, then = null) {
      queue.push({ message, then });
      pump();
    },
    look() {
      if (Date.now() - looking < PATIENCE) return; // the last one is still under way
      looking = Date.now();
      seq += 1;
      transmit({ kind: "look", seq });
    },
    hear(message) {
      if (!["ack", "hint", "refused"].includes(message?.kind)) return;
      heard = Date.now();
      looking = 0;
      const known = sent.get(message.seq);
      if (!known) return;
      sent.delete(message.seq);
      if (flight === message.seq) flight = 0;
      replied(message, known.then);
      pump();
    },
    tick() {
      if (!flight || Date.now() - sent.get(flight).since < PATIENCE) return;
      flight = 0;
      silent();
      pump();
    },
    touch: () => (heard = Date.now()),
    age: () => Math.floor((Date.now() - heard) / 1000),
  };
}

// ------------------------------------------------------------------------------------------------ what all pages share

/** Make the small parts that pages are made of; every page gets them, with the words, and what is being written. */
function createKit({ model, words, draft }) {
  const { say, choose } = words;
  const board = () => model.get("board") ?? {};

  const levelName = (level) => `${level} ${choose(board().levels)[level - 1] ?? ""}`;

  /** Name a level that may lie between two of the scale. */
  const scoreName = (score) => (Number.isInteger(score) ? levelName(score) : words.number(score));

  const button = (label, action, { kind = "small", arg = null, id = action, ...more } = {}) =>
    make(
      "button",
      { type: "button", class: `cxb-${kind}`, "data-do": action, "data-arg": arg, "data-id": id, ...more },
      label,
    );

  const purpose = () => make("p", { class: "cxb-purpose" }, say(`purpose.${board().step}`));

  const foot = (...parts) => make("div", { class: "cxb-foot" }, ...parts);

  function nextStep() {
    const { steps, step } = board();
    const after = steps[steps.indexOf(step) + 1];
    return (
      after && button(say("next_step", { step: say(`steps.${after}`) }), "go", { kind: "go", arg: after, id: "next" })
    );
  }

  function title(item) {
    const name = choose(item.name);
    return make(
      "div",
      { class: "cxb-title" },
      make("p", { class: "cxb-kick" }, choose(item.element)),
      make("h1", { tabindex: -1, class: name.length > LONG_TITLE && "cxb-long" }, name),
    );
  }

  function picture(qr, kind) {
    const props = { class: kind, viewBox: `0 0 ${qr.size} ${qr.size}`, "aria-hidden": "true" };
    return make("svg", props, make("path", { d: qr.path, class: "cxb-ink" }));
  }

  function drawRail(heading, ...children) {
    return make("aside", { class: "cxb-rail", "aria-label": heading }, make("h2", {}, heading), ...children);
  }

  function drawAgenda() {
    const { items, revealed, item } = board();
    const list = items.map((one) => {
      const props = { kind: "item", arg: one.id, id: `item-${one.id}`, "aria-current": one.id === item && "true" };
      const label = [make("span", { class: "cxb-name" }, choose(one.short)), drawStanding(one, revealed)];
      return make("li", { "data-key": one.id }, button(label, "choose", props));
    });
    return drawRail(
      say(revealed ? "agenda" : "today"),
      make("ol", { class: "cxb-agenda" }, list),
      !revealed && drawJoin(),
    );
  }

  function drawStanding(one, revealed) {
    if (!revealed)
      return make(
        "span",
        { class: "cxb-standing cxb-num", "aria-label": say("votes", { n: one.voted }) },
        `${one.voted}`,
      );
    const { agreement, apart } = one;
    if (agreement) {
      const text = agreement.level ? say("agreed_short", { level: agreement.level }) : say("open_short");
      return make("span", { class: "cxb-standing cxb-settled" }, `✓ ${text}`);
    }
    if (!apart) return make("span", { class: "cxb-standing" }, say("few_short", board()));
    if (!apart.steps) return make("span", { class: "cxb-standing" }, say("spread_short", { n: apart.answers }));
    const [low, high] = apart.marks;
    return make("span", { class: "cxb-standing" }, badge(low), say("steps_apart", { n: apart.steps }), badge(high));
  }

  function drawJoin() {
    const join = model.get("join");
    if (!join) return null;
    return make(
      "div",
      { class: "cxb-join" },
      picture(join.qr, "cxb-qr"),
      make(
        "div",
        {},
        make("p", {}, say("join")),
        make("p", { class: "cxb-code" }, join.code),
        make("p", { class: "cxb-address" }, join.short.split(/(?=\/)/).flatMap((part, k) => (k ? [make("wbr"), part] : [part]))),
      ),
    );
  }

  return {
    ...{ model, words, say, choose, draft, board },
    ...{ levelName, scoreName, button, purpose, foot, nextStep, title, picture, drawRail, drawAgenda },
  };
}

// ------------------------------------------------------------------------------------------------------------- the bar

function createBar({ words, say, board, button }) {
  const fullIcon = () =>
    make(
      "svg",
      { class: "cxb-icon", viewBox: "0 0 24 24", "aria-hidden": "true" },
      make("path", { d: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" }),
    );

  function drawBar(full) {
    const { steps, step, languages } = board();
    const now = steps.indexOf(step);
    const list = steps.map((name, place) => {
      const current = place === now ? "step" : null;
      const number = place < now ? "✓" : `${place + 1}`;
      const label = [make("span", { "aria-hidden": "true" }, number), say(`steps.${name}`)];
      const props = {
        kind: place < now ? "step cxb-done" : "step",
        arg: name,
        id: `go-${name}`,
        "aria-current": current,
      };
      return make("li", {}, button(label, "go", props));
    });
    const spoken = languages.map(({ code, name }) => {
      const pressed = String(code === words.language());
      const props = {
        kind: "tool",
        arg: code,
        id: `lang-${code}`,
        "aria-pressed": pressed,
        "aria-label": `${code.toUpperCase()} ${name}`,
        lang: code,
      };
      return button(code.toUpperCase(), "lang", props);
    });
    const running = Boolean(board().timer.ends_at);
    return make(
      "header",
      { class: "cxb-bar" },
      make("nav", { "aria-label": say("step_list") }, make("ol", { class: "cxb-steps" }, list)),
      make(
        "div",
        { class: "cxb-tools" },
        button(say("undo"), "undo", { kind: "tool" }),
        make("div", { role: "group", "aria-label": say("language"), class: "cxb-group" }, spoken),
        document.fullscreenEnabled &&
          button(fullIcon(), "full", { kind: "tool", "aria-label": say("full_screen"), "aria-pressed": String(full) }),
      ),
      make(
        "div",
        { class: "cxb-timer", role: "group", "aria-label": say("timer") },
        make("span", { class: "cxb-clock", role: "timer", "data-up": timeLeft() === 0 && running }, clockText()),
        button(say(running ? "pause" : "start"), "timer", { arg: running ? "pause" : "start", id: "timer" }),
        button(say("plus"), "timer", { arg: "plus", id: "plus" }),
      ),
    );
  }

  function timeLeft() {
    const { timer } = board();
    const left = timer.ends_at ? Math.round((Date.parse(timer.ends_at) - Date.now()) / 1000) : timer.seconds_left;
    return Math.max(0, left ?? 0);
  }

  function clockText() {
    const { timer, minutes } = board();
    const left = !timer.ends_at && !timer.seconds_left ? minutes * 60 : timeLeft();
    return `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
  }

  /** Draw what is said about the last step, or that there has been no contact for so many seconds. */
  function drawNote(hint, age) {
    const old = age >= OLD_AFTER;
    const fields = {
      least: board().least ?? "",
      least_dots: board().priorities?.least ?? "",
      most: board().actions?.most ?? "",
      n: age,
      what: hint?.what && say(`undone.${hint.what}`),
    };
    const text = old ? say("no_contact", fields) : hint ? say(`hints.${hint.key}`, fields) : "";
    return make(
      "div",
      { class: "cxb-note", "data-on": Boolean(text), "data-early": old || Boolean(hint?.early) },
      make("p", { role: "status" }, text),
      text && !old && button("×", "close_hint", { kind: "tool", "aria-label": say("close_hint") }),
    );
  }

  return { drawBar, drawNote, timeLeft, clockText };
}

// --------------------------------------------------------------------------------------------------- check-in and vote

function createRoomPages({ model, say, choose, board, button, purpose, foot, nextStep, title, picture, drawAgenda }) {
  function drawCheckIn() {
    const { here, roles, least } = board();
    const join = model.get("join");
    const ways = join ? [say("how.open", { address: join.short }), say("how.code"), say("how.role")] : [];
    return [
      make(
        "main",
        { class: "cxb-main cxb-wide" },
        purpose(),
        make(
          "div",
          { class: "cxb-checkin", "data-plain": !join },
          join && picture(join.qr, "cxb-bigqr"),
          make(
            "div",
            {},
            make("h1", { tabindex: -1 }, say(join ? "join" : "no_join")),
            join && make("p", { class: "cxb-bigcode" }, join.code),
            make(
              "ol",
              { class: "cxb-how" },
              ways.map((way, place) => make("li", {}, `${place + 1}. ${way}`)),
            ),
            make("p", { class: "cxb-here" }, say("here", { n: here })),
            make(
              "ul",
              { class: "cxb-roles" },
              roles.map(({ mark, name }) => make("li", {}, badge(mark), choose(name))),
            ),
            make("p", { class: "cxb-quiet" }, say("pooled", { least })),
          ),
        ),
        foot(make("span"), nextStep()),
      ),
    ];
  }

  function drawVote() {
    const { shown, voted, here, finished, revealed, can_reveal: ready, least } = board();
    const most = Math.max(here, voted);
    const size = most > 60 ? "cxb-tiny" : most > 32 ? "cxb-less" : "";
    const pips =
      most <= MOST_PIPS && Array.from({ length: most }, (_, place) => make("i", { class: place < voted && "cxb-in" }));
    const reveal = revealed
      ? button(say("back_to_answers"), "go", { kind: "go", arg: "reveal", id: "next" })
      : button(ready ? say("show") : say("opens_at", { least }), "reveal", {
          kind: "go",
          id: "next",
          "aria-disabled": ready ? null : "true",
        });
    return [
      make(
        "main",
        { class: "cxb-main" },
        purpose(),
        title(shown),
        make(
          "ol",
          { class: "cxb-ways" },
          choose(shown.anchors).map((anchor) => make("li", {}, anchor)),
        ),
        foot(
          make(
            "div",
            { class: "cxb-count" },
            make("p", {}, make("b", {}, `${voted}`), " ", make("span", {}, say("of_votes", { n: most }))),
            pips && make("div", { class: `cxb-pips ${size}`, "aria-hidden": "true" }, pips),
          ),
          reveal,
        ),
        make(
          "p",
          { class: "cxb-hidden" },
          say(revealed ? "locked" : "hidden"),
          " ",
          finished > 0 && say("finished", { n: finished }),
        ),
      ),
      drawAgenda(),
    ];
  }

  return { check_in: drawCheckIn, vote: drawVote };
}

// --------------------------------------------------------------------------------------------------------- the answers

/** Make the pages that show the answers to one item: reveal, discuss and consensus. */
function createAnswerPages(kit) {
  const { words, say, choose, draft, board, levelName, button, purpose, foot, title, drawAgenda } = kit;

  function headline(one) {
    const { apart } = one;
    if (!apart) return say("headline.few", board());
    if (apart.groups === 1) return say("headline.spread", { n: apart.answers });
    if (!apart.steps) return say("headline.together", { n: apart.answers });
    const [low, high] = apart.names.map(choose);
    return say("headline.apart", { n: apart.steps, low, high });
  }

  /** How small marks are, so that the fullest cell holds its own: 0 the largest; 3 means a mark and a number. */
  function findSize(groups) {
    const width = 730 / groups.length - 40;
    const most = Math.max(...groups.flatMap((group) => group.counts));
    const unknown = Math.max(...groups.map((group) => group.dont_know));
    return [33, 25, 18].findIndex((pitch, place) => {
      const across = Math.floor(width / pitch);
      return most <= across * [2, 3, 4][place] && unknown <= across;
    });
  }

  function drawCell(group, votes, size, props) {
    const marks = size < 0 ? [votes ? 1 : 0] : [votes];
    return make(
      "div",
      { role: "cell", ...props },
      make("span", { class: "cxb-vh" }, say("votes", { n: votes })),
      make(
        "div",
        { class: `cxb-marks cxb-size${size < 0 ? 0 : size}`, "aria-hidden": "true" },
        Array.from({ length: marks[0] }, () => badge(group.mark)),
        size < 0 && votes > 0 && make("span", { class: "cxb-times" }, `× ${votes}`),
      ),
    );
  }

  /** Name a group above its column; where columns are narrow, the mark stands beside the count instead. */
  function drawHead(group, narrow) {
    const votes = say(group.pooled ? "together" : "votes", { n: group.votes });
    const name = make("b", {}, choose(group.name));
    const parts = narrow
      ? [make("div", {}, name, make("span", { class: "cxb-stepper" }, badge(group.mark), votes))]
      : [badge(group.mark), make("div", {}, name, make("span", {}, votes))];
    return make("div", { role: "columnheader", class: "cxb-head" }, parts);
  }

  /** The five anchors, and beside each the votes of the groups; with a button for each level where one is chosen. */
  function drawGrid(one, chosen) {
    const { shown, levels } = board();
    const { groups } = shown;
    const size = groups.length ? findSize(groups) : 0;
    const split = one.apart?.levels ?? [];
    const head = make(
      "div",
      { role: "row", class: "cxb-row" },
      make("span", { role: "columnheader", class: "cxb-lv" }, make("span", { class: "cxb-vh" }, say("levels"))),
      groups.map((group) => drawHead(group, groups.length > MOST_WIDE)),
    );
    const rows = choose(shown.anchors).map((anchor, place) => {
      const level = place + 1;
      const parts = split.includes(level) ? " cxb-split" : "";
      const pressed = String(chosen === level);
      const name = choose(levels)[place];
      const label = {
        kind: "level",
        arg: level,
        id: `level-${level}`,
        "aria-pressed": pressed,
        "aria-label": `${level} ${name}: ${anchor}`,
      };
      return make(
        "div",
        { role: "row", class: "cxb-row" },
        make(
          "div",
          { role: "rowheader", class: `cxb-lv${parts}` },
          chosen === undefined ? make("span", { class: "cxb-number" }, `${level}`) : button(`${level}`, "level", label),
          make("span", { class: "cxb-anchor" }, anchor),
        ),
        groups.map((group) =>
          drawCell(group, group.counts[place], size, {
            class: `cxb-cell${parts}${group.middle === level ? ` cxb-middle cxb-line-${group.mark}` : ""}`,
          }),
        ),
      );
    });
    const unknown = make(
      "div",
      { role: "row", class: "cxb-row" },
      make(
        "div",
        { role: "rowheader", class: "cxb-lv cxb-unknown" },
        make("span", { class: "cxb-number" }),
        choose(board().dont_know),
      ),
      groups.map((group) => drawCell(group, group.dont_know, size, { class: "cxb-cell cxb-unknown" })),
    );
    const count = Math.min(groups.length, 6);
    const props = {
      role: "table",
      "aria-label": say("levels"),
      class: `cxb-grid cxb-groups${count}`,
      "data-tight": board().step !== "reveal",
    };
    return make("div", props, head, rows, groups.length > 0 && unknown);
  }

  function drawHonest() {
    const { groups } = board().shown;
    if (!groups.length) return make("span");
    const { least } = board();
    const pool = groups.find((group) => group.pooled);
    const key = pool ? "pooled" : groups.length > 1 ? "plain" : "whole";
    return make(
      "p",
      { class: "cxb-honest" },
      badge(pool?.mark ?? groups[0].mark),
      make("span", {}, `${say(`honest.${key}`, { least, votes: groups[0].votes })} ${say("honest.outlined")}`),
    );
  }

  const current = () => board().items.find((one) => one.id === board().item) ?? board().items[0];

  function drawReveal() {
    const one = current();
    const go = button(say("discuss"), "go", { kind: "go", arg: "discuss", id: "next" });
    return [
      make(
        "main",
        { class: "cxb-main" },
        purpose(),
        title(board().shown),
        make("p", { class: "cxb-says" }, headline(one)),
        drawGrid(one),
        foot(drawHonest(), go),
      ),
      drawAgenda(),
    ];
  }

  function drawDiscuss() {
    const one = current();
    const { shown } = board();
    const prompts = ["seen", "customer", "changed"].map((key, place) =>
      make("li", {}, make("b", { "aria-hidden": "true" }, `${place + 1}`), say(`prompts.${key}`)),
    );
    const visitor = choose(shown.evidence);
    return [
      make(
        "main",
        { class: "cxb-main" },
        purpose(),
        title(shown),
        make("p", { class: "cxb-says" }, one.apart?.steps ? say("ask") : headline(one)),
        drawGrid(one),
        visitor &&
          make(
            "p",
            { class: "cxb-visitor" },
            make("b", {}, say("visitor")),
            " ",
            say("visitor_text", { evidence: visitor }),
          ),
        foot(
          make("ol", { class: "cxb-prompts" }, prompts),
          button(say("consensus"), "go", { kind: "go", arg: "consensus", id: "next" }),
        ),
      ),
      drawAgenda(),
    ];
  }

  function drawConsensus() {
    const one = current();
    if (draft.item !== one.id)
      Object.assign(draft, { item: one.id, level: null, dissent: 0, reason: "", editing: false });
    const settled = one.agreement && !draft.editing ? one.agreement : null;
    const level = settled ? settled.level : draft.level;
    const lead =
      settled && !settled.level
        ? [make("b", {}, say("recorded_open"))]
        : [`${say("we")}: `, make("b", {}, level ? levelName(level) : say("nothing_yet"))];
    return [
      make(
        "main",
        { class: "cxb-main" },
        purpose(),
        title(board().shown),
        make("p", { class: "cxb-says", "data-id": "says" }, lead),
        drawGrid(one, level),
        settled ? drawRecorded(settled) : drawRecording(),
      ),
      drawAgenda(),
    ];
  }

  function drawRecording() {
    const step = (sign, label, id) =>
      button(sign, "dissent", { arg: sign === "−" ? -1 : 1, id, "aria-label": `${say("dissent")}: ${say(label)}` });
    return make(
      "div",
      { class: "cxb-recess", "data-key": "recording" },
      make(
        "label",
        {},
        say("because"),
        make("textarea", { "data-field": "reason", "data-id": "reason", maxlength: 400, value: draft.reason }),
      ),
      make(
        "div",
        { role: "group", "aria-label": say("dissent") },
        make("span", {}, say("dissent")),
        make(
          "div",
          { class: "cxb-stepper" },
          step("−", "fewer", "fewer"),
          make("output", { "aria-live": "polite" }, `${draft.dissent}`),
          step("+", "more", "more"),
        ),
      ),
      make(
        "div",
        { class: "cxb-stepper" },
        button(say("leave_open"), "leave_open", { kind: "second" }),
        button(say("record"), "record", { kind: "go", id: "next" }),
      ),
    );
  }

  /** Say what was agreed, with the mean of the votes and the difference; the difference is that of what is shown. */
  function sayDelta(agreement) {
    const { mean, level } = agreement;
    if (mean == null) return say("no_mean", board());
    const shown = Math.round(mean * 10) / 10;
    if (!level) return say("mean_only", { mean: words.number(shown) });
    return say("delta", { mean: words.number(shown), level, delta: words.signed(level - shown) });
  }

  function drawRecorded(agreement) {
    const { items } = board();
    const more = items.some((one) => !one.agreement);
    const { dissent, reason, level } = agreement;
    const held = dissent ? say("disagree", { n: dissent }) : level ? say("all_agree") : "";
    return make(
      "div",
      { class: "cxb-recess cxb-recorded", "data-key": "recorded" },
      make(
        "div",
        { class: "cxb-verdict" },
        make("p", {}, make("b", {}, `✓ ${sayDelta(agreement)}`), held && ` · ${held}`),
        reason && make("p", { class: "cxb-reason" }, reason),
      ),
      make(
        "div",
        { class: "cxb-stepper" },
        button(say("change"), "change", { kind: "second" }),
        more
          ? button(say("next_item"), "next_item", { kind: "go", id: "next" })
          : button(say("next_step", { step: say("steps.priorities") }), "go", {
              kind: "go",
              arg: "priorities",
              id: "next",
            }),
      ),
    );
  }

  return { reveal: drawReveal, discuss: drawDiscuss, consensus: drawConsensus, current };
}

// ---------------------------------------------------------------------------------------------------------- priorities

function createPriorities({ words, say, choose, draft, board, levelName, scoreName, button, purpose, foot, nextStep }) {
  function drawPriorities() {
    const { priorities } = board();
    const elements = priorities.elements.map((element) => ({ ...element, ...draft.ratings[element.id] }));
    const rated = { ...priorities, elements };
    const { most_dots: most, least, given, dots_shown: shown } = priorities;
    const note = shown ? say("priorities.dots_over", { n: given }) : say("priorities.dots_note", { most, least });
    return [
      make(
        "main",
        { class: "cxb-main cxb-wide" },
        purpose(),
        make("h1", { tabindex: -1 }, say("priorities.title")),
        make("div", { class: "cxb-priorities" }, drawPlot(rated), drawRatings(rated)),
        foot(
          make(
            "p",
            { class: "cxb-honest" },
            make("span", {}, shown ? note : `${note} ${say("priorities.dots_given", { n: given })}.`),
          ),
          !shown &&
            button(say("priorities.show_dots"), "dots", {
              kind: "second",
              id: "dots",
              "aria-disabled": given < least ? "true" : null,
            }),
          nextStep(),
        ),
      ),
    ];
  }

  /** Draw the elements over effort (to the right) and impact (upwards); those in one place stand side by side. */
  function drawPlot({ elements, quick }) {
    const left = 56;
    const cell = 104;
    const bottom = RATINGS * cell;
    const x = (effort) => left + (effort - 0.5) * cell;
    const y = (impact) => bottom - (impact - 0.5) * cell;
    const rated = elements
      .map((element, place) => ({ ...element, place: place + 1 }))
      .filter((element) => element.impact);
    const places = Map.groupBy ? Map.groupBy(rated, (element) => `${element.effort}/${element.impact}`) : group(rated);
    const lines = Array.from({ length: RATINGS + 1 }, (_, step) => [
      make("line", { x1: left, x2: left + RATINGS * cell, y1: step * cell, y2: step * cell, class: "cxb-rule" }),
      make("line", { x1: left + step * cell, x2: left + step * cell, y1: 0, y2: bottom, class: "cxb-rule" }),
    ]);
    const marks = [...places.values()].flatMap((together) =>
      together.map((element, place) => {
        const [dx, dy] = offset(place, together.length);
        const cx = x(element.effort) + dx;
        const cy = y(element.impact) + dy;
        return make(
          "g",
          { class: element.quick ? "cxb-dot cxb-quick" : "cxb-dot" },
          element.quick
            ? make("rect", { x: cx - 19, y: cy - 19, width: 38, height: 38, transform: `rotate(45 ${cx} ${cy})` })
            : make("circle", { cx, cy, r: 21 }),
          make("text", { x: cx, y: cy + 8, "text-anchor": "middle" }, `${element.place}`),
        );
      }),
    );
    const told = elements.map(({ name, impact, effort }) => {
      const rating = `${say("priorities.impact")} ${impact}, ${say("priorities.effort")} ${effort}`;
      return `${choose(name)}: ${impact ? rating : say("priorities.unrated")}`;
    });
    return make(
      "svg",
      {
        class: "cxb-plot",
        viewBox: "0 -36 584 620",
        role: "img",
        "aria-label": `${say("priorities.chart")}. ${told.join(". ")}`,
      },
      make("rect", {
        x: left,
        y: 0,
        width: quick.effort * cell,
        height: (RATINGS + 1 - quick.impact) * cell,
        class: "cxb-area",
      }),
      lines,
      make("text", { x: left, y: -12, class: "cxb-arealabel" }, say("priorities.quick_area")),
      make(
        "text",
        { x: left + (RATINGS * cell) / 2, y: 568, "text-anchor": "middle" },
        `${say("priorities.effort")} →`,
      ),
      make(
        "text",
        { x: 0, y: 0, "text-anchor": "middle", transform: `translate(30 ${bottom / 2}) rotate(-90)` },
        `${say("priorities.impact")} →`,
      ),
      marks,
    );
  }

  function group(rated) {
    const places = new Map();
    for (const element of rated) {
      const key = `${element.effort}/${element.impact}`;
      places.set(key, [...(places.get(key) ?? []), element]);
    }
    return places;
  }

  function offset(place, count) {
    if (count === 1) return [0, 0];
    const angle = (2 * Math.PI * place) / count - Math.PI / 2;
    const apart = count > 4 ? 34 : 26;
    return [Math.round(Math.cos(angle) * apart), Math.round(Math.sin(angle) * apart)];
  }

  function drawRatings({ elements }) {
    const head = ["element", "dots", "impact", "effort", "target", "due"].map((key) =>
      make("th", { scope: "col" }, say(`priorities.${key}`)),
    );
    const rows = elements.map((element, place) =>
      make(
        "tr",
        { "data-key": element.id, class: element.quick && "cxb-pick" },
        make(
          "th",
          { scope: "row" },
          make("span", { class: "cxb-place" }, `${place + 1}`),
          make("span", {}, choose(element.name), drawFacts(element)),
        ),
        make("td", { class: "cxb-num cxb-dots" }, element.dots == null ? "–" : `${element.dots}`),
        make("td", {}, drawRating(element, "impact")),
        make("td", {}, drawRating(element, "effort")),
        make("td", {}, drawTarget(element)),
        make("td", {}, drawDue(element)),
      ),
    );
    return make(
      "div",
      { class: "cxb-scroll" },
      make("table", { class: "cxb-ratings" }, make("thead", {}, make("tr", {}, head)), make("tbody", {}, rows)),
    );
  }

  function drawFacts({ quick, now }) {
    if (!quick && !now) return null;
    return make(
      "span",
      { class: "cxb-facts" },
      quick && make("em", {}, `◆ ${say("priorities.quick")}`),
      now && make("i", {}, say("priorities.now", { level: levelName(now) })),
    );
  }

  function drawRating(element, axis) {
    const name = choose(element.name);
    const step = (sign, key, by) =>
      button(sign, "rate", {
        kind: "step2",
        arg: `${element.id} ${axis} ${by}`,
        id: `${key}-${element.id}`,
        "aria-label": say(`priorities.${key}`, { element: name }),
      });
    return make(
      "div",
      { class: "cxb-rating" },
      step("−", `less_${axis}`, -1),
      make("output", {}, element[axis] ? `${element[axis]}` : "–"),
      step("+", `more_${axis}`, 1),
    );
  }

  /** What stands in a row of targets: what is stored, under what has been chosen and is on its way. */
  function readTarget(element) {
    const stored = element.target;
    return { level: stored?.level ?? null, due_on: stored?.due_on ?? defaultDue(), ...draft.targets[element.id] };
  }

  function drawTarget(element) {
    const { level } = readTarget(element);
    const names = choose(board().levels);
    const known = names.map((_, place) => place + 1);
    if (level !== null && !known.includes(level)) known.push(level);
    const options = known.map((one) => make("option", { value: `${one}`, "data-key": `${one}` }, scoreName(one)));
    const props = {
      "data-field": "target_level",
      "data-arg": element.id,
      "data-id": `target-${element.id}`,
      "aria-label": say("priorities.target_for", { element: choose(element.name) }),
    };
    return make(
      "select",
      { ...props, value: level === null ? "" : `${level}` },
      make("option", { value: "" }, say("priorities.no_target")),
      options,
    );
  }

  function drawDue(element) {
    const { due_on: due, level } = readTarget(element);
    const known = quarterEnds();
    if (!known.includes(due)) known.unshift(due);
    const options = known.map((one) => make("option", { value: one, "data-key": one }, words.date(one)));
    const props = {
      "data-field": "target_due",
      "data-arg": element.id,
      "data-id": `due-${element.id}`,
      disabled: level === null,
      "aria-label": say("priorities.due_for", { element: choose(element.name) }),
    };
    return make("select", { ...props, value: due }, options);
  }

  const isoDate = (year, month, day) => new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

  /** The ends of the next quarters, all within 36 months. */
  function quarterEnds() {
    const now = new Date();
    const first = Math.floor(now.getMonth() / 3) * 3 + 3;
    const ends = Array.from({ length: QUARTERS }, (_, place) => isoDate(now.getFullYear(), first + 3 * place, 0));
    const today = isoDate(now.getFullYear(), now.getMonth(), now.getDate());
    return ends.filter((end) => end > today);
  }

  const defaultDue = () => quarterEnds()[3];

  return { priorities: drawPriorities, readTarget };
}

// --------------------------------------------------------------------------------------------------- actions and close

/** Return an action of which nothing has been written. */
function newAction() {
  return { id: "", revision: 0, title: "", element: "", owner: "", due_on: "", metric: "" };
}

function createPlanPages({ words, say, choose, draft, board, levelName, button, purpose, nextStep, drawRail }) {
  function drawActions() {
    const { actions } = board();
    return [
      make(
        "main",
        { class: "cxb-main" },
        purpose(),
        make("h1", { tabindex: -1 }, say("actions.title")),
        drawForm(actions),
        drawPlanned(actions),
      ),
      drawRail(
        say("actions.stop"),
        make("p", { class: "cxb-quiet" }, say("actions.stop_why")),
        make(
          "form",
          { class: "cxb-stopform", "data-do": "add_stop" },
          make(
            "label",
            {},
            say("actions.stop_what"),
            make("input", {
              type: "text",
              "data-field": "stop",
              "data-id": "stop",
              maxlength: 200,
              autocomplete: "off",
              value: draft.stop,
            }),
          ),
          make("button", { type: "submit", class: "cxb-small", "data-id": "add_stop" }, say("actions.add")),
        ),
        make(
          "ul",
          { class: "cxb-stops" },
          actions.stop.map((action) =>
            make("li", { "data-key": action.id }, make("span", {}, action.title), removeButton(action)),
          ),
        ),
        make("div", { class: "cxb-railfoot" }, nextStep()),
      ),
    ];
  }

  const removeButton = (action) =>
    button("×", "remove_action", {
      kind: "tool",
      arg: action.id,
      id: `remove-${action.id}`,
      "aria-label": say("actions.remove_one", { title: action.title }),
    });

  /** A field of an action: what it is called on the board, and what in an action. */
  function drawField(label, key, size, { type = "text", most = 200 } = {}) {
    const props = {
      type,
      "data-field": `action.${key}`,
      "data-id": `action-${key}`,
      autocomplete: "off",
      value: draft.action[key],
    };
    return make(
      "label",
      { class: `cxb-w${size}` },
      say(`actions.${label}`),
      make("input", { ...props, maxlength: type === "text" && most }),
    );
  }

  function drawForm({ elements, start, most }) {
    const { action } = draft;
    const options = elements.map(({ id, name }) => make("option", { value: id }, choose(name)));
    const step = elements.find(({ id }) => id === action.element)?.step;
    const left = most - start.length;
    const room = left > 0 ? say("actions.room", { n: left, most }) : say("actions.full", { most });
    return make(
      "form",
      { class: "cxb-form", "data-do": "save_action" },
      drawField("what", "title", 7),
      make(
        "label",
        { class: "cxb-w5" },
        say("actions.element"),
        make(
          "select",
          { "data-field": "action.element", "data-id": "action-element", value: action.element },
          make("option", { value: "" }, say("actions.no_element")),
          options,
        ),
      ),
      drawField("who", "owner", 3, { most: 100 }),
      drawField("due", "due_on", 2, { type: "date" }),
      drawField("metric", "metric", 5),
      make(
        "div",
        { class: "cxb-w2 cxb-send" },
        make(
          "button",
          { type: "submit", class: "cxb-go", "data-id": "save_action" },
          say(action.id ? "actions.save" : "actions.add"),
        ),
      ),
      make(
        "p",
        { class: "cxb-w12 cxb-room" },
        make("span", {}, room),
        make(
          "span",
          { class: "cxb-stepper" },
          step && !action.title && button(say("actions.suggest"), "suggest"),
          action.id && button(say("actions.cancel"), "cancel_edit"),
        ),
      ),
    );
  }

  function drawPlanned({ start, elements }) {
    if (!start.length) return make("p", { class: "cxb-quiet cxb-none" }, say("actions.none"));
    const head = ["what", "who", "due", "metric"].map((key) => make("th", { scope: "col" }, say(`actions.${key}`)));
    const rows = start.map((action) => {
      const name = choose(elements.find(({ id }) => id === action.element)?.name);
      const edit = {
        kind: "tool",
        arg: action.id,
        id: `edit-${action.id}`,
        "aria-label": say("actions.edit_one", { title: action.title }),
      };
      return make(
        "tr",
        { "data-key": action.id, class: action.id === draft.action.id && "cxb-pick" },
        make("th", { scope: "row" }, action.title, name && make("span", { class: "cxb-of" }, name)),
        make("td", {}, action.owner || "–"),
        make("td", { class: "cxb-num" }, words.date(action.due_on) || "–"),
        make("td", {}, action.metric || "–"),
        make(
          "td",
          { class: "cxb-do" },
          make("div", {}, button(say("actions.edit"), "edit_action", edit), removeButton(action)),
        ),
      );
    });
    return make(
      "div",
      { class: "cxb-scroll", tabindex: 0, role: "region", "aria-label": say("actions.title") },
      make(
        "table",
        { class: "cxb-planned" },
        make("thead", {}, make("tr", {}, head, make("td"))),
        make("tbody", {}, rows),
      ),
    );
  }

  function drawClose() {
    const { items, actions, priorities, closing } = board();
    const settled = items.filter((one) => one.agreement?.level);
    const open = items.filter((one) => one.agreement && !one.agreement.level).length;
    const agreed = settled.map((one) =>
      make(
        "li",
        { "data-key": one.id },
        make("span", {}, choose(one.short)),
        make("b", { class: "cxb-num" }, levelName(one.agreement.level)),
      ),
    );
    if (open) agreed.push(make("li", {}, say("close.open", { n: open })));
    const started = actions.start.map((action) => {
      const when = [action.owner, words.date(action.due_on)].filter(Boolean).join(" · ");
      return make("li", { "data-key": action.id }, make("span", {}, action.title), when && make("b", {}, when));
    });
    const aims = priorities.elements.filter((element) => element.target);
    const targets = aims.map((element) => {
      const { level, due_on } = element.target;
      return make(
        "li",
        { "data-key": element.id },
        make("span", {}, choose(element.name)),
        make(
          "b",
          {},
          say("close.target", {
            level: words.number(level, Number.isInteger(level) ? 0 : 1),
            date: words.date(due_on),
          }),
        ),
      );
    });
    const stopped = actions.stop.map((action) => make("li", { "data-key": action.id }, action.title));
    const written = closing.next.map((texts) => texts[""] ?? choose(texts));
    const next = written.length ? written : ["results", "actions", "measure"].map((key) => say(`close.steps.${key}`));
    const part = (key, list) =>
      make(
        "section",
        {},
        make("h2", {}, say(`close.${key}`)),
        list.length ? make("ul", {}, list) : make("p", { class: "cxb-quiet" }, say("close.nothing")),
      );
    const column = (key, ...parts) =>
      make("div", { class: "cxb-scroll", tabindex: 0, role: "region", "aria-label": say(`close.${key}`) }, ...parts);
    return [
      make(
        "main",
        { class: "cxb-main cxb-wide cxb-closing" },
        purpose(),
        make("h1", { tabindex: -1 }, say("close.title")),
        make(
          "div",
          { class: "cxb-columns" },
          column("agreed", part("agreed", agreed), stopped.length > 0 && part("stopped", stopped)),
          column("decided", part("decided", started)),
          column(
            "next",
            targets.length > 0 && part("targets", targets),
            part(
              "next",
              next.map((text) => make("li", {}, text)),
            ),
          ),
        ),
      ),
    ];
  }

  return { actions: drawActions, close: drawClose };
}

// ----------------------------------------------------------------------------------------------------------- the board

function render({ model, el }) {
  const words = createSpeaker(model);
  const consensus = { item: "", level: null, dissent: 0, reason: "", editing: false };
  const draft = { ...consensus, action: newAction(), stop: "", targets: {}, ratings: {} };
  let hint = null; // {key, since, early: whether it was too early, what: was undone}
  let full = false;
  let gone = false;

  const kit = createKit({ model, words, draft });
  const { choose, board } = kit;
  const bar = createBar(kit);
  const { current, ...answerPages } = createAnswerPages(kit);
  const { readTarget, ...priorityPage } = createPriorities(kit);
  const pages = { ...createRoomPages(kit), ...answerPages, ...priorityPage, ...createPlanPages(kit) };

  const root = make("div", { class: "cxb" });
  const stage = make("div", { class: "cxb-board", lang: words.language() });
  root.append(stage);
  el.append(root);

  const line = createLine(model, {
    replied(message, then) {
      if (message.hint) tell(message.hint, message.kind !== "ack", message.what);
      if (message.kind === "ack") then?.();
      else Object.assign(draft, { targets: {}, ratings: {} });
      draw();
    },
    silent: () => tell("no_reply", true),
  });

  function tell(key, early = false, what = "") {
    hint = { key, since: Date.now(), early, what };
    draw();
  }

  function command(message, then) {
    hint = null;
    line.send(message, then);
    draw();
  }

  function contactAge() {
    return model.get("polls") === false ? (model.get("age") ?? -1) : line.age();
  }

  // ---------------------------------------------------------------------------------------------------------- drawing

  let drawnStep = "";
  let drawnItem = "";

  function draw() {
    if (gone || !board().steps) return;
    const active = stage.contains(document.activeElement) ? document.activeElement : null;
    const kept = active?.dataset.id;
    stage.setAttribute("lang", words.language());
    const page = (pages[board().step] ?? pages.check_in)();
    for (const part of page)
      part.dataset.key =
        part.nodeName === "ASIDE" && ITEM_STEPS.includes(board().step) ? "agenda" : `${board().step} ${part.nodeName}`;
    morphChildren(stage, [bar.drawBar(full), ...page, bar.drawNote(hint, contactAge())]);
    if (active && !stage.contains(document.activeElement)) focusOn(kept);
    if (drawnStep !== board().step || drawnItem !== board().item) showCurrent();
    [drawnStep, drawnItem] = [board().step, board().item];
  }

  /** Give the focus to what stands in the place of something that is gone, or to the heading. */
  function focusOn(id) {
    const again = id && [...stage.querySelectorAll("[data-id]")].find((node) => node.dataset.id === id);
    (again ?? stage.querySelector("h1"))?.focus({ preventScroll: true });
  }

  /** Scroll the agenda, and nothing around it, to the item on the board. */
  function showCurrent() {
    const list = stage.querySelector(".cxb-agenda");
    const entry = list?.querySelector("[aria-current]")?.parentElement;
    if (!entry) return;
    const top = entry.offsetTop;
    const bottom = top + entry.offsetHeight;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
  }

  function tick() {
    line.tick();
    if (hint && Date.now() - hint.since > HINT_STAYS) hint = null;
    const seen = root.isConnected && document.visibilityState === "visible";
    if (seen && model.get("polls") !== false) line.look();
    const clock = stage.querySelector(".cxb-clock");
    if (!clock) return;
    const text = bar.clockText();
    if (clock.textContent !== text) clock.textContent = text;
    clock.toggleAttribute("data-up", Boolean(board().timer?.ends_at) && bar.timeLeft() === 0);
    const note = stage.querySelector(".cxb-note");
    if (note) morph(note, bar.drawNote(hint, contactAge()));
  }

  // ---------------------------------------------------------------------------------------------------------- doing

  function step(by) {
    const { items, item } = board();
    const place = items.findIndex((one) => one.id === item) + by;
    if (items[place]) command({ kind: "choose", item: items[place].id });
    else tell(by > 0 ? "last_item" : "first_item");
  }

  function rate([id, axis, by]) {
    const element = { ...board().priorities.elements.find((one) => one.id === id), ...draft.ratings[id] };
    const middle = Math.ceil(RATINGS / 2);
    const now = { impact: element.impact ?? middle, effort: element.effort ?? middle };
    if (element.impact) now[axis] = Math.min(RATINGS, Math.max(1, now[axis] + Number(by)));
    if (now.impact === element.impact && now.effort === element.effort) return;
    draft.ratings[id] = now;
    command({ kind: "rate", element: id, ...now }, () => draft.ratings[id] === now && delete draft.ratings[id]);
  }

  function aim(id, change) {
    const element = board().priorities.elements.find((one) => one.id === id);
    const before = readTarget(element);
    draft.targets[id] = { ...before, ...change };
    const { level, due_on } = draft.targets[id];
    if (level === null && !element.target) draw();
    else command({ kind: "target", element: id, level, due_on }, () => delete draft.targets[id]);
  }

  function agree(level) {
    const { item, dissent, reason } = draft;
    command({ kind: "agree", item, level, dissent, reason }, () => Object.assign(draft, { editing: false, item: "" }));
  }

  function edit(changes = {}) {
    const { agreement } = current();
    if (agreement && !draft.editing) {
      Object.assign(draft, {
        level: agreement.level,
        dissent: agreement.dissent,
        reason: agreement.reason,
        editing: true,
      });
    }
    Object.assign(draft, changes);
    draw();
  }

  const DO = {
    go: (arg) => command({ kind: "go", step: arg }),
    choose: (arg) => command({ kind: "choose", item: arg }),
    reveal: () => (board().can_reveal ? command({ kind: "reveal" }) : tell("too_few_votes", true)),
    dots() {
      const { given, least } = board().priorities;
      return given < least ? tell("too_few_dots", true) : command({ kind: "dots" });
    },
    timer: (arg) => command({ kind: "timer", action: arg }),
    undo: () => command({ kind: "undo" }),
    close_hint() {
      hint = null;
      draw();
    },
    lang(arg) {
      model.set("lang", arg);
      model.save_changes();
      draw();
    },
    full: () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen())?.catch?.(() => {}),
    level: (arg) => edit({ level: Number(arg) }),
    dissent: (arg) => edit({ dissent: Math.min(board().here, Math.max(0, draft.dissent + Number(arg))) }),
    record: () => (draft.level ? agree(draft.level) : tell("nothing_chosen", true)),
    leave_open: () => agree(null),
    change: () => edit(),
    next_item() {
      const { items, item } = board();
      const place = items.findIndex((one) => one.id === item);
      const next = [...items.slice(place + 1), ...items.slice(0, place)].find((one) => !one.agreement);
      if (next) command({ kind: "choose", item: next.id, step: "reveal" });
    },
    rate: (arg) => rate(arg.split(" ")),
    save_action() {
      const { action } = draft;
      if (!action.title.trim()) tell("no_title", true);
      else command({ ...action, kind: "action", action: "start" }, () => (draft.action = newAction()));
    },
    add_stop() {
      if (!draft.stop.trim()) tell("no_title", true);
      else command({ kind: "action", action: "stop", title: draft.stop }, () => (draft.stop = ""));
    },
    edit_action(arg) {
      const { title, element, owner, due_on, metric, id, revision } = board().actions.start.find(
        (one) => one.id === arg,
      );
      draft.action = { id, revision, title, element, owner, metric, due_on: due_on ?? "" };
      draw();
      focusOn("action-title");
    },
    cancel_edit() {
      draft.action = newAction();
      draw();
    },
    remove_action(arg) {
      if (draft.action.id === arg) draft.action = newAction();
      command({ kind: "remove_action", id: arg });
    },
    suggest() {
      const found = board().actions.elements.find(({ id }) => id === draft.action.element)?.step;
      if (found)
        Object.assign(draft.action, {
          title: choose(found.title),
          owner: choose(found.who),
          metric: choose(found.after_90_days).slice(0, 200),
        });
      draw();
    },
  };

  const FIELDS = {
    reason: (value) => edit({ reason: value }),
    stop: (value) => (draft.stop = value),
    target_level: (value, arg) => aim(arg, { level: value === "" ? null : Number(value) }),
    target_due: (value, arg) => aim(arg, { due_on: value }),
  };

  function onClick(event) {
    const target = event.target.closest("[data-do]");
    if (!target || target.nodeName === "FORM" || !stage.contains(target)) return;
    DO[target.dataset.do]?.(target.dataset.arg);
  }

  function onSubmit(event) {
    event.preventDefault();
    DO[event.target.dataset.do]?.();
  }

  function onInput(event) {
    const { field, arg } = event.target.dataset;
    if (!field || (event.target.nodeName === "SELECT") !== (event.type === "change")) return;
    if (field.startsWith("action.")) {
      draft.action[field.slice(7)] = event.target.value;
      draw();
    } else FIELDS[field]?.(event.target.value, arg);
  }

  function onKey(event) {
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!plain || isField(event.target) || !ITEM_STEPS.includes(board().step)) return;
    const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    step(by);
  }

  /** On a page of its own the keys work as long as nothing has the focus, too. */
  function onPageKey(event) {
    if (model.get("polls") === false && event.target === document.body) onKey(event);
  }

  function onFull() {
    full = document.fullscreenElement === root;
    draw();
  }

  function onBoard() {
    line.touch();
    draw();
  }

  const listeners = [
    ["change:board", onBoard],
    ["change:words", draw],
    ["change:lang", draw],
    ["change:join", draw],
    ["change:age", draw],
    ["msg:custom", line.hear],
  ];
  for (const [event, listener] of listeners) model.on(event, listener);
  stage.addEventListener("click", onClick);
  stage.addEventListener("submit", onSubmit);
  stage.addEventListener("input", onInput);
  stage.addEventListener("change", onInput);
  stage.addEventListener("keydown", onKey);
  document.addEventListener("keydown", onPageKey);
  document.addEventListener("fullscreenchange", onFull);
  const ticking = setInterval(tick, TICK);
  draw();

  return () => {
    gone = true;
    clearInterval(ticking);
    for (const [event, listener] of listeners) model.off(event, listener);
    document.removeEventListener("keydown", onPageKey);
    document.removeEventListener("fullscreenchange", onFull);
    root.remove();
  };
}

export default { render };
