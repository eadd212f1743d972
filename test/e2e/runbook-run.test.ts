import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runStella } from '../support/program.ts'
import type { Ran } from '../support/program.ts'
import { stellaOnTerminal } from '../support/pty.ts'
import { workplace } from '../support/runs.ts'
import type { Workplace } from '../support/runs.ts'

const BOOK = `# A value is *wrong*

## Quick checks

What is it?

\`\`\`bash {id=look, kind=check, capture="value:text", problemIf="value != new"}
cat FILE
\`\`\`

## Immediate mitigation

\`\`\`bash {id=set, kind=change, risk=medium, undo="SET FILE \${value}"}
SET FILE new
\`\`\`

## Verification

\`\`\`bash {id=is-new, kind=assert, expect="match(/^new$/)"}
cat FILE
\`\`\`
`
const HOSTILE =
  '<script>alert(1)</script> ``` <img src=x onerror=alert(1)> [a](javascript:alert(1))'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

function stella(...args: readonly string[]): Promise<Ran> {
  return runStella(['runbook', ...args], { STELLA_DATA: place.data })
}

describe('stella runbook run', () => {
  it('asks at a terminal before it changes something', async () => {
    const args = ['runbook', 'run', place.write(BOOK), '--data', place.data]
    const shown = stellaOnTerminal(args, { columns: 200, rows: 50 })
    await shown.shows(/undo: .*set-value .* old[^]*Run it\? \[y\/n\/q\]/)
    expect(place.log()).toEqual([])
    shown.type('y\n')
    await shown.shows(/resolved: 1 of 1 verified/)
    await shown.shows(/code=0/)
    expect(place.now()).toBe('new')
  })

  it('asks for no change where its checks have found no problem', async () => {
    const path = place.write(BOOK)
    writeFileSync(place.file, 'new\n')
    const well = await stella('run', path, '--json')
    expect([well.code, JSON.parse(well.out).verdict]).toEqual([0, 'well'])
    expect(JSON.parse(well.out).steps).toContainEqual(
      expect.objectContaining({ id: 'set', state: 'skipped', why: 'no check has found a problem' }),
    )
    expect(place.log()).toEqual([])
  })

  it('leaves the run to be resumed, where somebody says so', async () => {
    const args = ['runbook', 'run', place.write(BOOK), '--data', place.data]
    const shown = stellaOnTerminal(args, { columns: 200, rows: 50 })
    await shown.shows(/Run it\?/)
    shown.type('q\n')
    await shown.shows(/It waits at 'set'/)
    await shown.shows(/code=4/)
    expect(place.log()).toEqual([])
  })

  it('waits without a terminal, is approved by the hash of its plan, and tells of itself', async () => {
    const path = place.write(BOOK)
    writeFileSync(place.file, `${HOSTILE}\n`)
    const waiting = await stella('run', path)
    expect(waiting.code).toBe(4)
    expect(waiting.out).toContain("It waits at 'set'")
    const run = (await stella('runs', '--quiet')).out.trim()
    const hash = (await stella('run', path, '--dry-run', '--quiet')).out.trim()
    expect((await stella('resume', run, '--approve', 'sha256:0')).code).toBe(2)
    const done = await stella('resume', run, '--approve', hash)
    expect(done.code, done.err).toBe(0)
    expect((await stella('resume', run)).code).toBe(2)
    expect((await stella('runs')).out).toMatch(new RegExp(`${run}.* resolved`))
    expect(JSON.parse((await stella('runs', '--json')).out)).toMatchObject({
      schema: 'stella.runbook-runs/1',
      runs: [{ verdict: 'resolved' }],
    })

    const report = await stella('report', run)
    expect(report.out).toContain('# A value is wrong')
    expect(report.out).toContain(HOSTILE)
    const page = join(place.folder, 'run.html')
    expect((await stella('report', run, '--format', 'html', '-o', page)).code).toBe(0)
    const html = readFileSync(page, 'utf8')
    expect(html).toContain('&lt;script&gt;alert(1)')
    expect(html).not.toMatch(/<(?:script|img|a)\b/)
  })

  it('says what is missing: a run, another approval, a journal that can be trusted', async () => {
    expect((await stella('resume', 'run-1')).code).toBe(3)
    expect((await stella('report', 'run-1')).code).toBe(3)
    const { code, err } = await stella('run', place.write(BOOK), '--step', 'set')
    expect(code).toBe(2)
    expect(err).toContain('--approve HASH')
    await stella('run', place.write(BOOK))
    const run = (await stella('runs', '--quiet')).out.trim()
    const journal = join(place.data, 'runs', `${run}.ndjson`)
    const text = readFileSync(journal, 'utf8')
    writeFileSync(journal, text.replace('"value":"old"', '"value":"new"'))
    const report = await stella('report', run)
    expect(report.code).toBe(1)
    expect(report.out).toContain('was changed after it was written')
  })

  it('is remembered where it ended well', async () => {
    const path = place.write(BOOK)
    const last = async (): Promise<unknown> =>
      JSON.parse((await stella('show', path, '--json')).out).lastSucceeded
    const hash = (await stella('run', path, '--dry-run', '--quiet')).out.trim()
    await stella('run', path)
    expect(await last()).toBeNull()
    writeFileSync(place.file, 'old\n')
    const done = await stella('run', path, '--approve', hash, '--json')
    expect(await last()).toBe(JSON.parse(done.out).endedAt)
    expect((await stella('show', path)).out).toContain('Ended well')
    const listed = JSON.parse((await stella('list', '--json')).out).runbooks
    expect(listed).toContainEqual(
      expect.objectContaining({ id: 'scanner-oom', lastSucceeded: null }),
    )
  })
})
