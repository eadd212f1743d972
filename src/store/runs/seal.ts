/** How far a journal was written at least: beside it, so that lines that are cut off its end are missed. */
import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { writeDurably } from '../durable.ts'

const Seal = z.object({ lines: z.number(), head: z.string() })
/** `head`: the hash of the last of so many lines. The journal itself may be longer: lines that were not synced come later. */
export type Seal = z.infer<typeof Seal>

/** Null: there is none, or it cannot be read. */
export function readSeal(path: string): Seal | null {
  try {
    const read = Seal.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

/** To be called when the lines are on the disk: the journal is never behind its seal. */
export function writeSeal(path: string, { lines, head }: Seal): void {
  writeDurably(path, `${JSON.stringify({ lines, head })}\n`)
}
