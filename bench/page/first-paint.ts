/**
 * How soon the page stands with 10,000 cases: `node bench/page/first-paint.ts [CASES]`, after `npm run build`.
 * A real server over a real embedded database, and a browser that has never seen the page. Exit code 1 where it takes longer than a
 * second, or the first view is larger than 200 KiB.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { formatBytes, KIB } from '../../src/model/bytes.ts'
import { entryDocument } from '../../src/store/cases/entry-json.ts'
import { openPage, startBrowser } from '../../test/support/browser.ts'
import { pageBytes } from '../../test/support/built-page.ts'
import { sampleCase } from '../../test/support/sample-case.ts'
import { startServing } from '../../test/support/serving.ts'
import type { Serving } from '../../test/support/serving.ts'
import { testbedFolder } from '../../test/support/testbed.ts'

const cases = Number(process.argv[2] ?? 10_000)
const LOOKS = 7
const AT_ONCE = 500
const MOST_MS = 1_000
const MOST_BYTES = 200 * KIB
const MINUTE_MS = 60_000

const folder = mkdtempSync(join(testbedFolder('page-bench'), 'data-'))
const server = await startServing(folder, ['--no-watch'])
try {
  await fill(server)
  const looks = await look(server)
  const { first, later } = pageBytes()
  const middle = (pick: (seen: Look) => number): number =>
    looks.map(pick).toSorted((a, b) => a - b)[Math.floor(LOOKS / 2)] ?? NaN
  const listed = middle((seen) => seen.listed)
  const worst = Math.max(...looks.map(({ listed }) => listed))
  console.log(`cases in the database        ${cases.toLocaleString('en')}`)
  console.log(
    `first paint, median of ${LOOKS}     ${Math.round(middle(({ painted }) => painted))} ms`,
  )
  console.log(`cases listed, median         ${Math.round(listed)} ms`)
  console.log(`cases listed, slowest        ${Math.round(worst)} ms`)
  console.log(`first view, gzipped          ${formatBytes(first)}`)
  console.log(`fetched later, gzipped       ${formatBytes(later)}`)
  if (listed > MOST_MS || first > MOST_BYTES) process.exitCode = 1
} finally {
  await server.kill()
  rmSync(folder, { recursive: true, force: true })
}

/** Milliseconds from asking for the page. */
interface Look {
  painted: number
  /** The table of cases is drawn. */
  listed: number
}

async function look(to: Serving): Promise<Look[]> {
  const browser = await startBrowser()
  const looks: Look[] = []
  try {
    for (let at = 0; at < LOOKS; at++) {
      const { page, context } = await openPage(browser)
      // Told by the page itself: the way through the driver takes longer than the page.
      await context.addInitScript(`
        new MutationObserver((_, watcher) => {
          if (document.querySelector('a.row-link') === null) return
          watcher.disconnect()
          requestAnimationFrame(() => requestAnimationFrame(() => (window.listed = performance.now())))
        }).observe(document, { childList: true, subtree: true })`)
      await page.goto(to.url)
      await page.locator('a.row-link').first().waitFor()
      looks.push(
        await page.evaluate<Look>(`new Promise((resolve) => {
          const tell = () => window.listed === undefined ? requestAnimationFrame(tell) : resolve({
            painted: performance.getEntriesByName('first-contentful-paint')[0].startTime,
            listed: window.listed,
          })
          tell()
        })`),
      )
      await context.close()
    }
  } finally {
    await browser.close()
  }
  return looks
}

async function fill(to: Serving): Promise<void> {
  const start = Date.now() - cases * MINUTE_MS
  for (let from = 0; from < cases; from += AT_ONCE) {
    const entries = Array.from({ length: Math.min(AT_ONCE, cases - from) }, (_, index) => {
      const at = from + index
      const id = `c_${String(at).padStart(16, '0')}`
      const subject = { platform: 'docker' as const, name: `shop-${at}`, id, image: 'shop/web:1' }
      const found = sampleCase({ id, at: start + at * MINUTE_MS, subject })
      const entry = {
        kind: 'case' as const,
        at: found.at ?? 0,
        incident: id,
        revision: 1,
        case: found,
      }
      return entryDocument(entry)
    })
    const response = await to.get('/api/deliveries', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        schema: 'stella.delivery/1',
        host: { id: `host-${from}`, name: `host-${from}` },
        entries,
      }),
    })
    if (!response.ok) throw new Error(`the server did not take them: ${await response.text()}`)
  }
}
