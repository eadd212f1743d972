import { expect } from 'vitest'
import { hostMemory } from './group-texts.ts'
import { STILL_BYTES, type ToolsRecording } from './record-tools.ts'
import { figuresFor, shownBy } from './shown-by-tools.ts'

/**
 * Each tool's own output lies between what we say for the moment before and for the moment after, to the precision that the
 * tool prints.
 */
export function expectShown(recording: ToolsRecording): void {
  const before = figuresFor(recording, recording.before)
  const after = figuresFor(recording, recording.after)
  for (const [tool, { bytes, within }] of shownBy(recording)) {
    const ours = [before.get(tool)?.bytes ?? Number.NaN, after.get(tool)?.bytes ?? Number.NaN]
    expect.soft(bytes, `${tool} shows more`).toBeLessThanOrEqual(Math.max(...ours) + within)
    expect.soft(bytes, `${tool} shows less`).toBeGreaterThanOrEqual(Math.min(...ours) - within)
  }
  expectFree(recording)
}

function expectFree(recording: ToolsRecording): void {
  const { before, host, after } = recording.free
  const used = Number(/^Mem: +\d+ +(\d+)/m.exec(host)?.[1])
  const ours = [before, after].map(
    (meminfo) =>
      figuresFor(recording, recording.before, { host: hostMemory(meminfo) }).get('free')?.bytes ??
      Number.NaN,
  )
  expect.soft(used, 'free shows more').toBeLessThanOrEqual(Math.max(...ours) + STILL_BYTES)
  expect.soft(used, 'free shows less').toBeGreaterThanOrEqual(Math.min(...ours) - STILL_BYTES)
}
