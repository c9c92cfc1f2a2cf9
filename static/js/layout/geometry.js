// Rectangles, as fractions of a canvas and as pixels on it. Twin of dashboard/layouts/geometry.py:
// the same operations in the same order, so that both give the same bits.
//
// Origin top left, x to the right, y down.

/**
 * @typedef {{x: number, y: number, w: number, h: number}} Rect fractions, 0..1 of the canvas
 * @typedef {{x: number, y: number, w: number, h: number}} PixelRect pixels of the canvas
 * @typedef {{width: number, height: number}} Size pixels, both even
 * @typedef {{left: number, top: number, right: number, bottom: number}} Edges fractions
 */

export const DECIMALS = 6
const MILLION = 1e6

/** Six decimals, halves up, never -0. */
export function rounded(value) {
  return Math.floor(value * MILLION + 0.5) / MILLION
}

/** The nearest even integer, halves up. */
export function even(value) {
  return 2 * Math.floor((rounded(value) + 1) / 2)
}

/** Keep a number between two others; the lower one wins if they cross. */
export function within(low, value, high) {
  return Math.max(low, Math.min(high, value))
}

/**
 * Place a fractional rect on a canvas: edges at even pixels, inside the canvas.
 * @param {Rect} rect @param {Size} canvas
 * @returns {PixelRect | null} null if nothing of it would be visible
 */
export function toPixels(rect, canvas) {
  const left = Math.max(0, even(rect.x * canvas.width))
  const right = Math.min(canvas.width, even((rect.x + rect.w) * canvas.width))
  const top = Math.max(0, even(rect.y * canvas.height))
  const bottom = Math.min(canvas.height, even((rect.y + rect.h) * canvas.height))
  if (right - left < 2 || bottom - top < 2) return null
  return Object.freeze({ x: left, y: top, w: right - left, h: bottom - top })
}

/**
 * The fractions that `toPixels` turns back into `box`, where its edges are even.
 * @param {PixelRect} box @param {Size} canvas @returns {Rect}
 */
export function fromPixels(box, canvas) {
  return fromEdges(
    box.x / canvas.width,
    box.y / canvas.height,
    (box.x + box.w) / canvas.width,
    (box.y + box.h) / canvas.height,
  )
}

/** Six decimals, edges and not sizes rounded: neighbours keep their common edge. @returns {Rect} */
export function fromEdges(left, top, right, bottom) {
  const x = rounded(left)
  const y = rounded(top)
  return Object.freeze({ x, y, w: rounded(rounded(right) - x), h: rounded(rounded(bottom) - y) })
}

/** @param {Rect} rect @returns {Edges} six decimals */
export function edges(rect) {
  return {
    left: rounded(rect.x),
    top: rounded(rect.y),
    right: rounded(rect.x + rect.w),
    bottom: rounded(rect.y + rect.h),
  }
}

/** The same place with six decimals. @param {Rect} rect @returns {Rect} */
export function settled(rect) {
  return fromEdges(rect.x, rect.y, rect.x + rect.w, rect.y + rect.h)
}

/**
 * Inside the canvas: moved as little as will do, made smaller only if larger than it.
 * @param {Rect} rect @returns {Rect}
 */
export function clamp(rect) {
  const w = within(0, rounded(rect.w), 1)
  const h = within(0, rounded(rect.h), 1)
  const x = within(0, rounded(rect.x), rounded(1 - w))
  const y = within(0, rounded(rect.y), rounded(1 - h))
  return Object.freeze({ x, y, w, h })
}

/** Left and right exchanged. @param {Rect} rect @returns {Rect} */
export function mirrored(rect) {
  return { x: 1 - rect.x - rect.w, y: rect.y, w: rect.w, h: rect.h }
}

/** What encloses all of them, null for none. @param {Rect[]} rects @returns {Edges | null} */
export function bounds(rects) {
  if (!rects.length) return null
  const all = rects.map(edges)
  return {
    left: Math.min(...all.map(e => e.left)),
    top: Math.min(...all.map(e => e.top)),
    right: Math.max(...all.map(e => e.right)),
    bottom: Math.max(...all.map(e => e.bottom)),
  }
}

/** Whether `inner` lies fully inside `outer`. @param {Edges} outer @param {Edges} inner */
export function encloses(outer, inner) {
  return outer.left <= inner.left && outer.top <= inner.top &&
    outer.right >= inner.right && outer.bottom >= inner.bottom
}
