// What the browser's half says to whatever hypothesis thinks of.

import * as line from "/static/js/layout/arrange.js"
import { diff } from "/static/js/layout/diff.js"
import * as doc from "/static/js/layout/document.js"
import { FAMILIES } from "/static/js/layout/families.js"
import { bounds, settled, toPixels } from "/static/js/layout/geometry.js"
import { arrange, toRegions } from "/static/js/layout/presets.js"
import { review } from "/static/js/layout/rules.js"
import { snapMove, snapResize, targets } from "/static/js/layout/snap.js"

export function answers({ applied, draft, family, canvas, uids, screens }) {
  const layout = doc.open(draft)
  return {
    review: review(layout, FAMILIES[family], canvas)
      .map(f => [f.code, f.where, f.severity, f.region, f.values]),
    diff: diff(doc.open(applied), layout).map(c => [c.kind, c.sentence, c.region, c.was, c.values]),
    windows: arrange(layout, uids, screens)
      .map(w => [w.uid, w.stream, w.rect.x, w.rect.y, w.rect.w, w.rect.h, w.opacity, w.fit]),
    regions: doc.toJSON(toRegions(layout, uids, screens)),
    pixels: arrange(layout, uids, screens).map(w => {
      const p = toPixels(settled(w.rect), canvas ?? { width: 640, height: 360 })
      return p && [p.x, p.y, p.w, p.h]
    }),
  }
}

const OPERATIONS = {
  move: (layout, ids, { dx, dy }, canvas) => doc.move(layout, ids, dx, dy, canvas),
  nudge: (layout, ids, { dx, dy }, canvas) =>
    doc.nudge(layout, ids, Math.sign(dx), Math.sign(dy) * 10, canvas),
  nudgeSize: (layout, ids, { dx, dy }, canvas) =>
    doc.nudgeSize(layout, ids, Math.sign(dx), Math.sign(dy) * 10, canvas),
  drag: (layout, ids, { dx, dy }, canvas) => {
    const frame = bounds(doc.pick(layout, ids))
    if (!frame) return layout
    const to = snapMove(targets(layout, ids, canvas), frame, dx, dy, { reach: 10 })
    return doc.move(layout, ids, to.dx, to.dy, canvas)
  },
  resize: (layout, ids, { dx, dy, handle, keepAspect }, canvas) => {
    const frame = bounds(doc.pick(layout, ids))
    if (!frame) return layout
    const options = { reach: 10, keepAspect }
    const to = snapResize(targets(layout, ids, canvas), frame, handle, dx, dy, options)
    return doc.resize(layout, ids, handle, to.dx, to.dy, canvas, options)
  },
  place: (layout, ids, { dx, dy }, canvas) =>
    ids.length ? doc.placePixels(layout, ids[0], { x: dx, h: dy }, canvas) : layout,
  duplicate: (layout, ids, _, canvas) => doc.duplicate(layout, ids, canvas).layout,
  align: (layout, ids, { side }) => line.align(layout, ids, side),
  distribute: (layout, ids) => line.distribute(layout, ids, "horizontal"),
  sameSize: (layout, ids) => line.sameSize(layout, ids, "both"),
  exchange: (layout, ids) => line.exchange(layout, ids),
  front: (layout, ids) => doc.reorder(layout, ids, "front"),
  remove: (layout, ids) => doc.remove(layout, ids.slice(0, 1)),
}

/** The JSON form after each step. steps: [{name, chosen: indices, ...facts}] */
export function walk({ layout: json, steps, canvas }) {
  let layout = doc.open(json)
  return steps.map(step => {
    const ids = step.chosen.map(i => layout.regions[i % layout.regions.length]?.id).filter(Boolean)
    layout = OPERATIONS[step.name](layout, [...new Set(ids)], step, canvas)
    return doc.toJSON(layout)
  })
}
