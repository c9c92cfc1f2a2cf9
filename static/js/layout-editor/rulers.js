// Rulers in pixels of the recorded picture; a band marks what is chosen.

import { pick } from "../layout/document.js"
import { bounds } from "../layout/geometry.js"
import { onFrame } from "./frame.js"
import { create, fit, px, set } from "./svg.js"

const STEPS = [10, 20, 50, 100, 200, 500, 1000]
const BETWEEN_PX = 64
const DEEP = 18

export function rulers(desk) {
  const sides = desk.all("[data-ruler]").map(svg => ({ svg, isAcross: svg.dataset.ruler === "x" }))
  const marks = onFrame(() => sides.forEach(side => band(side, desk)))
  const lines = () => {
    sides.forEach(side => scale(side, desk))
    marks()
  }
  const undos = [desk.on("scale", lines), desk.on("draft", () => marks())]
  lines()
  return () => {
    marks.cancel()
    undos.forEach(undo => undo())
  }
}

/** Lines and figures; a unit of the drawing is a pixel of the screen. */
function scale({ svg, isAcross }, { canvas, scale: per }) {
  const side = isAcross ? canvas.width : canvas.height
  const step = STEPS.find(each => each * per >= BETWEEN_PX) ?? STEPS.at(-1)
  set(svg, { viewBox: isAcross ? `0 0 ${px(side * per)} ${DEEP}` : `0 0 ${DEEP} ${px(side * per)}` })
  const group = svg.querySelector("[data-lines]")
  group.replaceChildren()
  for (let at = 0; at <= side; at += step / 5) {
    const isWhole = at % step === 0
    const [where, long] = [px(at * per), isWhole ? 10 : 4]
    group.append(create("path", { d: isAcross ? `M${where} ${DEEP}v${-long}` : `M${DEEP} ${where}h${-long}` }))
    if (isWhole && at < side) group.append(figure(at, where, isAcross))
  }
}

function figure(at, where, isAcross) {
  const attributes = isAcross
    ? { x: where + 3, y: 10 }
    : { x: 0, y: 0, transform: `translate(10 ${where + 3}) rotate(90)` }
  const node = create("text", attributes)
  node.textContent = at
  return node
}

function band({ svg, isAcross }, desk) {
  const box = bounds(desk.isCustom ? pick(desk.layout, desk.selection) : [])
  const group = svg.querySelector("[data-band]")
  const [node] = fit(group, "rect", box ? 1 : 0)
  if (!box) return
  const side = (isAcross ? desk.canvas.width : desk.canvas.height) * desk.scale
  const [start, end] = isAcross ? [box.left, box.right] : [box.top, box.bottom]
  set(node, isAcross
    ? { x: px(start * side), y: 0, width: px((end - start) * side), height: DEEP }
    : { x: 0, y: px(start * side), width: DEEP, height: px((end - start) * side) })
}
