/** Evidence: each format of files alone, and everything that `stella why --from` does with a file. */
import { unreadableSentence } from '../../../src/sources/files/unreadable.ts'
import { unpacked } from '../../../src/image/unpack.ts'
import { redactCase, redactWorld } from '../../../src/evidence/redact.ts'
import { caseDocument } from '../../../src/investigate/case-document.ts'
import { readCases } from '../../../src/investigate/case-reader.ts'
import { investigate } from '../../../src/investigate/investigate.ts'
import { EXCERPT_CHARS, type Observation } from '../../../src/model/evidence.ts'
import { READ_LIMITS } from '../../../src/parsers/files/limits.ts'
import { problems } from '../../../src/parsers/files/problems.ts'
import { readAll } from '../../../src/parsers/files/read-all.ts'
import type { FileToRead } from '../../../src/parsers/files/read-file.ts'
import { isFolderFormat, isStreamFormat, type AnyFormat } from '../../../src/parsers/folder.ts'
import { FORMATS, formatFor, HEAD_BYTES } from '../../../src/parsers/recognise.ts'
import { PLAIN } from '../../../src/cli/render/paint.ts'
import { textReport } from '../../../src/cli/render/text.ts'
import { markdownReport } from '../../../src/report/markdown.ts'
import { filesOf } from '../corpus.ts'
import { must, mustBePrintable, mustBeSound } from '../sound.ts'
import type { Random, Sample, Target } from '../target.ts'

const ORIGIN = { from: 'evidence', readAt: null, source: null }
const SAMPLES_OF_ONE = 40
/** No recorded file holds it. */
const SECRET = 'Hunter2-Kq8vXw3Tz'

/** Some recorded files of each format; of those without one, of all. */
const samplesByFormat = once((): ReadonlyMap<AnyFormat | null, readonly Sample[]> => {
  const samples = new Map<AnyFormat | null, Sample[]>()
  for (const sample of filesOf('fixtures')) {
    const head = sample.bytes.toString('utf8', 0, HEAD_BYTES)
    const format = formatFor(head, sample.path)
    const mine = samples.get(format) ?? []
    if (mine.length < SAMPLES_OF_ONE) samples.set(format, [...mine, sample])
  }
  return samples
})

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null
  return () => (made ??= { value: make() }).value
}

export function formatTargets(): Target[] {
  return FORMATS.map((format) => ({
    name: `format-${format.id}`,
    samples() {
      const samples = samplesByFormat()
      return samples.get(format) ?? [...samples.values()].flat()
    },
    run({ path, bytes }, random) {
      const observations = read(format, path, bytes, random)
      for (const { excerpt, says, at } of observations) {
        must(excerpt.length <= EXCERPT_CHARS, 'an excerpt is too long')
        must(says !== '', 'an observation says nothing')
        must(at === null || Math.abs(at) <= 8.64e15, `${at} is no time`)
      }
      mustBeSound(observations.map(({ fact }) => fact))
    },
  }))
}

function read(format: AnyFormat, path: string, bytes: Buffer, random: Random): Observation[] {
  const text = bytes.toString()
  format.recognise(text.slice(0, HEAD_BYTES), path)
  if (isStreamFormat(format)) {
    const reader = format.open(ORIGIN)
    for (const chunk of pieces(bytes, random)) reader.push(chunk)
    return reader.finish()
  }
  const alone = format.parse(text, ORIGIN)
  format.unread?.(text, ORIGIN.from)
  if (!isFolderFormat(format)) return alone
  const name = path.split('/').at(-1) ?? path
  return [...alone, ...format.parseFolder(new Map([[name, text]]), format.folderOf(path), ORIGIN)]
}

/** Of any size, but not more than some thousand. */
function* pieces(bytes: Buffer, random: Random): Generator<Buffer> {
  const size = Math.max(1 + random(random(2) === 0 ? 40 : 70_000), Math.ceil(bytes.length / 4_000))
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Also what no format takes: archives, documents, programs. */
export const WHY_FROM_FILES: Target = {
  name: 'why-from-files',
  samples: () => [...samplesByFormat().values()].flat(),
  async run({ path, bytes }, random) {
    // A file in which a password stands where people write them.
    const line = `\nDB_PASSWORD=${SECRET}\n`
    const at = bytes.indexOf('\n', random(bytes.length + 1))
    const given = random(4) === 0 && at !== -1 ? inserted(bytes, at, line) : bytes
    const world = redactWorld(
      await readAll(only(path, given, random), {
        limits: READ_LIMITS,
        problems: problems(),
        place: { unpacked, whyUnreadable },
      }),
    )
    const cases = investigate(world, null, { all: random(2) === 0 }).map(redactCase)
    const documents = cases.map(caseDocument)
    mustBeSound(documents)
    const written = JSON.stringify(documents)
    for (const document of JSON.parse(written)) {
      must('cases' in readCases(document), 'a case that was written is not read back')
    }
    const width = 20 + random(160)
    const text = textReport(cases, world.unknown, { width, paint: PLAIN, quiet: false })
    const markdown = markdownReport(cases, world.unknown)
    mustBePrintable(text)
    must(!`${written}${text}${markdown}`.includes(SECRET), 'a password comes out')
    return text
  },
}

async function* only(path: string, bytes: Buffer, random: Random): AsyncGenerator<FileToRead> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* pieces(bytes, random)
  }
  yield { shown: path, path: `/${path}`, chunks: chunks(), readLog: null }
}

function whyUnreadable({ shown, path }: FileToRead, error: unknown): string {
  // What a packed stream breaks off with is known by its code; anything else is a fault of ours.
  if (error instanceof TypeError || error instanceof RangeError) throw error
  return unreadableSentence(shown, path, error)
}

function inserted(bytes: Buffer, at: number, text: string): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at)])
}
