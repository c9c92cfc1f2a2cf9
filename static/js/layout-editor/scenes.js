// Keys 1 to 9: the scene of that number, applied to what is being recorded.

export function scenes(desk) {
  return desk.on("scene", ({ detail }) => {
    const go = desk.find(`[data-scene-key="${detail.key}"] [data-scene-go]`)
    if (go) go.click()
    else desk.say("noScene", detail)
  })
}
