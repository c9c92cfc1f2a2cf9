// Adding, moving, resizing, ordering: what the editor does to a layout.

import { ok, random, same } from "../check.js"
import * as doc from "/static/js/layout/document.js"
import { rounded } from "/static/js/layout/geometry.js"
import { toRegions } from "/static/js/layout/presets.js"

const HD = { width: 1280, height: 720 }
const region = (x, y, w, h, more = {}) => ({ x, y, w, h, ...more })
const custom = (...regions) => doc.open({ preset: "custom", regions })
const rects = layout => layout.regions.map(({ x, y, w, h }) => [x, y, w, h])
const uids = layout => layout.regions.map(each => each.uid)
const ids = layout => layout.regions.map(each => each.id)

export function it_reads_what_it_wrote() {
  const json = { preset: "custom", background: "#102030", focus_side: "right", regions: [
    region(0.1, 0.2, 0.3, 0.4, { uid: "anna", opacity: 0.5, fit: "smart", stream: "screen",
      placeholder: "https://example.org/p.png", hidden: true, locked: true }),
    region(0, 0, 1, 1, { uid: null, opacity: 1, fit: "fill" }),
  ] }
  same(doc.toJSON(doc.open(json)), json)
  same(doc.toJSON(doc.open({ preset: "grid", background: "#000000" })),
    { preset: "grid", background: "#000000" })
}

export function nothing_of_a_layout_can_be_changed_in_place() {
  const layout = custom(region(0, 0, 1, 1))
  ok(Object.isFrozen(layout) && Object.isFrozen(layout.regions) && Object.isFrozen(layout.regions[0]))
}

export function ids_stay_and_are_never_given_twice() {
  const layout = custom(region(0, 0, 1, 1), region(0, 0, 0.5, 0.5))
  const { layout: more, ids: [third] } = doc.add(doc.remove(layout, ["r2"]), region(0, 0, 0.2, 0.2))
  same(ids(more), ["r1", "r3"])
  same(third, "r3")
  same(ids(toRegions(doc.usePreset(more, "floating"), ["1", "2"])), ["r4", "r5"])
}

export function a_copy_lies_aside_in_front_and_belongs_to_nobody() {
  const layout = custom(region(0.1, 0.1, 0.5, 0.5, { uid: "1", locked: true, fit: "contain" }),
    region(0.6, 0.6, 0.4, 0.4))
  const copied = doc.duplicate(layout, ["r1", "r2"], HD)
  same(copied.ids, ["r3", "r4"])
  const [, , first, second] = copied.layout.regions
  same([first.uid, first.locked, first.fit, first.x, first.y],
    [null, false, "contain", 0.1125, 0.122222])
  same([second.x, second.y], [0.5875, 0.577778])
}

export function locked_ones_are_neither_moved_nor_resized_nor_removed() {
  const layout = custom(region(0.1, 0.1, 0.5, 0.5, { locked: true }))
  ok(doc.move(layout, ["r1"], 10, 10, HD) === layout)
  ok(doc.resize(layout, ["r1"], "se", 10, 10, HD) === layout)
  ok(doc.remove(layout, ["r1"]) === layout)
  ok(doc.place(layout, "r1", { x: 0 }) === layout)
}

export function half_a_canvas_is_exactly_a_half() {
  const layout = custom(region(0, 0, 0.5, 0.5))
  same(rects(doc.move(layout, ["r1"], 640, 360, HD)), [[0.5, 0.5, 0.5, 0.5]])
}

export function several_move_together_and_stop_together() {
  const layout = custom(region(0.1, 0, 0.2, 0.2), region(0.5, 0, 0.2, 0.2))
  same(rects(doc.move(layout, ["r1", "r2"], 1000, 0, HD)),
    [[0.4, 0, 0.2, 0.2], [0.8, 0, 0.2, 0.2]])
  same(rects(doc.move(layout, ["r1", "r2"], -1000, -50, HD)),
    [[0, 0, 0.2, 0.2], [0.4, 0, 0.2, 0.2]])
}

export function arrows_go_by_whole_pixels() {
  const layout = custom(region(0.1003, 0.5, 0.2, 0.2))
  const once = doc.nudge(layout, ["r1"], 1, 0, HD)
  same(Math.round(once.regions[0].x * 1280 * 1000) / 1000, 129)
  same(once.regions[0].y, 0.5)
  const ten = doc.nudge(once, ["r1"], 0, -10, HD)
  same(rects(ten)[0].slice(1), [0.486111, 0.2, 0.2])
  same(rects(doc.nudge(custom(region(0, 0, 0.5, 0.5)), ["r1"], -1, -1, HD)), [[0, 0, 0.5, 0.5]])
}

