/** The scanner's place in the page of `stella serve`, in a real browser. */
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { GIB } from '../../src/model/bytes.ts'
import { openPage as openBuilt } from '../../src/server/page.ts'
import { isTooWide, picture } from '../support/browser.ts'
import { NOW } from '../support/command-line.ts'
import { requireParts } from '../support/parts.ts'
import { CASE_ID, startScanner, testWorker } from '../support/scanner.ts'
import type { TestScanner } from '../support/scanner.ts'
import { ended, newJob, take, taker } from '../support/scanner-store.ts'
import { withBrowser } from '../support/with-browser.ts'

const skip = requireParts('chromium')
const open = withBrowser(skip)

const attempt = (page: Page, heading: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: heading }) })

describe.skipIf(skip)('the scanner on the page', () => {
  let scanner: TestScanner
  let url = ''
  beforeAll(async () => {
    scanner = await startScanner()
    url = await scanner.serve({ page: openBuilt(join(REPO, 'dist/web')) })
  })
  afterAll(() => scanner.end())

  const workers = (...usages: readonly number[]): Promise<void> =>
    scanner.store.pools.tell(
      'one',
      usages.map((usageBytes, at) => testWorker({ name: `default-${at + 1}`, usageBytes })),
    )

  it('says what to do where there is nothing, and shows what comes without being loaded again', async () => {
    const { page, complaints } = await open(url, '/scanner')
    await page.getByText('Stopped: no workers run').waitFor()
    expect(await page.getByRole('group', { name: 'How to submit a job' }).innerText()).toContain(
      'stella scanner jobs submit',
    )
    await workers(GIB)
    await page.getByText('Ready: 1 worker, 0 busy; no job waits.', { exact: true }).waitFor()
    const { id } = await scanner.store.jobs.submit(newJob({ image: 'first:1' }))
    const row = page.getByRole('row').filter({ hasText: 'first:1' })
    await row.getByText('Waits for a worker').waitFor()
    await scanner.desk.cancel(id)
    await row.getByText('Cancelled').waitFor()
    expect(complaints).toEqual([])
  })

  it('has a bar for each worker that follows it, with a word where it is near its limit', async () => {
    await workers(GIB, GIB)
    const { page } = await open(url, '/scanner')
    const row = page.getByRole('row').filter({ hasText: 'default-2' })
    await row.getByText('1 GiB of 4 GiB 25 %').waitFor()
    expect(await row.innerText()).toContain('cgroup v2')
    const width = (): Promise<string> =>
      row.locator('.bar-fill').evaluate((fill) => fill.getAttribute('style') ?? '')
    expect(await width()).toContain('25%')
    await workers(GIB, 3.2 * GIB)
    await row.getByText('near its limit').waitFor()
    expect(await width()).toContain('80%')
    await workers(GIB, 3.9 * GIB)
    await row.getByText('at its limit', { exact: true }).waitFor()
    await workers(GIB, GIB / 2)
    await row.getByText('512 MiB of 4 GiB').waitFor()
    expect(await row.getByText('its limit').count()).toBe(0)
  })

  it('shows of a job that runs what its worker has in memory now', async () => {
    const { id } = await scanner.store.jobs.submit(newJob({ image: 'runs:1', pool: 'runs' }))
    const taken = await take(scanner.store, 'runs', taker('runs-1'))
    const told = (usageBytes: number): Promise<void> => {
      const worker = testWorker({
        name: 'runs-1',
        pool: 'runs',
        state: 'busy',
        job: id,
        usageBytes,
      })
      return scanner.store.pools.tell('one', [worker])
    }
    await told(GIB)
    const { page } = await open(url, '/scanner')
    const row = page.getByRole('row').filter({ hasText: 'runs-1' })
    await row.getByRole('link', { name: id.slice(0, 8) }).click()
    await page.getByRole('heading', { level: 1, name: 'Is being scanned' }).waitFor()
    const going = attempt(page, 'Attempt 1: goes on')
    await going.getByText('1 GiB of 4 GiB 25 %').waitFor()
    await told(3 * GIB)
    await going.getByText('3 GiB of 4 GiB 75 %').waitFor()
    expect(await page.getByRole('group', { name: 'How to cancel it' }).innerText()).toContain(id)
    const next = { state: 'failed', says: 'it ended', gate: null } as const
    await scanner.store.jobs.over(taken, ended({ outcome: 'crash', says: 'it ended' }), next)
    await attempt(page, 'Attempt 1: its worker crashed').waitFor()
  })

  it('tells why jobs wait', async () => {
    await workers(GIB)
    await scanner.store.jobs.submit(newJob({ image: 'waits:1', pool: 'nobody' }))
    const { page } = await open(url, '/scanner')
    await page.getByText('Not all is well: 1 worker, 0 busy; 1 job waits.').waitFor()
    const notes = page.getByRole('listitem').filter({ hasText: 'nobody has no workers' })
    const command = 'stella scanner workers add --pool nobody'
    expect(await notes.locator('code').innerText()).toBe(command)
    await page.getByRole('link', { name: 'waits:1' }).click()
    const why = page.getByText('It waits: nobody has no workers')
    await why.waitFor()
    expect(await why.locator('code').innerText()).toBe(command)
  })

  it('shows a job that failed: its course, its limit, its case, and the gate', async () => {
    const { id } = await scanner.store.jobs.submit(newJob({ image: 'large:9', priority: 9 }))
    await scanner.fail('default', 'failed')
    const { page } = await open(url, '/scanner')
    const row = page.getByRole('row').filter({ hasText: 'large:9' })
    await row.getByText('blocked: scan-oom').waitFor()
    await row.getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: 'Failed' }).waitFor()
    await page.getByText('This image may not be released until all of it is scanned.').waitFor()
    const one = attempt(page, 'Attempt 1: out of memory')
    await one
      .getByRole('img', { name: /to 4 GiB in .*, under a limit of 4 GiB, and then it was killed/ })
      .waitFor()
    expect(await one.innerText()).toContain('It ended while it read layers; 1 of 3 was known')
    const link = one.getByRole('link', { name: CASE_ID })
    expect(await link.getAttribute('href')).toBe(`/cases/${CASE_ID}`)
    await one.getByText('The same as a table').press('Enter')
    const table = one.getByRole('region', { name: 'Memory of attempt 1, as a table' })
    expect(await table.innerText()).toMatch(/0\.40 s\s+read layers\n/)
    expect(await table.innerText()).toMatch(/10\.00 s\s+4 GiB\s+killed/)
    const retry = page.getByRole('group', { name: 'How to try it again' })
    expect((await retry.innerText()).trim()).toBe(`stella scanner jobs retry ${id}`)
    expect(await page.getByRole('link', { name: 'Download the SBOM' }).count()).toBe(0)
  })

  it('draws the layers of a job that is done, and has them as a table', async () => {
    const { id } = await scanner.store.jobs.submit(newJob({ image: 'layers:1', priority: 9 }))
    await scanner.finish('default', { bomFormat: 'CycloneDX' })
    const { page } = await open(url, `/scanner/jobs/${id}`)
    await page
      .getByRole('img', {
        name: 'From the base upwards: 1 layer, 1 GiB unpacked, 256 MiB as stored.',
      })
      .waitFor()
    const part = page.getByRole('region', { name: 'Layers', exact: true })
    await part.getByText('The same as a table').press('Enter')
    const row = part.getByRole('row', { name: /^1 256 MiB/ })
    expect(await row.innerText()).toMatch(/1 GiB\s+1,234\s+7\s+read\s+sha256:a{12}\s+COPY/)
  })

  it('finds jobs by what became of them and by a part of their image, page by page', async () => {
    for (let at = 0; at < 30; at++) {
      const createdAt = NOW + at
      await scanner.store.jobs.submit(newJob({ image: `many/${at}:1`, pool: 'slow', createdAt }))
    }
    const { page } = await open(url, '/scanner?image=many')
    const links = page.locator('a.row-link')
    const first = links.first()
    await first.filter({ hasText: 'many/29:1' }).waitFor()
    expect(await links.count()).toBe(25)
    await page.getByRole('link', { name: 'Older' }).click()
    await first.filter({ hasText: 'many/4:1' }).waitFor()
    await page.reload()
    await first.filter({ hasText: 'many/4:1' }).waitFor()
    await page.getByRole('searchbox').fill('many/17')
    await first.filter({ hasText: 'many/17:1' }).waitFor()
    await page.getByLabel('Status').selectOption('done')
    await page.getByText('No job fits').waitFor()
    const { searchParams } = new URL(page.url())
    expect(Object.fromEntries(searchParams)).toEqual({ image: 'many/17', status: 'done' })
  })

  it('shows the name of an image as text, whatever it is', async () => {
    const image = '<img src=x onerror="document.title=1"><b>bold</b>\u202eexe'
    const says = `${image}: stella scanner jobs list; rm -rf /`
    const { id } = await scanner.store.jobs.submit(newJob({ image, note: says }))
    for (const path of ['/scanner?image=bold', `/scanner/jobs/${id}`]) {
      const { page, complaints } = await open(url, path)
      const main = page.getByRole('main')
      await main.getByText('<b>bold</b>\\u{202e}exe').first().waitFor()
      expect(await main.locator('img, b').count()).toBe(0)
      expect(await main.innerText()).not.toContain('\u202e')
      expect(await main.getByRole('button', { name: /rm -rf/ }).count()).toBe(0)
      expect(complaints).toEqual([])
    }
  })

  it('asks nothing while nobody can see it, and at once when somebody looks again', async () => {
    const { page, requests } = await open(url, '/scanner')
    await page.clock.install()
    await page.reload()
    await page.getByRole('heading', { level: 2, name: 'Workers' }).waitFor()
    const asked = (): number => requests.filter((each) => each.includes('/workers')).length
    const look = (hidden: boolean): Promise<void> =>
      page.evaluate(`(() => {
        Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      })()`)
    const before = asked()
    await page.clock.runFor(10_000)
    await expect.poll(asked).toBeGreaterThan(before)
    await look(true)
    const hidden = asked()
    await page.clock.runFor(600_000)
    expect(asked()).toBe(hidden)
    await look(false)
    await expect.poll(asked).toBe(hidden + 1)
  })

  it('can be used with the keyboard, by those who listen, and on a phone', async () => {
    await workers(GIB)
    const { page } = await open(url, '/scanner', { viewport: { width: 360, height: 780 } })
    await page.locator('a.row-link').first().waitFor()
    expect(await isTooWide(page)).toBe(false)
    const list = await page.locator('body').ariaSnapshot()
    for (const part of [
      '- heading "Scanner" [level=1]',
      '- region "Workers":',
      '- heading "default" [level=3]',
      '- region "Jobs":',
      '- combobox "Status"',
    ]) {
      expect(list).toContain(part)
    }
    await page.getByRole('link', { name: 'Scanner' }).press('Tab')
    await page.getByRole('link', { name: 'large:9' }).press('Enter')
    await page.locator('h1:focus').filter({ hasText: 'Failed' }).waitFor()
    expect(await isTooWide(page)).toBe(false)
    await picture(page, 'scanner-job-phone')
    await page.goBack()
    await page.locator('a.row-link').first().waitFor()
  })

  it('says so where there is no scanner, and where there is no such job', async () => {
    const without = await scanner.serve({
      scanner: null,
      page: openBuilt(join(REPO, 'dist/web')),
    })
    const { page } = await open(without, '/scanner')
    await page.getByText('This server has no scanner').waitFor()
    const id = '00000000-0000-4000-8000-000000000000'
    const { page: other } = await open(url, `/scanner/jobs/${id}`)
    await other.getByText(`The server does not have the job ${id}`).waitFor()
    expect(await other.getByRole('link', { name: 'The scanner' }).count()).toBe(1)
  })
})
