// A layout that is being edited: frozen, every change gives a new one. Regions carry an id for as
// long as they are edited; the JSON form (twin of dashboard/layouts/document.py) has none.

import { bounds, clamp, edges, fromEdges, rounded, within } from "./geometry.js"
import * as watermarks from "./watermarks.js"

/**
 * @typedef {import("./geometry.js").Rect} Rect
 * @typedef {import("./geometry.js").Size} Size
 * @typedef {import("./geometry.js").Edges} Edges
 *
 * @typedef {object} Region one window; later ones lie in front
 * @property {string} id
 * @property {number} x @property {number} y @property {number} w @property {number} h
 * @property {string | null} uid null: the next to join
 * @property {number} opacity 0 clear .. 1 solid
 * @property {"fill" | "contain" | "stretch" | "smart"} fit
 * @property {"main" | "screen"} stream
 * @property {string | null} placeholder
 * @property {boolean} hidden no part of the picture
 * @property {boolean} locked neither moved nor resized
 *
 * @typedef {object} Layout
 * @property {string} preset @property {string} background "#RRGGBB"
 * @property {string | null} background_image
 * @property {string | null} focus_uid @property {"main" | "screen"} focus_stream
 * @property {"left" | "right"} focus_side
 * @property {"fill" | "contain" | "stretch" | "smart" | null} fit of a preset's windows, null: its own
 * @property {"fill" | "contain" | "stretch" | "smart"} background_fit of the background image
 * @property {string | null} placeholder for every window that names none of its own
 * @property {"late" | "at_once"} placeholder_when
 * @property {readonly {uid: string, image: string, fit: string}[] | null} portraits of single people
 * @property {boolean} hide_audio_only no preset's window for the camera of one who sends none
 * @property {readonly import("./watermarks.js").Mark[] | null} watermarks painted over everything
 * @property {readonly Region[]} regions
 * @property {number} next number of the next region's id
 */

/** The handles a region is resized by, clockwise. */
export const HANDLES = Object.freeze(["nw", "n", "ne", "e", "se", "s", "sw", "w"])
/** Pixels that a resized region keeps. */
export const SMALLEST_PX = 16

const REGION = { uid: null, opacity: 1, fit: "fill", stream: "main", placeholder: null,
  hidden: false, locked: false }
/** What means nothing but to a preset. */
const OF_PRESETS = { focus_uid: null, focus_stream: "main", focus_side: "left", fit: null,
  hide_audio_only: false }
const LAYOUT = { preset: "best_fit", background: "#000000", background_image: null, ...OF_PRESETS,
  background_fit: "fill", placeholder: null, placeholder_when: "late", portraits: null,
  watermarks: null }
const LAYOUT_BASICS = ["preset", "background"]
const REGION_BASICS = ["uid", "opacity", "fit"]

// ------------------------------------------------------------------ in and out

/** Read the JSON form. Wrong numbers stay, for the rules to name. @returns {Layout} */
export function open(json) {
  const { regions = [], ...rest } = json
  const layout = { ...LAYOUT, ...known(rest, LAYOUT), regions: [], next: 1 }
  for (const name of ["focus_uid", "background_image", "fit", "placeholder"]) layout[name] ||= null
  layout.portraits = layout.portraits?.length ? layout.portraits : null
  layout.watermarks = watermarks.opened(layout.watermarks)
  layout.hide_audio_only = layout.hide_audio_only === true
  return grown(Object.freeze(layout), regions)
}

/** Write the JSON form: what is at its default is left out, as Python does. */
export function toJSON(layout) {
  const json = written(layout, LAYOUT, LAYOUT_BASICS)
  if (layout.watermarks) json.watermarks = watermarks.written(layout.watermarks)
  if (layout.preset === "custom") {
    json.regions = layout.regions.map(({ x, y, w, h, ...rest }) =>
      ({ x: rounded(x), y: rounded(y), w: rounded(w), h: rounded(h), ...written(rest, REGION, REGION_BASICS) }))
  }
  return json
}

/** The layout made custom, with these regions instead of its own. @returns {Layout} */
export function withRegions(layout, regions) {
  const bare = { ...layout, ...OF_PRESETS, preset: "custom", regions: [] }
  return grown(Object.freeze(bare), regions)
}

function known(given, defaults) {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in defaults))
}

function written(thing, defaults, basics) {
  const names = Object.keys(defaults)
    .filter(name => basics.includes(name) || thing[name] !== defaults[name])
  return Object.fromEntries(names.map(name => [name, thing[name]]))
}

