import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves when this very life has begun to write its black box. */
export async function recording(file: string): Promise<void> {
  while (!textOf(file).includes(`"pid":${process.pid},`)) await sleep(20)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
