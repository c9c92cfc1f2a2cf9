// Sentences in Python's form, filled in the browser.

import { same } from "../check.js"
import { fill } from "/static/js/layout/words.js"

export function it_fills_names_numbers_and_percent_signs() {
  same(fill("%(uid)s becomes %(percent)d %% solid.", { uid: "%s & co", percent: 33 }),
    "%s & co becomes 33 % solid.")
}
