/** A lab with a real kill, played through the page of `stella serve` in a real browser. */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isTooWide, picture } from '../support/browser.ts'
import { lab, residueOf } from '../support/labs.ts'
import type { Player } from '../support/labs.ts'
import { requireParts } from '../support/parts.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder } from '../support/testbed.ts'
import { withBrowser } from '../support/with-browser.ts'

const ID = 'container-oom-kill'

const skip = requireParts('chromium', 'root')
const open = withBrowser(skip)
let player: Player
let server: Serving

beforeAll(async () => {
  if (skip !== null) return
  player = { data: mkdtempSync(join(testbedFolder('page-labs'), 'data-')), backend: 'cgroup' }
  server = await startServing(player.data, ['--no-watch'])
})
afterEach(async () => {
  await lab(player, 'stop', ID)
})
afterAll(async () => {
  if (skip !== null) return
  await server.kill()
  rmSync(player.data, { recursive: true, force: true })
})

const stands = (page: Page, words: string | RegExp): Promise<void> =>
  page.getByRole('heading', { level: 1, name: words }).waitFor()
const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name })
const check = (page: Page, title: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name: title }) })

describe.skipIf(skip)('a lab in the page', () => {
  it('is begun, killed before our eyes, solved by itself, and gone when it is ended', async () => {
    const { page, complaints } = await open(server.url, '/labs')
    const card = page.getByRole('listitem').filter({ hasText: ID })
    expect(await card.innerText()).toMatch(/12 minutes[^]*Tell by whom[^]*not begun yet/)
    await picture(page, 'labs-shelf')
    await card.getByRole('link', { name: 'A container keeps dying' }).click()
    await stands(page, 'Not begun')
    await picture(page, 'lab-closed')
    await page.getByLabel('Where the fault is made').selectOption('cgroup')
    await button(page, 'Begin').click()

    await stands(page, /^[01] of 4 checks/)
    const chart = page.getByRole('img', { name: /^Memory of processor: / })
    await chart.locator('canvas').waitFor()
    expect(await chart.getAttribute('aria-label')).toMatch(/limit of 32 MiB, .*kill/)
    await page.getByText('The same as a table').press('Enter')
    const table = page.getByRole('region', { name: 'Memory of processor, as a table' })
    expect(await table.innerText()).toMatch(/32 MiB\s+killed/)
    expect(await check(page, 'The processor runs').innerText()).toMatch(
      /does not hold[^]*it ended with 137[^]*it runs/,
    )
    await picture(page, 'lab-killed')
    await button(page, 'Give me a hint').click()
    const hints = page.getByRole('region', { name: 'Hints' })
    await hints.getByText('Exit code 137 is SIGKILL').waitFor()
    await button(page, 'One more hint').click()
    await hints.getByText('33554432 bytes are 32 MiB').waitFor()
    await picture(page, 'lab-hints')

    await button(page, 'Solve it').click()
    const sure = page.getByRole('group', { name: 'See how it is solved?' })
    await sure.getByRole('button', { name: 'Carry it out' }).click()
    await page.getByText('Key concepts').waitFor()
    await stands(page, 'Holds so far')
    expect(await check(page, 'The processor runs').innerText()).toMatch(/holds\n+is\n+it runs/)
    await stands(page, 'Solved')
    await picture(page, 'lab-solved')
    const { document } = await lab(player, 'status', ID)
    expect(document).toMatchObject({ solved: true, hints: 2 })

    await button(page, 'End it').click()
    await stands(page, 'Solved before')
    expect(residueOf(player, ID)).toEqual([])
    expect(complaints).toEqual([])
  })

  it('follows what is done elsewhere, on a phone, with the keyboard, and for those who listen', async () => {
    const { page } = await open(server.url, `/labs/${ID}`, {
      viewport: { width: 375, height: 780 },
      colorScheme: 'dark',
    })
    await stands(page, /^Not begun|^Solved before/)
    await lab(player, 'start', ID, '--backend', 'cgroup')
    await stands(page, /^[01] of 4 checks/)
    expect(await isTooWide(page)).toBe(false)
    await picture(page, 'lab-phone')
    const seen = await page.locator('body').ariaSnapshot()
    for (const part of [
      '- progressbar "Checks that hold"',
      '- region "What happened"',
      '- region "What has to hold"',
      '- heading "The processor runs" [level=3]',
    ]) {
      expect(seen).toContain(part)
    }
    await lab(player, 'solve', ID, '--apply')
    await page
      .locator('p[role=status]')
      .last()
      .filter({ hasText: 'The processor runs: holds' })
      .waitFor()
    await button(page, 'End it').press('Enter')
    await stands(page, /^Not begun|^Solved before/)
    await page.locator('#now:focus').waitFor()
    expect(residueOf(player, ID)).toEqual([])
  })
})
