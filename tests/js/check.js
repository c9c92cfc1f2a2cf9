// The few assertions that the tests of modules need, and the runner of one file.

/** Fails unless both say the same as JSON; undefined and null count as the same. */
export function same(found, expected, about = "") {
  const [one, other] = [plain(found), plain(expected)]
  if (one !== other) throw new Error(`${about}\n  found    ${one}\n  expected ${other}`)
}

export function ok(truth, about = "not so") {
  if (!truth) throw new Error(about)
}

function plain(value) {
  return JSON.stringify(value ?? null, (_, each) =>
    each && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each)
}

/** Runs every exported function of a file. @returns {{count: number, failures: string[]}} */
export async function run(address) {
  const tests = Object.entries(await import(address))
  const failures = []
  for (const [name, test] of tests) {
    try {
      await test()
    } catch (fault) {
      failures.push(`${name}: ${fault.message}`)
    }
  }
  return { count: tests.length, failures }
}

/** The same numbers each time, 0..1. */
export function random(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
