/**
 * The room, on the page of a questionnaire that is filled in together: while the board shows something, the phone says
 * so, takes dots when it is time for them, and says thanks at the end. Otherwise the questionnaire is all there is.
 *
 * The page brings one block of JSON, `cx-room`: {room: {step, revealed, state, counted, dots}, words, most, elements}.
 * There are no words in here. Text is set as text, and there are no inline styles.
 */

import { model, request } from "./host.js";

const PAUSE = 2000; // ms between two looks at the room
const LONGEST_PAUSE = 16000; // ms, while there is no contact
const OLD_AFTER = 10000; // ms without contact until the page says so
const LATE_AFTER = 2500; // ms until it says that dots are not saved
const TALK = ["reveal", "discuss", "consensus", "vote", "check_in"];

const { room: first, words, most, elements } = JSON.parse(document.getElementById("cx-room").textContent);
const form = model.get("form");
const codes = form.languages.map((language) => language.code);

// ------------------------------------------------------------------------------------------------------- elements

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  // paths in a box of 24 units, drawn as lines
  check: "M5 12.5l4.5 4.5L19 7.5",
  device: "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3zM11 18h2",
  dots: "M7 9a2.5 2.5 0 1 0 0 .01M17 9a2.5 2.5 0 1 0 0 .01M12 17.5a2.5 2.5 0 1 0 0 .01",
  minus: "M5 12h14",
  pen: "M4 20l1-4L16 5l3 3L8 19z",
  plus: "M12 5v14M5 12h14",
  screen: "M3 4.5h18v11.5H3zM8.5 20h7M12 16v4",
  turn: "M12 4a8 8 0 1 1-7.4 5",
};

function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": 2,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Make an element: `on…` is a listener, false and null leave an attribute out; empty children are passed over. */
function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === false || value == null) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

const language = () => (codes.includes(model.get("lang")) ? model.get("lang") : codes[0]);
const choose = (texts) => texts[language()] ?? Object.values(texts)[0] ?? "";

function say(key, fields = {}) {
  let message = choose(words)[key] ?? "";
  if (typeof message === "object") {
    message = message[new Intl.PluralRules(language()).select(fields.n)] ?? message.other;
  }
  return message.replace(/\{(\w+)\}/g, (_, field) => String(fields[field] ?? ""));
}

// ------------------------------------------------------------------------------------------------- what is known

let room = first;
let heard = Date.now();
let pause = PAUSE;
let timer = null;
let asking = false;

/** Which page stands in place of the questionnaire, if any. */
function choosePage({ step, revealed, state }) {
  if (step === "priorities") return "dots";
  if (!revealed && state !== "submitted") return null;
  if (step === "close") return "thanks";
  return revealed ? "look" : "waiting";
}

