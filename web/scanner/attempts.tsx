import { useMemo } from 'preact/hooks'
import type { Attempt } from '../../src/model/scan-job.ts'
import type { NumberedMemory } from '../../src/model/scan-profile.ts'
import { printable } from '../../src/report/printable.ts'
import { CourseTable } from '../chart/course-table.tsx'
import { courseInWords } from '../chart/course.ts'
import { lazy } from '../parts/lazy.tsx'
import { Mark } from '../parts/mark.tsx'
import { Says } from '../parts/says.tsx'
import { Size } from '../parts/size.tsx'
import { Time } from '../parts/time.tsx'
import { capital } from '../words/capital.ts'
import { MODE_WORDS, OUTCOME_SHAPES, OUTCOME_WORDS } from '../words/scanner.ts'
import { span } from '../words/time.ts'
import { attemptCourse } from './attempt-course.ts'
import { MemoryNow } from './worker-memory.tsx'

const Chart = lazy(async () => (await import('../chart/chart.tsx')).Chart)

interface AttemptsProps {
  job: string
  attempts: readonly Attempt[]
  memory: readonly NumberedMemory[]
}

/** Every try, the first one first, with what it had in memory. */
export function Attempts({ job, attempts, memory }: AttemptsProps) {
  if (attempts.length === 0) return null
  return (
    <section class="chapter" aria-labelledby="attempts-title">
      <h2 id="attempts-title">Attempts</h2>
      <ol class="attempts">
        {attempts.map((attempt) => (
          <li key={attempt.number}>
            <AttemptPart
              job={job}
              attempt={attempt}
              memory={memory.find((each) => each.attempt === attempt.number) ?? null}
            />
          </li>
        ))}
      </ol>
    </section>
  )
}

interface AttemptPartProps {
  job: string
  attempt: Attempt
  memory: NumberedMemory | null
}

function AttemptPart({ job, attempt, memory }: AttemptPartProps) {
  const { number, pool, worker, host, mode, limitBytes, peakBytes, outcome, says, caseId } = attempt
  return (
    <>
      <h3 class="attempt-head">
        <Mark shape={outcome === null ? 'going' : OUTCOME_SHAPES[outcome]} />
        Attempt {number}: {outcome === null ? 'goes on' : OUTCOME_WORDS[outcome]}
      </h3>
      {says === null ? null : (
        <p>
          <Says text={`${capital(says)}.`} />
        </p>
      )}
      {caseId === null ? null : (
        <p>
          <a href={`/cases/${encodeURIComponent(caseId)}`}>
            Why it ran out of memory: case {printable(caseId)}
          </a>
        </p>
      )}
      <dl class="facts facts-row">
        <div>
          <dt>Peak, of its limit</dt>
          <dd>
            <Size bytes={peakBytes} />{' '}
            {limitBytes === null ? null : (
              <>
                <span class="faint">of</span> <Size bytes={limitBytes} />
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Mode</dt>
          <dd>
            {mode} <span class="faint">({MODE_WORDS[mode]})</span>
          </dd>
        </div>
        <div>
          <dt>Worker</dt>
          <dd>
            {printable(worker)}{' '}
            <span class="faint">
              of {printable(pool)}, on {printable(host)}
            </span>
          </dd>
        </div>
        <div>
          <dt>Begun</dt>
          <dd>
            <Time at={attempt.startedAt} />
            {attempt.endedAt === null ? null : (
              <span class="faint">
                , took {span((attempt.endedAt - attempt.startedAt) / 1_000)}
              </span>
            )}
          </dd>
        </div>
      </dl>
      {outcome === null ? <MemoryNow job={job} /> : null}
      {memory === null ? null : <Memory attempt={attempt} memory={memory} />}
    </>
  )
}

/** Fewer samples show no course. */
const LEAST_SAMPLES = 2

function Memory({ attempt, memory }: { attempt: Attempt; memory: NumberedMemory }) {
  const course = useMemo(() => attemptCourse(attempt, memory), [memory])
  if (memory.samples.length < LEAST_SAMPLES) return null
  const title = `Memory of attempt ${attempt.number}`
  return (
    <div class="attempt-memory">
      <p class="faint">
        {courseInWords(course)} {layersInWords(memory)}
      </p>
      <Chart course={course} title={title} />
      <CourseTable course={course} title={title} />
    </div>
  )
}

function layersInWords({ layersRead, phases }: NumberedMemory): string {
  const last = phases.at(-1)?.phase
  const told = layersRead === null || last !== 'read layers' ? null : layersRead
  if (told === null) return ''
  const of = told.of === null ? '' : ` of ${told.of}`
  return `It ended while it read layers; ${told.done}${of} ${told.done === 1 ? 'was' : 'were'} known by then.`
}
