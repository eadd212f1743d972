import type { ScannerCheck } from '../check.ts'
import { judged, problemIf, statusAt } from '../judge.ts'
import { endedLately } from '../scanner/jobs.ts'
import { counted } from '../../model/counted.ts'
import { percent, shortId } from '../words.ts'

/** Parts of the images that were read to their end, well or not, within the last hour. */
const REFUSED = { warn: 0.05, fail: 0.15 }
const WITH_PROBLEMS = { warn: 0.05, fail: Number.POSITIVE_INFINITY }

export const scannerSbomGeneration: ScannerCheck = {
  of: 'scanner',
  id: 'check.scanner.sbom-generation',
  title: 'Images can be read, and read in full',
  severity: 'high',
  runbook: 'runbooks/scanner-sbom-generation.md',
  warns:
    '5 % of the images within the last hour were refused, because something is wrong with them, or have files that could not be read',
  fails: '15 % of them were refused',
  judge(view) {
    const read = endedLately(view).filter(
      ({ state, attempts }) => state === 'done' || attempts.at(-1)?.outcome === 'refused',
    )
    const refused = read.filter(({ state }) => state !== 'done')
    const partly = read.filter(({ result }) => (result?.problems ?? 0) > 0)
    const part = (count: number): number => (read.length === 0 ? 0 : count / read.length)
    const evidence = {
      readImages: read.length,
      refusedImages: refused.length,
      imagesWithProblems: partly.length,
      completeness: read.length === 0 ? null : 1 - part(refused.length + partly.length),
      refused: refused.map(({ id, image, attempts }) => ({
        job: id,
        image,
        says: attempts.at(-1)?.says ?? null,
      })),
      isPartial: view.isCut,
    }
    const of = counted(read.length, 'image', 'images')
    const says = `${read.length - refused.length} of ${of} could be read within the last hour, ${partly.length} of them with problems`
    return judged(says, evidence, [
      problemIf(
        statusAt(part(refused.length), REFUSED),
        `${refused.length} of ${of} were refused within the last hour (${percent(part(refused.length))})`,
        `stella scanner jobs show ${shortId(refused[0]?.id ?? '')}`,
      ),
      problemIf(
        statusAt(part(partly.length), WITH_PROBLEMS),
        `${partly.length} of ${of} have files that could not be read (${percent(part(partly.length))})`,
        `stella scanner logs --job ${shortId(partly[0]?.id ?? '')}`,
      ),
    ])
  },
}
