import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { startMemoryProfile } from '../../../app/scan/memory-profile.ts'
import { scanImage } from '../../../app/scan/scan-image.ts'
import type { Scan } from '../../../app/scan/scan-image.ts'
import { StellaError, unreachableError } from '../../../model/errors.ts'
import { closeSource } from '../../../image/source/close.ts'
import { printable } from '../../../report/printable.ts'
import type { SbomDocument } from '../../../sbom/document.ts'
import { SBOM_FORMATS } from '../../../sbom/formats/index.ts'
import type { CliContext } from '../../context.ts'
import { packageTable } from '../../render/packages.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { layerCacheFolder } from '../../layer-cache.ts'
import { withScratchFolder } from '../../leave-nothing.ts'
import { openNamedImage } from '../../../app/scan/open.ts'
import type { NamedImage } from '../../../app/scan/open.ts'
import { paintFor } from '../../render/paint.ts'
import { VERSION } from '../../../app/version.ts'
import type { ScanFlags } from './flags.ts'
import { keepProfile, showProfile } from './keep-profile.ts'
import { oneOf } from './named.ts'
import { scanProgress, scanStory } from './progress.ts'
import { writeDocument } from '../../write-document.ts'

const TIMEOUT_MS = 30 * 60_000
/** Without it, garbage of a large image lies about as long as the machine has memory. */
const COLLECT_EARLY = '--optimize-for-size'

/** `stella scan image`. */
export async function scan(this: CliContext, flags: ScanFlags, given?: NamedImage): Promise<void> {
  setFlagsFromString(COLLECT_EARLY)
  // Young objects are few and die at once; V8 would give them 16 MiB all the same.
  setFlagsFromString('--semi-space-growth-factor=1')
  const named = oneOf(given, flags.image)
  const { io } = this
  if (mayBeForWorkers(io, flags, named)) {
    const { scanElsewhere } = await import('./elsewhere.ts')
    const found = await scanElsewhere(this, flags, named)
    if (found === 'written') return
    // The workers read its layers a moment ago; what they know of them is here.
    if (found === 'known')
      return scan.call(this, { ...flags, image: named, here: true, retry: false })
  }
  const stop = AbortSignal.timeout(flags.timeout ?? TIMEOUT_MS)
  const isProfiled = flags.profileMemory === true || flags.profile === true
  const profile = isProfiled ? startMemoryProfile('open') : null
  const isTold = flags.verbose === true && flags.quiet !== true
  const progress = isTold ? scanStory(io) : scanProgress(io, flags)
  const source = await openNamedImage(named, {
    platform: flags.platform ?? null,
    env: io.env,
    stdin: io.stdin,
    signal: stop,
  })
  try {
    await withScratchFolder(io.env, async (scratchFolder) => {
      const done = await scanImage(source, {
        cacheFolder: flags.retry === true ? null : layerCacheFolder(io.env, flags.data),
        scratchFolder,
        checksAll: flags.verify === true,
        version: VERSION,
        created: sourceDate(io.env),
        signal: stop,
        leavesOut: flags.sbomFallback === true,
        onPhase(phase) {
          profile?.phase(phase)
          progress.onPhase(phase)
        },
        onLayer: progress.onLayer,
      })
      progress.end()
      try {
        profile?.phase('write document')
        progress.onPhase('write document')
        await write(this, flags, done)
      } finally {
        done.close()
      }
    })
  } catch (error) {
    progress.end()
    throw stop.aborted && !(error instanceof StellaError && error.exitCode === 2)
      ? unreachableError('it took too long', named.text, 'give it more time with --timeout 2h')
      : error
  } finally {
    await closeSource(source)
  }
  if (profile === null) return
  const measured = profile.finish()
  if (flags.profileMemory === true) keepProfile(io, flags, measured)
  else showProfile(io, flags, measured)
}

/** Without loading what asks a server where there is surely none. What workers are not asked for is done here. */
function mayBeForWorkers(
  { env }: CliContext['io'],
  { here, profileMemory, profile, verbose, sbomFallback, verify, server, data }: ScanFlags,
  { reference }: NamedImage,
): boolean {
  const isOurs = [here, profileMemory, profile, verbose, sbomFallback, verify].includes(true)
  if (isOurs || reference.kind === 'stdin' || sourceDate(env) !== null) return false
  if (server !== undefined || (env['STELLA_SERVER'] ?? '') !== '') return true
  try {
    return existsSync(join(dataFolder(data, env, process.getuid?.() === 0), 'serve.json'))
  } catch {
    // Who has no place for records can scan, too.
    return false
  }
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function sourceDate(env: Readonly<Record<string, string | undefined>>): Date | null {
  const text = env['SOURCE_DATE_EPOCH']
  return text !== undefined && /^\d{1,12}$/.test(text) ? new Date(Number(text) * 1_000) : null
}

async function write(context: CliContext, flags: ScanFlags, { document }: Scan): Promise<void> {
  const { io } = context
  const isFile = flags.output !== undefined && flags.output !== '-'
  const format = flags.format ?? (isFile || flags.json === true ? 'cyclonedx' : 'table')
  const pieces =
    format === 'table' ? table(context, flags, document, isFile) : SBOM_FORMATS[format](document)
  if (flags.output !== undefined && isFile) {
    await writeDocument(flags.output, pieces)
    if (flags.quiet !== true) io.err(`stella: written to ${printable(flags.output)}\n`)
    return
  }
  for await (const piece of pieces) {
    io.out(piece)
    await io.drained()
  }
}

function table(
  { io }: CliContext,
  flags: ScanFlags,
  document: SbomDocument,
  isFile: boolean,
): AsyncIterable<string> {
  const terminal = isFile ? null : io.terminal
  return packageTable(document, {
    width: terminal?.columns ?? null,
    paint: paintFor({ ...io, terminal }, flags.noColor === true),
  })
}
