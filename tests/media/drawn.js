// What the editor draws of a layout, measured in Chromium: its own modules make the drawing,
// and the browser says where on the canvas each window of it lies.

import { createDesk } from "/static/js/layout-editor/desk.js"
import { itemsOf } from "/static/js/layout-editor/items.js"
import { createView } from "/static/js/layout-editor/region-view.js"

const SVG = "http://www.w3.org/2000/svg"

/**
 * @param {string} html the editor's template of a window
 * @param {{canvas: {width: number, height: number}, family: object, layout: object,
 *   people: {uid: string, color: string, video: boolean, shape: [number, number]}[]}[]} cases
 * @returns {[string, number, number, number, number][][]} for each case the windows with a camera
 *   on, back to front: uid, left, top, right, bottom in pixels of the canvas
 */
export function drawn(html, cases) {
  const template = new DOMParser().parseFromString(html, "text/html").querySelector("template")
  return cases.map(given => windowsOf(given, template))
}

function windowsOf({ canvas, family, layout, people }, template) {
  const shapes = new Map(people.filter(each => each.video).map(each => [each.uid, each.shape]))
  const page = svg({ width: canvas.width, height: canvas.height })
  page.style.cssText = "position: absolute; left: 0; top: 0"
  document.body.append(page)
  const items = itemsOf(desk({ canvas, family, layout, people }))
    .filter(item => shapes.has(item.uid) && !item.hidden)
  const found = items.map(item => [item.uid, ...place(page, item, canvas, shapes.get(item.uid), template)])
  page.remove()
  return found
}

function desk({ canvas, family, layout, people }) {
  const present = people.map(each => ({ ...each, audio: true, picture: null }))
  const data = { canvas, family, applied: layout, people: present, revision: 0 }
  return createDesk(document.createElement("div"), data, { ui: {}, diff: {}, rules: {} })
}

/** Edges of the tile, or of the picture where it leaves a part of the tile free. */
function place(page, item, canvas, shape, template) {
  const view = createView(template)
  page.append(view.node)
  view.update(item, canvas, 1)
  const tile = view.node.querySelector("[data-part=ground]")
  const picture = item.fit === "contain" ? pictureIn(view, item, canvas, shape) : null
  return edges(tile.getAttribute("fill") === "transparent" ? picture : tile)
}

/** A box as the browser fits the person's picture into the view's `image`. */
function pictureIn(view, item, canvas, [width, height]) {
  view.update({ ...item, picture: "/static/img/none.png" }, canvas, 1)
  view.node.querySelector("image").dispatchEvent(new Event("load"))
  view.update({ ...item, picture: "/static/img/none.png" }, canvas, 1)
  const image = view.picture
  const names = ["width", "height", "preserveAspectRatio"]
  const frame = svg(Object.fromEntries(names.map(name => [name, image.getAttribute(name)])))
  frame.setAttribute("viewBox", `0 0 ${width} ${height}`)
  frame.append(create("rect", { width, height }))
  image.replaceWith(frame)
  return frame.firstChild
}

function edges(node) {
  const box = node.getBoundingClientRect()
  return [box.left, box.top, box.right, box.bottom]
}

const svg = attributes => create("svg", attributes)

function create(name, attributes) {
  const node = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  return node
}
