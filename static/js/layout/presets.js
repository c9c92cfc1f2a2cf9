// Who stands where: a layout and the people of a channel become windows on the canvas.
// Twin of dashboard/layouts/presets.py, which cites the vendors' pages.

import { mirrored, settled } from "./geometry.js"
import { MOST_PEOPLE } from "./families.js"
import { withRegions } from "./document.js"

/**
 * @typedef {import("./geometry.js").Rect} Rect
 * @typedef {import("./document.js").Layout} Layout
 * @typedef {{uid: string, stream: string}} Seat one picture of one person
 * @typedef {object} Placement one window
 * @property {string | null} uid null: nobody stands there now and the background shows
 * @property {Rect} rect
 * @property {number} opacity @property {string} fit @property {string} stream
 * @property {string | null} region id of the region it comes from, null in a preset
 */

const FULL = Object.freeze({ x: 0, y: 0, w: 1, h: 1 })

/**
 * Give everybody a window.
 * @param {Layout} layout
 * @param {string[]} uids people who may be seen, in the order they joined, each once
 * @param {string[]} screens those of them who share their screen as well
 * @returns {Placement[]} in drawing order, the last in front
 */
export function arrange(layout, uids, screens = []) {
  const seats = uids.flatMap(uid => {
    const main = { uid, stream: "main" }
    return screens.includes(uid) ? [main, { uid, stream: "screen" }] : [main]
  })
  const windows = ARRANGE[layout.preset](layout, seats)
  if (layout.preset === "custom" || !layout.fit) return Object.freeze(windows)
  return Object.freeze(windows.map(window => Object.freeze({ ...window, fit: layout.fit })))
}

/**
 * The same picture as a custom layout, to be edited by hand. A custom layout comes back as it is.
 * @param {Layout} layout @param {string[]} uids @param {string[]} screens @returns {Layout}
 */
export function toRegions(layout, uids, screens = []) {
  if (layout.preset === "custom") return layout
  const regions = arrange(layout, uids, screens).map(({ uid, rect, opacity, fit, stream }) =>
    ({ ...settled(rect), uid, opacity, fit, stream }))
  return withRegions(layout, regions)
}

function placement(seat, rect, fit = "fill") {
  const { uid, stream } = seat ?? { uid: null, stream: "main" }
  return Object.freeze({ uid, rect, opacity: 1, fit, stream, region: null })
}

const isSeat = (one, other) => one.uid === other.uid && one.stream === other.stream

function focusAndOthers(layout, seats, wanted) {
  const focus = seats.find(seat => isSeat(seat, wanted)) ?? null
  const others = seats.filter(seat => seat !== focus).slice(0, MOST_PEOPLE[layout.preset] - 1)
  return { focus, others }
}

const chosen = layout => ({ uid: layout.focus_uid, stream: layout.focus_stream })

// ------------------------------------------------------------------ equal windows

function floating(layout, seats) {
  return seats.slice(0, MOST_PEOPLE.floating)
    .map((seat, i) => placement(seat, i ? floatingWindow(i - 1) : FULL))
}

function floatingWindow(index, perRow = 4, side = 0.235, gap = 0.012) {
  const row = Math.floor(index / perRow)
  const column = index % perRow
  return { x: gap + column * (side + gap), y: 1 - (row + 1) * (side + gap), w: side, h: side }
}

function bestFit(layout, seats) {
  const seen = seats.slice(0, MOST_PEOPLE.best_fit)
  const places = seen.length === 17 ? seventeen() : cells(seen.length)
  return seen.map((seat, i) => placement(seat, places[i]))
}

function seventeen() {
  const rows = Array.from({ length: 16 }, (_, i) =>
    ({ x: 0.1 + 0.2 * (i % 4), y: 0.2 * Math.floor(i / 4), w: 0.2, h: 0.2 }))
  return [...rows, { x: 0.4, y: 0.8, w: 0.2, h: 0.2 }]
}

