import type { Step } from '../view.ts'
import { steadyLeak } from './leak.ts'
import { steady } from './steady.ts'

/** The decision list: the first step that answers decides. */
export const STEPS: readonly Step[] = [steadyLeak, steady]
