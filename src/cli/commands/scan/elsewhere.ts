import { usageError } from '../../../model/errors.ts'
import { platformText } from '../../../model/image.ts'
import { printable } from '../../../report/printable.ts'
import type { NamedImage } from '../../../app/scan/open.ts'
import type { CliContext } from '../../context.ts'
import { runningDesk, userName } from '../../scanner-desk.ts'
import { wholeName } from '../scanner/whole-name.ts'
import { sbomOf } from '../scanner/sbom-of.ts'
import { scanByWorkers } from './by-workers.ts'
import type { ScanFlags } from './flags.ts'
import { writeDocument } from '../../write-document.ts'

/**
 * Has the workers of a scanner scan the image, where there is one that works.
 *
 * @returns `nobody`: there is none; `known`: they did, and the document is to be made of what is known of the layers now
 * @throws StellaError 1 where the job failed, 2 where the server gives no such document
 */
export async function scanElsewhere(
  { io }: CliContext,
  flags: ScanFlags,
  named: NamedImage,
): Promise<'nobody' | 'written' | 'known'> {
  const desk = await runningDesk(io, flags)
  if (desk === null) return 'nobody'
  const isRemote = flags.server !== undefined || (io.env['STELLA_SERVER'] ?? '') !== ''
  const isFile = flags.output !== undefined && flags.output !== '-'
  const format = flags.format ?? (isFile || flags.json === true || isRemote ? 'cyclonedx' : 'table')
  if (isRemote && format !== 'cyclonedx') {
    throw usageError(
      `a server gives no ${format}`,
      '--format',
      'take cyclonedx, or scan it with --here',
    )
  }
  const wanted = {
    image: wholeName(named),
    platform: flags.platform === undefined ? null : platformText(flags.platform),
    timeoutMs: flags.timeout ?? null,
    isRetry: flags.retry === true,
    by: userName(),
  }
  const job = await scanByWorkers(desk, wanted, (says) => {
    if (flags.quiet !== true) io.err(`stella: scanner: ${says}\n`)
  })
  if (format !== 'cyclonedx') return 'known'
  const document = await sbomOf(desk, job)
  if (flags.output !== undefined && isFile) {
    await writeDocument(flags.output, document)
    if (flags.quiet !== true) io.err(`stella: written to ${printable(flags.output)}\n`)
    return 'written'
  }
  for await (const piece of text(document)) {
    io.out(piece)
    await io.drained()
  }
  return 'written'
}

async function* text(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true })
}
