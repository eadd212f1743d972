import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleCase, SAMPLE_PROCESS } from '../../test/support/sample-case.ts'
import type { Warning } from '../model/warning.ts'
import { findCases, openCaseJournal, readJournal, readRecordedCase, surveyCases } from './cases.ts'
import type { CaseEntry, CaseJournal, JournalEntry, JournalOptions, WatchEntry } from './cases.ts'

const START = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000

let data = ''
let now = START
const open: CaseJournal[] = []

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'stella-cases-'))
  now = START
})

afterEach(() => {
  closeAll()
  rmSync(data, { recursive: true, force: true })
})

function journal(options: Partial<JournalOptions> = {}, folder = data): CaseJournal {
  const one = openCaseJournal(folder, { now: () => now, ...options })
  open.push(one)
  return one
}

function closeAll(): void {
  for (const one of open.splice(0)) one.close()
}

function caseEntry(number: number, change: Partial<CaseEntry> = {}): CaseEntry {
  return {
    kind: 'case',
    at: now,
    incident: `incident-${number}`,
    revision: 1,
    case: sampleCase({ id: `c_${number}`, at: now - 5 }),
    ...change,
  }
}

function watchEntry(what: WatchEntry['what'], change: Partial<WatchEntry> = {}): WatchEntry {
  return { kind: 'watch', at: now, what, source: null, says: what, ...change }
}

const WARNING: Warning = {
  subject: { platform: 'docker', name: 'web', id: 'c0ffee', image: null },
  path: '/docker/c0ffee',
  level: 'critical',
  says: 'web uses 96 % of its limit',
  usedBytes: 96,
  limitBytes: 100,
  secondsToLimit: null,
  bill: {
    moment: 'now',
    path: '/docker/c0ffee',
    cgroupVersion: 2,
    chargeBytes: 100,
    chargeSource: 'memory.current',
    limitBytes: 100,
    items: [
      { name: 'anonymous', bytes: 96, source: 'anon', reclaimable: 'swap', says: '', parts: [] },
    ],
    unattributedBytes: 4,
    unreclaimableBytes: 96,
    beside: [],
  },
}

async function entries(folder = data): Promise<JournalEntry[]> {
  const read: JournalEntry[] = []
  for await (const entry of readJournal(folder)) read.push(entry)
  return read
}

function files(folder = data): string[] {
  return readdirSync(join(folder, 'cases'))
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .map((name) => join(folder, 'cases', name))
}

function onlyFile(): string {
  const [path = '', ...more] = files()
  expect(more).toEqual([])
  return path
}

async function ids(): Promise<string[]> {
  return (await surveyCases(data)).cases.map(({ id }) => id)
}

describe('what is written', () => {
  it('is read back, in its order and field by field', async () => {
    const written: JournalEntry[] = [
      watchEntry('started', { says: 'watches' }),
      { kind: 'warning', at: now + 1, warning: WARNING },
      caseEntry(1),
      caseEntry(1, { revision: 2 }),
      watchEntry('blind', { source: 'docker' }),
    ]
    const one = journal()
    one.append(written.slice(0, 2))
    one.append(written.slice(2))
    one.append([])
    expect(await entries()).toEqual(written)
    expect((await surveyCases(data)).warning).toEqual(written[1])
  })

  it('is for its owner alone', () => {
    journal().append([caseEntry(1)])
    expect(statSync(join(data, 'cases')).mode & 0o777).toBe(0o700)
    expect(statSync(onlyFile()).mode & 0o777).toBe(0o600)
  })

  it('is without secrets before it is on the disk', async () => {
    const secret = 'hunter2-hunter2'
    const found = sampleCase({
      unknown: [`DB_PASSWORD=${secret}`],
      timeline: [{ at: null, what: `started with ${secret}`, evidence: 'e1' }],
    })
    journal().append([
      caseEntry(1, { case: found }),
      { kind: 'warning', at: now, warning: { ...WARNING, says: `API_TOKEN=${secret}` } },
      watchEntry('blind', { says: `http://user:${secret}@docker does not answer` }),
    ])
    expect(readFileSync(onlyFile(), 'utf8')).not.toContain(secret)
    expect(await entries()).toHaveLength(3)
  })

  it('is JSON, one line each, for those who come with other tools', () => {
    journal().append([caseEntry(1), watchEntry('stopped')])
    const lines = readFileSync(onlyFile(), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { kind: 'segment', schema: 'stella.journal/1' },
      { kind: 'case', incident: 'incident-1', case: { schema: 'stella.case/1', id: 'c_1' } },
      { kind: 'watch', what: 'stopped', at: '2026-01-01T00:00:00.000Z' },
    ])
  })

  it('keeps what decides of a case that is larger than all others together', async () => {
    const processes = Array.from({ length: 9_000 }, (_, at) => ({
      ...SAMPLE_PROCESS,
      pid: at + 1,
      rssBytes: at,
    }))
    journal().append([caseEntry(1, { case: sampleCase({ processes }) })])
    expect(statSync(onlyFile()).size).toBeLessThan(1 << 20)
    const [kept] = await entries()
    expect(kept).toMatchObject({
      case: {
        verdict: sampleCase().verdict,
        unknown: expect.arrayContaining([
          expect.stringContaining('the 200 largest of 9000 processes'),
        ]),
      },
    })
    expect(kept?.kind === 'case' && kept.case.processes.at(-1)?.rssBytes).toBe(8_999)
  })
})

