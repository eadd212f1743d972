import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

/** What a button of the page gives to save. */
export async function downloaded(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ])
  return readFileSync(await download.path(), 'utf8')
}
