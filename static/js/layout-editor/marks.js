// Watermarks on the canvas, over all windows: drawn, chosen, and moved by keys.

import { changeMark, removeMark } from "../layout/watermarks.js"
import { onFrame } from "./frame.js"
import { boxOf, nudgeMark, nudgeMarkSize, timeBy } from "./mark-moves.js"
import { create, px, set, setText } from "./svg.js"

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const FAR = 10

export function marks(desk) {
  const layer = desk.find("[data-marks-layer]")
  const draw = onFrame(() => {
    const found = desk.layout.watermarks ?? []
    while (layer.children.length > found.length) layer.lastElementChild.remove()
    while (layer.children.length < found.length) layer.append(node())
    found.forEach((mark, i) => show(desk, layer.children[i], mark, i))
  })
  const onKey = event => {
    if (desk.mark === null || !desk.mayEdit || !markKey(desk, event)) return
    event.preventDefault()
    event.stopPropagation()
  }
  const onFocus = event => {
    const { mark } = event.target.closest("[data-mark]")?.dataset ?? {}
    if (mark !== undefined && desk.mayEdit && !desk.isDragging) desk.chooseMark(Number(mark))
  }
  layer.addEventListener("keydown", onKey)
  layer.addEventListener("focusin", onFocus)
  const undo = desk.on("draft", () => draw())
  return () => {
    draw.cancel()
    undo()
  }
}

/** What a mark is called beside the canvas and by screen readers. */
export function nameOfMark(desk, mark) {
  if (mark.kind === "text") return desk.words("markText", { text: mark.text ?? "" })
  if (mark.kind === "image") return desk.words("markImage", { name: fileOf(mark.image) })
  return desk.words("markTime")
}

function fileOf(address) {
  return (address ?? "").split(/[?#]/)[0].split("/").filter(Boolean).at(-1) ?? ""
}

function node() {
  const group = create("g", { class: "watermark" })
  const paper = create("svg")
  paper.append(create("rect", { class: "watermark-ground", width: "100%", height: "100%" }), create("text", { y: "50%", "dominant-baseline": "central" }))
  group.append(paper)
  return group
}

function show(desk, group, mark, index) {
  const box = boxOf(mark, desk.canvas)
  const [paper] = group.children
  const [ground, letters] = paper.children
  set(paper, { x: px(box.x), y: px(box.y), width: px(box.w), height: px(box.h) })
  set(ground, { fill: mark.background ?? "transparent" })
  set(letters, { "font-size": px(LETTERS[mark.kind](mark, box)), fill: mark.color ?? null })
  setText(letters, WORDS[mark.kind](mark))
  const name = nameOfMark(desk, mark)
  set(group, {
    "data-mark": index, "data-kind": mark.kind, role: desk.mayEdit ? "button" : "img",
    tabindex: desk.mayEdit ? 0 : null,
    "aria-pressed": desk.mayEdit ? String(index === desk.mark) : null,
    "aria-label": desk.words("place", { name, x: Math.round(box.x), y: Math.round(box.y), w: Math.round(box.w), h: Math.round(box.h) }),
  })
}

const LETTERS = {
  text: mark => mark.size_px || 14,
  image: (_, box) => Math.min(box.h * 0.5, box.w / 8),
  time: (_, box) => box.size,
}
const WORDS = {
  text: mark => mark.text ?? "",
  image: mark => fileOf(mark.image),
  time: mark => new Date(Date.now() + mark.offset_min * 60_000).toISOString().slice(0, 19).replace("T", " "),
}

function markKey(desk, { key, altKey, shiftKey, ctrlKey, metaKey }) {
  const index = desk.mark
  if (ctrlKey || metaKey) return false
  if (key === "Delete" || key === "Backspace") return dropMark(desk, index)
  const arrow = ARROWS[key]
  if (!arrow) return false
  const [right, down] = arrow.map(part => part * (shiftKey ? FAR : 1))
  if (desk.layout.watermarks[index].kind === "time") desk.act(layout => timeBy(layout, index, ...arrow))
  else if (altKey) desk.act(layout => nudgeMarkSize(layout, index, right, down, desk.canvas), "mark-size")
  else desk.act(layout => nudgeMark(layout, index, right, down, desk.canvas), "mark-nudge")
  return true
}

/** Away with it; the one that takes its place is chosen. */
export function dropMark(desk, index) {
  desk.act(layout => removeMark(layout, index))
  const left = desk.layout.watermarks?.length ?? 0
  desk.chooseMark(left ? Math.min(index, left - 1) : null)
  return true
}

export const setMark = (desk, facts, kind = "") =>
  desk.act(layout => changeMark(layout, desk.mark, facts), kind)
