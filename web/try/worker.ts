/** Reads and judges files beside the page, which stays alive meanwhile. Nothing leaves the browser. */
import { errorMessage } from '../../src/model/error-message.ts'
import { redactCase, redactWorld } from '../../src/evidence/redact.ts'
import { investigate } from '../../src/investigate/investigate.ts'
import { READ_LIMITS } from '../../src/parsers/files/limits.ts'
import { problems as newProblems } from '../../src/parsers/files/problems.ts'
import { readAll } from '../../src/parsers/files/read-all.ts'
import type { FileToRead } from '../../src/parsers/files/read-file.ts'
import { bytesOf, BROWSER } from './browser-files.ts'
import type { GivenFile, WorkerNews } from './messages.ts'

const TELL_EVERY_MS = 100

addEventListener('message', ({ data }: MessageEvent<readonly GivenFile[]>) => {
  judge(data).then(tell, (error: unknown) => tell({ kind: 'failed', says: errorMessage(error) }))
})

/** The same steps as `stella why --from`. */
async function judge(given: readonly GivenFile[]): Promise<WorkerNews> {
  const read = await readAll(filesToRead(given), {
    limits: READ_LIMITS,
    problems: newProblems(),
    place: BROWSER,
  })
  tell({ kind: 'judging' })
  const world = redactWorld(read)
  const cases = investigate(world, null, { all: false }).map(redactCase)
  return { kind: 'done', cases, unknown: world.unknown, observations: world.observations.length }
}

async function* filesToRead(given: readonly GivenFile[]): AsyncGenerator<FileToRead> {
  let doneBytes = 0
  let toldAt = 0
  for (const { path, file } of given) {
    const before = doneBytes
    yield {
      shown: path,
      path: `/${path}`,
      readLog: null,
      chunks: bytesOf(file, (bytes) => {
        doneBytes += bytes
        if (performance.now() - toldAt < TELL_EVERY_MS) return
        toldAt = performance.now()
        tell({ kind: 'reading', doneBytes, shown: path })
      }),
    }
    // What was not wanted of a file is done, too.
    doneBytes = before + file.size
  }
}

function tell(news: WorkerNews): void {
  postMessage(news)
}
