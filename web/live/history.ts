import type { LiveViewDocument } from '../../src/server/contract.ts'
import { round } from '../server/events.ts'

/** Of each group since the page was opened: enough for a line as small as a word. */
const KEPT = 90
const usages = new Map<string, number[]>()

round.subscribe(() => {
  const latest = round.get()
  if (latest !== null) take(latest)
})

function take({ groups }: LiveViewDocument): void {
  const present = new Set<string>()
  for (const { path, usageBytes } of groups) {
    present.add(path)
    if (usageBytes === null) continue
    const kept = usages.get(path) ?? []
    kept.push(usageBytes)
    if (kept.length > KEPT) kept.shift()
    usages.set(path, kept)
  }
  for (const path of usages.keys()) if (!present.has(path)) usages.delete(path)
}

/** Oldest first. */
export function usageHistory(path: string): readonly number[] {
  return usages.get(path) ?? []
}
