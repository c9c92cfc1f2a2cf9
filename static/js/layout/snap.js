// Snapping while dragging: to the canvas (edges, centre, thirds), to other regions (edges, centres),
// and while resizing to their sizes. All in pixels of the canvas.

import { edges, within } from "./geometry.js"

/**
 * @typedef {import("./geometry.js").Size} Size
 * @typedef {import("./geometry.js").Edges} Edges
 *
 * @typedef {object} Guide a line to draw
 * @property {"x" | "y"} axis "x": an upright line at x = at, from y = from to y = to
 * @property {number} at @property {number} from @property {number} to
 * @property {"canvas" | "centre" | "third" | "edge" | "middle" | "size"} kind
 *   canvas: its edges; centre, third: of the canvas; edge, middle, size: of another region
 *
 * @typedef {object} Targets what there is to snap to
 * @property {Size} canvas
 * @property {Guide[]} x @property {Guide[]} y
 * @property {{size: number, from: number, to: number}[]} widths
 * @property {{size: number, from: number, to: number}[]} heights
 *
 * @typedef {object} SnapOptions
 * @property {number} reach how near, in pixels of the canvas: see reachAt
 * @property {number} [grid] where nothing is near, edges go to multiples of this; 2 by default
 * @property {boolean} [off] the modifier is held: only the grid counts
 * @property {boolean} [keepAspect]
 *
 * @typedef {{dx: number, dy: number, guides: readonly Guide[]}} Snapped for document.move, .resize
 */

export const REACH_SCREEN_PX = 5
const SAME_PX = 0.01

/** @param {number} scale screen pixels for one pixel of the canvas */
export function reachAt(scale) {
  return REACH_SCREEN_PX / scale
}

/**
 * Look once, when the drag begins. Hidden regions and those that are dragged do not attract.
 * @param {import("./document.js").Layout} layout @param {readonly string[]} ids what is dragged
 * @param {Size} canvas @param {{thirds?: boolean}} options
 * @returns {Targets}
 */
export function targets(layout, ids, canvas, { thirds = true } = {}) {
  const others = layout.regions
    .filter(region => !region.hidden && !ids.includes(region.id))
    .map(region => inPixels(edges(region), canvas))
  const lines = (start, end, side, from, to, axis) => [
    ...canvasLines(canvas[side], thirds).map(([at, kind]) =>
      ({ axis, at, kind, from: 0, to: side === "width" ? canvas.height : canvas.width })),
    ...others.flatMap(o => [[o[start], "edge"], [o[end], "edge"], [(o[start] + o[end]) / 2, "middle"]]
      .map(([at, kind]) => ({ axis, at, kind, from: o[from], to: o[to] }))),
  ]
  const sizes = (start, end, from, to) =>
    others.map(o => ({ size: o[end] - o[start], from: o[from], to: o[to] }))
  return Object.freeze({
    canvas,
    x: lines("left", "right", "width", "top", "bottom", "x"),
    y: lines("top", "bottom", "height", "left", "right", "y"),
    widths: sizes("left", "right", "top", "bottom"),
    heights: sizes("top", "bottom", "left", "right"),
  })
}

/**
 * @param {Targets} targets @param {Edges} frame of what is dragged, when the drag began
 * @param {number} dx @param {number} dy how far the pointer went since
 * @param {SnapOptions} options @returns {Snapped}
 */
export function snapMove(targets, frame, dx, dy, options) {
  const box = inPixels(frame, targets.canvas)
  const { width, height } = targets.canvas
  const x = snapSpan(targets.x, box.left, box.right, dx, width, options)
  const y = snapSpan(targets.y, box.top, box.bottom, dy, height, options)
  const moved = { left: box.left + x.by, right: box.right + x.by,
    top: box.top + y.by, bottom: box.bottom + y.by }
  return snapped(x.by, y.by, [...x.lines, ...y.lines], moved)
}

/**
 * The same for a handle. With keepAspect one axis leads, the other comes back as 0.
 * @param {string} handle one of document.HANDLES
 */
export function snapResize(targets, frame, handle, dx, dy, options) {
  const box = inPixels(frame, targets.canvas)
  const x = snapEdge(box.left, box.right, handle.includes("w"), handle.includes("e"), dx,
    targets.x, targets.widths, "x", targets.canvas.width, options)
  const y = snapEdge(box.top, box.bottom, handle.includes("n"), handle.includes("s"), dy,
    targets.y, targets.heights, "y", targets.canvas.height, options)
  if (options.keepAspect && x.pulls && y.pulls) {
    const follower = leads(x, box.right - box.left, y, box.bottom - box.top) ? y : x
    Object.assign(follower, { by: 0, lines: [] })
  }
  const pulled = {
    left: box.left + (handle.includes("w") ? x.by : 0),
    right: box.right + (handle.includes("e") ? x.by : 0),
    top: box.top + (handle.includes("n") ? y.by : 0),
    bottom: box.bottom + (handle.includes("s") ? y.by : 0),
  }
  return snapped(x.by, y.by, [...x.lines, ...y.lines], pulled)
}

