"use strict";

const ME = "me";
const CHOICES = {
  y: { person: ME, state: "confirmed", sign: "me", label: "me" },
  n: { person: "", state: "confirmed", sign: "other", label: "other: somebody else" },
  x: { person: "", state: "rejected", sign: "×", label: "not a face" },
};
/** Faces that a group shows before it is opened. */
const FIRST = 6;
/** How much two boxes must share to be one face, when labels come from another detector. */
const SAME_BOX = 0.5;
/** Drawn faces that are shown at once. */
const BATCH = 48;
/** The share of me that may be missed, by the upper limit of its 95 % interval. */
const MOST_MISSED = 0.05;
/** Of probability beyond the limit; a little more, as sums differ in their last digits. */
const TAIL = 0.025 + 1e-9;

const { key, measure } = document.body.dataset; // measure: what the number of a face is
const photos = takeOut("photos");
const rest = takeOut("rest"); // rows about faces that are not on this page
const faces = photos.flatMap((photo) => photo.faces.map((face) => Object.assign(face, { photo })));
const past = []; // what undo gives back: for each change, the faces as they were
let unsaved = false;

/** Takes the data out of the page: held twice, they would fill the memory. */
function takeOut(id) {
  const element = document.getElementById(id);
  const data = JSON.parse(element.textContent);
  element.remove();
  return data;
}

function byId(id) {
  return document.getElementById(id);
}

function make(tag, properties = {}, ...children) {
  const { data, aria, ...plain } = properties;
  const element = Object.assign(document.createElement(tag), plain);
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(aria ?? {})) element.setAttribute(`aria-${name}`, value);
  element.append(...children);
  return element;
}

function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

function say(text) {
  byId("said").textContent = text;
}

// -------------------------------------------------------------------------------------------------------- decisions

// A face has a `decision` ({person, state, seen}, or null; seen by whoever decided, not only as one of a group) and,
// unless it is proposed, a `leader`: the number of a face that names its group, and its own number when it stands alone.
// A photo without a face is a face without a box.
const leaders = new Map();
faces.forEach((face, number) => {
  face.number = number;
  face.tiles = [];
  face.known = face.state === "unreviewed" ? null : { person: face.person, state: face.state, seen: face.draw?.seen ?? true };
  face.decision = face.known;
  if (face.group !== null && !leaders.has(face.group)) leaders.set(face.group, number);
  face.leader = face.first = face.group === null ? null : leaders.get(face.group);
});

function same(one, other) {
  return one?.person === other?.person && one?.state === other?.state;
}

/** Does something to faces such that it can be undone. */
function change(some, what) {
  const before = some.map((face) => ({ face, decision: face.decision, leader: face.leader }));
  what();
  const changed = before.filter(
    ({ face, decision, leader }) =>
      face.leader !== leader || !same(face.decision, decision) || face.decision?.seen !== decision?.seen,
  );
  if (!changed.length) return;
  past.push(changed);
  show(changed.map(({ face }) => face), changed.some(({ face, leader }) => face.leader !== leader));
}

function undo() {
  const before = past.pop();
  if (!before) return;
  const regrouped = before.some(({ face, leader }) => face.leader !== leader);
  for (const { face, decision, leader } of before) Object.assign(face, { decision, leader });
  show(before.map(({ face }) => face), regrouped);
  say(`Undone: ${counted(before.length, "face")}.`);
  showAgain(before[0].face);
}

/** Goes back to where something was undone. */
function showAgain(face) {
  const tile = face.tiles.find((tile) => tile.isConnected);
  if (byId("closer").open && tile) return lookAt(tile);
  byId("closer").close();
  focusOn(tile ?? cards.get(face.leader));
}

/** Shows faces that have changed, and all groups anew if these have. */
function show(some, regrouped) {
  unsaved = true;
  if (regrouped) layOut();
  for (const face of some) face.tiles.forEach(paintTile);
  for (const card of new Set(some.map((face) => cards.get(face.leader)))) if (card) paintCard(card);
  count();
  keep();
}

function decide(some, person, state) {
  change(some, () => some.forEach((face) => (face.decision = { person, state, seen: true })));
}

/** Decides about faces that nobody need have looked at, each by itself; what somebody saw stays seen. */
function decideAll(some, person, state) {
  const seen = (face) => same(face.decision, { person, state }) && face.decision.seen;
  change(some, () => some.forEach((face) => (face.decision = { person, state, seen: seen(face) })));
}

/** Decides about a face by one of the choices; a photo without a face shows nobody else who counts. */
function choose(face, choice) {
  const { person, state } = CHOICES[choice === "n" && !face.box ? "x" : choice];
  decide([face], person, state);
}

