import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPage, startBrowser } from '../../test/support/browser.ts'
import { stopDocker, testDocker } from '../../test/support/docker.ts'
import { startServing } from '../../test/support/serving.ts'

/** Wide enough for both columns, and as long as the answer and the chart are. */
const VIEW = { width: 1280, height: 1060 }
const NAME = 'shop-cart'

/** The kill of a container as `stella serve` shows it: the answer, the course of its memory, why it grew (PNG). */
export async function pageOfAKill(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'stella-pictures-'))
  const docker = await testDocker()
  const image = await docker.image()
  const server = await startServing(join(folder, 'data'), [], docker.env)
  const browser = await startBrowser()
  try {
    const limits = ['--memory=64m', '--memory-swap=64m']
    const load = ['hog', 'name=cart', 'anon=12M', 'grow=256K,60,128M']
    docker.cli('run', '--name', NAME, '--detach', '--network=none', ...limits, image, ...load)
    docker.cli('wait', NAME)
    const { page } = await openPage(browser, { viewport: VIEW, timezoneId: 'UTC' })
    await page.goto(new URL(`/?search=${NAME}`, server.url).href)
    await page.getByRole('link', { name: NAME, exact: true }).first().click()
    await page.getByRole('img', { name: /^Its memory up to the end/ }).waitFor()
    return await page.screenshot()
  } finally {
    await browser.close()
    await server.stop()
    docker.tryCli('rm', '--force', NAME)
    await stopDocker()
    rmSync(folder, { recursive: true, force: true })
  }
}