/** Whether the first axis leads: the one that snapped, nearer if both did, else the one pulled more. */
function leads(x, width, y, height) {
  if (x.lines.length && y.lines.length) return Math.abs(x.off) <= Math.abs(y.off)
  if (x.lines.length || y.lines.length) return x.lines.length > 0
  return Math.abs(x.by / width) >= Math.abs(y.by / height)
}

function inPixels({ left, top, right, bottom }, { width, height }) {
  return { left: left * width, right: right * width, top: top * height, bottom: bottom * height }
}

function canvasLines(side, thirds) {
  const lines = [[0, "canvas"], [side, "canvas"], [side / 2, "centre"]]
  return thirds ? [...lines, [side / 3, "third"], [side * 2 / 3, "third"]] : lines
}

// ------------------------------------------------------------------ one axis

/** A span that moves: its start, end and middle are drawn to the lines. */
function snapSpan(lines, start, end, wanted, side, { reach, grid = 2, off = false }) {
  const by = within(-start, wanted, side - end)
  if (wanted === 0) return { by: 0, lines: [] }
  const points = [start + by, end + by, (start + end) / 2 + by]
  const fits = delta => start + by + delta >= -SAME_PX && end + by + delta <= side + SAME_PX
  const found = off ? null : nearest(lines, points, reach, fits)
  if (found) return { by: by + found.delta, lines: found.lines }
  const onGrid = Math.round((start + by) / grid) * grid
  return { by: by + within(-start - by, onGrid - start - by, side - end - by), lines: [] }
}

/** An edge that is pulled: drawn to the lines, and to where the size equals another's. */
function snapEdge(start, end, pullsStart, pullsEnd, wanted, lines, sizes, axis, side, options) {
  if (!pullsStart && !pullsEnd) return { by: 0, lines: [], pulls: false, off: 0 }
  const { reach, grid = 2, off = false } = options
  const edge = pullsEnd ? end : start
  const at = within(0, edge + wanted, side)
  const equal = sizes.map(({ size, from, to }) =>
    ({ axis, kind: "size", at: pullsEnd ? start + size : end - size, from, to }))
  const fits = delta => at + delta >= -SAME_PX && at + delta <= side + SAME_PX
  const found = off || wanted === 0 ? null : nearest([...lines, ...equal], [at], reach, fits)
  if (found) {
    return { by: at + found.delta - edge, lines: found.lines, pulls: true, off: found.delta }
  }
  const onGrid = within(0, Math.round(at / grid) * grid, side)
  return { by: wanted === 0 ? 0 : onGrid - edge, lines: [], pulls: true, off: 0 }
}

/** The smallest way from one of the points to one of the lines, and every line met by it. */
function nearest(lines, points, reach, fits) {
  let best = null
  for (const { at } of lines) {
    for (const point of points) {
      const delta = at - point
      const nearer = best === null || Math.abs(delta) < Math.abs(best) - SAME_PX
      if (Math.abs(delta) <= reach && nearer && fits(delta)) best = delta
    }
  }
  if (best === null) return null
  const met = lines.filter(({ at }) =>
    points.some(point => Math.abs(at - point - best) <= SAME_PX))
  return { delta: best, lines: met }
}

/** Six decimals are a little off the whole pixel that was meant: for drawing, say the whole. */
function drawn(px) {
  return Math.abs(px - Math.round(px)) <= SAME_PX ? Math.round(px) : px
}

/** One guide a line, long enough to reach from what attracts to what is dragged. */
function snapped(dx, dy, lines, box) {
  const guides = new Map()
  for (const { axis, at, kind, from, to } of lines) {
    const [start, end] = axis === "x" ? [box.top, box.bottom] : [box.left, box.right]
    const key = `${axis}${Math.round(at * 10)}`
    const known = guides.get(key)
    guides.set(key, { axis, at: drawn(at), kind: known?.kind ?? kind,
      from: drawn(Math.min(from, start, known?.from ?? from)),
      to: drawn(Math.max(to, end, known?.to ?? to)) })
  }
  return Object.freeze({ dx, dy, guides: Object.freeze([...guides.values()].map(Object.freeze)) })
}
