import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { finds, NOW, stella } from '../../../../test/support/command-line.ts'
import { sampleCase } from '../../../../test/support/sample-case.ts'
import { sampleDesk, sampleFix } from '../../../../test/support/sample-fix.ts'
import { caseDocument, casesDocument } from '../../../investigate/case-document.ts'
import type { Case } from '../../../model/case.ts'
import { openCaseJournal, type JournalEntry } from '../../../store/cases.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let data = ''
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'stella-journal-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

function cases(args: readonly string[], setting: Parameters<typeof stella>[1] = {}) {
  return stella(['cases', ...args, '--data', data], setting)
}

function written(...entries: readonly JournalEntry[]): void {
  const journal = openCaseJournal(data, { now: () => NOW })
  journal.append(entries)
  journal.close()
}

function recorded(id: string, ago: number, change: Partial<Case> = {}): JournalEntry {
  const found = sampleCase({ id, at: NOW - ago, ...change })
  return { kind: 'case', at: NOW, incident: `incident of ${id}`, revision: 1, case: found }
}

function watch(what: 'started' | 'stopped' | 'blind' | 'sees', ago: number): JournalEntry {
  const source = what === 'started' || what === 'stopped' ? null : 'docker'
  return { kind: 'watch', at: NOW - ago, what, source, says: 'docker does not answer' }
}

const HOST = { ...sampleCase().verdict, code: 'oom-host' } as const

