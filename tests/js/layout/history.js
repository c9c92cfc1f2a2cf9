// Undo and redo of everything.

import { ok, same } from "../check.js"
import * as h from "/static/js/layout/history.js"

const undone = history => h.undo(history).present

export function every_step_can_be_undone_and_redone() {
  const two = h.record(h.record(h.begin("a"), "b"), "c")
  same(undone(two), "b")
  same(h.undo(h.undo(two)).present, "a")
  same(h.redo(h.undo(two)).present, "c")
  ok(!h.canUndo(h.begin("a")) && !h.canRedo(two) && h.canUndo(two))
  ok(h.redo(two) === two)
}

export function a_new_step_forgets_what_was_undone() {
  const other = h.record(h.undo(h.record(h.begin("a"), "b")), "c")
  ok(!h.canRedo(other))
  same(undone(other), "a")
}

export function what_changes_nothing_is_no_step() {
  const one = h.begin("a")
  ok(h.record(one, "a", "nudge", 5) === one)
}

export function a_burst_of_nudges_is_one_step() {
  let history = h.record(h.begin("a"), "b", "nudge", 1000)
  history = h.record(history, "c", "nudge", 1700)
  history = h.record(history, "d", "nudge", 2400)
  same(undone(history), "a")
  same(undone(h.record(history, "e", "nudge", 3101)), "d")
  same(undone(h.record(history, "e", "opacity", 2500)), "d")
}

export function undo_ends_a_burst() {
  const history = h.undo(h.record(h.record(h.begin("a"), "b"), "c", "nudge", 0))
  same(undone(h.record(history, "d", "nudge", 100)), "b")
}

export function steps_without_a_kind_never_join() {
  same(undone(h.record(h.record(h.begin("a"), "b"), "c")), "b")
}

export function a_drag_is_one_step_however_many_moves_it_has() {
  let history = h.hold(h.begin("a"))
  for (const shown of ["b", "c", "d"]) history = h.hold(history, shown)
  same(history.present, "d")
  history = h.drop(history)
  same([undone(history), history.past.length], ["a", 1])
}

export function escape_gives_a_drag_up() {
  const before = h.record(h.begin("a"), "b")
  const dragging = h.hold(h.hold(before), "c")
  same(h.cancel(dragging).present, "b")
  same(h.cancel(dragging).past, ["a"])
  same(h.undo(dragging).present, "b")
  ok(!h.canRedo(h.undo(dragging)))
  ok(h.cancel(before) === before)
}

export function a_drag_that_comes_back_is_no_step() {
  const history = h.drop(h.hold(h.hold(h.begin("a")), "a"))
  same(history.past, [])
  ok(h.drop(history) === history)
}

export function redo_survives_a_drag_that_was_given_up() {
  const history = h.undo(h.record(h.begin("a"), "b"))
  same(h.redo(h.cancel(h.hold(h.hold(history), "x"))).present, "b")
}

export function two_hundred_steps_are_kept() {
  let history = h.begin(0)
  for (let i = 1; i <= 250; i += 1) history = h.record(history, i)
  same([history.past.length, history.past[0]], [200, 50])
}
