/**
 * The board's host on a page of its own: a model whose messages go to the server, and whose board comes from there.
 *
 * The page brings one block of JSON, `cx-board`: what the board begins with, and how to reach the server. A command is
 * sent once and never again by itself: what undoes a step must not undo two. Without a reply the board says so.
 */

import component from "./board.js";

const PAUSE = 500; // ms between two looks at the server
const PATIENCE = 5000; // ms until a request counts as failed

const { traits: given, host, titles } = JSON.parse(document.getElementById("cx-board").textContent);
const traits = { theme: "", polls: false, age: 0, ...given };
const listeners = new Map(); // event → set of listeners
let tag = ""; // of the board that is shown
let heard = Date.now();
let looking = null; // the look that is under way
let waiting = null; // timer of the next one

function tell(event, value) {
  for (const listener of [...(listeners.get(event) ?? [])]) listener(value);
}

const model = {
  get: (name) => traits[name],
  set(name, value) {
    traits[name] = value;
    if (name === "lang") speakLanguage(value);
    tell(`change:${name}`, value);
  },
  save_changes() {},
  on(event, listener) {
    if (!listeners.has(event)) listeners.set(event, new Set());
    listeners.get(event).add(listener);
  },
  off(event, listener) {
    listeners.get(event)?.delete(listener);
  },
  send: (message) => void command(message),
};

/** Let the page speak a language, also when it is loaded again. */
function speakLanguage(code) {
  document.documentElement.lang = code;
  document.title = titles[code] ?? document.title;
  document.cookie = `language=${code}; path=${host.path}; max-age=31536000; samesite=strict`;
}

async function request(what, options = {}) {
  const stopper = new AbortController();
  const timer = setTimeout(() => stopper.abort(), PATIENCE);
  try {
    const { headers, ...rest } = options;
    const response = await fetch(`${host.path}/${what}`, {
      cache: "no-store",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-Write-Key": host.write_key, ...headers },
      redirect: "error",
      signal: stopper.signal,
      ...rest,
    });
    if (response.status === 404) location.reload(); // the key has ended: the page that comes says where the new one is
    if (!response.ok && response.status !== 304) throw new Error(String(response.status));
    const content = response.status === 304 ? null : await response.json();
    heard = Date.now();
    return { content, tag: response.headers.get("ETag") ?? "" };
  } finally {
    clearTimeout(timer);
  }
}

/** Send a command, and show at once what it has changed. */
async function command(message) {
  try {
    const { content } = await request("commands", { method: "POST", body: JSON.stringify(message) });
    await look();
    tell("msg:custom", content);
  } catch {
    // no reply: the component says so when it has waited long enough
  }
}

/** Ask what the board shows now, after the look that is under way: that one may have left too early. */
async function look() {
  const before = looking;
  const mine = (async () => {
    await before;
    try {
      const found = await request("view", { headers: tag ? { "If-None-Match": tag } : {} });
      if (found.content) {
        tag = found.tag;
        model.set("board", found.content.board);
      }
    } catch {
      // the age of what is shown tells
    }
  })();
  looking = mine;
  await mine;
  if (looking === mine) looking = null;
  const age = Math.floor((Date.now() - heard) / 1000);
  if (age !== traits.age) model.set("age", age);
}

async function keepLooking() {
  clearTimeout(waiting);
  if (document.visibilityState === "hidden") return;
  if (!looking) await look();
  clearTimeout(waiting);
  waiting = setTimeout(keepLooking, PAUSE);
}

document.addEventListener("visibilitychange", keepLooking);
window.addEventListener("online", keepLooking);

const place = document.getElementById("board");
place.replaceChildren();
component.render({ model, el: place });
keepLooking();
