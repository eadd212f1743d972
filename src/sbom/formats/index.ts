/** All formats that other programs read. */
import type { SbomFormat } from '../document.ts'
import { cyclonedx } from './cyclonedx.ts'
import { spdx } from './spdx.ts'

export const SBOM_FORMATS = { cyclonedx, spdx } satisfies Record<string, SbomFormat>
