// The live page of a hunt. One WebSocket brings who stands where (binary) and finds, board and figures (JSON); the layout of the messages is
// in the API's page under /v1/hunts/{hunt}/live. Players live in typed arrays by slot and are drawn on one canvas; the map lies on another
// one, which is redrawn only when the view or the holes change.
"use strict";

const $ = id => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const SLOTS = 65536;
const STEP_MS = 240;      // a little more than the pause between two messages: dots never stand still in between
const POP_MS = 1800;
const MOST_POPS = 48;
const MOST_FINDS = 30;

// ---- who stands where ----
const fromX = new Float32Array(SLOTS), fromY = new Float32Array(SLOTS);
const toX = new Float32Array(SLOTS), toY = new Float32Array(SLOTS);
const began = new Float64Array(SLOTS);
const place = new Int32Array(SLOTS).fill(-1);   // where the slot stands in `here`, -1: nobody
const here = new Uint16Array(SLOTS);
const names = new Array(SLOTS);
let count = 0;
let movingUntil = 0;

function enter(slot, x, y, name) {
  if (place[slot] < 0) { place[slot] = count; here[count++] = slot; }
  names[slot] = name;
  fromX[slot] = toX[slot] = x; fromY[slot] = toY[slot] = y; began[slot] = 0;
}

function leave(slot) {
  const at = place[slot];
  if (at < 0) return;
  const last = here[--count];
  here[at] = last; place[last] = at; place[slot] = -1;
  names[slot] = undefined;
}

function move(slot, x, y, now) {
  if (place[slot] < 0) return;
  const f = calm.matches ? 1 : Math.min(1, (now - began[slot]) / STEP_MS);
  fromX[slot] += (toX[slot] - fromX[slot]) * f; fromY[slot] += (toY[slot] - fromY[slot]) * f;
  toX[slot] = x; toY[slot] = y;
  // Nobody walks that far between two messages: who does was taken from one place to another.
  if (Math.abs(x - fromX[slot]) > 64 || Math.abs(y - fromY[slot]) > 64) { fromX[slot] = x; fromY[slot] = y; }
  began[slot] = now;
}

function clear() {
  for (let i = 0; i < count; i++) place[here[i]] = -1;
  count = 0;
}

const ascii = new TextDecoder("latin1");

function readPlayers(buffer) {
  const view = new DataView(buffer);
  const kind = view.getUint8(0), now = performance.now();
  let at = 8;
  if (kind === 3) {
    holes = [];
    for (let n = view.getUint32(4, true); n > 0; n--, at += 4) holes.push(view.getUint16(at, true), view.getUint16(at + 2, true));
    mapDirty = true;
    return;
  }
  const gone = view.getUint16(2, true), came = view.getUint16(4, true), moved = view.getUint16(6, true);
  if (kind === 1) clear();
  for (let i = 0; i < gone; i++, at += 2) leave(view.getUint16(at, true));
  for (let i = 0; i < came; i++) {
    const length = view.getUint8(at + 6);
    enter(view.getUint16(at, true), view.getUint16(at + 2, true), view.getUint16(at + 4, true), ascii.decode(new Uint8Array(buffer, at + 7, length)));
    at += 7 + length;
  }
  for (let i = 0; i < moved; i++, at += 6) move(view.getUint16(at, true), view.getUint16(at + 2, true), view.getUint16(at + 4, true), now);
  movingUntil = now + STEP_MS + 50;
}

// ---- the view ----
const mapCanvas = $("map"), dotCanvas = $("dots");
const mapPen = mapCanvas.getContext("2d", { alpha: false }), pen = dotCanvas.getContext("2d");
let picture = null, mapWidth = 1, mapHeight = 1, holes = [];
let width = 0, height = 0, ratio = 1;
let scale = 1, left = 0, top_ = 0;              // pixels a tile, and the map's corner in pixels
let fitted = true, mapDirty = true, dotsDirty = true;
let pointer = null;

