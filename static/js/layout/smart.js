// What the smart fit comes to for a picture in its window. Twin of `_settled` in
// dashboard/engine/worker/compositor.py, which records it.

const MOST_CUT_OFF = 0.2 // of a side

/**
 * @param {string} fit
 * @param {{w: number, h: number}} window in pixels of the canvas
 * @param {import("./geometry.js").Size | null} picture null: not known yet
 */
export function settledFit(fit, window, picture) {
  if (fit !== "smart" || !picture) return fit
  const [wide, high] = [window.w / picture.width, window.h / picture.height]
  const cutOff = 1 - Math.min(wide, high) / Math.max(wide, high)
  return cutOff <= MOST_CUT_OFF ? "fill" : "contain"
}
