import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { openPage, startBrowser } from './browser.ts'
import type { Opened } from './browser.ts'

/** Opens a path of what is served at an address. */
export type Opens = (url: string, path: string, options?: BrowserContextOptions) => Promise<Opened>

/**
 * For the tests of a file: a browser is started, and what a test opens is closed behind it.
 * @param skip why the tests are left out; null where they are not
 */
export function withBrowser(skip: string | null): Opens {
  let browser: Browser | null = null
  let opened: Opened[] = []
  beforeAll(async () => {
    if (skip !== null) return
    browser = await startBrowser()
  })
  afterEach(async () => {
    for (const { context } of opened) await context.close()
    opened = []
  })
  afterAll(async () => {
    await browser?.close()
  })
  return async (url, path, options) => {
    if (browser === null) throw new Error('there is no browser')
    const one = await openPage(browser, options)
    opened.push(one)
    await one.page.goto(new URL(path, url).href)
    return one
  }
}
