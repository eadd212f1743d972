/** Runs of runbooks in the page of `stella serve`: a real server, real programs, a real browser. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { entryDocument } from '../../src/store/cases/entry-json.ts'
import { isTooWide, picture } from '../support/browser.ts'
import { requireParts } from '../support/parts.ts'
import { sampleCase } from '../support/sample-case.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder } from '../support/testbed.ts'
import { withBrowser } from '../support/with-browser.ts'

const CASE = 'c_0123456789abcdef'
const APPROVE = 'Approve this change'

const skip = requireParts('chromium')
const open = withBrowser(skip)
let running: Serving[] = []
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(testbedFolder('page-runbooks'), 'run-'))
  mkdirSync(join(folder, 'books'))
  writeFileSync(join(folder, 'value'), 'old\n')
  writeFileSync(join(folder, 'set-value'), SET)
  chmodSync(join(folder, 'set-value'), 0o755)
  writeBook(BOOK)
})
afterEach(async () => {
  // Whatever still waits for leave goes on, and ends.
  allow()
  for (const server of running) await server.kill()
  running = []
  rmSync(folder, { recursive: true, force: true })
})

/** Sets a value once it has leave to, so that somebody can see it at work. */
const SET = `#!/bin/sh
while [ ! -e "$1.leave" ] && [ -d "$(dirname "$1")" ]; do sleep 0.05; done
echo "$2" > "$1"
echo "$2" >> "$1.log"
`

const BOOK = `---
schema: 1
id: page-trial
title: A <b>value</b> is not what it should be
component: trial
severity: medium
owner: nobody
updated: 2026-11-22
alerts: [TrialValueWrong]
params:
  file: { type: text, asks: the file with the value, default: FOLDER/value }
  case: { type: case, asks: the case that it is about }
---

# A value is not what it should be

## Quick checks

1. What is the value?

   \`\`\`bash {id=look, kind=check, timeout=10s, capture="value:text", problemIf="value != new"}
   cat \${file}
   \`\`\`

2. Who may read it?

   \`\`\`bash {id=rights, kind=check, timeout=10s, look="value"}
   ls -l \${file}
   \`\`\`

3. Does somebody miss it?

   \`\`\`bash {id=missed, kind=manual}
   \`\`\`

## Immediate mitigation

1. Set it.

   \`\`\`bash {id=set, kind=change, risk=medium, approve=1, timeout=60s, undo="FOLDER/set-value \${file} \${value}"}
   FOLDER/set-value \${file} new
   \`\`\`

2. Set another one, too.

   \`\`\`bash {id=other, kind=change, risk=low}
   FOLDER/set-value FOLDER/other new
   \`\`\`

## Verification

1. It is what it should be.

   \`\`\`bash {id=holds, kind=assert, timeout=10s, capture="now:text", expect="now == new"}
   cat \${file}
   \`\`\`

## Prevention

- Watch the value.
- Have a test for it.
`

function writeBook(text: string): void {
  writeFileSync(join(folder, 'books/page-trial.md'), text.replaceAll('FOLDER', folder))
}

const value = (): string => readFileSync(join(folder, 'value'), 'utf8').trim()
const log = (): string => readFileSync(join(folder, 'value.log'), 'utf8')
function allow(): void {
  if (!existsSync(folder)) return
  for (const name of ['value', 'other']) writeFileSync(join(folder, `${name}.leave`), '')
}

async function serve(...args: string[]): Promise<Serving> {
  const runbooks = ['--no-watch', '--runbooks', join(folder, 'books')]
  const server = await startServing(join(folder, 'data'), [...runbooks, ...args])
  running.push(server)
  return server
}

/** As somebody begins it who has never been here. */
async function begin(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 2, name: 'The plan' }).waitFor()
  await page.getByLabel('Your name').fill('Ada')
  await page.getByRole('button', { name: 'Look' }).click()
}

const stands = (page: Page, words: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name: words }).waitFor()
const button = (page: Page, name: string): Locator => page.getByRole('button', { name })
/** A step of the checklist, by what it is for. */
const step = (page: Page, title: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name: title }) })

