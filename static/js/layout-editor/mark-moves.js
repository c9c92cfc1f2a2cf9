// Watermarks go where regions go, by the same steps of the document; the time of day from place to place.

import { move, nudge, nudgeSize, placePixels, resize } from "../layout/document.js"
import { changeMark, PLACES } from "../layout/watermarks.js"

const LONE = "mark"
const SIDES = ["x", "y", "w", "h"]

export const moveMark = (layout, index, ...by) => gone(layout, index, move, ...by)
export const nudgeMark = (layout, index, ...by) => gone(layout, index, nudge, ...by)
export const resizeMark = (layout, index, ...by) => gone(layout, index, resize, ...by)
export const nudgeMarkSize = (layout, index, ...by) => gone(layout, index, nudgeSize, ...by)
export const placeMark = (layout, index, box, canvas) =>
  gone(layout, index, lone => placePixels(lone, LONE, box, canvas))

function gone(layout, index, change, ...more) {
  const lone = { regions: [{ ...layout.watermarks[index], id: LONE, locked: false }] }
  const [after] = change(lone, [LONE], ...more).regions
  return changeMark(layout, index, Object.fromEntries(SIDES.map(side => [side, after[side]])))
}

/** The time of day to the nearest of its places. at: fractions of the canvas. */
export function timeTo(layout, index, at) {
  const far = ([x, y]) => Math.hypot(x - at.x, y - at.y)
  const [nearest] = Object.keys(PLACES).sort((a, b) => far(PLACES[a]) - far(PLACES[b]))
  return changeMark(layout, index, { place: nearest })
}

/** The time of day a place further, by an arrow. */
export function timeBy(layout, index, right, down) {
  const here = PLACES[layout.watermarks[index].place]
  const ahead = Object.keys(PLACES).filter(name => {
    const [x, y] = PLACES[name]
    return right ? (x - here[0]) * right > 0 : (y - here[1]) * down > 0
  })
  const far = name => Math.hypot(PLACES[name][0] - here[0], PLACES[name][1] - here[1])
  const [next] = ahead.sort((a, b) => far(a) - far(b))
  return next ? changeMark(layout, index, { place: next }) : layout
}

/** Where a mark is drawn, in pixels of the canvas. The time: about as the engine writes it. */
export function boxOf(mark, canvas) {
  const { width, height } = canvas
  if (mark.kind !== "time") {
    return { x: mark.x * width, y: mark.y * height, w: mark.w * width, h: mark.h * height }
  }
  const size = Math.max(14, Math.floor(height / 24))
  const [w, h] = [Math.min(width, size * 11.4), Math.min(height, size * 1.5)]
  const gap = Math.floor(size / 2)
  const at = (part, side, own) => part === 0.5 ? (side - own) / 2 : part ? side - own - gap : gap
  const [across, down] = PLACES[mark.place]
  return { x: Math.max(0, at(across, width, w)), y: Math.max(0, at(down, height, h)), w, h, size }
}
