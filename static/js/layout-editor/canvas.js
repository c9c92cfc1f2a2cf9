// Draws the draft: one node a window, kept as long as the window is there.

import { onFrame } from "./frame.js"
import { itemsOf } from "./items.js"
import { createView } from "./region-view.js"
import { set } from "./svg.js"

export function canvas(desk) {
  const svg = desk.find("[data-canvas]")
  const layer = svg.querySelector("[data-regions]")
  const ground = svg.querySelector("[data-ground]")
  const template = document.getElementById("region-template")
  const views = new Map()

  const draw = onFrame(() => {
    const items = itemsOf(desk)
    set(ground, { fill: desk.layout.background })
    drop(views, new Set(items.map(item => item.key)), svg)
    items.forEach((item, i) => {
      const view = views.get(item.key) ?? added(views, item.key, template)
      view.update(item, desk.canvas, desk.scale)
      interactive(view.node, desk, item.key)
      if (layer.children[i] !== view.node) putAt(layer, view.node, i)
    })
    svg.dataset.custom = desk.isCustom
  })
  const measure = () => {
    const wide = svg.getBoundingClientRect().width
    if (!wide) return
    desk.scale = wide / desk.canvas.width
    desk.emit("scale")
    draw()
  }
  const watcher = new ResizeObserver(measure)
  layer.replaceChildren()
  desk.find("[data-frame]").style.setProperty("--ratio", desk.canvas.width / desk.canvas.height)
  watcher.observe(svg)
  measure()
  const undos = ["draft", "people", "options", "found"].map(name => desk.on(name, () => draw()))
  return () => {
    watcher.disconnect()
    draw.cancel()
    undos.forEach(undo => undo())
  }
}

/** The node of a region, to focus it. */
export function nodeOf(desk, id) {
  return desk.find(`[data-canvas] [data-region="${id}"]`)
}

function added(views, key, template) {
  const view = createView(template)
  views.set(key, view)
  return view
}

function drop(views, wanted, svg) {
  for (const [key, view] of views) {
    if (wanted.has(key)) continue
    if (view.node === document.activeElement) svg.focus({ preventScroll: true })
    view.node.remove()
    views.delete(key)
  }
}

function interactive(node, desk, key) {
  set(node, desk.isOpen
    ? { tabindex: 0, role: "button", "aria-pressed": String(desk.selection.includes(key)) }
    : { tabindex: null, role: "img", "aria-pressed": null })
}

/** Moving a node takes the focus from it. */
function putAt(layer, node, index) {
  const hadFocus = node === document.activeElement
  layer.insertBefore(node, layer.children[index] ?? null)
  if (hadFocus) node.focus({ preventScroll: true })
}