/** Ask how far the room is, and again after a while; later and later while there is no contact. */
async function look() {
  clearTimeout(timer);
  if (asking || document.visibilityState === "hidden") return;
  asking = true;
  const { state } = room;
  const before = changes;
  try {
    const found = await request("room", { method: "GET" });
    if (room.state !== state) found.state = room.state; // handed in, or taken back, in the meantime
    if (changes !== before) found.dots = room.dots;
    room = found;
    heard = Date.now();
    pause = PAUSE;
  } catch {
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
  asking = false;
  draw();
  timer = setTimeout(look, pause * (0.9 + 0.2 * Math.random())); // so that not everybody asks at the same moment
}

// ------------------------------------------------------------------------------------------------------------ dots

let dots = { ...first.dots }; // as they are shown
let changes = 0; // of the dots, here or as they are stored
let unsaved = false; // whether they are others than those that are stored
let since = 0; // when that began
let sending = false;
let refused = false;

const countDots = () => Object.values(dots).reduce((sum, count) => sum + count, 0);

function moveDot(element, by) {
  const count = (dots[element] ?? 0) + by;
  if (count < 0 || countDots() + by > most) return;
  dots = { ...dots, [element]: count };
  changes += 1;
  refused = false;
  since = unsaved ? since : Date.now();
  unsaved = true;
  draw();
  sendDots();
}

/** Send the dots as they are now; what changes meanwhile is sent afterwards. */
async function sendDots() {
  if (sending || !unsaved) return;
  sending = true;
  const sent = dots;
  let again = 0;
  try {
    const reply = await request("dots", { method: "POST", body: JSON.stringify({ dots: sent }) });
    refused = reply.kind !== "ack";
    if (refused) dots = { ...reply.dots };
    unsaved = !refused && dots !== sent;
    since = Date.now();
    changes += 1;
    room = { ...room, dots: reply.dots };
  } catch {
    again = PAUSE;
  }
  sending = false;
  draw();
  if (unsaved) setTimeout(sendDots, again);
}

// ----------------------------------------------------------------------------------------------------------- pages

const heading = (text) => make("h1", { tabindex: -1 }, text);
const sign = (name) => make("div", { class: "cxq-sign" }, icon(name, 28));
const lead = (text) => make("p", { class: "cxq-lead" }, text);

function waitingPage() {
  const change = make(
    "button",
    { class: "cxq-second", type: "button", onclick: () => model.send({ kind: "reopen", seq: randomNumber() }) },
    icon("pen"),
    make("span", {}, say("change")),
  );
  return [
    sign("screen"),
    heading(say("waiting_title")),
    lead(say("waiting_text")),
    make("div", { class: "cxq-foot" }, change),
  ];
}

function lookPage() {
  const counted = room.counted ? say("counted", { n: room.counted }) : say("not_counted");
  return [
    sign("screen"),
    heading(say("look_title")),
    lead(say(TALK.includes(room.step) ? "look_text" : "plan_text")),
    lead(counted),
  ];
}

function thanksPage() {
  return [sign("check"), heading(say("thanks_title")), lead(say("thanks_text"))];
}

const sayLeft = () => {
  const left = most - countDots();
  return left ? say("dots_left", { n: left }) : say("dots_none_left");
};

function dotsPage() {
  const left = most - countDots();
  const row = ({ id, name }) => {
    const n = dots[id] ?? 0;
    const step = (by, sign, key, possible) =>
      make(
        "button",
        {
          class: "cxr-step",
          type: "button",
          "data-step": `${id} ${by}`,
          "aria-disabled": String(!possible),
          "aria-label": say(key, { name: choose(name) }),
          onclick: () => possible && moveDot(id, by),
        },
        icon(sign),
      );
    const given = n > 0 && [Array.from({ length: n }, () => make("i")), make("span", {}, say("dots_on", { n }))].flat();
    return make(
      "li",
      { "data-chosen": n > 0 },
      make("div", {}, make("p", { class: "cxr-name" }, choose(name)), n > 0 && make("p", { class: "cxr-given" }, given)),
      step(-1, "minus", "dots_take", n > 0),
      step(1, "plus", "dots_give", left > 0),
    );
  };
  return [
    sign("dots"),
    heading(say("dots_title")),
    lead(say("dots_text", { n: most })),
    make("div", { class: "cxr-bar" }, make("p", { class: "cxr-left" }, sayLeft()), savingLine()),
    make("ul", { class: "cxr-list", "aria-label": say("dots_label") }, elements.map(row)),
    make("p", { class: "cxq-hint cxr-until" }, say("dots_until")),
  ];
}

function savingLine() {
  const late = unsaved && Date.now() - since > LATE_AFTER;
  const kind = refused ? "refused" : late ? "late" : unsaved ? "saving" : countDots() ? "saved" : "";
  const text = { refused: "not_saved", late: "late", saving: "saving", saved: "saved" }[kind];
  const drawn = { refused: "device", late: "device", saving: "turn", saved: "check" }[kind];
  return make(
    "p",
    { class: "cxr-line", "data-kind": kind },
    text && icon(drawn, 18),
    text && make("span", {}, say(text)),
  );
}

// ----------------------------------------------------------------------------------------------------------- frame

const PAGES = { waiting: waitingPage, look: lookPage, dots: dotsPage, thanks: thanksPage };
const app = document.getElementById("app");
const page = make("div", { class: "cxq-page" });
const status = make("p", { class: "cxq-hidden", role: "status" });
const root = make("section", { class: "cxq cxr" }, make("div", { class: "cxq-frame" }, page), status);
let shown = null; // which page
let drawn = ""; // what of it, so that nothing is drawn anew that is the same

function languageButtons() {
  if (codes.length < 2) return null;
  const choice = ({ code, name }) =>
    make(
      "button",
      {
        type: "button", lang: code, "aria-pressed": String(code === language()), "data-step": `language ${code}`,
        onclick: () => model.set("lang", code),
      },
      name,
    );
  return make(
    "div",
    { class: "cxq-languages", role: "group", "aria-label": say("language") },
    form.languages.map(choice),
  );
}

function draw() {
  const next = choosePage(room);
  if (next !== shown) refused = false;
  if (next === "dots" && !unsaved && !refused && !sending) dots = { ...room.dots };
  const old = Date.now() - heard > OLD_AFTER;
  const late = unsaved && Date.now() - since > LATE_AFTER;
  const state = JSON.stringify([next, language(), room.step, room.counted, dots, unsaved, late, refused, old]);
  if (state === drawn) return;
  drawn = state;
  const questionnaire = app.querySelector(".cxq:not(.cxr)");
  if (questionnaire) questionnaire.hidden = next !== null;
  if (next === null) {
    root.remove();
    if (shown) questionnaire?.querySelector("h1")?.focus({ preventScroll: true });
  } else {
    fill(next, old);
    announce(old ? say("no_contact") : next !== "dots" ? "" : late ? say("late") : refused ? say("not_saved") : sayLeft());
    if (!root.isConnected) app.append(root);
    if (next !== shown) arrive();
  }
  shown = next;
}

/** Fill the page, with the same button in focus. */
function fill(next, old) {
  const focused = page.contains(document.activeElement) ? document.activeElement.dataset.step : null;
  root.lang = language();
  root.setAttribute("aria-label", choose(model.get("survey").title));
  page.replaceChildren(
    make(
      "div",
      { class: "cxq-hello" },
      make("p", { class: "cxq-kicker" }, model.get("survey").organisation),
      languageButtons() ?? "",
    ),
    ...PAGES[next](),
    make("p", { class: "cxr-line", "data-kind": "late" }, old ? say("no_contact") : ""),
  );
  if (focused) page.querySelector(`[data-step="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Have something read out, unless it was the last thing that was. */
function announce(text) {
  if (status.textContent !== text) status.textContent = text;
}

function arrive() {
  window.scrollTo(0, 0);
  page.querySelector("h1").focus({ preventScroll: true });
}

function randomNumber() {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high % 0x100000) * 0x100000000 + low;
}

model.on("change:lang", draw);
model.on("change:state", (state) => {
  room = { ...room, state };
  draw();
});
document.addEventListener("visibilitychange", look);
window.addEventListener("online", look);
window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
setInterval(() => { if (shown) draw(); }, 1000); // what is late, or old, becomes so by itself
draw();
look();
