// Where a drag ends up when something attracts it.

import { ok, same } from "../check.js"
import { move, open, resize } from "/static/js/layout/document.js"
import { edges, fromPixels } from "/static/js/layout/geometry.js"
import { reachAt, snapMove, snapResize, targets } from "/static/js/layout/snap.js"

const HD = { width: 1280, height: 720 }
const REACH = { reach: 5 }
const px = (x, y, w, h, more = {}) => ({ ...fromPixels({ x, y, w, h }, HD), ...more })
const custom = (...regions) => open({ preset: "custom", regions })
const near = (found, expected) => ok(Math.abs(found - expected) < 2e-3, `${found}, not ${expected}`)

function drag(layout, dx, dy, options = REACH) {
  return snapMove(targets(layout, ["r1"], HD, options), edges(layout.regions[0]), dx, dy, options)
}

function pull(layout, handle, dx, dy, options = REACH) {
  const { x, y, w, h } = layout.regions[0]
  const frame = { left: x, top: y, right: x + w, bottom: y + h }
  return snapResize(targets(layout, ["r1"], HD), frame, handle, dx, dy, options)
}

export function five_screen_pixels_are_ten_of_a_canvas_drawn_half_as_large() {
  same(reachAt(0.5), 10)
}

export function it_is_drawn_to_the_edges_of_the_canvas() {
  const { dx, dy, guides } = drag(custom(px(100, 100, 200, 100)), -97, -96)
  near(dx, -100)
  near(dy, -100)
  same(guides.map(g => [g.axis, g.at, g.kind]), [["x", 0, "canvas"], ["y", 0, "canvas"]])
}

export function it_is_drawn_to_the_centre_and_the_thirds() {
  const layout = custom(px(100, 102, 200, 100))
  const { dx, guides } = drag(layout, 443, 0)
  near(dx, 440)
  same(guides.map(g => [g.axis, g.at, g.kind]), [["x", 640, "centre"]])
  near(drag(layout, 0, 136).dy, 138)
}

export function thirds_can_be_left_out() {
  const layout = custom(px(100, 102, 200, 100))
  same(drag(layout, 0, 136, { reach: 5, thirds: false }).guides, [])
}

export function beyond_reach_it_goes_by_even_pixels() {
  const { dx, dy, guides } = drag(custom(px(101, 101, 200, 100)), 50.4, 51)
  same([Math.round(dx), Math.round(dy), guides.length], [51, 51, 0])
  near(drag(custom(px(101, 101, 200, 100)), 50, 0).dy, 0)
}

export function others_attract_by_edges_and_middles_along_the_whole_axis() {
  const layout = custom(px(100, 500, 200, 100), px(420, 20, 90, 60))
  const { dx, guides } = drag(layout, 317, 0)
  near(dx, 320)
  same(guides.map(g => [g.at, g.kind, g.from, g.to]), [[420, "edge", 20, 600]])
  near(drag(layout, 368, 0).dx, 365)
}

export function hidden_ones_do_not_attract_and_nor_does_what_is_dragged() {
  const layout = custom(px(100, 500, 200, 100), px(420, 20, 90, 60, { hidden: true }))
  same(drag(layout, 317, 0).guides, [])
  const both = targets(layout, ["r1", "r2"], HD)
  same(both.widths, [])
}

export function the_nearest_line_wins() {
  const layout = custom(px(100, 500, 200, 100), px(404, 20, 90, 60), px(402, 90, 80, 60))
  near(drag(layout, 301, 0).dx, 302)
}

export function a_modifier_switches_it_off() {
  const layout = custom(px(100, 100, 200, 100))
  const { dx, guides } = drag(layout, -97, 0, { reach: 5, off: true })
  near(dx, -96)
  same(guides, [])
}

export function it_never_draws_a_region_off_the_canvas() {
  const layout = custom(px(1000, 100, 276, 100))
  const { dx } = drag(layout, 500, 0)
  near(dx, 4)
  const moved = move(layout, ["r1"], dx, 0, HD).regions[0]
  near(moved.x + moved.w, 1)
}

export function a_pulled_edge_is_drawn_to_lines() {
  const { dx, dy, guides } = pull(custom(px(100, 100, 200, 100)), "e", 337, 80)
  near(dx, 340)
  same(dy, 0)
  same(guides.map(g => [g.at, g.kind]), [[640, "centre"]])
}

export function a_pulled_edge_is_drawn_to_the_size_of_another() {
  const layout = custom(px(100, 100, 200, 100), px(700, 400, 330, 222))
  const right = pull(layout, "e", 129, 0)
  near(right.dx, 130)
  same(right.guides.map(g => [Math.round(g.at), g.kind]), [[430, "size"]])
  near(pull(layout, "se", 0, 120).dy, 122)
  const up = pull(custom(px(100, 300, 200, 100), px(700, 400, 330, 222)), "n", 0, -121)
  near(up.dy, -122)
}

export function with_the_aspect_kept_the_axis_that_snaps_leads() {
  const layout = custom(px(100, 100, 200, 100))
  const { dx, dy, guides } = pull(layout, "se", 338, 200, { reach: 5, keepAspect: true })
  near(dx, 340)
  same(dy, 0)
  same(guides.length, 1)
  const grown = resize(layout, ["r1"], "se", dx, dy, HD, { keepAspect: true }).regions[0]
  near(Math.round(grown.w * 1280) / Math.round(grown.h * 720), 2)
}

export function a_snapped_edge_is_the_same_edge() {
  const third = { x: 0.333333, y: 0, w: 0.333333, h: 0.5 }
  const layout = custom(px(10, 400, 200, 100), third)
  const { dx } = drag(layout, 413, 0)
  const moved = move(layout, ["r1"], dx, 0, HD).regions[0]
  same(moved.x, 0.333333)
}

export function lines_at_the_same_place_are_one_guide() {
  const layout = custom(px(100, 500, 200, 100), px(640, 20, 90, 60), px(640, 300, 80, 60))
  const { guides } = drag(layout, 538, 0)
  same(guides.map(g => [g.at, g.kind, g.from, g.to]), [[640, "centre", 0, 720]])
}