function grown(layout, added) {
  const regions = added.map((each, i) => {
    const { x, y, w, h } = each
    const facts = { ...REGION, ...known(each, REGION), x, y, w, h, id: `r${layout.next + i}` }
    return Object.freeze({ ...facts, uid: facts.uid || null, placeholder: facts.placeholder || null,
      hidden: facts.hidden === true, locked: facts.locked === true })
  })
  return changed(layout, {
    regions: Object.freeze([...layout.regions, ...regions]),
    next: layout.next + added.length,
  })
}

function changed(layout, facts) {
  return Object.freeze({ ...layout, ...facts })
}

/** Replace regions by what `change` makes of them; the same layout if nothing differs. */
function mapped(layout, ids, change) {
  let differs = false
  const regions = layout.regions.map(region => {
    if (!ids.includes(region.id)) return region
    const facts = change(region)
    if (!facts || Object.keys(facts).every(name => facts[name] === region[name])) return region
    differs = true
    return Object.freeze({ ...region, ...facts })
  })
  return differs ? changed(layout, { regions: Object.freeze(regions) }) : layout
}

/** @param {Layout} layout @param {readonly string[]} ids @returns {Region[]} in drawing order */
export function pick(layout, ids) {
  return layout.regions.filter(region => ids.includes(region.id))
}

const movable = (layout, ids) => pick(layout, ids).filter(region => !region.locked)

// ------------------------------------------------------------------ which regions there are

/** Add one in front. region: x, y, w, h and what differs from the defaults. */
export function add(layout, region) {
  const { x, y, w, h } = clamp(region)
  const next = grown(layout, [{ ...region, x, y, w, h }])
  return { layout: next, ids: [next.regions.at(-1).id] }
}

/** @returns {Layout} without them; locked ones stay */
export function remove(layout, ids) {
  const gone = movable(layout, ids)
  if (!gone.length) return layout
  return changed(layout, {
    regions: Object.freeze(layout.regions.filter(region => !gone.includes(region))),
  })
}

/**
 * Copies in front, a little aside, for the next to join: a person has one region only.
 * @returns {{layout: Layout, ids: string[]}} ids: the copies
 */
export function duplicate(layout, ids, canvas, aside_px = 16) {
  const copies = pick(layout, ids).map(region => {
    const x = shifted(region.x, region.w, aside_px / canvas.width)
    const y = shifted(region.y, region.h, aside_px / canvas.height)
    return { ...region, ...clamp({ x, y, w: region.w, h: region.h }), uid: null, locked: false }
  })
  const next = copies.length ? grown(layout, copies) : layout
  return { layout: next, ids: next.regions.slice(layout.regions.length).map(each => each.id) }
}

/** To the one side, or to the other where there is no room. */
function shifted(start, size, by) {
  return start + size + by <= 1 ? start + by : start - by
}

// ------------------------------------------------------------------ where they are

/**
 * Move together by pixels, as far as the canvas goes. Locked ones stay.
 * @param {Layout} layout @param {readonly string[]} ids @param {Size} canvas
 */
export function move(layout, ids, dx, dy, canvas) {
  const moving = movable(layout, ids)
  const box = bounds(moving)
  if (!box) return layout
  const right = within(-box.left, dx / canvas.width, 1 - box.right)
  const down = within(-box.top, dy / canvas.height, 1 - box.bottom)
  return mapped(layout, moving.map(each => each.id), ({ x, y, w, h }) =>
    clamp({ x: right ? x + right : x, y: down ? y + down : y, w, h }))
}

/** Move by steps of whole pixels: the arrow keys. What lay between pixels goes to the next one. */
export function nudge(layout, ids, dx, dy, canvas) {
  const box = bounds(movable(layout, ids))
  if (!box) return layout
  const toWhole = (edge, by, side) =>
    by ? Math.round(rounded(edge * side + by)) - edge * side : 0
  return move(layout, ids, toWhole(box.left, dx, canvas.width),
    toWhole(box.top, dy, canvas.height), canvas)
}

/**
 * Resize together by a handle of their common frame.
 * @param {Layout} layout @param {readonly string[]} ids
 * @param {string} handle one of HANDLES
 * @param {number} dx @param {number} dy how far the handle went, in pixels
 * @param {Size} canvas
 * @param {{keepAspect?: boolean, smallest?: number}} options smallest: px that regions keep
 */
