// What buttons and keys do, by name. Each: what it needs, and what it does to the desk.

import { align, distribute, exchange, fillCanvas, sameSize } from "../layout/arrange.js"
import * as layouts from "../layout/document.js"
import * as selection from "../layout/selection.js"
import { freePlace } from "./free-place.js"

const chosen = change => desk => desk.act(layout => change(layout, desk.selection, desk.canvas))
const aligned = line => chosen((layout, ids) => align(layout, ids, line))
const ordered = where => chosen((layout, ids) => layouts.reorder(layout, ids, where))

/** needs: how many regions have to be chosen; "draft": a layout placed by hand. */
export const COMMANDS = {
  undo: { can: desk => desk.canUndo, run: desk => desk.undo() },
  redo: { can: desk => desk.canRedo, run: desk => desk.redo() },
  snap: { is: desk => desk.options.snap, run: desk => desk.setOptions({ snap: !desk.options.snap }) },
  thirds: { is: desk => desk.options.thirds, run: desk => desk.setOptions({ thirds: !desk.options.thirds }) },
  aspect: { is: desk => desk.options.aspect, run: desk => desk.setOptions({ aspect: !desk.options.aspect }) },
  add: { can: desk => desk.isOpen, run: desk => addRegion(desk) },
  duplicate: { needs: 1, run: chosen(layouts.duplicate) },
  remove: { needs: 1, run: chosen(layouts.remove) },
  front: { needs: 1, run: ordered("front") },
  forward: { needs: 1, run: ordered("forward") },
  backward: { needs: 1, run: ordered("backward") },
  back: { needs: 1, run: ordered("back") },
  "align-left": { needs: 1, run: aligned("left") },
  "align-centre": { needs: 1, run: aligned("centre") },
  "align-right": { needs: 1, run: aligned("right") },
  "align-top": { needs: 1, run: aligned("top") },
  "align-middle": { needs: 1, run: aligned("middle") },
  "align-bottom": { needs: 1, run: aligned("bottom") },
  "distribute-horizontal": { needs: 3, run: chosen((layout, ids) => distribute(layout, ids, "horizontal")) },
  "distribute-vertical": { needs: 3, run: chosen((layout, ids) => distribute(layout, ids, "vertical")) },
  "same-width": { needs: 2, run: chosen((layout, ids) => sameSize(layout, ids, "width")) },
  "same-height": { needs: 2, run: chosen((layout, ids) => sameSize(layout, ids, "height")) },
  exchange: { needs: 2, run: chosen(exchange) },
  "fill-canvas": { needs: 1, run: chosen(fillCanvas) },
  all: { can: desk => desk.isOpen, run: desk => desk.select(selection.all(desk.layout)) },
}

export function run(desk, name, ...more) {
  if (!isPossible(desk, name)) return false
  COMMANDS[name].run(desk, ...more)
  desk.emit("done", { command: name })
  return true
}

export function isPossible(desk, name) {
  const { can, needs } = COMMANDS[name]
  if (needs) return desk.isOpen && desk.selection.length >= needs
  return can ? can(desk) : true
}

/** A new region where there is room; uid: whose, null for the next to join. */
export function addRegion(desk, uid = null) {
  desk.act(layout => layouts.add(layout, { ...freePlace(layout), uid }))
}
