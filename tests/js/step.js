// One step of a drag as the editor makes it, many times over, for tests/benchmarks/layout_step.py.

import { move, open, pick, resize } from "/static/js/layout/document.js"
import { TRTC } from "/static/js/layout/families.js"
import { bounds, toPixels } from "/static/js/layout/geometry.js"
import { review } from "/static/js/layout/rules.js"
import { snapMove, snapResize, targets } from "/static/js/layout/snap.js"

const CANVAS = { width: 1920, height: 1080 }

/** 25 regions that overlap, so that looking for covered ones has work to do. */
function crowd() {
  const regions = Array.from({ length: 25 }, (_, i) =>
    ({ uid: String(1001 + i), x: i % 5 * 0.17, y: Math.floor(i / 5) * 0.17, w: 0.3, h: 0.3 }))
  return open({ preset: "custom", regions: regions.map(each =>
    ({ ...each, x: Number(each.x.toFixed(6)), y: Number(each.y.toFixed(6)) })) })
}

/** Milliseconds of each step, slowest last. kind: "move" or "resize". */
export function times(kind, steps) {
  const layout = crowd()
  const ids = ["r13"]
  const frame = bounds(pick(layout, ids))
  const near = targets(layout, ids, CANVAS)
  const took = []
  for (let i = 0; i < steps; i += 1) {
    const [dx, dy] = [300 * Math.sin(i / 40), 200 * Math.cos(i / 25)]
    const start = performance.now()
    const to = kind === "move"
      ? snapMove(near, frame, dx, dy, { reach: 8 })
      : snapResize(near, frame, "se", dx, dy, { reach: 8 })
    const next = kind === "move"
      ? move(layout, ids, to.dx, to.dy, CANVAS)
      : resize(layout, ids, "se", to.dx, to.dy, CANVAS)
    review(next, TRTC, CANVAS)
    next.regions.map(region => toPixels(region, CANVAS))
    took.push(performance.now() - start)
  }
  return took.sort((a, b) => a - b)
}
