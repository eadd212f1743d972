import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { complaintOf } from '../../../../test/support/opened.ts'
import { UNKNOWN_HOST } from '../../../audit/engine.ts'
import { RULES } from '../../../audit/rules/index.ts'
import { applyFixes } from './fix.ts'
import type { Mended } from './fix.ts'

const TEXT = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: node:24
      resources: {limits: {memory: 512m}}
`

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stella-test-fix-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** With what was read before somebody else had the file in hand. */
function fixed(): Promise<Mended> {
  const file = { path: 'pod.yaml', text: TEXT }
  const read = { absolute: join(folder, 'pod.yaml'), path: 'pod.yaml', text: TEXT, isExact: true }
  return applyFixes(
    [{ file, variables: new Map(), isNamed: true }],
    { host: UNKNOWN_HOST, rules: RULES },
    new Map([[file, read]]),
  )
}

it('a file is mended where it stands', async () => {
  writeFileSync(join(folder, 'pod.yaml'), TEXT)
  expect(await fixed()).toMatchObject({ count: 1, files: 1 })
  expect(readFileSync(join(folder, 'pod.yaml'), 'utf8')).toBe(TEXT.replace('512m', '512Mi'))
})

it('a file that somebody else changed since it was read is left to them', async () => {
  writeFileSync(join(folder, 'pod.yaml'), `# mine\n${TEXT}`)
  expect(await complaintOf(fixed())).toBe('3 stella: pod.yaml: was changed meanwhile; run it again')
  expect(readFileSync(join(folder, 'pod.yaml'), 'utf8')).toBe(`# mine\n${TEXT}`)
})

it('a file that is gone since it was read is told as such, and is no fault', async () => {
  expect(await complaintOf(fixed())).toBe(
    '3 stella: pod.yaml: cannot be written (ENOENT); check its permissions, or leave --fix out',
  )
  expect(readdirSync(folder)).toEqual([])
})
