// What lies over the draft: frames of what is chosen, handles, guides, thirds, the marquee.

import { HANDLES, pick } from "../layout/document.js"
import { bounds, edges } from "../layout/geometry.js"
import { onFrame } from "./frame.js"
import { boxOf } from "./mark-moves.js"
import { fit, px, set } from "./svg.js"

const HANDLE_PX = 9
const REACH_PX = { mouse: 18, touch: 34 }
const ROOM_FOR_SIDES_PX = 56
const AT = { n: [0.5, 0], s: [0.5, 1], w: [0, 0.5], e: [1, 0.5], nw: [0, 0], ne: [1, 0], sw: [0, 1], se: [1, 1] }

export function overlay(desk) {
  const group = name => desk.find(`[data-overlay=${name}]`)
  const parts = { frames: group("frames"), handles: group("handles"), thirds: group("thirds") }
  const coarse = matchMedia("(pointer: coarse)")

  const draw = onFrame(() => {
    const chosen = desk.isCustom ? pick(desk.layout, desk.selection) : []
    const mark = desk.mark === null ? null : desk.layout.watermarks[desk.mark]
    frames(parts.frames, mark ? [placeOf(mark, desk.canvas)] : chosen, desk.canvas)
    const movable = bounds(chosen.filter(each => !each.locked))
    const box = mark ? mark.kind === "time" ? null : edges(mark) : movable
    handles(parts.handles, box, desk, coarse.matches ? "touch" : "mouse")
  })
  const options = () => {
    parts.thirds.toggleAttribute("data-on", desk.options.thirds)
    thirds(parts.thirds, desk.canvas)
  }
  const undos = [desk.on("draft", () => draw()), desk.on("scale", () => draw()), desk.on("options", options)]
  return () => {
    draw.cancel()
    undos.forEach(undo => undo())
  }
}

/** In fractions, the time of day as well. */
function placeOf(mark, canvas) {
  const { x, y, w, h } = boxOf(mark, canvas)
  return { x: x / canvas.width, y: y / canvas.height, w: w / canvas.width, h: h / canvas.height }
}

function frames(group, chosen, { width, height }) {
  const nodes = fit(group, "rect", chosen.length, { class: "frame" })
  chosen.forEach((each, i) => set(nodes[i], {
    x: px(each.x * width), y: px(each.y * height), width: px(each.w * width), height: px(each.h * height),
    "data-locked": each.locked ? "" : null,
  }))
}

function handles(group, box, desk, pointer) {
  const names = box ? HANDLES.filter(name => hasRoom(name, box, desk)) : []
  const nodes = fit(group, "g", names.length)
  const [size, reach] = [HANDLE_PX / desk.scale, REACH_PX[pointer] / desk.scale]
  names.forEach((name, i) => {
    const node = nodes[i]
    if (!node.firstChild) {
      fit(node, "rect", 2)
      set(node.firstChild, { class: "handle-reach" })
      set(node.lastChild, { class: "handle" })
    }
    const [right, down] = AT[name]
    const x = (box.left + (box.right - box.left) * right) * desk.canvas.width
    const y = (box.top + (box.bottom - box.top) * down) * desk.canvas.height
    set(node, { "data-handle": name, transform: `translate(${px(x)} ${px(y)})` })
    square(node.firstChild, reach, (right - 0.5) * reach * 0.5, (down - 0.5) * reach * 0.5)
    square(node.lastChild, size, 0, 0)
  })
}

/** Around a point; what is pressed lies a little outside, so that small regions can be moved. */
function square(node, side, aside, below) {
  set(node, { x: px(aside - side / 2), y: px(below - side / 2), width: px(side), height: px(side) })
}

function hasRoom(name, box, { canvas, scale }) {
  if (name.length === 2) return true
  const side = name === "n" || name === "s"
    ? (box.right - box.left) * canvas.width
    : (box.bottom - box.top) * canvas.height
  return side * scale >= ROOM_FOR_SIDES_PX
}

function thirds(group, { width, height }) {
  const nodes = fit(group, "path", 1)
  const lines = [1, 2].map(i => `M${px(width * i / 3)} 0V${height}M0 ${px(height * i / 3)}H${width}`)
  set(nodes[0], { d: lines.join("") })
}

/** Lines that a drag has met. @param {readonly import("../layout/snap.js").Guide[]} guides */
export function showGuides(desk, guides) {
  const group = desk.find("[data-overlay=guides]")
  const nodes = fit(group, "path", guides.length * 2)
  guides.forEach(({ axis, at, from, to }, i) => {
    const d = axis === "x" ? `M${px(at)} ${px(from)}V${px(to)}` : `M${px(from)} ${px(at)}H${px(to)}`
    set(nodes[i], { d, class: "guide-ground" })
    set(nodes[guides.length + i], { d, class: "guide" })
  })
}

/** A frame drawn by the pointer, corners in fractions; null takes it away. */
export function showMarquee(desk, from, to) {
  const node = desk.find("[data-overlay=marquee]")
  node.toggleAttribute("data-on", Boolean(from))
  if (!from) return
  const { width, height } = desk.canvas
  set(node, {
    x: px(Math.min(from.x, to.x) * width), y: px(Math.min(from.y, to.y) * height),
    width: px(Math.abs(from.x - to.x) * width), height: px(Math.abs(from.y - to.y) * height),
  })
}
