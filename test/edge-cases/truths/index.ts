import type { Truth } from '../truth.ts'
import { ELSEWHERE } from './elsewhere.ts'
import { NO_KERNEL_KILL } from './no-kernel-kill.ts'
import { OWN_LIMIT } from './own-limit.ts'
import { TEXT } from './text.ts'
import { WHY_IT_GREW } from './why-it-grew.ts'

export const TRUTHS: readonly Truth[] = [
  ...OWN_LIMIT,
  ...ELSEWHERE,
  ...NO_KERNEL_KILL,
  ...WHY_IT_GREW,
  ...TEXT,
].toSorted((a, b) => a.row - b.row)