/** Returns a name as it is written: without what cannot be seen; "me" is you, however it is spelled. */
function nameIn(field) {
  const name = field.value.normalize("NFC").replaceAll(/\p{C}/gu, "").trim();
  if (name.toLowerCase() === "all") say("“all” cannot be a person's name: write another.");
  else return name.toLowerCase() === ME ? ME : name;
  return "";
}

function inWords(decision) {
  if (!decision) return "";
  if (decision.state === "rejected") return "not a face";
  return decision.person === ME ? "me" : decision.person || "somebody else";
}

function signOf(decision) {
  if (!decision) return "";
  return decision.state === "rejected" ? "none" : decision.person === ME ? "me" : "other";
}

/** Returns which of the three choices a decision is; a name is one for somebody else. */
function choiceOf(decision) {
  return { me: "y", other: "n", none: "x" }[signOf(decision)];
}

// --------------------------------------------------------------------------------------------- what the browser keeps

/** Keeps what differs from the page as it was made; says so where the browser refuses. */
function keep() {
  const decisions = faces
    .filter(({ decision, known }) => !same(decision, known) || decision?.seen !== known?.seen)
    .map(({ number, decision }) => [number, decision?.person ?? "", decision?.state ?? "", ...(decision?.seen === false ? ["unseen"] : [])]);
  const groups = faces.filter((face) => face.leader !== face.first).map((face) => [face.number, face.leader]);
  try {
    localStorage.setItem(key, JSON.stringify({ decisions, groups }));
    byId("unkept").hidden = true;
  } catch {
    byId("unkept").hidden = false;
  }
}

function takeUpKept() {
  try {
    const kept = JSON.parse(localStorage.getItem(key)) ?? { decisions: [], groups: [] };
    for (const [number, person, state, unseen] of kept.decisions) {
      faces[number].decision = state ? { person, state, seen: !unseen } : null;
    }
    for (const [number, leader] of kept.groups) {
      if (faces[number].leader !== null && faces[leader].leader !== null) faces[number].leader = leader;
    }
    localStorage.setItem(`${key}-try`, ""); // a browser that reads may still refuse to write
    localStorage.removeItem(`${key}-try`);
  } catch {
    byId("unkept").hidden = false;
  }
}

function forget() {
  const question = "Forget all decisions and names on this page, and what this browser keeps of them?";
  if (!confirm(question)) return;
  for (const face of faces) Object.assign(face, { decision: face.known, leader: face.first });
  past.length = 0;
  show(faces, true);
  unsaved = false;
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
  say("Forgotten. A file that you saved is still there.");
}

// ------------------------------------------------------------------------------------------------------------- tiles

// What comes near the window is filled; until then a tile is an empty place, so that thousands cost little.
const near = new IntersectionObserver(
  (entries) => entries.forEach(({ isIntersecting, target }) => isIntersecting && fill(target)),
  { rootMargin: "800px" },
);

function fill(item) {
  near.unobserve(item);
  const { filling } = item;
  item.filling = null;
  filling?.();
}

function empty(css, filling) {
  const item = Object.assign(make("li", { className: css }), { filling });
  near.observe(item);
  return item;
}

function imageOf(face) {
  if (!face.picture) return make("span", { className: "unreadable", textContent: "not readable" });
  return make("img", { src: `data:image/jpeg;base64,${face.picture}`, alt: "", decoding: "async" });
}

function tileOf(face) {
  face.tile ??= newTile(face);
  return face.tile;
}

/** Returns the tile of a face in the sample, which may have another one among the other people. */
function drawnTileOf(face) {
  face.drawnTile ??= newTile(face, "drawn");
  return face.drawnTile;
}

function newTile(face, css = "") {
  const tile = Object.assign(empty("tile", () => fillTile(tile)), { face, css: `${css} ${face.box ? "" : "whole"}` });
  face.tiles.push(tile);
  paintTile(tile);
  return tile;
}

function fillTile(tile) {
  const { face } = tile;
  const button = make("button", { type: "button", className: "face stop", tabIndex: -1 }, imageOf(face));
  button.append(make("span", { className: "who" }));
  button.addEventListener("click", () => lookAt(tile));
  const offered = Object.entries(CHOICES).filter(([choice]) => choice !== "n" || face.box);
  const choices = offered.map(([choice, { sign, label }]) => {
    // By keyboard it is y, n or x on the face.
    const properties = { type: "button", tabIndex: -1, title: `${label} (${choice})`, textContent: sign };
    const one = make("button", { ...properties, data: { choice }, aria: { label: sign === "×" ? `× ${label}` : label } });
    one.addEventListener("click", () => choose(face, choice));
    return one;
  });
  tile.append(button, make("div", { className: "choice" }, ...choices));
  paintTile(tile);
}

