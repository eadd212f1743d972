import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { CHROMIUM } from './browser-program.ts'
import { testbedFolder } from './testbed.ts'

export interface Opened {
  page: Page
  context: BrowserContext
  /** What the page complained about: errors of its program, and what its content policy forbade. */
  complaints: string[]
  /** Every address that was asked for, those of its workers too. */
  requests: string[]
}

/** A browser without a window. Its sandbox wants rights that a container has not, and the pages are ours. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
}

/** A page in a profile of its own. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: 'Asia/Kathmandu',
    ...options,
  })
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // That a server is away is told on the page; the browser notes it here, too.
    const isAboutNetwork = /Failed to load resource|net::ERR/.test(message.text())
    if (message.type() === 'error' && !isAboutNetwork) complaints.push(message.text())
  })
  context.on('request', (request) => requests.push(request.url()))
  return { page, context, complaints, requests }
}

/** Where pictures of a page are put, so that somebody can look at them. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = testbedFolder('page-pictures')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

/** Whether one has to scroll sideways. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  )
}
