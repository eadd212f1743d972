import type { Tool } from './tool.ts'

/** The tools whose figures are reconciled, in the order they are shown. */
export const TOOLS: readonly Tool[] = []
