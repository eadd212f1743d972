import type { Finding, Signature } from './signature.ts'

import { SIGNATURES } from './signatures.ts'

/** How much of a line is judged: no runtime says more in one. */
const WINDOW = 8_192

/** Finds the next place where any signature may match: one pass for all of them. */
export function needlePattern(): RegExp {
  const needles = [...new Set(SIGNATURES.flatMap((signature) => signature.needles))]
  return new RegExp(needles.map(escapeRegExp).join('|'), 'g')
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

/** What the signatures make of one unwrapped line. */
export function readFindings(line: string): { signature: Signature; finding: Finding }[] {
  const text = line.length > WINDOW ? line.slice(0, WINDOW) : line
  const found: { signature: Signature; finding: Finding }[] = []
  for (const signature of SIGNATURES) {
    if (!signature.needles.some((needle) => text.includes(needle))) continue
    const finding = signature.read(text)
    if (finding !== null) found.push({ signature, finding })
  }
  return found
}