function resize() {
  ratio = Math.min(2, devicePixelRatio || 1);
  const box = dotCanvas.getBoundingClientRect();
  width = box.width; height = box.height;
  for (const canvas of [mapCanvas, dotCanvas]) {
    canvas.width = Math.max(1, Math.round(width * ratio)); canvas.height = Math.max(1, Math.round(height * ratio));
  }
  if (fitted) fit(); else hold();
}

function fit() {
  fitted = true;
  scale = Math.min(width / mapWidth, height / mapHeight) * 0.98;
  left = (width - mapWidth * scale) / 2; top_ = (height - mapHeight * scale) / 2;
  mapDirty = dotsDirty = true;
}

// Some of the map stays in view, whatever is done.
function hold() {
  const keep = 80;
  left = Math.min(width - keep, Math.max(keep - mapWidth * scale, left));
  top_ = Math.min(height - keep, Math.max(keep - mapHeight * scale, top_));
  mapDirty = dotsDirty = true;
}

function zoom(factor, x = width / 2, y = height / 2) {
  const least = Math.min(width / mapWidth, height / mapHeight) * 0.5;
  const next = Math.min(64, Math.max(least, scale * factor));
  left = x - (x - left) * next / scale; top_ = y - (y - top_) * next / scale;
  scale = next; fitted = false;
  hold();
}

function pan(x, y) { left += x; top_ += y; fitted = false; hold(); }

function drawMap() {
  mapPen.setTransform(ratio, 0, 0, ratio, 0, 0);
  mapPen.fillStyle = "#060a10";
  mapPen.fillRect(0, 0, width, height);
  if (picture) {
    mapPen.imageSmoothingEnabled = scale * mapWidth < picture.naturalWidth;
    mapPen.drawImage(picture, left, top_, mapWidth * scale, mapHeight * scale);
  }
  const size = Math.max(2, scale * 0.7), inset = (scale - size) / 2;
  mapPen.fillStyle = "#2a1608cc";
  for (let i = 0; i < holes.length; i += 2) {
    const x = left + holes[i] * scale + inset, y = top_ + holes[i + 1] * scale + inset;
    if (x > -size && y > -size && x < width && y < height) mapPen.fillRect(x, y, size, size);
  }
}

const pops = [];

function drawDots(now) {
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const size = Math.max(3, Math.min(scale + 2, Math.max(12, scale / 2))), edge = size + 2;
  const still = calm.matches;
  // Two passes of one colour each cost less than two colours for each dot.
  for (let pass = 0; pass < 2; pass++) {
    const side = pass ? size : edge, half = side / 2 - scale / 2;
    pen.fillStyle = pass ? "#ffd76a" : "#0b0f16";
    for (let i = 0; i < count; i++) {
      const slot = here[i];
      const f = still ? 1 : Math.min(1, (now - began[slot]) / STEP_MS);
      const x = left + (fromX[slot] + (toX[slot] - fromX[slot]) * f) * scale - half;
      const y = top_ + (fromY[slot] + (toY[slot] - fromY[slot]) * f) * scale - half;
      if (x > -side && y > -side && x < width && y < height) pen.fillRect(x, y, side, side);
    }
  }
  drawPops(now, still);
  if (pointer) drawName(now, size);
}

function drawPops(now, still) {
  pen.textAlign = "center";
  pen.font = "700 15px system-ui, sans-serif";
  pen.lineJoin = "round";
  for (let i = pops.length - 1; i >= 0; i--) {
    const pop = pops[i], f = (now - pop.at) / POP_MS;
    if (f >= 1) { pops.splice(i, 1); continue; }
    const x = left + (pop.x + 0.5) * scale, y = top_ + (pop.y + 0.5) * scale;
    pen.globalAlpha = still ? 1 : 1 - f * f;
    pen.strokeStyle = "#57d3a4"; pen.lineWidth = 3;
    pen.beginPath(); pen.arc(x, y, still ? 12 : 6 + 26 * Math.sqrt(f), 0, 2 * Math.PI); pen.stroke();
    const text = "+" + pop.points, up = y - 14 - (still ? 0 : 22 * f);
    pen.lineWidth = 4; pen.strokeStyle = "#060a10"; pen.strokeText(text, x, up);
    pen.fillStyle = "#f5c451"; pen.fillText(text, x, up);
  }
  pen.globalAlpha = 1;
}

