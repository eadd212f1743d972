import type { Driver } from '../driver.ts'
import { docker } from './docker/index.ts'

/** All drivers, in the order they are asked. */
export const DRIVERS: readonly Driver[] = [docker]