describe.skipIf(skip)('a runbook in the page', () => {
  it('is begun from its form, waits, is approved, verified and taken back, while another looks on', async () => {
    const server = await serve()
    const { page, complaints } = await open(server.url, '/runbooks')
    await page.getByText('No runbook was run yet').waitFor()
    const card = page.getByRole('listitem').filter({ hasText: 'TrialValueWrong' })
    expect(await card.innerText()).toContain('no run has come to a good end yet')
    await card.getByRole('link', { name: 'A <b>value</b> is not what it should be' }).click()

    await page.getByRole('heading', { level: 2, name: 'The plan' }).waitFor()
    const plan = page.getByRole('region', { name: 'The plan' })
    await plan.getByText('6 steps: 4 that change nothing, and 2 changes.').waitFor()
    const field = page.getByLabel('The file with the value')
    expect(await field.inputValue()).toBe(join(folder, 'value'))
    await field.fill('-rf')
    await page.getByText("'-rf' is no text: give one line that does not begin with -").waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    expect(await button(page, 'Look').isEnabled()).toBe(false)
    await field.fill(join(folder, 'value'))
    await begin(page)

    await stands(page, 'Waits for an approval')
    expect(value()).toBe('old')
    const look = step(page, 'What is the value?')
    expect(await look.innerText()).toMatch(/a problem.*\n[^]*value != new[^]*old/)
    expect(await step(page, 'Who may read it?').innerText()).toContain('no problem')
    const asking = page.getByRole('group', { name: 'Set it.', exact: true })
    expect(await asking.getByRole('group', { name: 'What set would run' }).innerText()).toBe(
      `${folder}/set-value ${folder}/value new`,
    )
    // With the value that was there before.
    expect(await asking.innerText()).toContain(`${folder}/set-value ${folder}/value old`)
    expect(await asking.innerText()).toMatch(/Risk\s+medium[^]*Approvals\s+0 of 1/)
    await picture(page, 'runbook-waits')
    const { page: other } = await open(server.url, new URL(page.url()).pathname)
    await stands(other, 'Waits for an approval')

    writeBook(BOOK.replaceAll('/value new', '/value worse').replace('} new', '} worse'))
    await button(page, APPROVE).click()
    await page
      .getByRole('alert')
      .filter({ hasText: 'The runbook, or what its parameters make of it, is another one' })
      .waitFor()
    expect(existsSync(join(folder, 'value.log'))).toBe(false)
    writeBook(BOOK)

    await button(page, APPROVE).click()
    for (const each of [page, other]) {
      await stands(each, 'It makes a change')
      expect(await step(each, 'Set it.').innerText()).toContain('goes on')
    }
    await page.locator('#now:focus').waitFor()
    allow()
    for (const each of [page, other]) await stands(each, 'Waits for an approval')
    expect(value()).toBe('new')
    expect(await step(other, 'Set it.').innerText()).toMatch(/done, /)
    expect(await other.getByRole('complementary').innerText()).toContain(
      'Approved by Ada, over HTTP',
    )
    await button(page, 'Leave it out').click()
    await stands(page, 'Waits for a person to do something')
    await page.locator('#now').getByRole('button', { name: 'It is done' }).click()
    for (const each of [page, other]) await stands(each, 'Resolved')
    expect(await step(page, 'It is what it should be.').innerText()).toContain('holds')
    expect(await step(page, 'Set another one, too.').innerText()).toContain('left out')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Report as Markdown' }).click(),
    ])
    expect(readFileSync(await download.path(), 'utf8')).toContain('**resolved**')
    expect(download.suggestedFilename()).toMatch(/^run-[\d-]+-[0-9a-f]{4}\.md$/)

    await button(page, 'Take the changes back …').click()
    const sure = page.getByRole('group', { name: 'Take the changes back?' })
    expect(await sure.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining(`${folder}/set-value ${folder}/value old`),
    ])
    await sure.getByRole('button', { name: 'Take them back' }).click()
    for (const each of [page, other]) await stands(each, 'Taken back')
    expect(value()).toBe('old')
    expect(log()).toBe('new\nold\n')
    expect(await step(other, 'Set it.').innerText()).toContain('taken back')
    await picture(other, 'runbook-undone')
    expect(complaints).toEqual([])
  })

  it('goes on where it stands after the server was killed, also in the middle of a change', async () => {
    const first = await serve()
    const { page } = await open(first.url, '/runbooks/page-trial')
    await begin(page)
    await stands(page, 'Waits for an approval')
    await first.kill()
    await page.getByText('server away, asking again').waitFor()
    await button(page, APPROVE).click()
    await page.getByRole('alert').filter({ hasText: 'the server does not answer' }).waitFor()

    const host = ['--listen', new URL(first.url).host]
    const second = await serve(...host)
    await page.getByText('live', { exact: true }).waitFor()
    await button(page, APPROVE).click()
    await stands(page, 'It makes a change')
    await second.kill()
    await serve(...host)
    await stands(page, 'Stopped')
    await button(page, 'Go on').click()
    await stands(page, 'Waits for a decision')
    const now = page.locator('#now')
    await now.getByText('What it has started still runs').waitFor()
    await button(page, 'Wait until it is over').click()
    await stands(page, 'It makes a change')
    expect(existsSync(join(folder, 'value.log'))).toBe(false)
    allow()
    await now.getByText('nobody knows what became of it').waitFor()
    await button(page, 'It was done').click()
    await now.getByRole('group', { name: 'Set another one, too.' }).waitFor()
    // Once, whoever saw to it.
    expect(log()).toBe('new\n')
  })

  it('is found on the page of its case, and begun for it', async () => {
    const server = await serve()
    const entry = entryDocument({
      kind: 'case',
      at: Date.UTC(2026, 10, 22),
      incident: 'boot-1',
      revision: 1,
      case: sampleCase({ id: CASE, at: Date.UTC(2026, 10, 22) }),
    })
    const taken = await server.get('/api/deliveries', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        schema: 'stella.delivery/1',
        host: { id: 'one', name: 'one' },
        entries: [entry],
      }),
    })
    expect(taken.status).toBe(200)
    const { page } = await open(server.url, `/cases/${CASE}`)
    const part = page.getByRole('region', { name: 'Runbooks' })
    await part.getByText('No runbook was run for this case yet.').waitFor()
    await part.getByRole('link', { name: 'Choose a runbook for it' }).click()
    await page.getByRole('link', { name: /^A <b>value/ }).click()
    await page.getByRole('heading', { level: 2, name: 'The plan' }).waitFor()
    expect(await page.getByLabel('The case that it is about').inputValue()).toBe(CASE)
    await begin(page)
    await stands(page, 'Waits for an approval')
    await page.goto(new URL(`/cases/${CASE}`, server.url).href)
    await part.getByText('Waits for somebody').waitFor()
    await picture(page, 'runbook-case')
  })

  it('keeps what was done so that it does not come again', async () => {
    const server = await serve()
    const { page } = await open(server.url, '/runbooks/page-trial')
    const part = page.getByRole('region', { name: 'So that it does not come again' })
    await part.getByText('0 of 2 are done.').waitFor()
    await part.getByRole('button', { name: /^It is done.*Watch the value/ }).click()
    await part.getByLabel('What shows it').fill('alert TrialValueWrong')
    await part.getByLabel('Your name').fill('Ada')
    await part.getByRole('button', { name: 'Done', exact: true }).press('Enter')
    await part.getByText('1 of 2 are done.').waitFor()
    const { page: other } = await open(server.url, '/runbooks/page-trial')
    const item = other.getByRole('listitem').filter({ hasText: 'Watch the value.' })
    expect(await item.innerText()).toContain('by Ada, over HTTP: alert TrialValueWrong')
  })

  it('can be used with the keyboard, by those who listen, and on a phone', async () => {
    const server = await serve()
    allow()
    const { page } = await open(server.url, '/runbooks/page-trial', {
      viewport: { width: 375, height: 780 },
      colorScheme: 'dark',
    })
    await page.getByRole('heading', { level: 2, name: 'The plan' }).waitFor()
    expect(await isTooWide(page)).toBe(false)
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('Your name').press('Enter')
    await page.locator('h1:focus').filter({ hasText: 'Waits for an approval' }).waitFor()
    expect(await isTooWide(page)).toBe(false)
    await picture(page, 'runbook-phone')
    const seen = await page.locator('body').ariaSnapshot()
    for (const part of [
      '- heading "Waits for an approval" [level=1]',
      '- progressbar "Steps that are over"',
      '- group "Set it."',
      '- region "Quick checks":',
      '- heading "What is the value?" [level=3]',
    ]) {
      expect(seen).toContain(part)
    }
    const said = page.locator('p[role=status]').last()
    await button(page, 'Leave it out').press('Enter')
    await page.getByRole('group', { name: 'Set another one, too.' }).waitFor()
    await page.locator('#now:focus').waitFor()
    await button(page, APPROVE).press('Enter')
    // The value is still the old one.
    await stands(page, 'Failed')
    await said.filter({ hasText: 'It is what it should be: failed. Failed' }).waitFor()
    await page.locator('#now:focus').waitFor()
  })
})
