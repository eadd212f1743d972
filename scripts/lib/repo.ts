import { join, resolve } from 'node:path'

/** The folder of the repository. */
export const REPO = resolve(import.meta.dirname, '../..')

export const LAUNCHER = join(REPO, 'bin/stella.js')
