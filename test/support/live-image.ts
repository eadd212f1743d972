import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { noise } from './image-files.ts'
import { run } from './testbed.ts'

/** Makes an OCI layout with umoci: `one` has three layers, `two` one more. */
export function fillLayout(layout: string): void {
  const files = `${layout}-files`
  mkdirSync(join(files, 'etc'), { recursive: true })
  run(['umoci', 'init', '--layout', layout])
  run(['umoci', 'new', '--image', `${layout}:one`])
  for (const at of [0, 1, 2]) insert(layout, files, at)
  run(['umoci', 'config', '--image', `${layout}:one`, '--config.entrypoint', '/app'])
  run(['umoci', 'tag', '--image', `${layout}:one`, 'two'])
  writeFileSync(join(files, 'more'), noise(5000, 9))
  run(['umoci', 'insert', '--image', `${layout}:two`, join(files, 'more'), '/more'])
  rmSync(files, { recursive: true })
}

function insert(layout: string, files: string, at: number): void {
  const file = join(files, `file-${at}`)
  writeFileSync(file, noise(40_000 * (at + 1), at + 1))
  run(['umoci', 'insert', '--image', `${layout}:one`, file, `/file-${at}`])
}
