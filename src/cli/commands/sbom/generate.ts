import type { NamedImage } from '../../../app/scan/open.ts'
import type { CliContext } from '../../context.ts'
import { scan } from '../scan/run.ts'
import type { ScanFlags } from '../scan/flags.ts'

export interface GenerateFlags extends ScanFlags {
  generator?: 'stella'
}

/** `stella sbom generate`. */
export function generateSbom(
  this: CliContext,
  flags: GenerateFlags,
  given?: NamedImage,
): Promise<void> {
  return scan.call(this, { ...flags, format: flags.format ?? 'cyclonedx' }, given)
}