describe('a journal that is opened again', () => {
  it('knows what is recorded, with the latest revision', () => {
    journal().append([caseEntry(1), caseEntry(2), caseEntry(1, { revision: 2 })])
    closeAll()
    const again = journal()
    const before = [
      ['incident-2', 1],
      ['incident-1', 2],
    ]
    expect([...again.known()]).toEqual(before)
    again.append([caseEntry(3)])
    expect([...again.known()]).toEqual([...before, ['incident-3', 1]])
  })

  it('knows an incident by each of its names, for the log may be cut into other pieces the next time', () => {
    const one = journal()
    one.append([caseEntry(1, { also: ['incident-2', 'incident-3'] })])
    expect(one.known().get('incident-3')).toBe(1)
    closeAll()
    expect(new Set(journal().known().keys())).toEqual(
      new Set(['incident-1', 'incident-2', 'incident-3']),
    )
  })

  it('goes on in the same file', async () => {
    for (let run = 0; run < 5; run += 1) {
      journal().append([caseEntry(run)])
      closeAll()
    }
    expect(onlyFile()).toContain('watch-00000001.jsonl')
    expect(await ids()).toHaveLength(5)
  })

  it('has one writer, and another one for what is imported', async () => {
    journal().append([caseEntry(1)])
    expect(() => journal()).toThrow(`process ${process.pid} writes the journal of cases already`)
    journal({ lane: 'import' }).append([caseEntry(2)])
    expect((await ids()).toSorted()).toEqual(['c_1', 'c_2'])
  })

  it('says where it cannot be written', () => {
    writeFileSync(join(data, 'file'), '')
    expect(() => journal({}, join(data, 'file'))).toThrow(
      'nothing can be kept in this folder (ENOTDIR)',
    )
  })
})

describe('cases', () => {
  it('come newest first, each incident by its latest revision', async () => {
    const at = (hours: number): CaseEntry['case'] =>
      sampleCase({ id: `c_${hours}a`, at: START + hours * HOUR })
    journal().append([
      caseEntry(1, { case: at(3) }),
      caseEntry(2, { case: at(1) }),
      caseEntry(3, { case: at(2) }),
      caseEntry(1, { case: { ...at(3), id: 'c_3b' }, revision: 2 }),
    ])
    const survey = await surveyCases(data)
    expect(survey.cases.map(({ id }) => id)).toEqual(['c_3b', 'c_2a', 'c_1a'])
    const [newest] = survey.cases
    expect(newest === undefined ? null : readRecordedCase(newest)).toMatchObject({
      incident: 'incident-1',
      revision: 2,
      case: { ...at(3), id: 'c_3b' },
    })
  })

  it('are picked by time, verdict, subject and number', async () => {
    const oomHost = { ...sampleCase().verdict, code: 'oom-host' } as const
    const mail = { platform: 'docker', name: 'shop/mail', id: 'beef', image: null } as const
    journal().append([
      caseEntry(1, { case: sampleCase({ id: 'c_1', at: START }) }),
      caseEntry(2, { case: sampleCase({ id: 'c_2', at: START + HOUR, verdict: oomHost }) }),
      caseEntry(3, { case: sampleCase({ id: 'c_3', at: START + 2 * HOUR, subject: mail }) }),
    ])
    const picked = async (filter: Parameters<typeof surveyCases>[1]): Promise<string[]> =>
      (await surveyCases(data, filter)).cases.map(({ id }) => id)
    expect(await picked({ since: START + HOUR })).toEqual(['c_3', 'c_2'])
    expect(await picked({ verdicts: ['oom-host', 'evicted'] })).toEqual(['c_2'])
    expect(await picked({ subject: 'mail' })).toEqual(['c_3'])
    expect(await picked({ subject: 'bee' })).toEqual(['c_3'])
    expect(await surveyCases(data, { limit: 2 })).toMatchObject({
      cases: [{ id: 'c_3' }, { id: 'c_2' }],
      more: 1,
    })
  })

  it('that were judged anew are no longer listed as what they were', async () => {
    const anew = { ...sampleCase().verdict, code: 'oom-host' } as const
    journal().append([
      caseEntry(1),
      caseEntry(1, { revision: 2, case: sampleCase({ id: 'c_b', verdict: anew }) }),
    ])
    expect((await surveyCases(data, { verdicts: ['oom-own-limit'] })).cases).toEqual([])
    expect(await findCases(data, 'c_1')).toMatchObject([{ id: 'c_b' }])
  })

  it('of a journal that is not there are none', async () => {
    expect(await surveyCases(join(data, 'nowhere'))).toMatchObject({ cases: [], gaps: null })
    expect(await entries(join(data, 'nowhere'))).toEqual([])
  })
})