function paintTile(tile) {
  const { face, css } = tile;
  const { decision } = face;
  const isDone = tile === face.drawnTile ? isLookedAt(face) : Boolean(decision);
  tile.className = `tile ${css} ${signOf(decision)} ${isDone ? "decided" : ""}`;
  const button = tile.querySelector(".face");
  if (!button) return;
  const what = face.box ? "Face on" : "Photo";
  button.setAttribute("aria-label", `${what} ${face.photo.name}: ${inWords(decision) || "undecided"}`);
  button.title = face.photo.name;
  tile.querySelector(".who").textContent = signOf(decision) === "other" ? decision.person : "";
  press(tile, decision);
}

function press(place, decision) {
  for (const button of place.querySelectorAll("[data-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.choice === choiceOf(decision)));
  }
}

// ------------------------------------------------------------------------------------------------------------ groups

const cards = new Map(); // of the groups of several faces, by their leader

/** Returns the groups of several faces, the largest first, and the faces that stand alone. */
function groups() {
  const found = new Map();
  for (const face of faces) {
    if (face.leader === null) continue;
    if (!found.has(face.leader)) found.set(face.leader, []);
    found.get(face.leader).push(face);
  }
  const all = [...found.values()];
  return [all.filter((some) => some.length > 1).sort((a, b) => b.length - a.length), all.filter((some) => some.length === 1).flat()];
}

/** Lays out all groups and single faces anew. */
function layOut() {
  const [several, single] = groups();
  const open = new Set([...cards].filter(([, card]) => card.classList.contains("open")).map(([leader]) => leader));
  cards.clear();
  for (const some of several) cards.set(some[0].leader, cardFor(some, open.has(some[0].leader)));
  byId("people").querySelector(".groups").replaceChildren(...cards.values());
  byId("people").hidden = !several.length;
  fillList("single", single);
  ticked();
}

function fillList(id, some) {
  byId(id).hidden = !some.length;
  byId(id).querySelector(".tiles").replaceChildren(...some.map(tileOf));
}

function cardFor(some, open) {
  const card = empty("group", () => fillCard(card));
  Object.assign(card, { faces: some });
  card.classList.toggle("open", open);
  paintCard(card);
  return card;
}

function fillCard(card) {
  const many = counted(card.faces.length, "face");
  const tick = make("input", { type: "checkbox", autocomplete: "off", aria: { label: `${many}: tick this group to join it` } });
  tick.addEventListener("change", ticked);
  const head = make("p", { className: "head" }, make("label", {}, tick, many), make("b"));
  const strip = make("button", { type: "button", className: "strip stop" });
  strip.append(...card.faces.slice(0, FIRST).map(imageOf), make("span"));
  strip.addEventListener("click", () => {
    card.classList.toggle("open");
    paintCard(card);
  });
  card.append(head, strip, namingOf(card), choicesOf(card));
  paintCard(card);
}

function namingOf(card) {
  const field = make("input", { type: "text", autocomplete: "off", placeholder: "Name", aria: { label: "Name of this person" } });
  field.setAttribute("list", "names");
  const form = make("form", { className: "naming" }, field, make("button", { textContent: "Name" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = nameIn(field);
    if (name) decideAll(card.faces, name, "confirmed");
  });
  return form;
}

function choicesOf(card) {
  const me = make("button", { type: "button", textContent: "This is me", data: { choice: "y" } });
  const other = make("button", { type: "button", textContent: "Somebody else", data: { choice: "n" } });
  const apart = make("button", { type: "button", textContent: "Split", title: "Not one person: its faces become single ones" });
  me.addEventListener("click", () => decideAll(card.faces, ME, "confirmed"));
  other.addEventListener("click", () => decideAll(card.faces, "", "confirmed"));
  apart.addEventListener("click", () => split(card.faces));
  return make("div", { className: "choice" }, me, other, apart);
}

function paintCard(card) {
  const decided = card.faces.filter((face) => face.decision);
  const agreed = decided.length === card.faces.length && decided.every((face) => same(face.decision, decided[0].decision));
  const decision = agreed ? decided[0].decision : null;
  const open = card.classList.contains("open");
  card.className = ["group", signOf(decision), decided.length === card.faces.length ? "decided" : "", open ? "open" : ""].join(" ");
  if (!card.querySelector(".strip")) return;
  const part = decided.length === card.faces.length ? "several people" : `${decided.length} decided`;
  card.querySelector(".head b").textContent = agreed ? inWords(decision) : decided.length ? part : "";
  const field = card.querySelector("input[type=text]");
  if (document.activeElement !== field) field.value = decision && decision.person !== ME ? decision.person : "";
  press(card, decision);
  const strip = card.querySelector(".strip");
  strip.setAttribute("aria-expanded", String(open));
  strip.setAttribute("aria-label", `${open ? "Hide" : "Show"} all ${counted(card.faces.length, "face")} of this group`);
  strip.lastChild.textContent = open ? "hide" : "show all";
  paintMembers(card, open);
}

/** Shows all faces of an open group; a click takes one out. */
function paintMembers(card, open) {
  const shown = card.querySelector(".members");
  if (open === Boolean(shown)) return;
  if (!open) return card.querySelectorAll(".members, .hint").forEach((element) => element.remove());
  const members = card.faces.map((face) => {
    const item = empty("", () => {
      const label = `Take the face on ${face.photo.name} out of this group`;
      const button = make("button", { type: "button", className: "face", title: face.photo.name, aria: { label } }, imageOf(face));
      button.addEventListener("click", () => split([face]));
      item.append(button);
    });
    return item;
  });
  const hint = make("p", { className: "quiet hint", textContent: "A click takes a face out that is not this person." });
  card.querySelector(".strip").after(hint, make("ul", { className: "members" }, ...members));
}

/** Lets faces stand alone; what is left of their groups stays together. */
function split(some) {
  const apart = new Set(some);
  const left = new Set(some.map((face) => face.leader));
  const all = faces.filter((face) => left.has(face.leader));
  const heirs = new Map();
  change(all, () => {
    for (const face of all) {
      if (apart.has(face)) continue;
      if (!heirs.has(face.leader)) heirs.set(face.leader, face.number);
    }
    for (const face of all) face.leader = apart.has(face) ? face.number : heirs.get(face.leader);
  });
  say(`${counted(some.length, "face")} now among the single faces, at the end.`);
  focusOn(some[0].tile);
}

function tickedCards() {
  return [...document.querySelectorAll(".group input:checked")].map((tick) => tick.closest(".group"));
}

function ticked() {
  const { length } = tickedCards();
  byId("ticked").textContent = `${counted(length, "group")} ticked`;
  byId("join").disabled = length < 2;
  byId("people").querySelector(".joining").hidden = !length;
}

/** Makes one group of those that are ticked; what was decided about some of their faces counts for all. */
function join() {
  const all = tickedCards().flatMap((card) => card.faces);
  const [decision, ...others] = all.filter((face) => face.decision).map((face) => face.decision);
  const agreed = decision && others.every((other) => same(other, decision));
  const leader = Math.min(...all.map((face) => face.leader));
  change(all, () => {
    for (const face of all) Object.assign(face, { leader, decision: agreed ? decision : face.decision });
  });
  say(`Joined: ${counted(all.length, "face")} in one group.`);
  focusOn(cards.get(leader));
}

// --------------------------------------------------------------------------------------------------- a closer look

let looked = null; // a tile

function lookAt(tile) {
  looked = tile;
  const { face } = tile;
  const { photo } = face;
  const whole = Boolean(photo.preview);
  const source = whole ? photo.preview : face.picture;
  byId("closer-image").hidden = !source;
  byId("closer-missing").hidden = Boolean(source);
  if (source) byId("closer-image").src = `data:image/jpeg;base64,${source}`;
  byId("closer-image").alt = whole ? "The photo, with a frame around the face" : face.box ? "The face" : "The photo";
  byId("closer-box").hidden = !whole;
  byId("closer").querySelector(".picture").classList.toggle("whole", whole || !face.box);
  byId("closer").querySelector("[data-choice='n']").hidden = byId("closer").querySelector(".naming").hidden = !face.box;
  if (whole) frame(face.box, photo.size);
  byId("closer-name").textContent = photo.name;
  const guess = face.group === null ? `; a guess: ${face.band} you` : "";
  const facts = face.box ? `${measure} ${face.likeness.toFixed(2)}${guess}.` : "No face was found on this photo.";
  byId("closer-facts").textContent = `${facts} Decided: ${inWords(face.decision) || "not yet"}.`;
  byId("closer-who").value = signOf(face.decision) === "other" ? face.decision.person : "";
  press(byId("closer"), face.decision);
  byId("before").disabled = !neighbour(tile, -1);
  byId("after").disabled = !neighbour(tile, 1);
  if (!byId("closer").open) byId("closer").showModal();
}

/** Puts the frame around a face, in shares of the photo, as it may have any size. */
function frame([left, top, right, bottom], [width, height]) {
  const share = (value, of) => `${(100 * Math.min(Math.max(value, 0), of)) / of}%`;
  const edges = [share(left, width), share(top, height), share(width - right, width), share(height - bottom, height)];
  ["left", "top", "right", "bottom"].forEach((edge, number) => (byId("closer-box").style[edge] = edges[number]));
}

function chooseLooked(choice) {
  choose(looked.face, choice);
  goOn();
}

function goOn() {
  lookAt(followed(looked) ?? looked);
}

// -------------------------------------------------------------------------------------------------- moving about

function isShown(item) {
  return !(byId("only").checked && item.classList.contains("decided"));
}

function neighbour(item, step) {
  const next = step > 0 ? "nextElementSibling" : "previousElementSibling";
  let found = item[next];
  while (found && !isShown(found)) found = found[next];
  return found;
}

/** Returns the next undecided item after one. */
function followed(item) {
  let next = item.nextElementSibling;
  while (next?.classList.contains("decided")) next = next.nextElementSibling;
  return next;
}

/** Puts the focus on a tile or card, which becomes the one of its list that Tab comes to. */
function focusOn(item) {
  if (!item?.isConnected) return;
  fill(item);
  const stop = item.querySelector(".stop");
  if (item.classList.contains("tile")) {
    item.parentElement.querySelectorAll(".stop[tabindex='0']").forEach((other) => (other.tabIndex = -1));
    stop.tabIndex = 0;
  }
  stop.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

function move(item, direction) {
  const columns = getComputedStyle(item.parentElement).gridTemplateColumns.split(" ").length;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[direction];
  let found = item;
  for (let left = Math.abs(steps); left > 0; left--) found = neighbour(found, Math.sign(steps)) ?? found;
  focusOn(found);
}

/** Tab comes to the first undecided tile of each list, and to the first group; whatever is near these is filled then. */
function openDoors() {
  const [card] = cards.values();
  if (card) fill(card);
  for (const list of document.querySelectorAll(".tiles")) {
    if (list.querySelector(".stop[tabindex='0']")) continue;
    const first = list.querySelector(".tile:not(.decided)") ?? list.firstElementChild;
    if (!first) continue;
    fill(first);
    first.querySelector(".stop").tabIndex = 0;
  }
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=text]")) return;
  const choice = event.key.toLowerCase() in CHOICES ? event.key.toLowerCase() : "";
  if (event.key.toLowerCase() === "u") undo();
  else if (byId("closer").open) pressedInside(event, choice);
  else if (event.target.matches(".stop")) pressedOn(event.target.closest("li"), event, choice);
}

function pressedInside(event, choice) {
  if (choice) chooseLooked(choice);
  if (event.key === "ArrowLeft") turn(-1);
  if (event.key === "ArrowRight") turn(1);
}

function turn(step) {
  const next = neighbour(looked, step);
  if (next) lookAt(next);
}

function pressedOn(item, event, choice) {
  if (choice) {
    const next = followed(item) ?? (byId("only").checked ? neighbour(item, -1) : item);
    if (item.face) choose(item.face, choice);
    else decideAll(item.faces, CHOICES[choice].person, CHOICES[choice].state);
    if (next) focusOn(next);
    else byId("save").focus(); // nothing is left to be decided
  } else if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    move(item, event.key);
  }
}

// ------------------------------------------------------------------------------------------------------- the sample

// What was not proposed, in the order of the draw: strata are mixed such that the small and likely ones come soon.
const queue = faces.filter((face) => face.draw).sort((one, other) => turnOf(one) - turnOf(other));
// Of another album, which the table holds too: what was decided there counts as it does here.
const elsewhere = rest.filter((row) => row[4]).map(([, person, , state, drawn]) => {
  const [, extractor, stratum, rank, size, unseen] = /^(.+) (near|middle|far|none) (\d+) of (\d+)( unseen)?$/.exec(drawn);
  return { draw: { extractor, stratum, rank: Number(rank), size: Number(size) }, decision: { person, state, seen: !unseen } };
});
const strata = [...Map.groupBy([...queue, ...elsewhere], ({ draw }) => `${draw.extractor} ${draw.stratum} ${draw.size}`).values()].map(
  (stratum) => stratum.sort((one, other) => one.draw.rank - other.draw.rank),
);
const logFactorials = [0];

function turnOf({ draw: { rank, size } }) {
  return (rank - 0.5) / Math.sqrt(size);
}

function isLookedAt({ decision }) {
  return Boolean(decision?.seen);
}

function isMe({ decision }) {
  return decision?.state === "confirmed" && decision.person === ME;
}

/** Shows as much of the sample as was looked at, and a batch more unless that was enough. */
function showSample() {
  byId("sample").hidden = !queue.length;
  if (!queue.length) return;
  const first = queue.findIndex((face) => !isLookedAt(face));
  const begun = first < 0 ? queue.length : first;
  const most = mostMissed();
  const isEnough = most <= MOST_MISSED;
  const batches = Math.floor(begun / BATCH) + (isEnough ? Number(begun % BATCH > 0) : 1);
  const shown = queue.slice(0, Math.max(1, batches) * BATCH);
  const list = byId("sample").querySelector(".tiles");
  if (list.childElementCount !== shown.length) list.replaceChildren(...shown.map(drawnTileOf));
  byId("sample").querySelector(".count").textContent = `${queue.filter(isLookedAt).length.toLocaleString("en")} of ${queue.length.toLocaleString("en")} looked at`;
  byId("none-me").disabled = shown.every(isLookedAt);
  byId("bound").textContent = boundInWords(most, isEnough);
}

function boundInWords(most, isEnough) {
  if (!faces.some(isMe)) return "Confirm your own faces first: what is missed is a share of them.";
  if (!queue.some(isLookedAt)) return "So far nobody knows how many of your faces were missed.";
  const share = `At most ${(100 * most).toFixed(1)} % of your faces are missed (95 % confidence)`;
  return isEnough ? `${share}: that is enough.` : `${share}; when it is 5 %, that is enough.`;
}

/** Nobody among those that are shown and were not looked at is me; what was decided about them stays. */
function noneIsMe() {
  const rest = [...byId("sample").querySelectorAll(".tile")].map((tile) => tile.face).filter((face) => !isLookedAt(face));
  change(rest, () => {
    for (const face of rest) {
      const { person, state } = face.decision ?? CHOICES[face.box ? "n" : "x"];
      face.decision = { person, state, seen: true };
    }
  });
  focusOn(byId("sample").querySelector(".tile:not(.decided)") ?? byId("sample").querySelector(".tile"));
}

/** Returns the upper limit of the share of my faces that nobody has found; as `missed_share` of facebench has it. */
function mostMissed() {
  const left = strata.map(leftIn);
  const expected = left.reduce((sum, of) => sum + of.expected, 0);
  const most = expected + Math.hypot(...left.map((of) => of.highest - of.expected));
  const mine = faces.filter(isMe).length + rest.filter(([, person, , state]) => state === "confirmed" && person === ME).length;
  return most + mine ? most / (most + mine) : 0;
}

/** Returns how many faces of me are left in a stratum, expected and at most. */
function leftIn(stratum) {
  const first = stratum.findIndex((face, place) => !isLookedAt(face) || face.draw.rank !== place + 1);
  const looked = first < 0 ? stratum.length : first;
  const mine = stratum.slice(0, looked).filter(isMe).length;
  const size = stratum[0].draw.size - stratum.slice(looked).filter(isMe).length;
  if (!looked) return { expected: 0, highest: size };
  const expected = ((size - looked) * mine) / looked;
  return { expected, highest: Math.max(expected, highestTotal(size, looked, mine) - mine) };
}

/** Returns the upper mid-P limit, 97.5 %, of how many of `size` are mine if `mine` of those looked at are. */
function highestTotal(size, looked, mine) {
  let [possible, impossible] = [mine, size - looked + mine + 1];
  while (impossible - possible > 1) {
    const total = Math.floor((possible + impossible) / 2);
    let below = probability(mine, size, total, looked) / 2;
    for (let fewer = 0; fewer < mine; fewer++) below += probability(fewer, size, total, looked);
    if (below > TAIL) possible = total;
    else impossible = total;
  }
  return possible;
}

/** Returns the probability that `mine` of those looked at are mine, if `total` of all are: hypergeometric. */
function probability(mine, size, total, looked) {
  return Math.exp(logChoose(total, mine) + logChoose(size - total, looked - mine) - logChoose(size, looked));
}

function logChoose(many, some) {
  if (some < 0 || some > many) return -Infinity;
  while (logFactorials.length <= many) logFactorials.push(logFactorials.at(-1) + Math.log(logFactorials.length));
  return logFactorials[many] - logFactorials[some] - logFactorials[many - some];
}

// ------------------------------------------------------------------------------------------------------ a table of labels

const COLUMNS = ["path", "person", "box", "state", "drawn"];
const OPTIONAL = ["box", "drawn"];
const STATES = ["confirmed", "unreviewed", "rejected"];
// What a spreadsheet takes for a formula, or for a number or date that it writes otherwise, has an apostrophe before it.
const FORMULA = /^[=+\-@\t\r']/;
const NUMBER = /^(?:[\p{Nd}.,][\p{Nd}.,:\/eE+\-]*|\p{Nd}{1,3}(?: \p{Nd}{3})+)$/u;

function cell(text) {
  const safe = FORMULA.test(text) || NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function plain(text) {
  return text.startsWith("'") ? text.slice(1) : text;
}

/** Returns what is saved: a row for every face, so that nothing is lost, and a photo shows as many as there are. */
function labels() {
  const alone = new Set(groups()[1]);
  const rows = faces.map((face) => {
    const { person, state } = face.decision ?? { person: face.known ? "" : proposedName(face, alone), state: "unreviewed" };
    return [face.photo.path, person, face.box?.join(" ") ?? "", state, drawOf(face)];
  });
  return [...rows, ...rest];
}

function proposedName(face, alone) {
  if (face.group === null) return face.box ? ME : "";
  return alone.has(face) ? "" : faces[face.leader].person;
}

function drawOf({ draw, decision }) {
  if (!draw) return "";
  return `${draw.extractor} ${draw.stratum} ${draw.rank} of ${draw.size}${decision?.seen === false ? " unseen" : ""}`;
}

function save() {
  const rows = labels();
  const columns = rows.some((row) => row[4]) ? 5 : 4;
  const text = [COLUMNS, ...rows].map((row) => `${row.slice(0, columns).map(cell).join(",")}\r\n`).join("");
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: "labels.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  unsaved = false;
  const decided = rows.filter((row) => row[3] !== "unreviewed").length;
  say(`Saved ${counted(rows.length, "row")}, ${decided.toLocaleString("en")} of them decided, as labels.csv among your downloads.`);
}

/** Returns the rows of a CSV, each with the line that it begins in. */
function rowsOf(text) {
  const comma = text.trimStart().split(/\r\n|\r|\n/, 1)[0].includes(";") ? ";" : ",";
  const one = new RegExp(`(?:"([^"]*(?:""[^"]*)*)"|(?!")([^${comma}\\r\\n]*))(${comma}|\\r\\n|\\r|\\n)`, "y");
  const whole = /[\r\n]$/.test(text) ? text : `${text}\n`;
  const rows = [];
  let [row, line] = [{ line: 1, cells: [] }, 1];
  while (one.lastIndex < whole.length) {
    const found = one.exec(whole);
    if (!found) throw new Error(`line ${line} is no row of a CSV: correct its quotes`);
    row.cells.push(found[1]?.replaceAll('""', '"') ?? found[2]);
    line += found[0].match(/\r\n|\r|\n/g)?.length ?? 0;
    if (found[3] === comma) continue;
    if (row.cells.some((text) => text.trim())) rows.push(row);
    row = { line, cells: [] };
  }
  return rows;
}

function labelsIn(text) {
  const [header, ...rows] = rowsOf(text);
  const columns = header?.cells.map((name) => name.trim().toLowerCase()) ?? [];
  const known = columns.every((name) => COLUMNS.includes(name)) && new Set(columns).size === columns.length;
  if (!known || COLUMNS.some((name) => !OPTIONAL.includes(name) && !columns.includes(name))) {
    throw new Error("a table of labels has the columns path, person, box, state");
  }
  return rows.map(({ line, cells }) => {
    if (cells.length !== columns.length) throw new Error(`line ${line} has ${cells.length} cells, and there are ${columns.length} columns`);
    const row = Object.fromEntries(columns.map((name, number) => [name, cells[number]]));
    const state = row.state.trim().toLowerCase();
    if (!STATES.includes(state)) throw new Error(`line ${line} has the state “${row.state}”, which is not known`);
    const box = boxIn(plain(row.box ?? "").trim(), line);
    return { path: plain(row.path), person: personIn(plain(row.person)), box, state, seen: !row.drawn?.endsWith(" unseen") };
  });
}

function personIn(text) {
  const name = text.trim().normalize("NFC");
  return name.toLowerCase() === ME ? ME : name;
}

function boxIn(text, line) {
  if (!text) return null;
  if (!/^-?\d{1,6}(?: +-?\d{1,6}){3}$/.test(text)) throw new Error(`line ${line} has “${text}”, which is no box`);
  return text.split(/ +/).map(Number);
}

/** Returns a function that finds the face of a label; a relative path counts from a folder that a browser is not told. */
function finder() {
  const whole = new Map(photos.map((photo) => [photo.path.normalize("NFC"), photo]));
  const named = Map.groupBy(whole, ([path]) => path.split("/").at(-1));
  return ({ path, box }) => {
    const written = path.normalize("NFC");
    const end = `/${written.replace(/^(?:\.{1,2}\/)+/, "")}`;
    const alike = (named.get(end.split("/").at(-1)) ?? []).filter(([path]) => path.endsWith(end)).map(([, photo]) => photo);
    const found = whole.has(written) ? [whole.get(written)] : alike;
    if (found.length !== 1) return undefined;
    if (!box) return found[0].faces.length === 1 ? found[0].faces[0] : undefined;
    const [best] = found[0].faces.map((face) => [face.box ? shared(face.box, box) : 0, face]).sort(([one], [other]) => other - one);
    return best[0] >= SAME_BOX ? best[1] : undefined;
  };
}

/** Returns what two boxes share, of what both cover. */
function shared([l1, t1, r1, b1], [l2, t2, r2, b2]) {
  const both = Math.max(0, Math.min(r1, r2) - Math.max(l1, l2)) * Math.max(0, Math.min(b1, b2) - Math.max(t1, t2));
  return both / ((r1 - l1) * (b1 - t1) + (r2 - l2) * (b2 - t2) - both);
}

async function load(file) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()); // takes a BOM off
    takeUp(labelsIn(text));
  } catch (error) {
    say(`${file.name} was not loaded: ${error instanceof TypeError ? "it is not text in UTF-8" : error.message}.`);
  }
}

