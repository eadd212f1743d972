/** All catalogers; a file may be wanted by several. */
import type { Cataloger } from '../cataloger.ts'

export const CATALOGERS: readonly Cataloger[] = []