export function resize(layout, ids, handle, dx, dy, canvas, options = {}) {
  const resizing = movable(layout, ids)
  const before = bounds(resizing)
  if (!before) return layout
  const least = leastSize(resizing, before, canvas, options.smallest ?? SMALLEST_PX)
  const by = { x: dx / canvas.width, y: dy / canvas.height }
  const after = options.keepAspect
    ? scaledFrame(before, handle, by, least)
    : pulledFrame(before, handle, by, least)
  return mapped(layout, resizing.map(each => each.id), region => carried(region, before, after))
}

/** Resize by Alt and arrows: the lower right corner goes, to whole pixels. */
export function nudgeSize(layout, ids, dx, dy, canvas, options = {}) {
  const box = bounds(movable(layout, ids))
  if (!box) return layout
  const toWhole = (edge, by, side) =>
    by ? Math.round(rounded(edge * side + by)) - edge * side : 0
  const handle = dx && dy ? "se" : dx ? "e" : "s"
  return resize(layout, ids, handle, toWhole(box.right, dx, canvas.width),
    toWhole(box.bottom, dy, canvas.height), canvas, options)
}

/**
 * Put one region where numbers say: the numeric fields.
 * @param {Partial<Rect>} rect fractions; what is missing stays
 */
export function place(layout, id, rect) {
  return mapped(layout, [id], ({ x, y, w, h, locked }) =>
    locked ? null : clamp({ x, y, w, h, ...rect }))
}

/** The same in pixels of the canvas. */
export function placePixels(layout, id, box, canvas) {
  const sides = { x: canvas.width, w: canvas.width, y: canvas.height, h: canvas.height }
  const rect = Object.entries(box).map(([name, value]) => [name, rounded(value / sides[name])])
  return place(layout, id, Object.fromEntries(rect))
}

/** The frame after one or two of its edges were pulled. */
function pulledFrame(frame, handle, by, least) {
  const { left, top, right, bottom } = frame
  return {
    left: handle.includes("w") ? within(0, left + by.x, right - least.w) : left,
    right: handle.includes("e") ? within(left + least.w, right + by.x, 1) : right,
    top: handle.includes("n") ? within(0, top + by.y, bottom - least.h) : top,
    bottom: handle.includes("s") ? within(top + least.h, bottom + by.y, 1) : bottom,
  }
}

/**
 * The frame scaled as a whole. The opposite corner stays; with a handle in the middle of a side,
 * the middle of the opposite side.
 */
function scaledFrame(frame, handle, by, least) {
  const x = axis(frame.left, frame.right, handle.includes("e"), handle.includes("w"))
  const y = axis(frame.top, frame.bottom, handle.includes("s"), handle.includes("n"))
  const across = x.pull ? 1 + x.pull * by.x / x.size : 1
  const down = y.pull ? 1 + y.pull * by.y / y.size : 1
  const wanted = Math.abs(across - 1) >= Math.abs(down - 1) ? across : down
  const most = Math.min(x.room / x.size, y.room / y.size)
  const fewest = Math.max(least.w / x.size, least.h / y.size)
  const scale = within(Math.min(fewest, most), wanted, most)
  const [left, right] = scaledAxis(frame.left, x, scale)
  const [top, bottom] = scaledAxis(frame.top, y, scale)
  return { left, top, right, bottom }
}

/** fixed: the part of the size that lies before the point that stays. pull: which way it grows. */
function axis(start, end, pullsEnd, pullsStart) {
  const size = end - start
  if (pullsEnd) return { size, fixed: 0, room: 1 - start, pull: 1 }
  if (pullsStart) return { size, fixed: 1, room: end, pull: -1 }
  const middle = (start + end) / 2
  return { size, fixed: 0.5, room: 2 * Math.min(middle, 1 - middle), pull: 0 }
}

function scaledAxis(start, { size, fixed }, scale) {
  const from = start + (size - size * scale) * fixed
  return [from, from + size * scale]
}

/** How small the frame may become, so that its smallest region keeps `smallest` pixels. */
function leastSize(regions, frame, canvas, smallest) {
  const w = Math.min(...regions.map(region => region.w))
  const h = Math.min(...regions.map(region => region.h))
  return {
    w: (frame.right - frame.left) * Math.min(1, smallest / canvas.width / w),
    h: (frame.bottom - frame.top) * Math.min(1, smallest / canvas.height / h),
  }
}