describe('list', () => {
  it('shows what is needed to choose one, newest first', async () => {
    written(recorded('c_a1', HOUR), recorded('c_b2', 2 * HOUR), recorded('c_c3', MINUTE))
    const { code, out, err } = await cases(['list'])
    expect([code, err]).toEqual([0, ''])
    const [head, ...rows] = out.trimEnd().split('\n')
    expect(head).toMatch(/^CASE +TIME +SUBJECT +VERDICT +LIMIT +VICTIM$/)
    expect(rows.map((row) => row.slice(0, 4))).toEqual(['c_c3', 'c_a1', 'c_b2'])
    expect(rows[0]).toMatch(
      /^c_c3 +2026-05-01 \d\d:59:00\.000 \S+ +docker web +oom-own-limit +32 MiB +python3 \(4321\)$/,
    )
  })

  it('says what to do where nothing is recorded, and that is no error', async () => {
    const { code, out } = await cases(['list'])
    expect(code).toBe(0)
    expect(out).toContain(`Nothing is recorded yet in ${data}`)
    expect(out).toContain("'stella watch'")
    expect(JSON.parse((await cases(['list', '--json'])).out)).toEqual({
      schema: 'stella.cases/1',
      cases: [],
      more: 0,
      unknown: [],
    })
    expect(readdirSync(data)).toEqual([])
  })

  it('says which part of it is shown', async () => {
    written(...Array.from({ length: 60 }, (_, at) => recorded(`c_${at}f`, (at + 1) * MINUTE)))
    const { out } = await cases(['list'])
    expect(out.split('\n').filter((line) => line.startsWith('c_'))).toHaveLength(50)
    expect(out).toContain('The newest 50 of 60 cases; --limit shows more.')
    expect((await cases(['list', '--limit', '2', '--quiet'])).out).toBe(
      'c_0f oom-own-limit docker web\nc_1f oom-own-limit docker web\n',
    )
  })

  it('as JSON is the document of the contract: all of them, oldest first', async () => {
    written(...Array.from({ length: 60 }, (_, at) => recorded(`c_${at}f`, (at + 1) * MINUTE)))
    const document = JSON.parse((await cases(['list', '--json'])).out)
    expect(document.schema).toBe('stella.cases/1')
    expect(document.cases).toHaveLength(60)
    const newest = sampleCase({ id: 'c_0f', at: NOW - MINUTE })
    expect(document.cases.at(-1)).toEqual(JSON.parse(JSON.stringify(caseDocument(newest))))
    const few = JSON.parse((await cases(['list', '--json', '--limit', '1'])).out)
    expect(few.cases.map(({ id }: Case) => id)).toEqual(['c_0f'])
    expect(few.more).toBe(59)
  })

  it('takes a time, verdicts and a subject', async () => {
    const mail = { platform: 'docker', name: 'mail', id: 'beef', image: null } as const
    written(
      recorded('c_a', 3 * HOUR),
      recorded('c_b', 2 * HOUR, { verdict: HOST }),
      recorded('c_c', HOUR, { subject: mail }),
    )
    const listed = async (...args: string[]): Promise<string> =>
      (await cases(['list', '--quiet', ...args])).out.replaceAll(/^(\w+) .*$/gm, '$1')
    expect(await listed('--since', '150m')).toBe('c_c\nc_b\n')
    expect(await listed('--verdict', 'oom-host', '--verdict', 'evicted')).toBe('c_b\n')
    expect(await listed('--subject', 'mai')).toBe('c_c\n')
    const none = await cases(['list', '--subject', 'nobody'])
    expect(none).toMatchObject({ code: 0, out: expect.stringContaining('No recorded case') })
  })

  it('says when nobody watched and what was not seen, as text and as JSON', async () => {
    written(
      watch('started', 10 * HOUR),
      watch('blind', 9 * HOUR),
      watch('sees', 8 * HOUR),
      watch('stopped', 6 * HOUR),
      watch('started', 5 * HOUR),
      recorded('c_a', HOUR),
      watch('stopped', 30 * MINUTE),
    )
    const sentences = [
      /From 2026-05-01 \S+ \S+ to 2026-05-01 \S+ \S+: docker does not answer/,
      /From 2026-05-01 \S+ \S+ to 2026-05-01 \S+ \S+: stella watch was not running/,
      /Since 2026-05-01 \S+ \S+: stella watch is not running/,
    ]
    const { out } = await cases(['list'])
    const { unknown } = JSON.parse((await cases(['list', '--json'])).out)
    expect(unknown).toHaveLength(3)
    for (const [at, sentence] of sentences.entries()) {
      expect(out).toMatch(sentence)
      expect(unknown[at]).toMatch(sentence)
    }
    expect((await cases(['list', '--since', '2h'])).out).not.toContain('does not answer')
  })

  it('says what was warned of last', async () => {
    const warning = (ago: number, says: string): JournalEntry => ({
      kind: 'warning',
      at: NOW - ago,
      warning: {
        subject: sampleCase().subject,
        path: null,
        level: 'critical',
        says,
        usedBytes: 96,
        limitBytes: 100,
        secondsToLimit: 40,
        bill: null,
      },
    })
    written(warning(2 * HOUR, 'mail grows'), warning(HOUR, 'web is about to reach its limit'))
    expect((await cases(['list'])).out).toMatch(
      /^Last warning, 2026-05-01 \S+ \S+: web is about to reach its limit$/m,
    )
    expect((await cases(['list', '--since', '30m'])).out).not.toContain('Last warning')
  })

  it.each([
    [['--verdict', 'magic'], "--verdict: 'magic' is no verdict; use one of oom-own-limit, "],
    [['--since', 'soon'], "'soon' is not a duration"],
    [['--limit', '0'], "'0' is not a count"],
  ])('%j is refused', async (args, complaint) => {
    const { code, err } = await cases(['list', ...args])
    expect(code).toBe(2)
    expect(err).toContain(complaint)
  })

  it('says where a journal cannot be read', async () => {
    writeFileSync(join(data, 'cases'), '')
    const { code, err } = await cases(['list'])
    expect(code).toBe(3)
    expect(err).toMatch(/the journal of cases failed \(ENOTDIR\).*; .*--data DIR\n?$/)
  })
})

