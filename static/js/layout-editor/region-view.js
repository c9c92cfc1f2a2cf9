// One window on a drawing: the tile, the picture that stands in it, and its name.
// The nodes come from the page's template; see templates/layouts/_drawing.html.

import { toPixels } from "../layout/geometry.js"
import { settledFit } from "../layout/smart.js"
import { px, set, setText } from "./svg.js"

const FITS = { fill: "xMidYMid slice", contain: "xMidYMid meet", stretch: "none", smart: "xMidYMid slice" }
const TAG_PX = 12
const LETTER = 0.68 // width of a letter, in its own height

/**
 * @typedef {object} Item what is drawn
 * @property {string} key @property {import("../layout/geometry.js").Rect} rect
 * @property {string | null} uid who is seen there @property {string | null} owner whose it is
 * @property {number} opacity @property {string} fit
 * @property {boolean} hidden @property {boolean} locked
 * @property {string | null} color @property {string | null} picture
 * @property {string} tag @property {string} label
 * @property {string} finding what is wrong with it @property {string | null} severity
 */

export function createView(template) {
  const node = template.content.firstElementChild.firstElementChild.cloneNode(true)
  const part = name => node.querySelector(`[data-part=${name}]`)
  const parts = Object.fromEntries(["body", "ground", "edge", "figure", "tag", "finding"].map(name => [name, part(name)]))
  const view = { node, picture: null, wanted: null, natural: null, size: {} }

  view.update = (item, canvas, scale) => {
    const box = { w: px(item.rect.w * canvas.width), h: px(item.rect.h * canvas.height) }
    const size = { width: box.w, height: box.h }
    view.fit = () => settledFit(item.fit, toPixels(item.rect, canvas) ?? box, view.natural)
    view.paint = () => {
      view.size = { ...size, preserveAspectRatio: FITS[view.fit()] }
      set(parts.ground, { fill: groundOf(item, view.fit()) })
      if (view.picture) set(view.picture, view.size)
    }
    place(node, item, canvas)
    set(parts.ground, { ...size, class: item.uid ? "drawing-tile" : "region-vacant" })
    set(parts.body, { opacity: item.hidden ? 0.12 : item.opacity })
    set(parts.edge, size)
    name(parts, item, box, scale)
    showPicture(view, parts.body, item)
    view.paint()
  }
  return view
}

/** Beside a whole picture stands what lies behind, in the recording too. */
function groundOf({ uid, picture, color }, fit) {
  if (!uid) return null
  return picture && fit === "contain" ? "transparent" : color
}

function place(node, item, canvas) {
  const [x, y] = [px(item.rect.x * canvas.width), px(item.rect.y * canvas.height)]
  set(node, {
    transform: `translate(${x} ${y})`, "aria-label": item.label, "data-region": item.key,
    "data-hidden": item.hidden ? "" : null, "data-locked": item.locked ? "" : null,
    "data-vacant": item.uid ? null : "", "data-severity": item.severity,
  })
}

/** Large in the middle while there is no picture, small in the corner where there is one. */
function name({ figure, tag, finding }, item, box, scale) {
  const uid = item.uid?.trim() ?? ""
  const letters = Math.max(uid.length, 3)
  const high = Math.min(box.h * 0.42, box.w / letters / LETTER)
  setText(figure, item.picture ? "" : uid)
  set(figure, { x: px(box.w / 2), y: px(box.h / 2), "font-size": px(high) })
  const small = TAG_PX / scale
  const room = box.w > small * 3 && box.h > small * 1.8
  setText(tag, room ? short(item.tag, (box.w / small - 0.8) / LETTER) : "")
  set(tag, { x: px(small * 0.5), y: px(small * 1.3), "font-size": px(small) })
  setText(finding, room ? short(item.finding, (box.w / small - 0.8) / 0.58) : "")
  set(finding, { x: px(small * 0.5), y: px(box.h - small * 0.6), "font-size": px(small) })
}

function short(words, letters) {
  return words.length <= letters ? words : `${words.slice(0, Math.max(1, letters - 1))}…`
}

/** The new picture takes the old one's place when it has arrived, so that nothing flickers. */
function showPicture(view, body, item) {
  if (view.wanted === item.picture) return
  view.wanted = item.picture
  if (!item.picture) {
    view.picture?.remove()
    view.picture = view.natural = null
    return
  }
  const next = document.createElementNS("http://www.w3.org/2000/svg", "image")
  next.setAttribute("class", "region-picture")
  next.addEventListener("load", () => {
    if (view.wanted !== item.picture) return
    view.picture?.remove()
    view.picture = next
    view.natural = { width: probe.naturalWidth, height: probe.naturalHeight }
    view.paint()
    next.removeAttribute("visibility")
  })
  next.addEventListener("error", () => next.remove())
  next.setAttribute("visibility", "hidden")
  body.append(next)
  // only an HTML image tells its size; the other one then takes it from the cache
  const probe = new Image()
  probe.addEventListener("load", () => next.setAttribute("href", item.picture))
  probe.addEventListener("error", () => next.remove())
  probe.src = item.picture
}
