// Keys. On the canvas they move and resize; the others work wherever nobody is typing.

import { nudge, nudgeSize } from "../layout/document.js"
import { next, NONE } from "../layout/selection.js"
import { nodeOf } from "./canvas.js"
import { run } from "./commands.js"

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const FAR = 10
const WITH_CTRL = { d: "duplicate", a: "all", y: "redo" }
const ALIGN = { ArrowLeft: "align-left", ArrowRight: "align-right", ArrowUp: "align-top", ArrowDown: "align-bottom" }
const STEPS = { PageDown: 1, PageUp: -1 }
const GAPS = { KeyH: "distribute-horizontal", KeyV: "distribute-vertical" }
const PLAIN = { Delete: "remove", Backspace: "remove", "]": "forward", "[": "backward", "}": "front", "{": "back" }

const IN_THE_WAY = "dialog[open], .menu[open]"

export function keyboard(desk) {
  const svg = desk.find("[data-canvas]")
  const onCanvas = event => {
    if (desk.isOpen && canvasKey(desk, event)) event.preventDefault()
  }
  const onFocus = event => {
    const id = event.target.closest("[data-region]")?.dataset.region
    if (id && desk.isOpen && !desk.isDragging && !desk.selection.includes(id)) desk.select([id])
  }
  const anywhere = event => {
    if (event.isComposing || isTyping(event.target) || document.querySelector(IN_THE_WAY)) return
    if (!anyKey(desk, event)) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  svg.addEventListener("keydown", onCanvas)
  svg.addEventListener("focusin", onFocus)
  document.addEventListener("keydown", anywhere, true)
  return () => document.removeEventListener("keydown", anywhere, true)
}

function canvasKey(desk, event) {
  const arrow = ARROWS[event.key]
  if (event.ctrlKey || event.metaKey) {
    return event.shiftKey && arrow ? run(desk, ALIGN[event.key]) : false
  }
  if (arrow) return goBy(desk, arrow, event)
  if (event.key === "Enter" || event.key === " ") return choose(desk, event)
  if (STEPS[event.key]) return goTo(desk, STEPS[event.key], event.shiftKey)
  return PLAIN[event.key] ? run(desk, PLAIN[event.key]) && focusChosen(desk) : false
}

function goBy(desk, [right, down], { shiftKey, altKey }) {
  if (!desk.selection.length || desk.isDragging) return false
  const far = shiftKey ? FAR : 1
  const options = { keepAspect: desk.options.aspect }
  desk.act(layout => altKey
    ? nudgeSize(layout, desk.selection, right * far, down * far, desk.canvas, options)
    : nudge(layout, desk.selection, right * far, down * far, desk.canvas),
  altKey ? "size" : "nudge")
  desk.emit("moved")
  return true
}

/** To the region behind or in front; with Shift it joins what is chosen. */
function goTo(desk, step, joins) {
  const { layout, selection } = desk
  const [id] = next(layout, selection, step)
  if (!id) return false
  desk.select(joins ? [...selection.filter(each => each !== id), id] : [id])
  return focusChosen(desk)
}

function choose(desk, event) {
  const id = event.target.closest("[data-region]")?.dataset.region
  if (!id) return false
  const { selection } = desk
  if (!event.shiftKey) desk.select([id])
  else desk.select(selection.includes(id) ? selection.filter(each => each !== id) : [...selection, id])
  return true
}

function anyKey(desk, event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (event.altKey) return Boolean(GAPS[event.code]) && (run(desk, GAPS[event.code]) || true)
  if (event.ctrlKey || event.metaKey) return withCtrl(desk, key, event)
  if (key === "?") return document.getElementById("layout-keys").showModal() ?? true
  if (key === "Escape" && desk.selection.length) return desk.select(NONE) ?? true
  if (/^[1-9]$/.test(key)) return desk.emit("scene", { key }) ?? true
  return false
}

function withCtrl(desk, key, event) {
  if (key === "z") return run(desk, event.shiftKey ? "redo" : "undo") || true
  if (key === "Enter") return desk.find("[data-apply]")?.click() ?? true
  if (key === "e") return toNumbers(desk)
  if (event.shiftKey || !WITH_CTRL[key]) return false
  if (key === "a" && !desk.find("[data-canvas]").contains(event.target)) return false
  run(desk, WITH_CTRL[key])
  if (key === "d") focusChosen(desk)
  return true
}

function toNumbers(desk) {
  desk.emit("tab", { name: "region" })
  desk.find("[data-field=x]").select()
  return true
}

/** After the next picture, when new regions have been drawn. */
function focusChosen(desk) {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const id = desk.selection.at(-1)
    if (id) nodeOf(desk, id)?.focus({ preventScroll: true })
  }))
  return true
}

function isTyping(element) {
  return element.matches?.("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]")
}
