import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { MIB } from '../../src/model/bytes.ts'
import { isTooWide, picture } from '../support/browser.ts'
import { downloaded } from '../support/downloaded.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { withBrowser } from '../support/with-browser.ts'
import { withServers } from '../support/with-servers.ts'

const LOG = join(REPO, 'fixtures/kernel-log/own-limit.dmesg-T.txt')
const INCIDENT = join(REPO, 'fixtures/edge-cases/01-own-limit')

interface Drawn {
  width: number
  /** Of each column of the plot, from left to right, whether it is drawn in its upper half. */
  heights: boolean[]
}

/** The line and what it fills are violet; the grid is grey. */
const heightsDrawn = `(() => {
  const canvas = document.querySelector('#lives canvas')
  const { width, height } = canvas
  const { data } = canvas.getContext('2d').getImageData(0, Math.round(height * 0.3), width, 1)
  const heights = Array.from({ length: width }, (_, x) => data[4 * x + 2] - data[4 * x] > 40)
  return { width, heights }
})()`

const skip = requireParts('chromium')
const open = withBrowser(skip)
const { serve, file } = withServers('page-judge')

describe.skipIf(skip)('logs judged in the page of stella serve', () => {
  it('reads a log in the browser, and sends nothing', async () => {
    const server = await serve('--no-watch')
    const { page, complaints, requests } = await open(server.url, '/try')
    await page.getByRole('button', { name: 'See an example' }).click()
    await page
      .getByRole('heading', { level: 1, name: 'Killed by the kernel at its own limit' })
      .waitFor()
    await page.getByRole('button', { name: 'Read something else' }).click()

    const sent: string[] = []
    page.context().on('request', (request) => {
      if (request.method() !== 'GET' || request.postDataBuffer() !== null) sent.push(request.url())
    })
    // Without a server nothing could be judged anywhere else.
    await server.kill()
    const before = requests.length
    await page.getByLabel('Files to read').setInputFiles(LOG)
    const heading = page.getByRole('heading', {
      level: 1,
      name: 'Killed by the kernel at its own limit',
    })
    await heading.waitFor()
    await page.locator('h1:focus').waitFor()
    const asked = await runStella(['why', '--from', LOG, '--json'])
    const judged: { id: string; verdict: { summary: string } } = JSON.parse(asked.out)
    expect(await page.locator('.answer-sentence').innerText()).toBe(judged.verdict.summary)
    expect(await page.locator('.facts').innerText()).toContain(judged.id)
    expect(sent).toEqual([])
    const asking = requests.slice(before).map((url) => new URL(url).pathname)
    // Whether the server is back, and the part of the page that reads.
    const allowed = /^\/(api\/events|api\/overview|assets\/.*)$/
    expect(asking.filter((path) => !allowed.test(path))).toEqual([])
    expect(complaints).toEqual([])
  })

  it('reads a folder, packed logs and pasted text, and takes secrets out', async () => {
    const incident = file('incident')
    cpSync(INCIDENT, incident, { recursive: true })
    const events = readFileSync(join(incident, 'events.jsonl'), 'utf8')
    const secret = '"Attributes":{"db_url":"postgres://app:hunter2hunter2@db/shop",'
    writeFileSync(join(incident, 'events.jsonl'), events.replaceAll('"Attributes":{', secret))
    writeFileSync(
      join(incident, 'README'),
      'Memory cgroup out of memory: Killed process 1 (made up)',
    )
    const server = await serve('--no-watch')
    const { page } = await open(server.url, '/try')
    await page.getByLabel('Folder to read').setInputFiles(incident)
    await page.getByRole('heading', { level: 1, name: /^Killed by the kernel/ }).waitFor()
    expect(await page.locator('.kicker').innerText()).toContain('cart')
    const report = await downloaded(page, 'Download as Markdown')
    expect(report).toContain('postgres://[redacted]@db/shop')
    expect(report).not.toContain('hunter2')
    expect(await page.content()).not.toContain('hunter2')

    await page.getByRole('button', { name: 'Read something else' }).click()
    const packed = file('kern.log.1.gz')
    writeFileSync(packed, gzipSync(readFileSync(LOG)))
    await page.getByLabel('Files to read').setInputFiles(packed)
    await page.getByText('Read in this browser from kern.log.1.gz').waitFor()
    await page
      .getByRole('heading', { level: 1, name: 'Killed by the kernel at its own limit' })
      .waitFor()

    await page.getByRole('button', { name: 'Read something else' }).click()
    await page.getByLabel('Or paste the text').fill(readFileSync(LOG, 'utf8'))
    await page.getByRole('button', { name: 'Read the text' }).click()
    await page
      .getByRole('heading', { level: 1, name: 'Killed by the kernel at its own limit' })
      .waitFor()
    await page.getByRole('button', { name: 'Read something else' }).click()

    const drop = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([${JSON.stringify(readFileSync(LOG, 'utf8'))}], 'dropped.log'))
      return transfer
    })()`)
    // On any view: a browser would go away to the file.
    await page.getByRole('link', { name: 'Cases' }).click()
    await page.getByText('No case yet').waitFor()
    await page.dispatchEvent('body', 'drop', { dataTransfer: drop })
    await page.getByText('Read in this browser from dropped.log').waitFor()
  })

  it('draws the loop of an app: what it is given of the CPU, and how long its tasks live', async () => {
    const server = await serve('--no-watch')
    const { page, complaints } = await open(server.url, '/try')
    await page.getByLabel('Folder to read').setInputFiles(join(REPO, 'fixtures/mesos/cluster'))
    const lives = page.getByRole('region', { name: 'Its lives', exact: true })
    await lives.waitFor()
    expect(await lives.innerText()).toContain('9 tasks, 4.7 s long each')
    const chart = lives.getByRole('img', { name: /^CPU allocation: 9 tasks/ })
    await chart.locator('canvas').waitFor()
    // From the first start to the last end it goes up and down nine times.
    const { heights, width } = await page.evaluate<Drawn>(heightsDrawn)
    expect(width).toBeGreaterThan(400)
    // A line of the grid may run through one of them.
    const begins = heights.filter(
      (high, at) => high && !heights.slice(Math.max(0, at - 2), at).includes(true),
    )
    expect(begins).toHaveLength(9)
    const bins = lives.getByRole('table', { name: 'How long they were' })
    expect(await bins.getByRole('row').last().innerText()).toMatch(/4\.7 s to 4\.8 s\s+9/)
    await lives.getByText('Each of them').click()
    const newest = lives
      .getByRole('table', { name: /newest first/ })
      .getByRole('row')
      .nth(1)
    expect(await newest.innerText()).toMatch(/4\.7 s\s+TASK_FAILED, over its memory limit/)
    await picture(page, 'lives-of-an-app')
    await page.setViewportSize({ width: 360, height: 800 })
    expect(await isTooWide(page)).toBe(false)
    await picture(page, 'lives-of-an-app-phone')
    expect(complaints).toEqual([])
  })

  it('says what is wrong with a file that it cannot judge', async () => {
    const server = await serve('--no-watch')
    const { page } = await open(server.url, '/try')
    const give = (path: string) => page.getByLabel('Files to read').setInputFiles(path)
    await give(join(REPO, 'package.json'))
    await page.getByText('This is no log that stella knows: package.json').waitFor()
    const archive = file('all.zip')
    writeFileSync(archive, Buffer.from('504b0304000000', 'hex'))
    await give(archive)
    await page.getByText('all.zip was not read: it is a zip archive: unpack it first').waitFor()
    const empty = file('empty.log')
    writeFileSync(empty, '')
    await give(empty)
    await page.getByText('empty: empty.log').waitFor()
    const broken = file('broken.log.gz')
    writeFileSync(broken, gzipSync(readFileSync(LOG)).subarray(0, 40))
    await give(broken)
    await page
      .getByText(/broken\.log\.gz/)
      .first()
      .waitFor()
    const calm = file('calm.log')
    writeFileSync(
      calm,
      '[    1.000000] Linux version 6.1.0 (gcc)\n[    2.000000] eth0: link up\n'.repeat(50),
    )
    await give(calm)
    const main = page.getByRole('main')
    await expect.poll(() => main.innerText()).toContain('in calm.log, and no kill')
    expect(await main.innerText()).toContain('That is no proof that there was none')
  })

  it('stays alive while it reads a large log', async () => {
    const large = file('large.log')
    const noise =
      '[Sat Nov 21 08:00:00 2026] eth0: link is up, 1000 Mbps, full duplex, lpa 0xC1E1\n'
    writeFileSync(large, noise.repeat(1_600_000))
    writeFileSync(large, readFileSync(LOG), { flag: 'a' })
    expect(statSync(large).size).toBeGreaterThan(100 * MIB)
    const server = await serve('--no-watch')
    const { page } = await open(server.url, '/try')
    // The longest that the page did not draw.
    await page.evaluate(`(() => {
      let last = performance.now()
      window.longest = 0
      const beat = (now) => {
        window.longest = Math.max(window.longest, now - last)
        last = now
        requestAnimationFrame(beat)
      }
      requestAnimationFrame(beat)
    })()`)
    await page.getByLabel('Files to read').setInputFiles(large)
    await page.getByRole('progressbar').waitFor()
    await page
      .getByRole('heading', { level: 1, name: 'Killed by the kernel at its own limit' })
      .waitFor()
    const longest = await page.evaluate<number>('window.longest')
    console.info(`the page stood still for ${Math.round(longest)} ms at most`)
    // Reading it takes seconds on these machines; the page would stand still for all of them.
    expect(longest).toBeLessThan(1_000)
    await page.getByRole('button', { name: 'Read something else' }).click()
    await page.getByLabel('Files to read').setInputFiles(large)
    await page.getByRole('progressbar').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('Drop a kernel log').waitFor()
  })
})