function takeUp(loaded) {
  const find = finder();
  const told = loaded.filter(({ state }) => state !== "unreviewed").map((label) => [find(label), label]);
  const here = told.filter(([face]) => face);
  change(faces, () => {
    for (const [face, { person, state, seen }] of here) {
      face.decision = { person: state === "rejected" ? "" : person, state, seen: !face.draw || seen };
    }
    partWhoDiffer();
  });
  const lost = told.length - here.length;
  const without = lost ? ` ${counted(lost, "row")} about no face on this page: keep the old file for ${lost === 1 ? "it" : "them"}.` : "";
  say(`Loaded ${counted(here.length, "decision")}.${without}`);
}

/** Takes those faces out of their groups that are decided otherwise than most in it. */
function partWhoDiffer() {
  for (const some of groups()[0]) {
    const found = Map.groupBy(some.filter((face) => face.decision), ({ decision }) => JSON.stringify([decision.person, decision.state]));
    const [, ...fewer] = [...found.values()].sort((one, other) => other.length - one.length);
    const apart = new Set(fewer.flat());
    const [{ number }] = some.filter((face) => !apart.has(face));
    for (const face of some) face.leader = apart.has(face) ? face.number : number;
  }
}

// ---------------------------------------------------------------------------------------------------------- the page