function drawName(now, size) {
  let nearest = -1, best = 14 * 14;
  for (let i = 0; i < count; i++) {
    const slot = here[i], f = Math.min(1, (now - began[slot]) / STEP_MS);
    const dx = left + (fromX[slot] + (toX[slot] - fromX[slot]) * f + 0.5) * scale - pointer.x;
    const dy = top_ + (fromY[slot] + (toY[slot] - fromY[slot]) * f + 0.5) * scale - pointer.y;
    if (dx * dx + dy * dy < best) { best = dx * dx + dy * dy; nearest = slot; }
  }
  if (nearest < 0) return;
  const text = `${names[nearest]}  (${toX[nearest]}, ${toY[nearest]})`;
  pen.font = "600 13px system-ui, sans-serif";
  pen.textAlign = "left";
  const wide = pen.measureText(text).width + 16;
  const x = Math.min(width - wide - 4, pointer.x + 12), y = Math.max(4, pointer.y - 34);
  pen.fillStyle = "#0b121bf0"; pen.fillRect(x, y, wide, 24);
  pen.fillStyle = "#e8eef5"; pen.fillText(text, x + 8, y + 16);
}

function frame(now) {
  if (mapDirty) { mapDirty = false; drawMap(); dotsDirty = true; }
  if (dotsDirty || now < movingUntil || pops.length) { dotsDirty = false; drawDots(now); }
  requestAnimationFrame(frame);
}

// ---- words and numbers ----
const whole = new Intl.NumberFormat("en");

function text(id, value) { const node = $(id); if (node.textContent !== value) node.textContent = value; }

function cell(row, value) { row.insertCell().textContent = value; }

function readEvents(news) {
  if (news.state) showState(news.state);
  if (news.figures) {
    text("players", whole.format(news.figures.players));
    text("rate", whole.format(Math.round(news.figures.answersPerSecond)));
    text("p50", news.figures.p50 ? news.figures.p50.toFixed(1) + " ms" : "–");
    text("p99", news.figures.p99 ? news.figures.p99.toFixed(1) + " ms" : "–");
  }
  if (news.board) showBoard(news.board);
  if (news.finds) showFinds(news.finds);
}

function showState(state) {
  const badge = $("state"), isNews = !badge.hidden && badge.dataset.state !== state;
  badge.hidden = false; badge.dataset.state = badge.textContent = state;
  if (isNews) loadHunts().catch(() => { });
}

function showWhen(hunt) {
  const [word, at] = hunt.state === "scheduled" ? ["starts", hunt.startsAt] : [hunt.state === "over" ? "ended" : "until", hunt.endsAt];
  $("when").hidden = !at;
  if (!at) return;
  const day = new Date(at), isToday = day.toDateString() === new Date().toDateString();
  $("when").dateTime = at;
  text("when", `${word} ${day.toLocaleString("en-GB", { hour: "2-digit", minute: "2-digit", ...(isToday ? {} : { day: "numeric", month: "short" }) })}`);
}

function showBoard(board) {
  text("total", board.players ? `${whole.format(board.points)} points, ${whole.format(board.players)} players` : "");
  if (!board.standings.length) return;
  const body = document.createElement("tbody");
  for (const standing of board.standings) {
    const row = body.insertRow();
    cell(row, standing.rank); cell(row, standing.player); cell(row, whole.format(standing.finds)); cell(row, whole.format(standing.points));
  }
  $("board").replaceChildren(...body.rows);
}

