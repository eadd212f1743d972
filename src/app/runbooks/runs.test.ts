import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  BOOK,
  NOTHING_SAID,
  orderFor,
  RED,
  statesOf,
  workplace,
} from '../../../test/support/runs.ts'
import type { Workplace } from '../../../test/support/runs.ts'
import { runPipeline } from '../../runbooks/run/pipeline.ts'
import type { RunPipeline } from '../../runbooks/run/pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

describe('a run', () => {
  it('looks, changes what was approved, and shows that it helped', async () => {
    const run = await place.start(place.write(BOOK))
    expect(statesOf(run)).toEqual({
      look: 'problem',
      set: 'ok',
      again: 'ok',
      never: 'skipped',
      'is-new': 'ok',
    })
    expect(run).toMatchObject({ verdict: 'resolved', by: 'tester' })
    expect(run.steps.find(({ id }) => id === 'never')?.why).toContain('look.ok')
    expect(place.now()).toBe('new')
    expect(place.log()).toEqual(['new'])
  })

  it('changes nothing where it is run once more: what it was for is well', async () => {
    const path = place.write(BOOK.replace('when="look.ok"', 'when="look.failed"'))
    expect((await place.start(path)).verdict).toBe('resolved')
    const again = await place.start(path)
    expect(statesOf(again)).toMatchObject({ look: 'ok', set: 'skipped', again: 'skipped' })
    expect(again).toMatchObject({ verdict: 'well', changes: [] })
    expect(place.log()).toEqual(['new'])
  })

  it('looks without any approval, and waits before the first change', async () => {
    const path = place.write(BOOK)
    const run = await place.start(path, { approval: NOTHING_SAID })
    expect(statesOf(run)).toMatchObject({ look: 'problem', set: 'waits', 'is-new': 'pending' })
    expect(run.verdict).toBeNull()
    expect(place.log()).toEqual([])
    const resumed = await place.resume(run.run, { approval: orderFor(path).approval })
    expect(resumed.verdict).toBe('resolved')
    expect(place.log()).toEqual(['new'])
  })

  it('takes the changes back where they did not help, if that was wanted', async () => {
    const path = place.write(RED)
    const failed = await place.start(path)
    expect(failed.verdict).toBe('failed')
    expect(place.now()).toBe('new')
    const undone = await place.resume(failed.run, { undo: true })
    expect(undone.verdict).toBe('undone')
    expect(place.now()).toBe('old')

    const byItself = await place.start(path, { undoOnFailure: true })
    expect(byItself).toMatchObject({ verdict: 'undone' })
    expect(statesOf(byItself)).toMatchObject({ set: 'undone', 'is-new': 'failed' })
    expect(place.now()).toBe('old')
  })

  it('takes back what each change says that it has made, and nothing where it made nothing', async () => {
    const answer = join(place.folder, 'answer')
    writeFileSync(answer, '#!/bin/sh\nprintf \'{"change":%s}\' "$1"\n', { mode: 0o755 })
    const change = (id: string, says: string): string =>
      `\`\`\`bash {id=${id}, kind=change, risk=medium, capture="change:json:.change", undo="SET FILE \${change}"}\n${answer} ${says}\n\`\`\`\n`
    const book = `## Fix\n\n${change('one', '7')}\n${change('same', 'null')}\n${change('odd', 'x')}`
    const run = await place.start(place.write(book))
    const undone = await place.resume(run.run, { undo: true })
    const undoing = Object.fromEntries(undone.steps.map(({ id, undoing: how }) => [id, how]))
    expect(undoing['same']).toMatchObject({ isDone: true, why: expect.stringContaining('nothing') })
    // What cannot be read is not known to be nothing, and the number of another change is not its own.
    expect(undoing['odd']).toMatchObject({ isDone: false })
    expect(place.log()).toEqual(['7'])
    expect(undone).toMatchObject({
      verdict: 'failed',
      why: expect.stringMatching(/taken back: odd$/),
    })
  })

  it('takes an approval for the very plan that was approved', async () => {
    const path = place.write(BOOK)
    const { approval } = orderFor(path)
    const other = place.write(BOOK.replace('SET FILE new', 'SET FILE newer'))
    await expect(place.start(other, { approval })).rejects.toThrow('another plan')
    expect(place.log()).toEqual([])
  })

  it('goes on only with the runbook that it began with, unless somebody says so', async () => {
    const run = await place.start(place.write(BOOK), { approval: NOTHING_SAID })
    const path = place.write(BOOK.replace('SET FILE new', 'SET FILE  new # as it was'))
    const { approval } = orderFor(path)
    await expect(place.resume(run.run)).rejects.toThrow('another one than when the run began')
    expect((await place.resume(run.run, { rebase: true, approval })).verdict).toBe('resolved')
    expect(place.log()).toEqual(['new'])
  })

  it('makes changes of low risk alone where no more was approved', async () => {
    const path = place.write(BOOK.replace('risk=medium', 'risk=low'))
    const approval = { hash: null, steps: [], lowRisk: true }
    expect((await place.start(path, { approval })).verdict).toBe('resolved')
    const careful = place.write(BOOK)
    writeFileSync(place.file, 'old\n')
    expect(statesOf(await place.start(careful, { approval }))).toMatchObject({ set: 'waits' })
    expect(place.now()).toBe('old')
  })

  it('needs the approval of as many people as the runbook says', async () => {
    const path = place.write(BOOK.replace('risk=medium', 'risk=medium, approve=2'))
    const { approval } = orderFor(path)
    const one = await place.start(path)
    expect(one.waits?.why).toContain('somebody other than tester')
    expect((await place.resume(one.run, { approval })).verdict).toBeNull()
    const two = await place.resume(one.run, { approval }, { by: 'somebody else' })
    expect(two.verdict).toBe('resolved')
    expect(place.log()).toEqual(['new'])
  })

  it('makes only those changes that were chosen', async () => {
    const path = place.write(BOOK)
    const { approval } = orderFor(path)
    const run = await place.start(path, { approval: { ...approval, steps: ['set'] } })
    expect(statesOf(run)).toMatchObject({ set: 'ok', again: 'skipped' })
    await expect(
      place.start(path, { approval: { ...approval, steps: ['no-such'] } }),
    ).rejects.toThrow('no change is called')
  })

  it('only looks where nothing else was asked for', async () => {
    const run = await place.start(place.write(BOOK), { onlyChecks: true })
    expect(run).toMatchObject({ verdict: 'problem', why: expect.stringContaining('look') })
    expect(place.log()).toEqual([])
  })

  it('does not call resolved what nobody has verified', async () => {
    const [unverified = ''] = BOOK.split('## Verification')
    expect((await place.start(place.write(unverified))).verdict).toBe('not-verified')
  })

  it('refuses a check that would change something', async () => {
    const path = place.write(BOOK.replace('kind=change, risk=medium', 'kind=check'))
    const run = await place.start(path)
    expect(statesOf(run)).toMatchObject({ set: 'refused' })
    expect(place.log()).not.toContain('new')
  })

  it('is made once at a time for the same values', async () => {
    const path = place.write(BOOK)
    let end = (): void => undefined
    const held = new Promise<void>((resolve) => {
      end = resolve
    })
    const run: RunPipeline = async (programs, options) => {
      await held
      return runPipeline(programs, options)
    }
    const first = place.start(path, {}, { run })
    await expect(place.start(path)).rejects.toThrow('another stella works on it')
    end()
    expect((await first).verdict).toBe('resolved')
    expect(place.log()).toEqual(['new'])
  })

  it('can be interrupted while it looks, and goes on', async () => {
    const path = place.write(BOOK)
    const leaving = new AbortController()
    const run = await place.start(path, {}, { signal: leaving.signal, told: () => leaving.abort() })
    expect(run).toMatchObject({ verdict: null, waits: { step: 'look', why: 'it was interrupted' } })
    expect((await place.resume(run.run)).verdict).toBe('resolved')
    expect(place.log()).toEqual(['new'])
  })

  it('is given a parameter again where its journal keeps none: it looked like a secret', async () => {
    const word = 'password=tr0ub4dor'
    const path = place.write(BOOK.replace('SET FILE new', 'SET FILE "${word}"'))
    const given = new Map([['word', word]])
    const { approval } = orderFor(path, given)
    const run = await place.start(path, { given, approval: NOTHING_SAID })
    await expect(place.resume(run.run, { approval })).rejects.toThrow('word')
    await place.resume(run.run, { approval, given })
    expect(place.log()).toEqual([word])
  })

  it('writes no secret down', async () => {
    writeFileSync(place.file, 'DB_PASSWORD=tr0ub4dor&3\n')
    const run = await place.start(place.write(BOOK), { approval: NOTHING_SAID })
    const journal = readFileSync(join(place.data, 'runs', `${run.run}.ndjson`), 'utf8')
    expect(journal).toContain('DB_PASSWORD')
    expect(journal).not.toContain('tr0ub4dor')
  })

  it('tries what has to become true again, and fails where it never does', async () => {
    const path = place.write(RED.replace('kind=assert,', 'kind=assert, retry=2x1s,'))
    const run = await place.start(path)
    expect(run.steps.find(({ id }) => id === 'is-new')).toMatchObject({ attempts: 2 })
  })

  it('is not gone on with where somebody has changed its journal', async () => {
    const run = await place.start(place.write(BOOK), { approval: NOTHING_SAID })
    const journal = join(place.data, 'runs', `${run.run}.ndjson`)
    const text = readFileSync(journal, 'utf8')
    writeFileSync(journal, text.replace('"state":"problem"', '"state":"ok"'))
    await expect(place.resume(run.run)).rejects.toThrow('changed after it was written')
    expect(place.told(run.run).broken).not.toBeNull()
  })

  it('is not gone on with where lines are cut off its journal, and that is told', async () => {
    const run = await place.start(place.write(BOOK), { approval: NOTHING_SAID })
    const journal = join(place.data, 'runs', `${run.run}.ndjson`)
    const lines = readFileSync(journal, 'utf8').split('\n')
    writeFileSync(journal, `${lines.slice(0, 2).join('\n')}\n`)
    expect(place.told(run.run).broken).toEqual({ line: 3, says: '2 lines are missing from here' })
    await expect(place.resume(run.run)).rejects.toThrow('missing')
    writeFileSync(journal, lines.join('\n'))
    expect(place.told(run.run).broken).toBeNull()
    rmSync(join(place.data, 'runs', `${run.run}.head`))
    await expect(place.resume(run.run)).rejects.toThrow('.head')
  })
})
