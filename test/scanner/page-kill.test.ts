/** The scanner's place in the page of `stella serve`, in a real browser. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { picture } from '../support/browser.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder } from '../support/testbed.ts'
import { withBrowser } from '../support/with-browser.ts'

const skip = requireParts('chromium')
const open = withBrowser(skip)

const attempt = (page: Page, heading: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: heading }) })

describe.skipIf(skip ?? requireParts('root', 'cgroup-v1', 'kmsg'))(
  'a worker that really runs out of memory',
  () => {
    let folder = ''
    let serving: Serving | null = null
    beforeEach(() => {
      folder = mkdtempSync(join(testbedFolder('page-scanner'), 'data-'))
    })
    afterEach(async () => {
      await serving?.kill()
      rmSync(folder, { recursive: true, force: true })
    })

    it('shows its course up to the limit, its case, and what the next attempt found', async () => {
      await roomForReports()
      const image = await largeImage(folder, 200)
      serving = await startServing(join(folder, 'data'))
      const scanner = scannerOf(serving)
      await scanner.set('sbom.streaming_threshold', '8Gi')
      await scanner.set('worker.memory_limit', '144Mi')
      await scanner.restart()
      const { page, complaints } = await open(serving.url, '/scanner')
      await page.getByText('No job yet').waitFor()
      const id = await scanner.submit(image)
      const row = page.getByRole('row').filter({ hasText: image })
      await scanner.ended([id])
      await row.getByText('Done: 20 packages').waitFor()
      expect(await row.innerText()).toContain('144 MiB')
      await page.getByText(/restarts: .*\b1 out of memory/).waitFor({ timeout: 20_000 })

      const [killed, done] = (await scanner.desk.memory(id)) ?? []
      expect(killed?.peakBytes).toBe(144 * MIB)
      expect(killed?.phases.at(-1)).toMatchObject({ phase: 'read layers', peakBytes: 144 * MIB })
      expect(killed?.layersRead).toEqual({ done: 0, of: 1 })
      expect(killed?.samples.length).toBeLessThanOrEqual(240)
      // Of the worker that was started anew, and of this attempt alone.
      expect(done?.peakBytes).toBeLessThan(144 * MIB)
      expect(done?.phases.map(({ phase }) => phase)).toEqual([
        'open',
        'read layers',
        'join layers',
        'write document',
      ])
      expect(await scanner.desk.layers(id)).toMatchObject([
        { files: 21, packages: 20, wasKnown: false },
      ])

      await row.getByRole('link').click()
      await page.getByRole('heading', { level: 1, name: 'Done' }).waitFor()
      const first = attempt(page, 'Attempt 1: out of memory')
      expect(await first.innerText()).toMatch(/144 MiB of 144 MiB/)
      const chart = first.getByRole('img', { name: /^Memory of attempt 1: It rose from/ })
      expect(await chart.getAttribute('aria-label')).toMatch(
        /to 144 MiB in .*, under a limit of 144 MiB, and then it was killed\.$/,
      )
      expect(await first.innerText()).toContain(
        'It ended while it read layers; 0 of 1 were known by then.',
      )
      await chart.locator('canvas').waitFor()
      await attempt(page, 'Attempt 2: done').getByRole('img').waitFor()
      await picture(page, 'scanner-job')

      await page.reload()
      await chart.locator('canvas').waitFor()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download the SBOM' }).click(),
      ])
      expect(readFileSync(await download.path(), 'utf8')).toBe(await scanner.document(id))
      expect(download.suggestedFilename()).toMatch(/^[\w.-]+\.cdx\.json$/)

      await first.getByRole('link', { name: /^Why it ran out of memory/ }).click()
      const heading = page.getByRole('heading', { level: 1 })
      await heading.filter({ hasText: 'Killed by the kernel at its own limit' }).waitFor()
      expect(await page.locator('.answer').innerText()).toContain('144 MiB')
      expect(complaints).toEqual([])
    })
  },
)