describe('a file that is damaged', () => {
  const written = (): JournalEntry[] => [
    watchEntry('started', { says: 'ä „word“ of more than one byte' }),
    watchEntry('blind', { source: 'docker' }),
    watchEntry('sees', { source: 'docker' }),
    watchEntry('stopped'),
  ]

  it('cut at any byte holds whole entries', async () => {
    journal().append(written())
    closeAll()
    const path = onlyFile()
    for (let end = statSync(path).size; end >= 0; end -= 1) {
      truncateSync(path, end)
      const read = await entries()
      expect(read).toEqual(written().slice(0, read.length))
      expect((await surveyCases(data)).damaged).toBe(0)
    }
  })

  it('cut at any byte of its first or last line is gone on with behind what is whole', async () => {
    journal().append(written())
    closeAll()
    const path = onlyFile()
    const whole = readFileSync(path)
    const firstLine = whole.indexOf('\n') + 1
    const lastLine = whole.lastIndexOf('\n', -2) + 1
    for (let end = 0; end <= whole.length; end += 1) {
      if (end === firstLine + 1) end = lastLine
      writeFileSync(path, whole.subarray(0, end))
      const before = await entries()
      journal().append([caseEntry(1)])
      closeAll()
      expect(await entries()).toEqual([...before, caseEntry(1)])
      expect((await surveyCases(data)).damaged).toBe(0)
      if (end === 0) expect(before).toEqual([])
    }
  })

  it('with any byte changed loses the lines that it belongs to, says so, and misreads none', async () => {
    journal().append(written())
    closeAll()
    const path = onlyFile()
    const whole = readFileSync(path)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const bytes = Buffer.from(whole)
          bytes[at] = (bytes[at] ?? 0) ^ by
          writeFileSync(path, bytes)
          const read = await entries()
          const originals = written()
          expect(read.length).toBeGreaterThanOrEqual(originals.length - 2)
          for (const entry of read) expect(originals).toContainEqual(entry)
          const isAtTheEnd = at === whole.length - 1
          if (!isAtTheEnd) expect((await surveyCases(data)).damaged).toBeGreaterThan(0)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('filled with zeros by a power cut is cut back to what was written', async () => {
    journal().append([caseEntry(1)])
    closeAll()
    appendFileSync(onlyFile(), Buffer.alloc(200_000))
    expect(await ids()).toEqual(['c_1'])
    journal().append([caseEntry(2)])
    expect((await ids()).toSorted()).toEqual(['c_1', 'c_2'])
    expect((await surveyCases(data)).damaged).toBe(0)
  })

  it('of a later version is skipped line by line', async () => {
    journal().append([caseEntry(1)])
    const [line = ''] = readFileSync(onlyFile(), 'utf8').split('\n')
    closeAll()
    appendFileSync(onlyFile(), `${line.replace('segment', 'unheard')}\n`)
    journal().append([caseEntry(2)])
    expect((await ids()).toSorted()).toEqual(['c_1', 'c_2'])
    expect((await surveyCases(data)).damaged).toBe(1)
  })

  it('is read while the last line of it is being written', async () => {
    journal().append([caseEntry(1)])
    appendFileSync(onlyFile(), '{"check":"0011')
    expect(await surveyCases(data)).toMatchObject({ cases: [{ id: 'c_1' }], damaged: 0 })
  })
})

describe('a writer that is killed', () => {
  const PROGRAM = fileURLToPath(new URL('../../test/support/dying-journal.ts', import.meta.url))

  async function writeUntilKilled(milliseconds: number): Promise<string[]> {
    const child = spawn(process.execPath, [PROGRAM, data], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (text) => {
      if (said === '') setTimeout(() => child.kill('SIGKILL'), milliseconds)
      said += String(text)
    })
    const [, signal] = await once(child, 'close')
    expect(signal).toBe('SIGKILL')
    return said.split('\n').filter((line) => line !== '')
  }

  it('can be read at any moment', async () => {
    const child = spawn(process.execPath, [PROGRAM, data], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await once(child.stdout, 'data')
      let before = 0
      for (let round = 0; round < 30; round += 1) {
        const { cases, damaged, dropped } = await surveyCases(data)
        const seen = cases.length + dropped.reduce((sum, { entries: gone }) => sum + gone, 0)
        expect(damaged).toBe(0)
        expect(seen).toBeGreaterThanOrEqual(before)
        before = seen
      }
      expect(before).toBeGreaterThan(0)
    } finally {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
  })

  it('loses nothing that it said was written, and leaves nothing that hinders the next', async () => {
    const said: string[] = []
    for (const milliseconds of [1, 20, 45, 70, 100]) {
      said.push(...(await writeUntilKilled(milliseconds)))
      const survey = await surveyCases(data)
      expect(survey.damaged).toBe(0)
      const dropped = survey.dropped.reduce((sum, { entries: gone }) => sum + gone, 0)
      expect(survey.cases.length + dropped).toBeGreaterThanOrEqual(said.length)
      const kept = new Set(survey.cases.map(({ incident }) => incident))
      const missing = said.filter((incident) => !kept.has(incident))
      expect(missing).toEqual(said.slice(0, missing.length))
    }
    expect(new Set(said).size).toBe(said.length)
    journal().append([caseEntry(0)])
  })
})
