/** What a page's own scripts left behind in a copied text. */

/** Lines that no runbook has: they define functions, listen to the page, or are styles of a diagram. */
const SCRIPT = [
  /^\s*\(?(?:async )?function\s*\w*\s*\([^)]*\)\s*\{.*$/,
  /^.*\b(?:document\.(?:querySelector|getElementById|addEventListener|createElement)|window\.(?:addEventListener|location|dataLayer|gtag)|addEventListener\().*$/,
  /^\s*<\/?script\b.*$/i,
  /^\s*(?:var|let|const)\s+\w+\s*=\s*(?:document|window|function|\().*$/,
]

/** @returns the text without them, line by line, and how many there were; fences keep all they have */
export function withoutPageScript(text: string): { text: string; removed: number } {
  let removed = 0
  let inFence = false
  const lines = text.split('\n').map((line) => {
    if (/^\s*(?:```|~~~)/.test(line)) inFence = !inFence
    if (inFence || !SCRIPT.some((pattern) => pattern.test(line))) return line
    removed++
    return ''
  })
  return { text: removed === 0 ? text : lines.join('\n'), removed }
}