export function eleven_steps_of_one_and_ten_make_eleven_pixels() {
  let layout = custom(region(0, 0, 0.5, 0.5))
  layout = doc.nudge(doc.nudge(layout, ["r1"], 1, 0, HD), ["r1"], 10, 0, HD)
  same(layout.regions[0].x, 0.008594)
}

export function every_handle_pulls_its_edges_only() {
  const expected = {
    nw: [0.3, 0.35, 0.3, 0.25], n: [0.25, 0.35, 0.35, 0.25], ne: [0.25, 0.35, 0.4, 0.25],
    e: [0.25, 0.25, 0.4, 0.35], se: [0.25, 0.25, 0.4, 0.45], s: [0.25, 0.25, 0.35, 0.45],
    sw: [0.3, 0.25, 0.3, 0.45], w: [0.3, 0.25, 0.3, 0.35],
  }
  for (const handle of doc.HANDLES) {
    const layout = custom(region(0.25, 0.25, 0.35, 0.35))
    same(rects(doc.resize(layout, ["r1"], handle, 64, 72, HD))[0], expected[handle], handle)
  }
}

export function the_edges_that_stay_do_not_lose_a_millionth() {
  const layout = custom(region(0.333333, 0.333333, 0.333334, 0.333334))
  const [x, y, w, h] = rects(doc.resize(layout, ["r1"], "nw", -13, -7, HD))[0]
  same([Math.round((x + w) * 1e6), Math.round((y + h) * 1e6)], [666667, 666667])
}

export function resizing_stops_at_the_canvas_and_at_sixteen_pixels() {
  const layout = custom(region(0.25, 0.25, 0.5, 0.5))
  same(rects(doc.resize(layout, ["r1"], "se", 5000, 5000, HD)), [[0.25, 0.25, 0.75, 0.75]])
  same(rects(doc.resize(layout, ["r1"], "nw", 5000, 5000, HD)), [[0.7375, 0.727778, 0.0125, 0.022222]])
  const small = custom(region(0.25, 0.25, 0.005, 0.5))
  same(rects(doc.resize(small, ["r1"], "e", -100, 0, HD)), [[0.25, 0.25, 0.005, 0.5]])
}

export function a_kept_aspect_grows_from_the_opposite_corner() {
  const layout = custom(region(0.25, 0.25, 0.25, 0.25))
  const keep = { keepAspect: true }
  same(rects(doc.resize(layout, ["r1"], "se", 320, 0, HD, keep)), [[0.25, 0.25, 0.5, 0.5]])
  same(rects(doc.resize(layout, ["r1"], "nw", 160, 10, HD, keep)), [[0.375, 0.375, 0.125, 0.125]])
  same(rects(doc.resize(layout, ["r1"], "se", 5000, 0, HD, keep)), [[0.25, 0.25, 0.75, 0.75]])
}

export function a_kept_aspect_grows_from_the_middle_of_the_opposite_side() {
  const layout = custom(region(0.25, 0.25, 0.25, 0.25))
  const keep = { keepAspect: true }
  same(rects(doc.resize(layout, ["r1"], "e", 160, 0, HD, keep)), [[0.25, 0.1875, 0.375, 0.375]])
  same(rects(doc.resize(layout, ["r1"], "e", 1000, 0, HD, keep)), [[0.25, 0, 0.75, 0.75]])
}

export function several_are_resized_with_their_frame() {
  const layout = custom(region(0, 0, 0.25, 0.25), region(0.25, 0.25, 0.25, 0.25))
  same(rects(doc.resize(layout, ["r1", "r2"], "se", 640, 360, HD)),
    [[0, 0, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5]])
}

export function alt_and_arrows_resize_by_whole_pixels() {
  const layout = custom(region(0, 0, 0.5, 0.5))
  same(rects(doc.nudgeSize(layout, ["r1"], 10, 0, HD)), [[0, 0, 0.507813, 0.5]])
  same(rects(doc.nudgeSize(layout, ["r1"], 0, -1, HD)), [[0, 0, 0.5, 0.498611]])
}

export function numbers_put_a_region_where_they_say() {
  const layout = custom(region(0.1, 0.1, 0.2, 0.2))
  same(rects(doc.placePixels(layout, "r1", { x: 640, h: 360 }, HD)), [[0.5, 0.1, 0.2, 0.5]])
  same(rects(doc.place(layout, "r1", { x: 0.95, w: 0.25 })), [[0.75, 0.1, 0.25, 0.2]])
}

