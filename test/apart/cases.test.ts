import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { caseDocument } from '../../src/investigate/case-document.ts'
import { StellaError } from '../../src/model/errors.ts'
import { segmentDocument } from '../../src/store/cases/entry-json.ts'
import { guardedLine } from '../../src/store/cases/line.ts'
import { casesFolder, segmentPath } from '../../src/store/cases/places.ts'
import { openCaseJournal, surveyCases } from '../../src/store/cases.ts'
import type { CaseEntry } from '../../src/store/cases.ts'
import { requireParts } from '../support/parts.ts'
import { sampleCase } from '../support/sample-case.ts'
import { run } from '../support/testbed.ts'

const missing = requireParts('root')

let data = ''
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'stella-test-cases-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

function entry(number: number): CaseEntry {
  const id = `c_${number.toString(16).padStart(16, '0')}`
  const at = Date.UTC(2026, 0, 1) + number
  return {
    kind: 'case',
    at,
    incident: `incident-${number}`,
    revision: 1,
    case: sampleCase({ id, at }),
  }
}

describe.skipIf(missing !== null)(`a disk that is full${missing ?? ''}`, () => {
  beforeEach(() => {
    run(['mount', '-t', 'tmpfs', '-o', 'size=256k', 'stella-test', data])
  })
  afterEach(() => {
    run(['umount', data])
  })

  it('is told, keeps what was written, and is gone on with when there is room again', async () => {
    const ballast = join(data, 'ballast')
    writeFileSync(ballast, Buffer.alloc(128 * 1024))
    const journal = openCaseJournal(data, { now: () => Date.UTC(2026, 0, 1) })
    const written: string[] = []
    let problem: unknown = null
    for (let number = 0; problem === null && number < 1_000; number += 1) {
      try {
        journal.append([entry(number)])
        written.push(entry(number).case.id)
      } catch (error) {
        problem = error
      }
    }
    expect(written.length).toBeGreaterThan(10)
    expect(problem).toBeInstanceOf(StellaError)
    expect(problem).toMatchObject({
      exitCode: 3,
      message: 'there is no room left for the journal of cases; what is recorded so far is kept',
    })
    const ids = async (): Promise<string[]> => (await surveyCases(data)).cases.map(({ id }) => id)
    expect(await ids()).toEqual(written.toReversed())
    expect(() => journal.append([entry(1_000)])).toThrow('no room left')
    rmSync(ballast)
    journal.append([entry(2_000)])
    expect(journal.known().has('incident-1000')).toBe(false)
    journal.close()
    expect(await ids()).toEqual([entry(2_000).case.id, ...written.toReversed()])
    expect((await surveyCases(data)).damaged).toBe(0)
  })

  it('at the very beginning leaves nothing behind', () => {
    writeFileSync(join(data, 'ballast'), Buffer.alloc(250 * 1024))
    const journal = openCaseJournal(data, { now: () => 0 })
    const many = Array.from({ length: 100 }, (_, number) => entry(number))
    expect(() => journal.append(many)).toThrow('no room left')
    rmSync(join(data, 'ballast'))
    journal.append(many.slice(0, 10))
    journal.close()
    const again = openCaseJournal(data, { now: () => 0 })
    again.close()
    expect(again.known().size).toBe(10)
  })
})

describe.skipIf(missing !== null)(`somebody else's journal${missing ?? ''}`, () => {
  it('is told with the right that is missing', () => {
    const journal = openCaseJournal(data, { now: () => 0 })
    journal.append([entry(1)])
    journal.close()
    chmodSync(data, 0o755)
    const module = new URL('../../src/store/cases.ts', import.meta.url).href
    const program = `import('${module}').then(({ surveyCases }) => surveyCases('${data}')).catch((error) => console.log(error.exitCode, error.line))`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      uid: 65_534,
      gid: 65_534,
    })
    expect(stdout).toMatch(
      /^3 stella: .*: the folder of the journal of cases may not be used \(EACCES\); /,
    )
  })
})

describe('a journal of 100,000 cases', () => {
  const CASES = 100_000
  const BY_SEGMENT = 4_000

  /** As the journal would, without waiting for the disk a thousand times. */
  function write(): void {
    mkdirSync(casesFolder(data))
    for (let from = 0; from < CASES; from += BY_SEGMENT) {
      const head = segmentDocument({ at: entry(from).at, dropped: null })
      const lines = Array.from({ length: BY_SEGMENT }, (_, at) => {
        const { case: found, ...rest } = entry(from + at)
        return { ...rest, at: new Date(rest.at).toISOString(), case: caseDocument(found) }
      })
      const path = segmentPath(casesFolder(data), 'watch', from / BY_SEGMENT + 1)
      writeFileSync(path, [head, ...lines].map(guardedLine).join(''))
    }
  }

  function stella(...args: readonly string[]) {
    const heap = '--max-old-space-size=96'
    return spawnSync(process.execPath, [heap, LAUNCHER, ...args, '--data', data], {
      encoding: 'utf8',
      maxBuffer: 2 ** 29,
    })
  }

  it('is listed and written out in a heap of 96 MiB', { timeout: 300_000 }, () => {
    write()
    const list = stella('cases', 'list', '--quiet', '--limit', '3')
    expect(list.stderr).toBe('')
    expect(list.stdout.split('\n')[0]).toMatch(/^c_0+1869f oom-own-limit docker web$/)
    const all = stella('cases', 'list', '--json')
    expect([all.status, all.stderr]).toEqual([0, ''])
    const lines = all.stdout.split('\n')
    expect(lines.filter((line) => line.startsWith('{"schema":"stella.case/1"'))).toHaveLength(CASES)
    expect(JSON.parse(`[${lines[1]?.replace(/,$/, '')}]`)[0].id).toBe(entry(0).case.id)
    const one = stella('cases', 'show', entry(50_000).case.id, '--json')
    expect(JSON.parse(one.stdout).id).toBe(entry(50_000).case.id)
  })
})
