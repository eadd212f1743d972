import { imageLimits } from '../../src/scanning/limits.ts'
import { limitsPage } from '../../src/scanning/limits-page.ts'
import { DEFAULT_POOL } from '../../src/model/scan-job.ts'
import { newPool } from '../../src/store/scanner/pools.ts'

/** The limits of images where nobody has set anything, as a page of the guides. */
export function imageLimitsPage(): string {
  return limitsPage(imageLimits(new Map(), [newPool(DEFAULT_POOL, 1)]))
}
