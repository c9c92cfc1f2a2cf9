// Align, distribute, same size.

import { ok, same } from "../check.js"
import { align, distribute, exchange, fillCanvas, sameSize } from "/static/js/layout/arrange.js"
import { open } from "/static/js/layout/document.js"

const region = (x, y, w, h, more = {}) => ({ x, y, w, h, ...more })
const custom = (...regions) => open({ preset: "custom", regions })
const rects = layout => layout.regions.map(({ x, y, w, h }) => [x, y, w, h])
const two = () => custom(region(0.1, 0.2, 0.2, 0.2), region(0.5, 0.4, 0.4, 0.3))
const BOTH = ["r1", "r2"]

export function it_aligns_along_the_common_frame() {
  const expected = {
    left: [[0.1, 0.2], [0.1, 0.4]], centre: [[0.4, 0.2], [0.3, 0.4]],
    right: [[0.7, 0.2], [0.5, 0.4]], top: [[0.1, 0.2], [0.5, 0.2]],
    middle: [[0.1, 0.35], [0.5, 0.3]], bottom: [[0.1, 0.5], [0.5, 0.4]],
  }
  for (const [line, places] of Object.entries(expected)) {
    same(rects(align(two(), BOTH, line)).map(([x, y]) => [x, y]), places, line)
  }
}

export function one_alone_is_aligned_on_the_canvas() {
  same(rects(align(two(), ["r1"], "centre"))[0], [0.4, 0.2, 0.2, 0.2])
  same(rects(align(two(), ["r2"], "bottom"))[1], [0.5, 0.7, 0.4, 0.3])
}

export function locked_ones_stay_and_count() {
  const layout = custom(region(0.1, 0, 0.2, 0.2, { locked: true }), region(0.5, 0.4, 0.4, 0.3))
  same(rects(align(layout, BOTH, "left")), [[0.1, 0, 0.2, 0.2], [0.1, 0.4, 0.4, 0.3]])
  same(rects(align(layout, BOTH, "right"))[0][0], 0.1)
}

export function it_makes_equal_gaps_and_leaves_the_outermost() {
  const layout = custom(region(0.8, 0, 0.2, 0.1), region(0.15, 0, 0.1, 0.1), region(0, 0, 0.1, 0.1),
    region(0.3, 0, 0.2, 0.1))
  same(rects(distribute(layout, ["r1", "r2", "r3", "r4"], "horizontal")).map(([x]) => x),
    [0.8, 0.233333, 0, 0.466667])
  const upright = custom(region(0, 0, 0.1, 0.2), region(0, 0.3, 0.1, 0.2), region(0, 0.8, 0.1, 0.2))
  same(rects(distribute(upright, ["r1", "r2", "r3"], "vertical")).map(each => each[1]),
    [0, 0.4, 0.8])
}

export function where_there_is_no_room_overlaps_are_equal() {
  const layout = custom(region(0, 0, 0.5, 0.1), region(0.1, 0, 0.5, 0.1), region(0.5, 0, 0.5, 0.1))
  same(rects(distribute(layout, ["r1", "r2", "r3"], "horizontal")).map(([x]) => x), [0, 0.25, 0.5])
}

export function two_have_nothing_to_distribute() {
  const layout = two()
  ok(distribute(layout, BOTH, "horizontal") === layout)
}

export function the_first_chosen_gives_its_size() {
  same(rects(sameSize(two(), ["r2", "r1"], "both"))[0], [0.1, 0.2, 0.4, 0.3])
  same(rects(sameSize(two(), ["r2", "r1"], "width"))[0], [0.1, 0.2, 0.4, 0.2])
  same(rects(sameSize(two(), ["r1", "r2"], "height"))[1], [0.5, 0.4, 0.4, 0.2])
  const low = custom(region(0.9, 0.9, 0.1, 0.1), region(0, 0, 0.5, 0.5))
  same(rects(sameSize(low, ["r2", "r1"], "both"))[0], [0.5, 0.5, 0.5, 0.5])
}

export function one_fills_the_canvas_and_two_change_places() {
  same(rects(fillCanvas(two(), ["r1"]))[0], [0, 0, 1, 1])
  same(rects(exchange(two(), BOTH)), [[0.5, 0.4, 0.4, 0.3], [0.1, 0.2, 0.2, 0.2]])
}
