import { openNamedImage } from '../../../app/scan/open.ts'
import type { NamedImage } from '../../../app/scan/open.ts'
import { scanImage } from '../../../app/scan/scan-image.ts'
import { VERSION } from '../../../app/version.ts'
import { EXIT } from '../../../model/errors.ts'
import { closeSource } from '../../../image/source/close.ts'
import { printable } from '../../../report/printable.ts'
import { problemSentence } from '../../../sbom/document.ts'
import type { SbomDocument, SbomProblem } from '../../../sbom/document.ts'
import type { CliContext } from '../../context.ts'
import { layerCacheFolder } from '../../layer-cache.ts'
import { withScratchFolder } from '../../leave-nothing.ts'
import { textTable } from '../../../report/table.ts'
import { oneOf } from '../scan/named.ts'
import { scanStory } from '../scan/progress.ts'
import type { ScanFlags } from '../scan/flags.ts'
import { print } from '../scanner/print.ts'

type AnalyzeFlags = Pick<
  ScanFlags,
  'image' | 'platform' | 'verbose' | 'data' | 'json' | 'quiet' | 'noColor'
>

interface Found {
  packages: number
  withoutVersion: number
  withoutLicence: number
}

interface Analysis extends Found {
  /** By the cataloger that found them; one may be found by several. */
  catalogers: ReadonlyMap<string, Found>
  problems: readonly SbomProblem[]
}

/** Problems that are told without --verbose. */
const SHOWN = 5

/** `stella sbom analyze`. */
export async function analyzeSbom(
  this: CliContext,
  flags: AnalyzeFlags,
  given?: NamedImage,
): Promise<void> {
  const { io } = this
  const named = oneOf(given, flags.image)
  const { signal } = new AbortController()
  const story = flags.verbose === true ? scanStory(io) : {}
  const source = await openNamedImage(named, {
    platform: flags.platform ?? null,
    env: io.env,
    stdin: io.stdin,
    signal,
  })
  try {
    await withScratchFolder(io.env, async (scratchFolder) => {
      const done = await scanImage(source, {
        cacheFolder: layerCacheFolder(io.env, flags.data),
        scratchFolder,
        version: VERSION,
        leavesOut: true,
        signal,
        ...story,
      })
      try {
        const analysis = await analysisOf(done.document)
        show(this, flags, named.text, analysis)
        this.finish(analysis.problems.length > 0 ? EXIT.bad : EXIT.ok)
      } finally {
        done.close()
      }
    })
  } finally {
    await closeSource(source)
  }
}

async function analysisOf(document: SbomDocument): Promise<Analysis> {
  const catalogers = new Map<string, Found>()
  const all = nothing()
  for await (const { package: item, occurrences } of document.packages()) {
    const found = new Set(occurrences.map(({ by }) => by))
    const counts = [...found].map((id) => catalogers.get(id) ?? fresh(catalogers, id))
    for (const count of [all, ...counts]) {
      count.packages++
      if (item.version === null) count.withoutVersion++
      if (item.licences.length === 0) count.withoutLicence++
    }
  }
  return { ...all, catalogers, problems: [...document.problems()] }
}

function fresh(catalogers: Map<string, Found>, id: string): Found {
  const found = nothing()
  catalogers.set(id, found)
  return found
}

function nothing(): Found {
  return { packages: 0, withoutVersion: 0, withoutLicence: 0 }
}

function show({ io }: CliContext, flags: AnalyzeFlags, image: string, analysis: Analysis): void {
  const { packages, catalogers, problems } = analysis
  const byMost = [...catalogers].toSorted(
    ([one, a], [other, b]) => b.packages - a.packages || (one < other ? -1 : 1),
  )
  const rows = byMost.map(([id, found]) => [
    id,
    ...[found.packages, found.withoutVersion, found.withoutLicence].map(String),
  ])
  const shown = flags.verbose === true ? problems : problems.slice(0, SHOWN)
  const others = problems.length - shown.length
  print(io, flags, {
    document: {
      /** What `stella sbom analyze --json` prints. */
      schema: 'stella.sbom-analysis/1',
      image,
      ...analysis,
      catalogers: byMost.map(([id, found]) => ({ id, ...found })),
    },
    lines: [
      `${printable(image)}: ${packages} packages, ${problems.length === 0 ? 'and everything could be read' : `${problems.length} problems`}`,
      ...(rows.length === 0
        ? []
        : [
            '',
            ...textTable(['Found by', 'Packages', 'No version', 'No licence'], rows, [1, 2, 3]),
          ]),
      ...(problems.length === 0 ? [] : ['', 'Not read, so that packages may be missing']),
      ...shown.map((problem) => `  - ${printable(problemSentence(problem))}`),
      ...(others === 0 ? [] : [`  and ${others} more: --verbose`]),
    ],
    quiet: [`${packages} ${problems.length}`],
  })
}