function grid(layout, seats) {
  const seen = seats.slice(0, MOST_PEOPLE.grid)
  const places = cells(seen.length)
  return seen.map((seat, i) => placement(seat, places[i]))
}

/** The cells in use of the smallest square grid; two people get a half each. */
function cells(people) {
  if (people === 2) return [{ x: 0, y: 0, w: 0.5, h: 1 }, { x: 0.5, y: 0, w: 0.5, h: 1 }]
  const side = [1, 2, 3, 4, 5].find(each => people <= each * each)
  return Array.from({ length: people }, (_, i) =>
    ({ x: i % side / side, y: Math.floor(i / side) / side, w: 1 / side, h: 1 / side }))
}

// ------------------------------------------------------------------ one large window

function vertical(layout, seats) {
  if (!seats.length) return []
  const alone = seats.length === 1
  if (alone && !layout.focus_uid) return [placement(seats[0], FULL)]
  if (alone && layout.focus_uid === seats[0].uid) return [placement(seats[0], FULL, "contain")]
  const { focus, others } = focusAndOthers(layout, seats, chosen(layout))
  const [large, small] = beside(1 + others.length)
  return [placement(focus, large, "contain"), ...others.map((seat, i) => placement(seat, small[i]))]
}

function trtcFloating(layout, seats) {
  if (!seats.length) return []
  const wanted = layout.focus_uid ? chosen(layout) : seats[0]
  const { focus, others } = focusAndOthers(layout, seats, wanted)
  const measures = others.length < 17 ? [4, 0.235, 0.012] : [5, 0.188, 0.01]
  return [placement(focus, FULL),
    ...others.map((seat, i) => placement(seat, floatingWindow(i, ...measures)))]
}

function screenShare(layout, seats) {
  if (!seats.length) return []
  const { focus, others } = focusAndOthers(layout, seats, chosen(layout))
  const [large, small] = beside(1 + others.length)
  const place = layout.focus_side === "right" ? mirrored : rect => rect
  return [placement(focus, place(large)),
    ...others.map((seat, i) => placement(seat, place(small[i])))]
}

/** The large window and the places of the small ones: columns top-down, then below. */
function beside(windows) {
  for (const parts of [5, 7, 9]) {
    if (windows > parts) continue
    const [high, left] = [1 / (parts - 1), (parts - 1) / parts]
    const column = Array.from({ length: parts - 1 }, (_, i) =>
      ({ x: left, y: i * high, w: 1 / parts, h: high }))
    return [{ x: 0, y: 0, w: left, h: 1 }, column]
  }
  const columns = Array.from({ length: 16 }, (_, i) =>
    ({ x: 0.8 + 0.1 * Math.floor(i / 8), y: i % 8 / 8, w: 0.1, h: 1 / 8 }))
  if (windows <= 17) return [{ x: 0, y: 0, w: 0.8, h: 1 }, columns]
  const below = Array.from({ length: 8 }, (_, i) => ({ x: i / 10, y: 7 / 8, w: 0.1, h: 1 / 8 }))
  return [{ x: 0, y: 0, w: 0.8, h: 7 / 8 }, [...columns, ...below]]
}

// ------------------------------------------------------------------ by hand

/** Regions as drawn; those without a uid go to pictures that have none of their own. */
function custom(layout, seats) {
  const regions = layout.regions.filter(region => !region.hidden)
  const owned = regions.filter(region => region.uid)
  const guests = seats.filter(seat => !owned.some(region => isSeat(region, seat)))
  return regions.map(region => {
    const seat = region.uid ? seats.find(each => isSeat(each, region)) : guests.shift()
    const { x, y, w, h, opacity, fit, id } = region
    const { uid, stream } = seat ?? { uid: null, stream: region.stream }
    return Object.freeze({ uid, rect: { x, y, w, h }, opacity, fit, stream, region: id })
  })
}

const ARRANGE = {
  floating, best_fit: bestFit, vertical, custom, grid,
  trtc_floating: trtcFloating, screen_share: screenShare,
}
