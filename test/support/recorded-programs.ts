/** Programs that scripts/record/packages-programs.ts recorded: zeros where nothing is read. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const FIXTURES = fileURLToPath(new URL('../../fixtures/packages', import.meta.url))

export const recordedPrograms = (cataloger: string): string[] =>
  globSync('*.gz', { cwd: `${FIXTURES}/${cataloger}` })
    .map((file) => file.replace(/\.gz$/, ''))
    .toSorted()

export const recordedProgram = (cataloger: string, name: string): Buffer =>
  gunzipSync(readFileSync(`${FIXTURES}/${cataloger}/${name}.gz`))

/** What its own tool said of it. */
export const toldOfProgram = (cataloger: string, name: string): string =>
  readFileSync(`${FIXTURES}/${cataloger}/${name}.txt`, 'utf8')