// A whole picture brings the latest finds once more: those that the list has are not told twice.
function showFinds(finds) {
  const list = $("finds"), now = performance.now(), listed = new Set([...list.children].map(item => item.dataset.find));
  for (const find of finds) {
    const id = [find.at, find.player, find.x, find.y].join();
    if (listed.has(id)) continue;
    list.querySelector(".empty")?.remove();
    const fresh = Date.now() - Date.parse(find.at) < 10000;
    if (fresh && pops.length < MOST_POPS) pops.push({ x: find.x, y: find.y, points: find.points, at: now });
    holes.push(find.x, find.y);
    const item = document.createElement("li"), time = document.createElement("time"), who = document.createElement("span"), what = document.createElement("b");
    time.dateTime = find.at; time.textContent = new Date(find.at).toLocaleTimeString("en-GB");
    who.textContent = find.player; what.textContent = "+" + whole.format(find.points);
    item.dataset.find = id;
    item.title = `at (${find.x}, ${find.y})`;
    item.className = fresh ? "new" : "";
    item.append(time, who, what);
    list.prepend(item);
  }
  while (list.childElementCount > MOST_FINDS) list.lastElementChild.remove();
  mapDirty = true;
}

let problem = "", waiting = "";

function say(sentence) { problem = sentence; tell(); }

function tell() { $("notice").hidden = !(problem || waiting); text("notice", problem || waiting); }

// ---- the connection ----
let chosen = null, socket = null, attempt = 0, retry = 0;
let key = null;

function live(on, sentence) { $("link").dataset.live = on; text("link", sentence); document.body.classList.toggle("stale", !on); }

async function json(url) {
  const answer = await fetch(url, { headers: key ? { Authorization: "Bearer " + key } : {} });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail || answer.statusText);
  return answer.json();
}

async function loadHunts() {
  const hunts = [];
  let after = "";
  do {
    const page = await json("/v1/hunts" + (after ? "?after=" + encodeURIComponent(after) : ""));
    hunts.push(...page.hunts); after = page.next;
  } while (after && hunts.length < 1000);
  const order = { running: 0, scheduled: 1, over: 2 };
  hunts.sort((a, b) => order[a.state] - order[b.state] || (a.createdAt < b.createdAt ? 1 : -1));
  const select = $("hunts"), wanted = location.hash.slice(1) || chosen;
  const namesakes = hunt => hunts.filter(other => other.name === hunt.name).length > 1;
  const options = hunts.map(hunt => new Option(`${hunt.name}${namesakes(hunt) ? " · " + hunt.id : ""} (${hunt.state})`, hunt.id));
  const signature = list => [...list].map(option => option.value + option.text).join("\n");
  if (signature(options) !== signature(select.options)) select.replaceChildren(...options);
  const found = hunts.find(hunt => hunt.id === wanted) || hunts[0];
  if (found) { select.value = found.id; showWhen(found); document.title = `${found.name} – Veltrix live`; }
  return found;
}

function forget() {
  clear(); holes = []; pops.length = 0; picture = null; mapDirty = true;
  $("board").innerHTML = ""; $("board").insertRow().innerHTML = "<td colspan=4 class=empty>Nobody has scored yet.</td>";
  $("finds").innerHTML = "<li class=empty>They show up here as they happen.</li>";
  for (const id of ["players", "rate", "p50", "p99"]) text(id, "–");
  text("total", ""); $("state").hidden = true;
}

async function choose(hunt) {
  const mine = ++attempt;
  clearTimeout(retry);
  socket?.close();
  if (chosen !== hunt.id) forget();
  chosen = hunt.id;
  $("unlock").hidden = true;
  const map = await json("/v1/maps/" + hunt.map);
  if (mine !== attempt) return;
  mapWidth = map.width; mapHeight = map.height;
  if (!picture) {
    const image = new Image(), isWanted = () => mine === attempt || chosen === hunt.id;
    waiting = "The map is being drawn…"; tell();
    image.onload = () => { if (isWanted()) { picture = image; mapDirty = true; waiting = ""; tell(); } };
    image.onerror = () => { if (isWanted()) { waiting = "The map's picture could not be loaded."; tell(); } };
    image.src = `/v1/maps/${hunt.map}/image.png`;
    fit();
  }
  if (!hunt.rules.spectators && !key) { $("unlock").hidden = false; live(false, "Locked"); return; }
  connect(hunt, mine);
}

