// One call for each picture of the display, however often it was asked for.

export function onFrame(work) {
  let asked = 0
  const run = () => {
    asked = 0
    work()
  }
  const ask = () => {
    asked ||= requestAnimationFrame(run)
  }
  ask.now = () => {
    cancelAnimationFrame(asked)
    run()
  }
  ask.cancel = () => cancelAnimationFrame(asked)
  return ask
}
