/** Layers that cannot be read, in a scan that goes on without them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, StellaError } from '../model/errors.ts'
import type { FragmentLine } from './layer/fragment.ts'

/** Whether it would be the same again, whoever reads the image. */
export function isOfTheImage(error: unknown): error is StellaError {
  return error instanceof StellaError && error.exitCode === EXIT.usage
}

/**
 * Writes down what is known of a layer that could not be read: the problem alone, and no summary, for nobody counted what is in it.
 *
 * @param at of the layer, counted from 0
 * @returns where the fragment stands: in the scan's own folder, and so it is kept for no other image
 */
export function leaveOut(folder: string, at: number, { message }: StellaError): string {
  const place = join(folder, `left-out-${at}`)
  const line: FragmentLine = {
    kind: 'problem',
    path: null,
    says: `the layer is left out: ${message}`,
  }
  writeFileSync(place, `${JSON.stringify(line)}\n`)
  return place
}
