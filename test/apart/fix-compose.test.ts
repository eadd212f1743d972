import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { MIB } from '../../src/model/bytes.ts'
import { composeBytes } from '../../src/remedy/platforms/compose/size.ts'
import { compose } from '../../src/remedy/platforms/compose/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { run, tryRun } from '../support/testbed.ts'

/** STELLA_COMPOSE names the program; else the plugin of docker, else the program of its own. */
const COMPOSE = [[process.env['STELLA_COMPOSE'] ?? 'docker-compose'], ['docker', 'compose']].find(
  (argv) => tryRun([...argv, 'version']).status === 0,
)
if (COMPOSE === undefined) console.warn('skipped: needs docker compose')

// What the real Compose makes of a file that stella has edited.
describe.skipIf(COMPOSE === undefined)('a file that was edited is one that Compose takes', () => {
  const hands = { reader: hostReader(), signal: new AbortController().signal }
  let folder = ''

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stella-compose-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** The services with anchors, merges and variables resolved, by Compose itself. */
  function services(file: string): Record<string, Record<string, unknown>> {
    return parse(run([...(COMPOSE ?? []), '-f', file, 'config'])).services
  }

  it.each([
    [
      'a plain limit',
      'services:\n  web:\n    image: x\n    mem_limit: 32m # few\n    memswap_limit: 48m\n',
      80,
    ],
    ['no limit', 'services:\n  web: {image: x}\n', null],
    [
      'a merge key',
      'x-d: &d\n  image: x\n  mem_limit: 32m\n  environment: {A: b}\nservices:\n  web:\n    <<: *d\n  db:\n    <<: *d\n',
      null,
    ],
    [
      'a service that is an alias',
      'x-d: &d {image: x, mem_limit: 32m}\nservices:\n  web: *d\n  db: *d\n',
      null,
    ],
    ['CRLF', 'services:\r\n  web:\r\n    image: x\r\n    mem_limit: "32m"\r\n', null],
    [
      'another file that is extended',
      'services:\n  web:\n    extends: {file: base.yml, service: app}\n',
      null,
    ],
  ])('%s', async (_what, body, totalMib) => {
    const text = `version: "2.4"\n${body}`
    const file = join(folder, 'compose.yml')
    writeFileSync(file, text)
    writeFileSync(
      join(folder, 'base.yml'),
      'version: "2.4"\nservices: {app: {image: x, mem_limit: 32m}}\n',
    )
    const before = services(file)
    const change = { kind: 'limit', limitBytes: 64 * MIB, requestBytes: null } as const
    const target = { kind: 'compose', file, service: 'web' } as const
    const { steps } = await compose.plan({ target, change, recreate: false }, hands)
    for (const step of steps) await compose.carryOut(step, hands)
    const after = services(file)
    expect(composeBytes(after['web']?.['mem_limit'])).toBe(64 * MIB)
    expect(composeBytes(after['web']?.['memswap_limit'])).toBe(
      totalMib === null ? null : totalMib * MIB,
    )
    const kept = { mem_limit: 0, memswap_limit: 0 }
    expect({ ...after, web: { ...after['web'], ...kept } }).toEqual({
      ...before,
      web: { ...before['web'], ...kept },
    })
    for (const step of steps) await compose.takeBack(step, hands, { force: false })
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(existsSync(join(folder, '.compose.yml.stella-new'))).toBe(false)
  })
})
