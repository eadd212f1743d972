/** What a page's own scripts left behind in a copied text. */

/** Where a function of a script begins; `undefined` is what a template writes where it has nothing. */
const FUNCTION =
  /(?:\bundefined\s+)?(?:\basync\s+)?\bfunction(?:\s+\w+)?\s*\([\w\s,]{0,200}\)\s*\{/g
/** Lines that no runbook has: they listen to the page, or name its parts. */
const LINES = [
  /^\s*(?:document\.(?:querySelector|getElementById|addEventListener|createElement)|window\.(?:addEventListener|location|dataLayer|gtag)|addEventListener\().*$/,
  /^\s*<\/?script\b.*$/i,
  /^\s*(?:var|let|const)\s+\w+\s*=\s*(?:document|window|function|\().*$/,
]
const FENCE = /^\s*(?:```|~~~)/

/** @returns the text without them, with as many lines as before, and how many pieces there were; fences keep all they have */
export function withoutPageScript(text: string): { text: string; removed: number } {
  let removed = 0
  const kept = partsOf(text).map(({ part, isFence }) => {
    if (isFence) return part
    const functions = withoutFunctions(part)
    removed += functions.removed
    return functions.text
      .split('\n')
      .map((line) => {
        if (!LINES.some((pattern) => pattern.test(line))) return line
        removed++
        return ''
      })
      .join('\n')
  })
  return { text: removed === 0 ? text : kept.join('\n'), removed }
}

/** Fences, and what stands between them. */
function partsOf(text: string): readonly { part: string; isFence: boolean }[] {
  const parts: { lines: string[]; isFence: boolean }[] = [{ lines: [], isFence: false }]
  for (const line of text.split('\n')) {
    const last = parts.at(-1)
    if (!FENCE.test(line)) last?.lines.push(line)
    else if (last?.isFence === true) {
      last.lines.push(line)
      parts.push({ lines: [], isFence: false })
    } else parts.push({ lines: [line], isFence: true })
  }
  return parts
    .filter(({ lines }) => lines.length > 0)
    .map(({ lines, isFence }) => ({ part: lines.join('\n'), isFence }))
}

/** From its beginning to the brace that ends it; one that does not end is none of a script. */
function withoutFunctions(text: string): { text: string; removed: number } {
  let kept = ''
  let from = 0
  let removed = 0
  for (const found of text.matchAll(FUNCTION)) {
    if (found.index < from) continue
    const end = endOfBraces(text, found.index + found[0].length)
    if (end === null) break
    const lines = text.slice(found.index, end).split('\n').length - 1
    kept += text.slice(from, found.index) + '\n'.repeat(lines)
    from = end
    removed++
  }
  return { text: kept + text.slice(from), removed }
}

/** Null: they do not end. */
function endOfBraces(text: string, from: number): number | null {
  let depth = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return at + 1
  }
  return null
}
