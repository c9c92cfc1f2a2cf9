// The browser meets the vectors that tests/layouts/test_vectors.py has Python meet.

import { same } from "../check.js"
import { diff } from "/static/js/layout/diff.js"
import { open } from "/static/js/layout/document.js"
import { FAMILIES } from "/static/js/layout/families.js"
import { clamp, fromPixels, rounded, settled, toPixels } from "/static/js/layout/geometry.js"
import { arrange, toRegions } from "/static/js/layout/presets.js"
import { settledFit } from "/static/js/layout/smart.js"
import { review } from "/static/js/layout/rules.js"

const PEOPLE = Array.from({ length: 27 }, (_, i) => String(1001 + i))
const load = async name => (await fetch(`/tests/data/layouts/${name}.json`)).json()
const size = ([width, height]) => ({ width, height })
const rect = ([x, y, w, h]) => ({ x, y, w, h })
const four = box => box && [box.x, box.y, box.w, box.h]

const layoutOf = ({ preset, focus, side }) => open({ preset, focus_uid: focus, focus_side: side })

export async function it_rounds() {
  for (const [value, expected] of (await load("rounding")).rounded) {
    same(rounded(value), expected, String(value))
    same(Object.is(rounded(value), -0), false, `${value} becomes -0`)
  }
}

export async function it_puts_rects_on_pixels() {
  for (const each of (await load("rounding")).to_pixels) {
    same(four(toPixels(rect(each.rect), size(each.canvas))), each.pixels, each.rect)
  }
}

export async function it_takes_rects_from_pixels() {
  for (const each of (await load("rounding")).from_pixels) {
    same(four(fromPixels(rect(each.pixels), size(each.canvas))), each.rect, each.pixels)
  }
}

export async function it_clamps() {
  for (const each of (await load("rounding")).clamp) {
    same(four(clamp(rect(each.rect))), each.clamped, each.rect)
  }
}

export async function it_arranges_every_number_of_people() {
  for (const each of (await load("presets")).cases) {
    const windows = arrange(layoutOf(each), PEOPLE.slice(0, each.people))
    same(windows.map(w => [w.uid, ...four(w.rect).map(rounded), w.fit]), each.windows,
      `${each.preset} ${each.people} ${each.focus}`)
  }
}

export async function it_makes_regions_of_every_preset() {
  for (const each of (await load("presets")).cases) {
    const layout = layoutOf(each)
    const there = PEOPLE.slice(0, each.people)
    const windows = arrange(layout, there)
    same(toRegions(layout, there).regions.map(r => [r.uid, ...four(r)]),
      windows.map(w => [w.uid, ...four(settled(w.rect))]), `${each.preset} ${each.people}`)
  }
}

export async function it_puts_every_preset_on_pixels() {
  for (const each of (await load("pixels")).cases) {
    const windows = arrange(layoutOf(each), PEOPLE.slice(0, each.people))
    same(windows.map(w => four(toPixels(w.rect, size(each.canvas)))), each.pixels,
      `${each.preset} ${each.people} ${each.canvas}`)
  }
}

export async function it_finds_what_the_rules_name() {
  for (const each of (await load("rules")).cases) {
    const { regions = [], ...rest } = each.layout
    const times = Array.from({ length: each.times ?? 1 }, () => regions).flat()
    const canvas = each.canvas ? size(each.canvas) : null
    const found = review(open({ ...rest, regions: times }), FAMILIES[each.family], canvas)
    same(found.map(f => [f.code, f.where, f.severity, f.region, f.values]), each.found, each.name)
  }
}

export async function it_draws_smart_as_it_is_recorded() {
  for (const { window: [w, h], picture, fit } of (await load("smart")).cases) {
    same(settledFit("smart", { w, h }, size(picture)), fit, `${w} ${h}`)
  }
  same(settledFit("smart", { w: 1, h: 9 }, null), "smart", "while the picture is on its way")
  same(settledFit("stretch", { w: 1, h: 9 }, size([9, 1])), "stretch", "another fit")
}

export async function it_tells_layouts_apart() {
  for (const each of (await load("diff")).cases) {
    same(diff(open(each.applied), open(each.draft)).map(c =>
      [c.kind, c.sentence, c.region, c.was, c.values]), each.changes, each.name)
  }
}

export async function families_are_what_the_vectors_say() {
  same(FAMILIES, await load("families"))
}
