// Putting regions in line: align, distribute, same size. Locked regions stay, but count.

import { bounds, clamp } from "./geometry.js"
import { pick, place } from "./document.js"

/**
 * @typedef {import("./document.js").Layout} Layout
 * @typedef {"left" | "centre" | "right" | "top" | "middle" | "bottom"} Line
 */

const CANVAS = Object.freeze({ left: 0, top: 0, right: 1, bottom: 1 })

const LINES = {
  left: frame => ({ x: frame.left }),
  centre: (frame, { w }) => ({ x: (frame.left + frame.right - w) / 2 }),
  right: (frame, { w }) => ({ x: frame.right - w }),
  top: frame => ({ y: frame.top }),
  middle: (frame, { h }) => ({ y: (frame.top + frame.bottom - h) / 2 }),
  bottom: (frame, { h }) => ({ y: frame.bottom - h }),
}

/**
 * Along a line of their common frame; a single region along that of the canvas.
 * @param {Layout} layout @param {readonly string[]} ids @param {Line} line @returns {Layout}
 */
export function align(layout, ids, line) {
  const chosen = pick(layout, ids)
  const frame = chosen.length > 1 ? bounds(chosen) : CANVAS
  return each(layout, chosen, region => LINES[line](frame, region))
}

/**
 * Equal gaps between them; the outermost two stay. Where there is no room the gaps are equal
 * overlaps. Fewer than three: nothing to do.
 * @param {"horizontal" | "vertical"} direction
 */
export function distribute(layout, ids, direction) {
  const [start, size] = direction === "horizontal" ? ["x", "w"] : ["y", "h"]
  const line = pick(layout, ids)
    .map(region => ({ region, middle: region[start] + region[size] / 2 }))
    .sort((one, other) => one.middle - other.middle)
    .map(({ region }) => region)
  if (line.length < 3) return layout
  const [first, last] = [line[0], line.at(-1)]
  const inner = line.slice(1, -1)
  const room = last[start] - first[start] - first[size]
  const gap = (room - inner.reduce((sum, region) => sum + region[size], 0)) / (inner.length + 1)
  let at = first[start] + first[size]
  const starts = new Map()
  for (const region of inner) {
    starts.set(region.id, at + gap)
    at += gap + region[size]
  }
  return each(layout, inner, region => ({ [start]: starts.get(region.id) }))
}

/**
 * As wide and as high as the one that was chosen first. The upper left corners stay where the
 * canvas leaves room.
 * @param {"width" | "height" | "both"} what
 */
export function sameSize(layout, ids, what) {
  const model = layout.regions.find(region => region.id === ids[0])
  if (!model) return layout
  const size = {
    ...(what === "height" ? {} : { w: model.w }),
    ...(what === "width" ? {} : { h: model.h }),
  }
  return each(layout, pick(layout, ids.slice(1)), () => size)
}

/** Over the whole canvas. */
export function fillCanvas(layout, ids) {
  return each(layout, pick(layout, ids), () => ({ x: 0, y: 0, w: 1, h: 1 }))
}

/** Exchange the places of two. */
export function exchange(layout, ids) {
  const [one, other] = pick(layout, ids)
  if (!other || one.locked || other.locked) return layout
  const rect = ({ x, y, w, h }) => clamp({ x, y, w, h })
  return place(place(layout, one.id, rect(other)), other.id, rect(one))
}

function each(layout, regions, change) {
  return regions.reduce((next, region) => place(next, region.id, change(region)), layout)
}