/** A region after the frame around it changed. */
function carried(region, before, after) {
  const own = edges(region)
  const ratio = (now, was) => was > 0 ? now / was : 0
  const across = ratio(after.right - after.left, before.right - before.left)
  const down = ratio(after.bottom - after.top, before.bottom - before.top)
  const put = (value, from, to, scale) => within(0, to + (value - from) * scale, 1)
  return fromEdges(
    put(own.left, before.left, after.left, across),
    put(own.top, before.top, after.top, down),
    put(own.right, before.left, after.left, across),
    put(own.bottom, before.top, after.top, down),
  )
}

// ------------------------------------------------------------------ their order

/**
 * Move in the drawing order; several keep their order among themselves.
 * @param {"forward" | "backward" | "front" | "back"} where forward: one step to the viewer
 */
export function reorder(layout, ids, where) {
  const regions = [...layout.regions]
  const chosen = regions.filter(region => ids.includes(region.id))
  const others = regions.filter(region => !ids.includes(region.id))
  if (where === "front") return ordered(layout, [...others, ...chosen])
  if (where === "back") return ordered(layout, [...chosen, ...others])
  const backwards = where === "backward"
  const line = backwards ? regions : regions.reverse()
  for (let i = 1; i < line.length; i += 1) {
    const passes = ids.includes(line[i].id) && !ids.includes(line[i - 1].id)
    if (passes) [line[i - 1], line[i]] = [line[i], line[i - 1]]
  }
  return ordered(layout, backwards ? line : line.reverse())
}

/** Put one region at an index of the drawing order, 0 behind: dragging in the list. */
export function moveTo(layout, id, index) {
  const region = layout.regions.find(each => each.id === id)
  if (!region) return layout
  const others = layout.regions.filter(each => each !== region)
  others.splice(within(0, index, others.length), 0, region)
  return ordered(layout, others)
}

function ordered(layout, regions) {
  const same = regions.every((region, i) => region === layout.regions[i])
  return same ? layout : changed(layout, { regions: Object.freeze(regions) })
}

// ------------------------------------------------------------------ what they show

/**
 * Give a region to somebody, or with null to the next to join. Whoever has a region already
 * changes places with whom this one belonged to.
 */
export function setPerson(layout, id, uid, stream = "main") {
  const region = layout.regions.find(each => each.id === id)
  if (!region) return layout
  const other = uid && layout.regions.find(each =>
    each.id !== id && each.uid === uid && each.stream === stream)
  const swapped = other
    ? mapped(layout, [other.id], () => ({ uid: region.uid, stream: region.stream }))
    : layout
  return mapped(swapped, [id], () => ({ uid: uid || null, stream }))
}

export function setOpacity(layout, ids, opacity) {
  return mapped(layout, ids, () => ({ opacity: within(0, Math.round(opacity * 100) / 100, 1) }))
}

export function setFit(layout, ids, fit) {
  return mapped(layout, ids, () => ({ fit }))
}

/** placeholder: address of an image, "" or null for none. */
export function setPlaceholder(layout, ids, placeholder) {
  return mapped(layout, ids, () => ({ placeholder: placeholder || null }))
}

export function setLocked(layout, ids, locked) {
  return mapped(layout, ids, () => ({ locked }))
}

export function setHidden(layout, ids, hidden) {
  return mapped(layout, ids, () => ({ hidden }))
}

// ------------------------------------------------------------------ the whole

/** Let a preset arrange; regions go away. Into "custom", use presets.toRegions. */
export function usePreset(layout, preset) {
  return changed(layout, { preset, regions: Object.freeze([]) })
}

export function setBackground(layout, background, image = layout.background_image) {
  return changed(layout, { background, background_image: image || null })
}

/** facts: background_fit, fit, placeholder, hide_audio_only. The same layout if nothing differs. */
export function setWhole(layout, facts) {
  return Object.keys(facts).every(name => facts[name] === layout[name]) ? layout : changed(layout, facts)
}

/** The image of one person: null takes it away. Others keep their order. */
export function setPortrait(layout, uid, portrait) {
  const kept = layout.portraits ?? []
  const at = kept.findIndex(each => each.uid === uid)
  const next = at < 0 ? [...kept, portrait] : kept.map((each, i) => i === at ? portrait : each)
  const portraits = next.filter(Boolean)
  return changed(layout, { portraits: portraits.length ? Object.freeze(portraits) : null })
}

/** Who gets the large window of a preset that has one, and where it lies. */
export function setFocus(layout, uid, { stream = "main", side = layout.focus_side } = {}) {
  return changed(layout, { focus_uid: uid || null, focus_stream: stream, focus_side: side })
}
