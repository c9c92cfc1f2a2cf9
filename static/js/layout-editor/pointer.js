// Mouse, pen and finger on the canvas: choose, drag, resize, draw a marquee.

import { move, pick, resize } from "../layout/document.js"
import { bounds, edges } from "../layout/geometry.js"
import * as selection from "../layout/selection.js"
import { reachAt, snapMove, snapResize, targets } from "../layout/snap.js"
import { nodeOf } from "./canvas.js"
import { onFrame } from "./frame.js"
import { moveMark, resizeMark, timeTo } from "./mark-moves.js"
import { showGuides, showMarquee } from "./overlay.js"

const BEGINS_PX = 3 // of the screen: less is a click

export function pointer(desk) {
  const svg = desk.find("[data-canvas]")
  let drag = null

  const step = onFrame(() => drag?.moved && drag.step(drag))
  const end = finish => {
    if (!drag) return
    const { id, moved } = drag
    if (moved && finish) step.now()
    else step.cancel()
    const ended = drag
    drag = null
    if (svg.hasPointerCapture(id)) svg.releasePointerCapture(id)
    showGuides(desk, [])
    showMarquee(desk, null)
    if (desk.isDragging) finish ? desk.drop() : desk.cancel()
    if (finish && !moved) ended.click?.()
    if (finish && moved) desk.emit("moved")
  }
  const onDown = event => {
    if (drag || event.button !== 0 || !(desk.isOpen || isOnMark(desk, event))) return
    event.preventDefault()
    drag = begun(desk, event, svg)
    svg.setPointerCapture(event.pointerId)
  }
  const onMove = event => {
    if (event.pointerId !== drag?.id) return
    Object.assign(drag, { at: [event.clientX, event.clientY], alt: event.altKey, shift: event.shiftKey })
    drag.moved ||= Math.hypot(drag.at[0] - drag.from[0], drag.at[1] - drag.from[1]) >= BEGINS_PX
    if (drag.moved) step()
  }
  const onUp = event => event.pointerId === drag?.id && end(true)
  const onCancel = event => event.pointerId === drag?.id && end(false)
  const onKey = event => {
    if (event.key !== "Escape" || !drag) return
    event.preventDefault()
    event.stopPropagation()
    end(false)
  }
  const listeners = { pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: onCancel, lostpointercapture: onCancel }
  for (const [name, listener] of Object.entries(listeners)) svg.addEventListener(name, listener)
  document.addEventListener("keydown", onKey, true)
  return () => {
    step.cancel()
    document.removeEventListener("keydown", onKey, true)
  }
}

// ------------------------------------------------------------------ what a press begins

function begun(desk, event, svg) {
  const rect = svg.getBoundingClientRect()
  const drag = { id: event.pointerId, from: [event.clientX, event.clientY], at: [event.clientX, event.clientY],
    alt: event.altKey, shift: event.shiftKey, moved: false, rect, desk }
  const handle = event.target.closest("[data-handle]")?.dataset.handle
  if (handle) return desk.mark === null ? resizing(drag, handle) : resizingMark(drag, handle)
  const mark = event.target.closest("[data-mark]")
  if (mark) return movingMark(drag, mark)
  desk.chooseMark(null)
  const id = selection.hit(desk.layout, fraction(drag, drag.from))
  return id ? moving(drag, id, event.shiftKey) : selecting(drag)
}

/** Watermarks are moved whatever arranges the windows. */
function isOnMark(desk, event) {
  const onHandle = desk.mark !== null && event.target.closest("[data-handle]")
  return desk.mayEdit && Boolean(onHandle || event.target.closest("[data-mark]"))
}

function fraction({ rect }, [x, y]) {
  return { x: (x - rect.left) / rect.width, y: (y - rect.top) / rect.height }
}

/** How far the pointer went, in pixels of the picture. */
function far({ from, at, rect, desk }) {
  const per = desk.canvas.width / rect.width
  return [(at[0] - from[0]) * per, (at[1] - from[1]) * per]
}

function moving(drag, id, shift) {
  const { desk } = drag
  const before = desk.selection
  desk.select(selection.press(before, id, shift))
  nodeOf(desk, id)?.focus({ preventScroll: true })
  desk.emit("picked")
  const dragged = grip(desk)
  const step = () => {
    const by = snapMove(dragged.targets, dragged.frame, ...far(drag), options(drag))
    desk.hold(move(dragged.layout, dragged.ids, by.dx, by.dy, desk.canvas))
    showGuides(desk, by.guides)
  }
  const click = () => shift || desk.select(selection.click(before, id))
  return Object.assign(drag, { step: dragged ? step : () => {}, click })
}

function resizing(drag, handle) {
  const { desk } = drag
  const dragged = grip(desk)
  const step = () => {
    const keepAspect = desk.options.aspect !== drag.shift
    const by = snapResize(dragged.targets, dragged.frame, handle, ...far(drag), { ...options(drag), keepAspect })
    desk.hold(resize(dragged.layout, dragged.ids, handle, by.dx, by.dy, desk.canvas, { keepAspect }))
    showGuides(desk, by.guides)
  }
  return Object.assign(drag, { step: dragged ? step : () => {} })
}

function movingMark(drag, node) {
  const { desk } = drag
  const index = Number(node.dataset.mark)
  desk.chooseMark(index)
  node.focus({ preventScroll: true })
  const { layout } = desk
  const mark = layout.watermarks[index]
  const snaps = targets(layout, [], desk.canvas)
  const toPlace = () => desk.hold(timeTo(layout, index, fraction(drag, drag.at)))
  const by = () => {
    const to = snapMove(snaps, edges(mark), ...far(drag), options(drag))
    desk.hold(moveMark(layout, index, to.dx, to.dy, desk.canvas))
    showGuides(desk, to.guides)
  }
  return Object.assign(drag, { step: mark.kind === "time" ? toPlace : by })
}

function resizingMark(drag, handle) {
  const { desk } = drag
  const { layout, mark: index } = desk
  const snaps = targets(layout, [], desk.canvas)
  const step = () => {
    const keepAspect = desk.options.aspect !== drag.shift
    const to = snapResize(snaps, edges(layout.watermarks[index]), handle, ...far(drag), { ...options(drag), keepAspect })
    desk.hold(resizeMark(layout, index, handle, to.dx, to.dy, desk.canvas, { keepAspect }))
    showGuides(desk, to.guides)
  }
  return Object.assign(drag, { step })
}

/** What is dragged and what it may snap to: looked at once. */
function grip(desk) {
  const { layout, selection: ids } = desk
  const frame = bounds(pick(layout, ids).filter(region => !region.locked))
  return frame && { layout, ids, frame, targets: targets(layout, ids, desk.canvas) }
}

function options({ desk, alt }) {
  return { reach: reachAt(desk.scale), off: alt || !desk.options.snap }
}

function selecting(drag) {
  const { desk } = drag
  const kept = drag.shift ? desk.selection : selection.NONE
  const start = fraction(drag, drag.from)
  const step = () => {
    const to = fraction(drag, drag.at)
    showMarquee(desk, start, to)
    desk.select(selection.marquee(desk.layout, start, to, kept))
  }
  return Object.assign(drag, { step, click: () => desk.select(selection.click(desk.selection, null, drag.shift)) })
}
