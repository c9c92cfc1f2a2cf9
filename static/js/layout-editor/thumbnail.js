// Windows drawn small, as templates/layouts/_drawing.html draws them.

import { fit, px, set } from "./svg.js"

/**
 * @param {SVGElement} group @param {readonly import("../layout/presets.js").Placement[]} placements
 * @param {{canvas: import("../layout/geometry.js").Size, background: string, colors: Map<string, string>}} how
 */
export function thumbnail(group, placements, { canvas, background, colors }) {
  const hair = px(Math.min(canvas.width, canvas.height) / 90)
  const nodes = fit(group, "rect", placements.length)
  placements.forEach(({ uid, rect, opacity }, i) => {
    const isSeen = Boolean(uid?.trim())
    set(nodes[i], {
      class: isSeen ? "drawing-tile" : "drawing-vacant",
      x: px(rect.x * canvas.width), y: px(rect.y * canvas.height),
      width: px(rect.w * canvas.width), height: px(rect.h * canvas.height),
      fill: isSeen ? colors.get(uid) ?? null : null, "fill-opacity": isSeen ? opacity : null,
      stroke: isSeen ? background : null, "stroke-width": hair,
    })
  })
}

export const colorsOf = desk => new Map(desk.people.map(each => [each.uid, each.color]))