describe('show', () => {
  it('takes the id of a recorded case, or as much of it as is needed', async () => {
    written(recorded('c_ab12', HOUR), recorded('c_cd34', HOUR))
    const json = JSON.parse((await cases(['show', 'c_ab', '--json'])).out)
    const found = sampleCase({ id: 'c_ab12', at: NOW - HOUR })
    expect(json).toEqual(JSON.parse(JSON.stringify(caseDocument(found))))
    expect((await cases(['show', 'c_cd34'])).out).toContain('Killed by the kernel at its own limit')
    expect((await cases(['show', 'c_cd34', '--markdown'])).out).toContain('# Killed by the kernel')
  })

  it('refuses a beginning that several share, and lists them', async () => {
    written(recorded('c_ab12', HOUR), recorded('c_ab34', 2 * HOUR))
    const { code, err } = await cases(['show', 'c_ab'])
    expect(code).toBe(2)
    expect(err).toBe('stella: c_ab: 2 cases begin so: c_ab12, c_ab34; name more of the id\n')
  })

  it('says so where nothing is recorded under it', async () => {
    written(recorded('c_ab12', HOUR))
    const { code, err } = await cases(['show', 'c_ff'])
    expect(code).toBe(3)
    expect(err).toBe(
      `stella: ${data}: no case c_ff is recorded; see those that are with 'stella cases list'\n`,
    )
  })

  it('leads from the id of an earlier judgement to the present one', async () => {
    const again = sampleCase({ id: 'c_cd34', at: NOW - HOUR, verdict: HOST })
    const incident = 'incident of c_ab12'
    written(recorded('c_ab12', HOUR), { kind: 'case', at: NOW, incident, revision: 2, case: again })
    expect(JSON.parse((await cases(['show', 'c_ab12', '--json'])).out).verdict.code).toBe(
      'oom-host',
    )
  })
})

describe('import', () => {
  it('takes cases, lists and exported folders, each case once', async () => {
    const [one, two, three] = ['c_1a', 'c_2b', 'c_3c'].map((id) => sampleCase({ id }))
    if (one === undefined || two === undefined || three === undefined) throw new Error('none')
    const file = join(data, 'one.json')
    const list = join(data, 'list.json')
    writeFileSync(file, JSON.stringify(caseDocument(one)))
    writeFileSync(list, JSON.stringify(casesDocument([one, two], [])))
    const exported = join(data, 'exported')
    await cases(['export', 'docker:web', '-o', exported], { engine: finds([three]) })
    const engine = finds([three])
    const first = await cases(['import', file, list, exported], { engine })
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(/^Imported 3 cases, 1 was recorded before\./)
    const again = await cases(['import', file, list, exported, '--json'], { engine })
    expect(again.code).toBe(0)
    expect(JSON.parse(again.out)).toMatchObject({
      schema: 'stella.import/1',
      imported: [],
      known: ['c_1a', 'c_1a', 'c_2b', 'c_3c'],
    })
    expect(JSON.parse((await cases(['list', '--json'])).out).cases).toHaveLength(3)
  })

  it('judges evidence first', async () => {
    const log = join(data, 'kern.log')
    writeFileSync(log, 'evidence')
    const asked: unknown[] = []
    const engine = {
      ...finds([sampleCase({ id: 'c_1a' })]),
      readFiles: async (paths: readonly string[]) => {
        asked.push(paths)
        return { observations: [], unknown: ['one line was cut'] }
      },
    }
    const { code, out } = await cases(['import', log], { engine })
    expect([code, asked]).toEqual([0, [[log]]])
    expect(out).toBe('Imported 1 case.\n\nNot known\n  - one line was cut\n')
    expect((await cases(['import', log, '--quiet'], { engine })).out).toBe('')
  })

  it('takes what another machine lists from standard input', async () => {
    written(recorded('c_ab12', HOUR), recorded('c_cd34', 2 * HOUR))
    const { out: stdin } = await cases(['list', '--json'])
    const elsewhere = join(data, 'elsewhere')
    const { code, out } = await stella(['cases', 'import', '-', '--data', elsewhere], { stdin })
    expect([code, out]).toEqual([0, 'Imported 2 cases.\n'])
    const list = await stella(['cases', 'list', '--json', '--data', elsewhere])
    expect(JSON.parse(list.out).cases).toEqual(JSON.parse(stdin).cases)
  })

  it('takes nothing that the watch recorded itself', async () => {
    written(recorded('c_ab12', HOUR))
    const file = join(data, 'one.json')
    writeFileSync(file, JSON.stringify(caseDocument(sampleCase({ id: 'c_ab12' }))))
    expect((await cases(['import', file])).out).toBe('Imported 0 cases, 1 was recorded before.\n')
  })

  it('does not disturb a watch that runs, and takes out secrets', async () => {
    const journal = openCaseJournal(data, { now: () => NOW })
    const file = join(data, 'one.json')
    const secret = 'hunter2-hunter2'
    const found = sampleCase({ id: 'c_1a', unknown: [`DB_PASSWORD=${secret}`] })
    writeFileSync(file, JSON.stringify(caseDocument(found)))
    expect(await cases(['import', file])).toMatchObject({ code: 0, err: '' })
    journal.close()
    for (const name of readdirSync(join(data, 'cases'))) {
      expect(readFileSync(join(data, 'cases', name), 'utf8')).not.toContain(secret)
    }
  })

  it('keeps what came before a broken file, which it names', async () => {
    const file = join(data, 'one.json')
    const broken = join(data, 'broken.json')
    writeFileSync(file, JSON.stringify(caseDocument(sampleCase({ id: 'c_1a' }))))
    writeFileSync(broken, '{"schema":"stella.case/1","id":5}')
    const { code, err } = await cases(['import', file, broken])
    expect(code).toBe(2)
    expect(err).toContain(`${broken}: no stella case (field id: invalid type)`)
    expect((await cases(['list', '--quiet'])).out).toBe('c_1a oom-own-limit docker web\n')
  })

  it('says where there is nothing to import', async () => {
    const log = join(data, 'kern.log')
    writeFileSync(log, 'nothing')
    const { code, out } = await cases(['import', log])
    expect(code).toBe(4)
    expect(out).toBe(`Imported 0 cases.\n\nNot known\n  - ${log}: there is no case in it\n`)
    expect((await cases(['import'])).code).toBe(2)
    const { code: other, err } = await cases(['import', '-'], { stdin: 'words' })
    expect(other).toBe(2)
    expect(err).toContain('standard input: is no document of cases')
  })

  it('refuses more at once than can be held', async () => {
    const { code, err } = await cases(['import', '-'], { stdin: ' '.repeat(65 * 1024 * 1024) })
    expect(code).toBe(2)
    expect(err).toBe(
      'stella: standard input: is larger than 64 MiB; list less at once, as with --since 7d\n',
    )
  })

  it('says who else imports', async () => {
    const journal = openCaseJournal(data, { now: () => NOW, lane: 'import' })
    const { code, err } = await cases(['import', data])
    journal.close()
    expect(code).toBe(3)
    expect(err).toContain(`process ${process.pid} writes the journal of cases already`)
  })
})

