// Where a new region can stand: the first quarter that nothing covers, else a little aside.

import { edges } from "../layout/geometry.js"

const SIDE = 0.25
const PLACES = Array.from({ length: 16 }, (_, i) => ({ x: i % 4 * SIDE, y: Math.floor(i / 4) * SIDE, w: SIDE, h: SIDE }))

/** @param {import("../layout/document.js").Layout} layout @returns {import("../layout/geometry.js").Rect} */
export function freePlace(layout) {
  const taken = layout.regions.filter(region => !region.hidden).map(edges)
  const free = PLACES.find(place => !taken.some(each => meets(each, edges(place))))
  const aside = 0.03125 * (layout.regions.length % 12)
  return free ?? { x: 0.1875 + aside, y: 0.1875 + aside, w: SIDE, h: SIDE }
}

function meets(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}
