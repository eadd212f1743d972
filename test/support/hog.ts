import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { locked, run, testbedFolder } from './testbed.ts'

const SOURCE = join(import.meta.dirname, 'hog.c')

/** Short name of this version of the program: images and binaries made from it carry it. */
export function hogVersion(): string {
  return createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 12)
}

/** Path of the built program that takes memory; see hog.c for its words. */
export async function hog(): Promise<string> {
  const path = join(testbedFolder('bin'), `hog-${hogVersion()}`)
  if (existsSync(path)) return path
  return locked('hog', () => {
    if (existsSync(path)) return path
    run(['cc', '-O1', '-static', '-o', `${path}.new`, SOURCE])
    renameSync(`${path}.new`, path)
    return path
  })
}

export async function copyHog(to: string): Promise<void> {
  copyFileSync(await hog(), to)
}
