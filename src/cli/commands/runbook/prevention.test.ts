import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'

let folder = ''
let book = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-prevention-'))
  book = join(folder, 'full.md')
  writeFileSync(book, '# It is full\n\n## Prevention\n\n- Make room\n- Load the alerts\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function prevention(...args: readonly string[]) {
  return stella(['runbook', 'prevention', book, '--data', folder, ...args])
}

it('lists what is to be done, and keeps what was', async () => {
  expect((await prevention()).out).toMatch(/1 {2}\[ \] {2}Make room\n.*\[ \] {2}Load the alerts/)
  const { code, out } = await prevention('--done', '2', '--evidence', 'rules \u001b[2J loaded')
  expect(code).toBe(0)
  expect(out).toMatch(/\[x\] {2}Load the alerts\n +done: \S+, 20\d\d.*\n +rules \\x1b\[2J loaded\n/)
  expect(out).toContain('1 of 2 are done')
  const shown = JSON.parse((await prevention('--json')).out)
  expect(shown).toMatchObject({
    schema: 'stella.runbook-prevention/1',
    runbook: 'it-is-full',
    items: [
      { number: 1, state: 'open', mark: null },
      { number: 2, state: 'done', mark: { at: '2026-05-01T12:00:00.000Z' } },
    ],
  })
  expect((await prevention('--open', '2')).out).toMatch(/\[ \] {2}Load the alerts\n +open again: /)
})

it('says what is wrong with a call', async () => {
  expect(await prevention('--done', '3')).toMatchObject({ code: 2 })
  expect(await prevention('--done', '1', '--open', '2')).toMatchObject({ code: 2 })
  expect((await prevention('--evidence', 'x')).err).toContain('--done N')
})
