// Writing SVG: only attributes that changed are written.

const NAMESPACE = "http://www.w3.org/2000/svg"
const written = new WeakMap() // node -> what its attributes are

export function create(name, attributes = {}) {
  const node = document.createElementNS(NAMESPACE, name)
  set(node, attributes)
  return node
}

/** null or undefined takes an attribute away. */
export function set(node, attributes) {
  const known = written.get(node) ?? {}
  written.set(node, known)
  for (const [name, value] of Object.entries(attributes)) {
    if (known[name] === value) continue
    known[name] = value
    if (value === null || value === undefined) node.removeAttribute(name)
    else node.setAttribute(name, value)
  }
}

export function setText(node, words) {
  if (node.textContent !== words) node.textContent = words
}

/** Hundredths of a pixel are enough for any screen. */
export const px = value => Math.round(value * 100) / 100

/** As many children of a kind as there are items. @returns the children */
export function fit(group, name, count, attributes = {}) {
  while (group.children.length > count) group.lastElementChild.remove()
  while (group.children.length < count) group.append(create(name, attributes))
  return [...group.children]
}
