import { redis } from './redis.ts'
import type { Runtime } from './runtime.ts'

/** The runtimes that can be looked into; the first that knows a process has it. */
export const RUNTIMES: readonly Runtime[] = [redis]
