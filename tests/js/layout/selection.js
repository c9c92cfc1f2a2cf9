// Which regions are chosen.

import { ok, same } from "../check.js"
import { open } from "/static/js/layout/document.js"
import { NONE, all, click, hit, marquee, next, press, still } from "/static/js/layout/selection.js"

const layout = open({ preset: "custom", regions: [
  { x: 0, y: 0, w: 1, h: 1, locked: true },
  { x: 0.1, y: 0.1, w: 0.4, h: 0.4 },
  { x: 0.3, y: 0.3, w: 0.4, h: 0.4 },
  { x: 0.6, y: 0.6, w: 0.2, h: 0.2, hidden: true },
] })
const point = (x, y) => ({ x, y })

export function the_front_most_is_hit_but_neither_locked_nor_hidden_ones() {
  same(hit(layout, point(0.4, 0.4)), "r3")
  same(hit(layout, point(0.2, 0.2)), "r2")
  same(hit(layout, point(0.75, 0.75)), null)
}

export function a_click_chooses_one_and_shift_adds_or_takes_away() {
  same(click(["r2"], "r3"), ["r3"])
  same(click(["r2"], "r3", true), ["r2", "r3"])
  same(click(["r2", "r3"], "r2", true), ["r3"])
  same(click(["r2"], null), [])
  same(click(["r2"], null, true), ["r2"])
}

export function pressing_on_one_of_several_keeps_them_for_the_drag() {
  same(press(["r2", "r3"], "r2"), ["r2", "r3"])
  same(press(["r2"], "r3"), ["r3"])
}

export function a_frame_takes_what_lies_fully_inside_whichever_way_it_is_drawn() {
  same(marquee(layout, point(0, 0), point(0.55, 0.55)), ["r2"])
  same(marquee(layout, point(1, 1), point(0, 0)), ["r2", "r3"])
  same(marquee(layout, point(0.2, 0.2), point(0.9, 0.9)), ["r3"])
  same(marquee(layout, point(0, 0), point(0.55, 0.55), ["r3"]), ["r3", "r2"])
}

export function all_are_those_that_the_pointer_could_take() {
  same(all(layout), ["r2", "r3"])
}

export function keys_go_from_the_front_to_the_back_and_round() {
  same(next(layout, NONE), ["r4"])
  same(next(layout, ["r4"]), ["r3"])
  same(next(layout, ["r1"]), ["r4"])
  same(next(layout, NONE, -1), ["r1"])
  same(next(layout, ["r4"], -1), ["r1"])
  same(next(open({}), NONE), [])
}

export function what_is_gone_is_not_chosen() {
  same(still(layout, ["r2", "r9"]), ["r2"])
  const chosen = ["r2"]
  ok(still(layout, chosen) === chosen)
}