function count() {
  const decided = faces.filter((face) => face.decision && face.box);
  showSample();
  const all = faces.filter((face) => face.box).length;
  byId("progress").max = all || 1;
  byId("progress").value = decided.length;
  byId("decided").textContent = `${decided.length.toLocaleString("en")} of ${all.toLocaleString("en")} decided`;
  byId("undo").disabled = !past.length;
  for (const id of ["perhaps", "surely", "people", "single"]) {
    const items = [...byId(id).querySelectorAll(".tile, .group")];
    const done = items.filter((item) => item.classList.contains("decided")).length;
    byId(id).querySelector(".count").textContent = `${done.toLocaleString("en")} of ${items.length.toLocaleString("en")} decided`;
    const atOnce = { surely: "all-me", single: "all-other" }[id];
    if (atOnce) byId(atOnce).disabled = done === items.length;
  }
  const names = new Set(decided.map((face) => face.decision.person).filter((name) => name && name !== ME));
  byId("names").replaceChildren(...[...names].sort().map((value) => make("option", { value })));
  openDoors();
}

function begin() {
  takeUpKept();
  const proposed = (band) => faces.filter((face) => face.group === null && face.band === band).sort((a, b) => a.likeness - b.likeness);
  fillList("perhaps", proposed("perhaps"));
  fillList("surely", proposed("surely"));
  byId("nobody").hidden = faces.some((face) => face.group === null && face.box);
  layOut();
  count();
  listen();
}

