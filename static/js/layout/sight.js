// Which regions nobody will see, and why. Twin of dashboard/layouts/sight.py.

import { toPixels } from "./geometry.js"

/**
 * @typedef {[number, number, number, number]} Box left, top, right, bottom, in pixels of the
 *   canvas, or in millionths while it is not known
 */

const CLEAR_BELOW = 1 / 255
const MILLION = 1e6

/** @returns {Box | null} null where it would have no pixel */
export function boxOf(rect, canvas) {
  if (!canvas) {
    return [rect.x, rect.y, rect.x + rect.w, rect.y + rect.h]
      .map(edge => Math.floor(edge * MILLION + 0.5))
  }
  const p = toPixels(rect, canvas)
  return p && [p.x, p.y, p.x + p.w, p.y + p.h]
}

/** Less opacity than this is none on the way to eight bits. */
export function isClear(region) {
  return region.opacity < CLEAR_BELOW
}

/** Nothing shows through. A picture that is contained leaves bars beside it. */
export function hides(region) {
  return !region.hidden && region.opacity === 1 && region.fit !== "contain"
}

/** Whether these boxes together leave nothing of this one. @param {Box} box @param {Box[]} inFront */
export function isCovered(box, inFront) {
  let rest = [box]
  for (const cover of inFront) {
    rest = rest.flatMap(part => without(part, cover))
    if (!rest.length) return true
  }
  return false
}

/** What is left of a box: at most four pieces, above, below, left and right. */
function without(part, cover) {
  const [left, top, right, bottom] = part
  const [fromLeft, fromTop] = [Math.max(left, cover[0]), Math.max(top, cover[1])]
  const [toRight, toBottom] = [Math.min(right, cover[2]), Math.min(bottom, cover[3])]
  if (fromLeft >= toRight || fromTop >= toBottom) return [part]
  const pieces = [
    [left, top, right, fromTop],
    [left, toBottom, right, bottom],
    [left, fromTop, fromLeft, toBottom],
    [toRight, fromTop, right, toBottom],
  ]
  return pieces.filter(([l, t, r, b]) => l < r && t < b)
}