let failures = 0;

function connect(hunt, mine) {
  const address = new URL(`/v1/hunts/${hunt.id}/live`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address, key ? ["veltrix.live", key] : "veltrix.live");
  socket.binaryType = "arraybuffer";
  const mySocket = socket;
  socket.onopen = () => { failures = 0; live(true, "Live"); say(""); };
  socket.onmessage = message => {
    if (mySocket !== socket) return;
    if (typeof message.data === "string") readEvents(JSON.parse(message.data)); else readPlayers(message.data);
  };
  socket.onclose = () => { if (mine === attempt && mySocket === socket) again(); };
}

// Asks for the hunts anew: the one that was shown may be over, or the gateway another one.
function again() {
  const pause = Math.min(15000, 500 * 2 ** Math.min(5, failures++)) * (0.75 + Math.random() / 2);
  live(false, "Connecting again…");
  retry = setTimeout(start, pause);
}

async function start() {
  try {
    const hunt = await loadHunts();
    if (!hunt) { live(true, "Waiting for a hunt"); say("There is no hunt yet. Create one with POST /v1/hunts."); retry = setTimeout(start, 5000); return; }
    say("");
    await choose(hunt);
  } catch (fault) {
    say(fault instanceof TypeError ? "The server does not answer." : fault.message);
    again();
  }
}

// ---- hands ----
$("hunts").addEventListener("change", event => { location.hash = event.target.value; });
for (const kind of ["pointerenter", "focus"]) $("hunts").addEventListener(kind, () => loadHunts().catch(() => { }));
addEventListener("hashchange", () => { fitted = true; start(); });
$("unlock").addEventListener("submit", event => { event.preventDefault(); key = $("key").value.trim(); $("key").value = ""; start(); });
$("in").addEventListener("click", () => zoom(1.5));
$("out").addEventListener("click", () => zoom(1 / 1.5));
$("fit").addEventListener("click", fit);

const fingers = new Map();
dotCanvas.addEventListener("pointerdown", event => {
  fingers.set(event.pointerId, event); dotCanvas.setPointerCapture(event.pointerId); dotCanvas.classList.add("dragging");
});
dotCanvas.addEventListener("pointermove", event => {
  const box = dotCanvas.getBoundingClientRect(), before = fingers.get(event.pointerId);
  pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
  dotsDirty = true;
  if (!before) return;
  const other = [...fingers.values()].find(finger => finger.pointerId !== event.pointerId);
  if (other) {
    const was = Math.hypot(before.clientX - other.clientX, before.clientY - other.clientY), is = Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY);
    if (was > 0) zoom(is / was, (event.clientX + other.clientX) / 2 - box.left, (event.clientY + other.clientY) / 2 - box.top);
  } else pan(event.clientX - before.clientX, event.clientY - before.clientY);
  fingers.set(event.pointerId, event);
});
for (const kind of ["pointerup", "pointercancel"]) {
  dotCanvas.addEventListener(kind, event => { fingers.delete(event.pointerId); if (!fingers.size) dotCanvas.classList.remove("dragging"); });
}
dotCanvas.addEventListener("pointerleave", () => { pointer = null; dotsDirty = true; });
dotCanvas.addEventListener("wheel", event => {
  event.preventDefault();
  const box = dotCanvas.getBoundingClientRect();
  zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX - box.left, event.clientY - box.top);
}, { passive: false });
dotCanvas.addEventListener("keydown", event => {
  const step = event.shiftKey ? 160 : 50;
  const act = {
    ArrowLeft: () => pan(step, 0), ArrowRight: () => pan(-step, 0), ArrowUp: () => pan(0, step), ArrowDown: () => pan(0, -step),
    "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: fit,
  }[event.key];
  if (act) { event.preventDefault(); act(); }
});

new ResizeObserver(resize).observe(dotCanvas);
resize();
requestAnimationFrame(frame);
start();
