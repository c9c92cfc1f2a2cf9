// Undo and redo. What is kept is anything frozen, for instance {layout, selection}.
// A drag is one step, a burst of the same small steps is one step, Escape gives a drag up.

/**
 * @template T
 * @typedef {object} History
 * @property {readonly T[]} past the last one is what undo goes back to
 * @property {T} present what is shown
 * @property {readonly T[]} future the first one is what redo goes to
 * @property {T | null} held what a drag began with, null while nothing is dragged
 * @property {{kind: string, at: number} | null} burst the last step, while others may join it
 */

export const BURST_MS = 700
const MOST_STEPS = 200

/** @template T @param {T} present @returns {History<T>} */
export function begin(present) {
  return Object.freeze({ past: Object.freeze([]), present, future: Object.freeze([]),
    held: null, burst: null })
}

/**
 * One finished step. A step of the same kind within 700 ms of the last joins it.
 * @param {string} kind "" never joins
 * @param {number} at ms of any clock that only goes forward
 */
export function record(history, present, kind = "", at = 0) {
  if (history.held !== null) return hold(history, present)
  if (present === history.present) return history
  const burst = kind ? Object.freeze({ kind, at }) : null
  const last = history.burst
  const joins = burst && last && last.kind === kind && at - last.at <= BURST_MS
  return joins ? changed(history, { present, burst, future: [] }) : stepped(history, present, burst)
}

/** While dragging: show this without making a step. The first call begins the drag. */
export function hold(history, present = history.present) {
  return changed(history, { present, held: history.held ?? history.present, burst: null })
}

/** The drag is over: all of it is one step, or none if nothing changed. */
export function drop(history) {
  if (history.held === null) return history
  const { held, present } = history
  const before = changed(history, { present: held, held: null })
  return present === held ? before : stepped(before, present, null)
}

/** Escape: back to where the drag began. */
export function cancel(history) {
  return history.held === null ? history : changed(history, { present: history.held, held: null })
}

export const canUndo = history => history.held !== null || history.past.length > 0
export const canRedo = history => history.held === null && history.future.length > 0

/** While dragging it gives the drag up. */
export function undo(history) {
  if (history.held !== null) return cancel(history)
  if (!canUndo(history)) return history
  const { past, present, future } = history
  return changed(history, { past: past.slice(0, -1), present: past.at(-1),
    future: [present, ...future], burst: null })
}

export function redo(history) {
  if (!canRedo(history)) return history
  const { past, present, future } = history
  return changed(history, { past: [...past, present], present: future[0],
    future: future.slice(1), burst: null })
}

function stepped(history, present, burst) {
  const past = [...history.past, history.present].slice(-MOST_STEPS)
  return changed(history, { past, present, future: [], burst })
}

function changed(history, facts) {
  const next = { ...history, ...facts }
  Object.freeze(next.past)
  Object.freeze(next.future)
  return Object.freeze(next)
}
