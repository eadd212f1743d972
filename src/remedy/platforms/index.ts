import type { Driver } from '../driver.ts'

/** All drivers, in the order they are asked. */
export const DRIVERS: readonly Driver[] = []