function listen() {
  const surely = () => faces.filter((face) => face.band === "surely" && face.group === null && !face.decision);
  const single = () => groups()[1].filter((face) => !face.decision);
  const clicks = {
    save,
    undo,
    forget,
    join,
    load: () => byId("file").click(),
    "all-me": () => decide(surely(), ME, "confirmed"),
    "all-other": () => decideAll(single(), "", "confirmed"),
    "none-me": noneIsMe,
    untick: () => (tickedCards().forEach((card) => (card.querySelector("input").checked = false)), ticked()),
    before: () => turn(-1),
    after: () => turn(1),
    close: () => byId("closer").close(),
  };
  for (const [id, click] of Object.entries(clicks)) byId(id).addEventListener("click", click);
  byId("file").addEventListener("change", ({ target }) => {
    if (target.files.length) load(target.files[0]).then(() => (target.value = ""));
  });
  byId("only").addEventListener("change", ({ target }) => document.body.classList.toggle("undecided-only", target.checked));
  byId("closer").addEventListener("close", () => focusOn(looked));
  byId("closer").addEventListener("click", ({ target }) => {
    const choice = target.closest("[data-choice]")?.dataset.choice;
    if (choice) chooseLooked(choice);
  });
  byId("closer").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = nameIn(byId("closer-who"));
    if (!name) return;
    decide([looked.face], name, "confirmed");
    goOn();
    byId("close").focus(); // where letters are keys again
  });
  document.addEventListener("keydown", pressed);
  addEventListener("beforeunload", (event) => {
    if (unsaved && !byId("unkept").hidden) event.preventDefault();
  });
}

begin();
