/**
 * The component's host on a page of its own: a model whose messages go to the server.
 *
 * The page brings two blocks of JSON: `cx-form` (form, words, survey, titles …) and `cx-person` (what is this
 * respondent's own, and how to reach the server). A message stays in the queue until the server has answered it; the
 * server stores a message that comes twice once.
 */

import component from "./component.js";

const FIRST_PAUSE = 1000; // ms before a failed message is tried again; twice as long each time, up to
const LONGEST_PAUSE = 20000;
const PATIENCE = 20000; // ms until a request counts as failed
const MOST_TOGETHER = 24; // messages in one request
const MOST_CHARACTERS = 60000; // of them; browsers let no larger request outlive its page
const OUT_OF_DATE = 10000; // ms out of sight, after which the page asks what has changed meanwhile

const readBlock = (id) => JSON.parse(document.getElementById(id).textContent);
const person = readBlock("cx-person");
const traits = { theme: "", device: "store", ...readBlock("cx-form"), ...person.traits };

// -------------------------------------------------------------------------------------------------------- the model

const listeners = new Map(); // event → set of listeners

function tell(event, value) {
  for (const listener of [...(listeners.get(event) ?? [])]) listener(value);
}

/** What a component, or another module on the page, is given. */
export const model = {
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
  send(message) {
    if (!queue.has(message.seq)) queue.set(message.seq, message); // else the component reminds of one that waits
    post();
  },
};

/** Let the page speak a language, also the next time it is opened here. */
function speakLanguage(code) {
  document.documentElement.lang = code;
  document.title = person.titles[code] ?? document.title;
  document.cookie = `language=${code}; path=${person.path}; max-age=31536000; samesite=lax`;
}

// ------------------------------------------------------------------------------------------------------- the server

const queue = new Map(); // seq → message, in the order in which they came
const underWay = new Set(); // seqs of those that have been sent and not answered
let posting = false;
let pause = 0; // ms; 0 while all is well
let waiting = null; // timer of the next try

/** Take from the queue what is not under way, as much as one request may carry. */
function takeBatch() {
  const batch = [];
  let size = 0;
  for (const message of queue.values()) {
    if (underWay.has(message.seq)) continue;
    size += new Blob([JSON.stringify(message)]).size;
    if (batch.length && (size > MOST_CHARACTERS || batch.length >= MOST_TOGETHER)) break;
    batch.push(message);
  }
  return batch;
}

/** Send what waits, one request at a time. */
async function post() {
  if (posting || waiting !== null) return;
  const batch = takeBatch();
  if (!batch.length) return;
  posting = true;
  const arrived = await exchange(batch);
  posting = false;
  if (arrived) {
    pause = 0;
    post();
  } else {
    pause = Math.min(pause * 2 || FIRST_PAUSE, LONGEST_PAUSE);
    const wait = pause * (0.5 + Math.random()); // so that not everybody comes back at the same moment
    waiting = setTimeout(tryAgain, wait);
  }
}

function tryAgain() {
  clearTimeout(waiting);
  waiting = null;
  post();
}

/** Send a batch and hand out the replies; false if there were none. */
async function exchange(batch) {
  for (const { seq } of batch) underWay.add(seq);
  try {
    const body = JSON.stringify({ messages: batch });
    const { replies } = await request("changes", { method: "POST", body, keepalive: body.length < MOST_CHARACTERS });
    for (const reply of replies) {
      queue.delete(reply.seq);
      tell("msg:custom", reply);
      noteState(batch.find(({ seq }) => seq === reply.seq)?.kind, reply.kind);
    }
    return true;
  } catch {
    return false;
  } finally {
    for (const { seq } of batch) underWay.delete(seq);
  }
}

/** Let everybody know what has become of the form; the component that asked for it knows already. */
function noteState(asked, outcome) {
  const next = { submit: "submitted", reopen: "open" }[asked];
  if (next && outcome === "ack" && next !== traits.state) model.set("state", next);
}

/** Ask the server; throws unless it answers what was asked. */
export async function request(what, options) {
  const stopper = new AbortController();
  const timer = setTimeout(() => stopper.abort(), PATIENCE);
  try {
    const response = await fetch(`${person.path}/${what}`, {
      cache: "no-store",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-Write-Key": person.write_key },
      redirect: "error",
      signal: stopper.signal,
      ...options,
    });
    const answer = await response.json();
    if (!response.ok && !answer.replies) throw new Error(answer.code); // nothing was stored
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

/** Send at once what waits, also while another request is under way: the page may be gone in a moment. */
function sendLast() {
  const batch = takeBatch();
  if (batch.length) exchange(batch).then((arrived) => { if (!arrived) post(); });
}

/** Ask what was changed from another device. */
async function refresh() {
  if (queue.size) return;
  try {
    const { answers, state } = await request("answers", { method: "GET" });
    if (queue.size) return; // changed here in the meantime
    model.set("answers", answers);
    if (state !== traits.state) model.set("state", state);
  } catch {
    // the page shows what it has; the next change tells whether the server can be reached
  }
}

// --------------------------------------------------------------------------------------------------------- the page

let hiddenAt = 0;

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    hiddenAt = Date.now();
    sendLast();
  } else {
    tryAgain();
    if (Date.now() - hiddenAt > OUT_OF_DATE) refresh();
  }
});
window.addEventListener("pagehide", sendLast);
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
window.addEventListener("online", tryAgain);

const place = document.getElementById("app");
place.replaceChildren();
component.render({ model, el: place });