export function order_goes_by_steps_and_all_the_way() {
  const layout = custom(...["1", "2", "3", "4"].map(uid => region(0, 0, 1, 1, { uid })))
  same(uids(doc.reorder(layout, ["r1"], "forward")), ["2", "1", "3", "4"])
  same(uids(doc.reorder(layout, ["r1", "r2"], "forward")), ["3", "1", "2", "4"])
  same(uids(doc.reorder(layout, ["r3", "r4"], "backward")), ["1", "3", "4", "2"])
  same(uids(doc.reorder(layout, ["r2", "r1"], "front")), ["3", "4", "1", "2"])
  same(uids(doc.reorder(layout, ["r4"], "back")), ["4", "1", "2", "3"])
  ok(doc.reorder(layout, ["r3", "r4"], "forward") === layout)
  same(uids(doc.moveTo(layout, "r1", 2)), ["2", "3", "1", "4"])
  same(uids(doc.moveTo(layout, "r1", 99)), ["2", "3", "4", "1"])
}

export function who_has_a_region_already_changes_places() {
  const layout = custom(region(0, 0, 0.5, 1, { uid: "1" }), region(0.5, 0, 0.5, 1, { uid: "2" }))
  same(uids(doc.setPerson(layout, "r1", "2")), ["2", "1"])
  same(uids(doc.setPerson(layout, "r1", "3")), ["3", "2"])
  same(uids(doc.setPerson(layout, "r1", null)), [null, "2"])
  const screen = doc.setPerson(layout, "r1", "2", "screen")
  same(screen.regions.map(each => [each.uid, each.stream]), [["2", "screen"], ["2", "main"]])
}

export function how_it_looks_is_set_for_several_at_once() {
  const layout = custom(region(0, 0, 1, 1), region(0, 0, 1, 1))
  same(doc.setOpacity(layout, ["r1", "r2"], 0.333).regions.map(each => each.opacity), [0.33, 0.33])
  same(doc.setOpacity(layout, ["r1"], 7).regions[0].opacity, 1)
  same(doc.setFit(layout, ["r2"], "contain").regions.map(each => each.fit), ["fill", "contain"])
  same(doc.setHidden(layout, ["r1"], true).regions[0].hidden, true)
  same(doc.setLocked(layout, ["r1"], true).regions[0].locked, true)
  same(doc.setPlaceholder(layout, ["r1"], "").regions[0].placeholder, null)
  ok(doc.setFit(layout, ["r1"], "fill") === layout, "no change is no new layout")
}

export function the_whole_has_a_background_a_preset_and_a_large_window() {
  const layout = doc.usePreset(custom(region(0, 0, 1, 1)), "vertical")
  same(layout.regions, [])
  same(doc.setBackground(layout, "#102030").background, "#102030")
  const focused = doc.setFocus(layout, "1002", { stream: "screen", side: "right" })
  same([focused.focus_uid, focused.focus_stream, focused.focus_side], ["1002", "screen", "right"])
  same(doc.setFocus(focused, null).focus_side, "right")
}

export function whatever_is_done_regions_stay_on_the_canvas() {
  const next = random(20260101)
  const among = list => list[Math.floor(next() * list.length)]
  const far = () => Math.round((next() - 0.5) * 2000)
  const some = () => rounded(next() / 2)
  let layout = custom(...Array.from({ length: 8 }, () => region(some(), some(), 0.3, 0.4)))
  for (let i = 0; i < 4000; i += 1) {
    const chosen = ids(layout).filter(() => next() < 0.3)
    const step = among([
      () => doc.move(layout, chosen, far(), far(), HD),
      () => doc.nudge(layout, chosen, among([-10, -1, 0, 1, 10]), among([-10, -1, 0, 1, 10]), HD),
      () => doc.nudgeSize(layout, chosen, among([-10, 0, 1]), among([-10, 0, 1]), HD),
      () => doc.resize(layout, chosen, among(doc.HANDLES), far(), far(), HD,
        { keepAspect: next() < 0.5 }),
      () => doc.place(layout, chosen[0], { x: next() * 2, w: next() * 2 }),
      () => chosen.length < 4 && layout.regions.length < 20
        ? doc.duplicate(layout, chosen, HD).layout : layout,
    ])
    layout = step()
    for (const { x, y, w, h } of layout.regions) {
      const right = Math.round((x + w) * 1e6)
      const bottom = Math.round((y + h) * 1e6)
      ok(x >= 0 && y >= 0 && w > 0 && h > 0 && right <= 1e6 && bottom <= 1e6,
        `step ${i}: ${[x, y, w, h]} after ${step}`)
      ok([x, y, w, h].every(v => Math.abs(v * 1e6 - Math.round(v * 1e6)) < 1e-6), `${[x, y, w, h]}`)
    }
  }
}
