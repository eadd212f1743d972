import { ENDED_STATES, JOB_STATES } from '../../src/model/scan-job.ts'
import type { Gate, Job } from '../../src/model/scan-job.ts'
import { printable } from '../../src/report/printable.ts'
import { GatesAnswer, JobsAnswer } from '../../src/server/scanner-contract.ts'
import { Command } from '../parts/command.tsx'
import { Mark } from '../parts/mark.tsx'
import { Notice } from '../parts/notice.tsx'
import { Pages } from '../parts/pages.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { Size } from '../parts/size.tsx'
import { Unanswered } from '../parts/unanswered.tsx'
import { WhenCell } from '../parts/when-cell.tsx'
import { useAsk } from '../server/use-ask.ts'
import { filterBy, place } from '../shell/router.ts'
import type { Place } from '../shell/router.ts'
import { useStore } from '../shell/store.ts'
import { jobInWords, JOB_SHAPES, JOB_WORDS } from '../words/scanner.ts'

const PAGE_SIZE = 25
const FILTERS = ['status', 'image']

/** Jobs, the newest first; what is asked for stands in the address. */
export function Jobs({ beat, slow }: { beat: number; slow: number }) {
  const here = useStore(place)
  const asked = useAsk(`/api/scanner/jobs?${queryOf(here)}`, JobsAnswer.content, beat)
  const gates = useAsk('/api/scanner/gates', GatesAnswer.content, slow).answer
  const shown = asked.answer ?? asked.before
  return (
    <section aria-labelledby="jobs-title">
      <h2 id="jobs-title" class="jobs-title">
        Jobs
      </h2>
      <Filters here={here} />
      {shown?.kind === 'ready' ? (
        <Found
          jobs={shown.value.jobs}
          next={shown.value.next}
          here={here}
          isOld={asked.answer === null}
          gates={gates?.kind === 'ready' ? gates.value.gates : []}
        />
      ) : (
        <Unanswered answer={shown} what="the jobs" />
      )}
    </section>
  )
}

function queryOf({ query }: Place): string {
  const asked = new URLSearchParams({ limit: String(PAGE_SIZE) })
  for (const name of [...FILTERS, 'after']) {
    const value = query.get(name) ?? ''
    if (value !== '') asked.set(name, value)
  }
  return asked.toString()
}

function Filters({ here }: { here: Place }) {
  const isFiltered = FILTERS.some((name) => here.query.has(name))
  return (
    <search class="filters">
      <SearchField here={here} name="image" placeholder="a part of the image's name" />
      <label class="field">
        <span>Status</span>
        <select
          value={here.query.get('status') ?? ''}
          onChange={(event) => filterBy(here, 'status', event.currentTarget.value)}
        >
          <option value="">any</option>
          {JOB_STATES.map((state) => (
            <option key={state} value={state}>
              {JOB_WORDS[state]}
            </option>
          ))}
        </select>
      </label>
      {isFiltered ? (
        <a class="button" href="/scanner">
          Leave out all filters
        </a>
      ) : null}
    </search>
  )
}

interface FoundProps {
  jobs: readonly Job[]
  next: string | null
  here: Place
  /** It is the answer to what was asked before. */
  isOld: boolean
  gates: readonly Gate[]
}

function Found({ jobs, next, here, isOld, gates }: FoundProps) {
  if (jobs.length === 0) return <NoJobs here={here} />
  return (
    <div aria-busy={isOld}>
      <table class="cases jobs">
        <caption class="hidden">Jobs, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">Image, and what became of it</th>
            <th scope="col">Pool</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col" class="number">
              Peak
            </th>
            <th scope="col" class="number">
              When
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <JobRow
              key={job.id}
              job={job}
              gate={gates.find((each) => each.job === job.id) ?? null}
            />
          ))}
        </tbody>
      </table>
      <Pages here={here} next={next} />
    </div>
  )
}

function JobRow({ job, gate }: { job: Job; gate: Gate | null }) {
  const { image, platform, state, pool, sizeBytes, attempts } = job
  const peaks = attempts.flatMap(({ peakBytes }) => peakBytes ?? [])
  const at = job.endedAt ?? job.startedAt ?? job.createdAt
  const says = jobInWords(job)
  return (
    <tr>
      <td>
        <div class="who">
          <Mark shape={JOB_SHAPES[state]} />
          <div>
            <a class="row-link" href={`/scanner/jobs/${job.id}`}>
              {printable(image)}
            </a>
            {platform === null ? null : <span class="kind">{printable(platform)}</span>}
            {gate === null ? null : (
              <span class="tag tag-bad">blocked: {printable(gate.reason)}</span>
            )}
            <p class="verdict-line">
              {JOB_WORDS[state]}
              {says === '' ? null : <span class="faint">: {printable(says)}</span>}
            </p>
          </div>
        </div>
      </td>
      <td class="plain" data-label="Pool">
        {printable(pool)}
      </td>
      <td class="number plain" data-label="Size">
        <Size bytes={sizeBytes} />
      </td>
      <td class="number plain" data-label="Peak">
        {peaks.length === 0 ? <span class="faint">–</span> : <Size bytes={Math.max(...peaks)} />}
      </td>
      <WhenCell at={at} label={ENDED_STATES.includes(state) ? 'Ended' : 'Since'} />
    </tr>
  )
}

function NoJobs({ here }: { here: Place }) {
  if (here.query.has('after') || FILTERS.some((name) => here.query.has(name))) {
    return (
      <Notice title="No job fits">
        <p>
          <a href="/scanner">Leave the filters out</a>
        </p>
      </Notice>
    )
  }
  return (
    <Notice title="No job yet">
      <p>An image is scanned when somebody asks for it:</p>
      <Command run="stella scanner jobs submit registry:debian:12" what="How to submit a job" />
      <p class="faint">Where a server runs, stella scan image leaves the work to it, too.</p>
    </Notice>
  )
}