describe('a recorded case', () => {
  it('is exported by its id', async () => {
    written(recorded('c_ab12', HOUR))
    const folder = join(data, 'out')
    const { code, out } = await cases(['export', 'c_ab', '-o', folder])
    expect(code).toBe(0)
    expect(out).toContain(`stella cases show ${folder}`)
    expect(readdirSync(folder).toSorted()).toEqual(['case.json', 'report.md'])
    const shown = await cases(['show', folder, '--json'])
    expect(shown.out).toBe((await cases(['show', 'c_ab12', '--json'])).out)
  })

  it('that is not there leaves the word to mean a target', async () => {
    const folder = join(data, 'out')
    const engine = finds([sampleCase()])
    expect((await cases(['export', 'c_ab', '-o', folder], { engine })).code).toBe(0)
    expect(readdirSync(folder)).toContain('world.json')
    const whole = await cases(['export', 'c_0123456789abcdef', '-o', join(data, 'more')], {
      engine,
    })
    expect(whole).toMatchObject({ code: 3, err: expect.stringContaining('is recorded') })
  })

  it('is fixed and verified by its id as by its file', async () => {
    written(recorded('c_ab12', HOUR))
    const file = join(data, 'case.json')
    writeFileSync(file, (await cases(['show', 'c_ab12', '--json'])).out)
    const engine = { ...finds([]), fixes: () => sampleDesk([sampleFix()]) }
    for (const command of [['fix'], ['verify'], ['fix', '--list']]) {
      const answers = await Promise.all(
        ['c_ab', file].map((word) =>
          stella([...command, word, '--json', '--data', data], { engine }),
        ),
      )
      const [byId, byFile] = answers
      expect(byId).toEqual(byFile)
      expect(byId).toMatchObject({ code: 0, err: '' })
    }
    const unknown = await stella(['fix', 'c_0123456789abcdef', '--data', data], { engine })
    expect(unknown).toMatchObject({ code: 3, err: expect.stringContaining('no case c_0123') })
  })
})
