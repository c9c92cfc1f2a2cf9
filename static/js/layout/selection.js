// Which regions are chosen: a frozen list of ids in the order they were chosen.

import { edges, encloses } from "./geometry.js"

/**
 * @typedef {import("./document.js").Layout} Layout
 * @typedef {readonly string[]} Selection
 */

/** @type {Selection} */
export const NONE = Object.freeze([])

/** A region lies under the pointer and can be taken by it: neither hidden nor locked. */
const isReachable = region => !region.hidden && !region.locked

/**
 * The front-most region at a point.
 * @param {Layout} layout @param {{x: number, y: number}} point fractions of the canvas
 * @returns {string | null} its id
 */
export function hit(layout, point) {
  const found = layout.regions.findLast(region => {
    const { left, top, right, bottom } = edges(region)
    return isReachable(region) &&
      point.x >= left && point.x <= right && point.y >= top && point.y <= bottom
  })
  return found ? found.id : null
}

/**
 * After a click. Nothing hit: nothing chosen, unless Shift keeps what was.
 * @param {Selection} selection @param {string | null} id @param {boolean} shift adds or takes away
 * @returns {Selection}
 */
export function click(selection, id, shift = false) {
  if (id === null) return shift ? selection : NONE
  if (!shift) return Object.freeze([id])
  const rest = selection.filter(each => each !== id)
  return Object.freeze(rest.length === selection.length ? [...selection, id] : rest)
}

/** When the pointer goes down on a region: one of several chosen ones keeps them all for a drag. */
export function press(selection, id, shift = false) {
  return !shift && selection.includes(id) ? selection : click(selection, id, shift)
}

/**
 * What lies fully inside a frame drawn by the pointer.
 * @param {Layout} layout
 * @param {{x: number, y: number}} from @param {{x: number, y: number}} to any two corners, fractions
 * @param {Selection} kept what was chosen before, with Shift
 * @returns {Selection}
 */
export function marquee(layout, from, to, kept = NONE) {
  const frame = {
    left: Math.min(from.x, to.x), right: Math.max(from.x, to.x),
    top: Math.min(from.y, to.y), bottom: Math.max(from.y, to.y),
  }
  const inside = layout.regions.filter(region => isReachable(region) && encloses(frame, edges(region)))
  return Object.freeze([...new Set([...kept, ...inside.map(region => region.id)])])
}

/** Ctrl+A: everything the pointer could take. */
export function all(layout) {
  return Object.freeze(layout.regions.filter(isReachable).map(region => region.id))
}

/** Only those that still are. The same list if all are. */
export function still(layout, selection) {
  const there = selection.filter(id => layout.regions.some(region => region.id === id))
  return there.length === selection.length ? selection : Object.freeze(there)
}

/**
 * The next region from the front to the back, or back again: for keys. Comes round at the ends;
 * locked and hidden ones are met, too.
 * @param {1 | -1} step
 */
export function next(layout, selection, step = 1) {
  const ids = layout.regions.map(region => region.id).reverse()
  if (!ids.length) return NONE
  const at = ids.indexOf(selection.at(-1))
  const begin = step > 0 ? -1 : ids.length
  const index = ((at < 0 ? begin : at) + step + ids.length) % ids.length
  return Object.freeze([ids[index]])
}
